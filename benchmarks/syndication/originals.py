"""The articles of Reuters-21578 that histories begin with: prose, long enough, none like any other."""

from __future__ import annotations

import datetime as dt
import functools
import gzip
import json
import re
from typing import NamedTuple

import newswire
import numpy as np
import pyarrow as pa
import truth
from histories import half

LEAST_WORDS, MOST_WORDS = 100, 900
FEW_DIGITS = 0.12  # of the words; more have tables of prices, and reports of earnings
LEAST_PARAGRAPHS = 4
LIKE = 0.02  # Jaccard of word 5-shingles; independent articles have less

_SIGNED = re.compile(r"\s*\b(?:REUTER|Reuter|reuter)S?\b[\s&#0-9;]*\Z")
_CONTINUES = re.compile(r"\n(?!\s)")
_TICKER = re.compile(r" ?<[A-Z.]{1,8}>|[<>]")


class Original(NamedTuple):
    """An article as its author wrote it.

    Attributes:
        place: of the dateline, as "LONDON"; may be empty.
        paragraphs: without line breaks.
    """

    id: str
    title: str
    place: str
    when: dt.datetime
    topics: frozenset[str]
    paragraphs: tuple[str, ...]


@functools.cache
def originals(which: str) -> tuple[Original, ...]:
    """All originals of ``dev`` or ``test``, by their ids.

    Raises:
        FileNotFoundError: the data are absent.
    """
    return tuple(original for original in _unlike() if half(original.id) == which)


def paragraphs(text: str) -> tuple[str, ...]:
    """The paragraphs of an article, whose lines are broken and whose paragraphs are indented.

    >>> paragraphs("Grain prices rose on\\nMonday.\\n    Traders were\\nsurprised.\\n Reuter")
    ('Grain prices rose on Monday.', 'Traders were surprised.')
    """
    plain = _TICKER.sub("", _SIGNED.sub("", text.replace("\x7f", " "))).strip()
    joined = _CONTINUES.sub(" ", plain)
    parts = (" ".join(line.split()) for line in joined.splitlines())
    return tuple(part for part in parts if part)


def _is_prose(parts: tuple[str, ...]) -> bool:
    words = " ".join(parts).split()
    digits = sum(any(letter.isdigit() for letter in word) for word in words)
    ended = sum(part.endswith((".", '."', '"', ".)")) for part in parts)
    return (
        LEAST_WORDS <= len(words) <= MOST_WORDS
        and digits <= FEW_DIGITS * len(words)
        and len(parts) >= LEAST_PARAGRAPHS
        and ended >= 0.9 * len(parts)
    )


def _readable() -> list[Original]:
    """All that are prose and have a date."""
    known = {story.doc_id: story for story in newswire.stories()}
    found = []
    with gzip.open(newswire.DATA / "reuters-21578.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            story = known.get(record["id"])
            if story is None or story.published_at is None or not _is_prose(parts := paragraphs(story.text)):
                continue
            place = (record["dateline"] or "").partition(",")[0].strip()
            title = " ".join(_TICKER.sub("", record["title"] or "").split())
            found.append(Original(story.doc_id, title, place, story.published_at, story.topics, parts))
    return found


@functools.cache
def _unlike() -> tuple[Original, ...]:
    """Those that no other resembles: Reuters, too, updates its stories and says things twice."""
    found = sorted(_readable(), key=lambda original: original.id)
    texts = pa.array(["\n".join(original.paragraphs) for original in found])
    left, right, _ = truth.all_pairs(truth.shingles(np.arange(len(found)), texts), LIKE)
    like = {*left.tolist(), *right.tolist()}
    return tuple(original for at, original in enumerate(found) if at not in like)
