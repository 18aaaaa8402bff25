"""Reuters-21578 and piles made of it: the stories, their halves, and what is made of them for ``quality.py``."""

from __future__ import annotations

import datetime as dt
import functools
import gzip
import hashlib
import json
import os
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from spinner import half

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("DEDUP_DATA", ROOT.parent / "shared" / "data"))
LEAST_WORDS = 120  # of a story that is spun or edited

_WORD = re.compile(r"\w+")
_DATE = "%d-%b-%Y %H:%M:%S"


@dataclass(frozen=True, slots=True)
class Story:
    """A story of the newswire, or something made of one.

    Attributes:
        topics: as the archive has them; none for half of the stories.
        made_from: id of the story that it was made from, empty for the newswire's own.
        how: what was done to that story.
    """

    doc_id: str
    text: str
    published_at: dt.datetime | None
    topics: frozenset[str] = frozenset()
    made_from: str = ""
    how: str = ""

    @property
    def words(self) -> list[str]:
        """Its words, lower-cased."""
        return _WORD.findall(self.text.lower())

    def made(self, text: str, how: str) -> Story:
        """A story made of this one, published 1 to 36 hours later, as its id decides."""
        later = dt.timedelta(minutes=60 + _draw(f"{self.doc_id}/{how}") % (35 * 60))
        when = self.published_at + later if self.published_at else None
        return replace(
            self, doc_id=f"{self.doc_id}-{how}", text=text, published_at=when, made_from=self.doc_id, how=how
        )


@functools.cache
def stories() -> tuple[Story, ...]:
    """All stories that have a text, in the order of the archive.

    Raises:
        FileNotFoundError: the data are absent.
    """
    with gzip.open(DATA / "reuters-21578.jsonl.gz", "rt", encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    return tuple(
        Story(record["id"], record["text"], _time(record["date"]), frozenset(record["topics"]))
        for record in records
        if record["text"]
    )


@functools.cache
def originals(which: str) -> tuple[Story, ...]:
    """The long stories of one half (``dev`` or ``test``) whose text no other has, in an order as good as random."""
    texts = Counter(story.text for story in stories())
    own = [
        story
        for story in stories()
        if half(story.doc_id) == which and texts[story.text] == 1 and len(story.words) >= LEAST_WORDS
    ]
    return tuple(sorted(own, key=lambda story: _draw(story.doc_id)))


def neighbour(story: Story) -> Story:
    """Another long story, of the same topic if there is one: that of the next place in the order of ``originals``."""
    own = [*originals("dev"), *originals("test")]
    start = _draw(f"{story.doc_id}/neighbour") % len(own)
    turned = own[start:] + own[:start]
    of_topic = (other for other in turned if other.topics & story.topics and other.doc_id != story.doc_id)
    return next(of_topic, turned[0] if turned[0].doc_id != story.doc_id else turned[1])


def write(path: Path, pile: Iterable[Story]) -> Path:
    """Write a pile as Parquet, with the columns ``id``, ``text`` and ``published_at``."""
    pile = list(pile)
    path.parent.mkdir(parents=True, exist_ok=True)
    columns = {
        "id": pa.array([story.doc_id for story in pile]),
        "text": pa.array([story.text for story in pile], pa.large_string()),
        "published_at": pa.array([story.published_at for story in pile], pa.timestamp("s")),
    }
    pq.write_table(pa.table(columns), path)
    return path


def _time(date: str) -> dt.datetime | None:
    """A time of the archive, to the second; in some letters follow the hundredths, a few are garbled."""
    try:
        return dt.datetime.strptime(date.strip().partition(".")[0], _DATE)
    except ValueError:
        return None


def _draw(key: str) -> int:
    """A number that is as good as random, and always the same for a key."""
    return int.from_bytes(hashlib.blake2b(key.encode(), digest_size=6).digest(), "big")
