"""Histories of texts whose truth is known: what ``lineage.py`` judges by, and what the direction model is fitted on.

A history is a ``Story``: articles, and which was made of which. Those that are made up come from ``simulator.py``; here
are the real ones: versions of Wikipedia articles, Internet-Drafts (``drafts.py`` takes their dates and labels off), the
cases of PAN 2013 and the follow-ups of Reuters-21578. All are dealt to ``dev`` and ``test`` by the name of the story.

Ids and orders tell nothing: an id is a hash, and piles are in the order of their ids.
"""

from __future__ import annotations

import functools
import gzip
import itertools
import json
import math
import random
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import drafts
import newswire
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import truth
from xxhash import xxh3_64_hexdigest, xxh3_64_intdigest

HALVES = ("dev", "test")
PAN_CLASSES = ("no-obfuscation", "random-obfuscation", "translation-obfuscation")
_DRAFT_HALVES = {"http/p4": "dev", "http/p5": "dev", "http/p6": "test", "http/p7": "test"}  # too few to draw lots

# What makes two stories of the newswire a follow-up: shared topic, a day at most, this exact Jaccard of shingles and
# so many words (shorter ones are forms that are filled in).
FOLLOW_UP_JACCARD, FOLLOW_UP_SECONDS, FOLLOW_UP_WORDS = 0.2, 86_400, 60

_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Article:
    """A document of a story, with what metadata are known of it.

    Attributes:
        published_at: ISO 8601.
    """

    id: str
    text: str
    title: str | None = None
    publisher: str | None = None
    published_at: str | None = None
    url: str | None = None


@dataclass(frozen=True)
class Story:
    """A history of texts.

    Attributes:
        name: decides the half, and is the group of a bootstrap.
        kind: of history, as ``wikipedia``, ``http`` or a setting of the simulator.
        articles: the documents that are visible, in an order that tells nothing.
        parents: of each document, visible or hidden, its true parents, the primary one first; ids may be hidden ones;
            a root has none, or no entry.
        hidden: documents of the true history that are not in ``articles``.
        how: in what ways a document was made of its primary parent, the chief one first, as ``cut`` or ``spun+style``.
    """

    name: str
    kind: str
    articles: list[Article]
    parents: dict[str, list[str]]
    hidden: frozenset[str]
    how: dict[str, str]


class Order(NamedTuple):
    """Two articles of which one was there first.

    Attributes:
        earlier, later: ids.
        kind: of what pair it is, as ``wikipedia`` or a class of PAN.
        group: the story, to which the half and the bootstrap go by.
    """

    earlier: str
    later: str
    kind: str
    group: str


class Ordered(NamedTuple):
    """A pile of articles and the pairs of them whose order is known."""

    articles: list[Article]
    orders: list[Order]


def half(name: str) -> str:
    """``dev`` or ``test``, as the name of a story decides; of the drafts the part, for there are four."""
    return _DRAFT_HALVES.get(name.partition("-")[0]) or HALVES[xxh3_64_intdigest(name.encode()) % 2]


def opaque(*parts: object) -> str:
    """An id that tells nothing of what it names."""
    return xxh3_64_hexdigest("/".join(map(str, parts)).encode())


def words(text: str) -> list[str]:
    """The words of a text, lower-cased."""
    return _WORD.findall(text.lower())


def orders(story: Story, how: Iterable[str] | None = None) -> list[Order]:
    """The visible documents of a story beside their visible parents, primary or not, where the words differ.

    Args:
        how: if given, only documents made in one of these ways, among others.
    """
    texts = {article.id: article.text for article in story.articles}
    chosen = None if how is None else frozenset(how)
    ways = {child: story.how.get(child, story.kind).split("+") for child in texts}
    return [
        Order(parent, child, ways[child][0], story.name)
        for child in sorted(texts)
        for parent in story.parents.get(child, [])
        if parent in texts and (chosen is None or chosen.intersection(ways[child]))
        if words(texts[parent]) != words(texts[child])
    ]


def pile(path: Path, articles: Iterable[Article], *, metadata: bool) -> Path:
    """Write articles as Parquet, in the order of their ids; without metadata, nothing but ids and texts."""
    own = sorted(articles, key=lambda article: article.id)
    names = ("id", "text", "title", "publisher", "published_at", "url") if metadata else ("id", "text")
    types = {"text": pa.large_string()}
    columns = {name: pa.array([getattr(a, name) for a in own], types.get(name, pa.string())) for name in names}
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table(columns), path)
    return path


def wikipedia(which: str) -> list[Story]:
    """Versions of Wikipedia articles as chains; their dates are withheld.

    Raises:
        FileNotFoundError: the data are absent, here as in all that follows.
    """
    versions: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for record in _records("wikipedia-versions-dev.jsonl.gz"):
        versions[record["article"]].append((record["version"], record["text"]))
    chains = {f"wikipedia/{name}": [text for _, text in sorted(own)] for name, own in versions.items()}
    return [
        _chain(name, "wikipedia", [Article("", text) for text in texts])
        for name, texts in chains.items()
        if half(name) == which
    ]


def dated(stories: Iterable[Story], seed: int) -> list[Story]:
    """Chains with dates that are made up, each version later than the one before: what clocks say of revisions.

    Each chain has a pace of its own, from an hour to half a year between versions, give or take a factor of three.
    Dates are told to the day where the pace is slower than a week, else to the minute.
    """
    chance = random.Random(seed)  # noqa: S311 (a simulation)
    made = []
    for story in stories:
        pace = math.exp(chance.uniform(math.log(3600), math.log(180 * 86_400)))
        clock, told = datetime(2000, 1, 1, tzinfo=UTC) + timedelta(days=chance.uniform(0, 5000)), {}
        for name in _oldest_first(story):
            clock += timedelta(seconds=60 + pace * chance.lognormvariate(0, 1))
            told[name] = f"{clock:%Y-%m-%d}" if pace > 7 * 86_400 else f"{clock:%Y-%m-%dT%H:%MZ}"
        articles = [replace(article, published_at=told[article.id]) for article in story.articles]
        made.append(replace(story, articles=articles))
    return made


def _oldest_first(story: Story) -> list[str]:
    """The versions of a chain in their order."""
    heirs = {parents[0]: child for child, parents in story.parents.items()}
    (name,) = {article.id for article in story.articles} - set(story.parents)
    found = [name]
    while found[-1] in heirs:
        found.append(heirs[found[-1]])
    return found


def http(which: str) -> list[Story]:
    """The Internet-Drafts of HTTP/1.1, parts 4 to 7, each part a chain of versions, with the date of each as metadata.

    Out of the texts is what tells the order without being read: running headers and footers, dates, version labels.
    """
    texts = {record["id"]: record["text"] for record in _records("http-drafts-dev.jsonl.gz")}
    parts: dict[str, list[str]] = defaultdict(list)
    for label in sorted(texts):
        parts[f"http/{label.rpartition('-')[0]}"].append(label)
    chains = {
        name: [Article("", drafts.stripped(texts[own]), published_at=drafts.published(texts[own])) for own in labels]
        for name, labels in parts.items()
        if half(name) == which
    }
    return [_chain(name, "http", versions) for name, versions in chains.items()]


def pan(which: str) -> Ordered:
    """The cases of PAN 2013: sources and suspicious documents of three classes, halved by source."""
    cases = [
        (record["source"], record["suspicious"], record["obfuscation"])
        for record in _records("pan13-train-pairs.jsonl.gz")
        if record["obfuscation"] in PAN_CLASSES and half(f"pan/{record['source']}") == which
    ]
    wanted = {name for source, suspicious, _ in cases for name in (source, suspicious)}
    articles = [
        Article(opaque("pan", record["id"]), record["text"])
        for record in _records("pan13-train-documents.jsonl.gz")
        if record["id"] in wanted
    ]
    known = [
        Order(opaque("pan", source), opaque("pan", suspicious), kind, f"pan/{source}")
        for source, suspicious, kind in cases
    ]
    return Ordered(articles, known)


def updates(which: str) -> Ordered:
    """Follow-ups of the newswire: pairs of one topic and day that share shingles, ordered by the clock, to the second.

    What hangs together by such pairs is a story of its own, so that both halves share none. The articles have no dates.
    """
    stories = newswire.stories()
    pairs = list(_follow_ups())
    left, right = np.array(pairs, np.int64).reshape(-1, 2).T
    group = truth.components(len(stories), left, right).tolist()
    known, wanted = [], set()
    for earlier, later in pairs:
        name = f"reuters/{stories[group[earlier]].doc_id}"
        if half(name) == which:
            ids = [opaque("reuters", stories[place].doc_id) for place in (earlier, later)]
            known.append(Order(ids[0], ids[1], "reuters", name))
            wanted |= {earlier, later}
    return Ordered([Article(opaque("reuters", stories[at].doc_id), stories[at].text) for at in sorted(wanted)], known)


@functools.cache
def _follow_ups() -> tuple[tuple[int, int], ...]:
    """Places of the stories of each follow-up, the earlier one first."""
    stories = newswire.stories()
    sets = truth.shingles(np.arange(len(stories)), pa.array([story.text for story in stories]))
    left, right, _ = truth.all_pairs(sets, FOLLOW_UP_JACCARD)
    found = []
    for pair in zip(left.tolist(), right.tolist(), strict=True):
        both = [stories[place] for place in pair]
        times = [story.published_at for story in both]
        if times[0] is None or times[1] is None or not both[0].topics & both[1].topics:
            continue
        seconds = (times[1] - times[0]).total_seconds()
        told = 0 < abs(seconds) <= FOLLOW_UP_SECONDS and both[0].words != both[1].words
        if told and min(len(story.words) for story in both) >= FOLLOW_UP_WORDS:
            found.append(pair if seconds > 0 else pair[::-1])
    return tuple(found)


def _chain(name: str, kind: str, versions: list[Article]) -> Story:
    """A story in which each article was made of the one before; they get ids, which put them in order."""
    named = [replace(version, id=opaque(name, at)) for at, version in enumerate(versions)]
    parents = {child.id: [parent.id] for parent, child in itertools.pairwise(named)}
    shuffled = sorted(named, key=lambda version: version.id)
    return Story(name, kind, shuffled, parents, frozenset(), dict.fromkeys(parents, "version"))


def _records(name: str) -> Iterator[dict[str, Any]]:
    with gzip.open(newswire.DATA / name, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)
