"""Which passages does one document owe to another? PAN 2013, text alignment: pairs are given, plagdet per obfuscation.

The passages are those that verification gives for these pairs, all of them and as they are. There is no corpus around a
given pair, so no shingle is boilerplate and no word common. Of each class the first half of the pairs is ``dev``, the
second ``test``.
"""

from __future__ import annotations

import gzip
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import newswire
import numpy as np
import plagdet
import pyarrow as pa
from plagdet import Passage

from dedup import Config
from dedup.match.verify import Known, prepared, verify
from dedup.schema import CANDIDATES
from dedup.sketch.keys import word_hashes
from questions import Bench, Row, row

CLASSES = {
    "no-obfuscation": 0.93,
    "random-obfuscation": 0.90,
    "translation-obfuscation": 0.88,
    "summary-obfuscation": 0.60,
}
NONE = "no-plagiarism"
_AT_ONCE = 64  # pairs


class Pair(NamedTuple):
    """A suspicious document, its source, how passages were obfuscated, and the passages."""

    suspicious: str
    source: str
    obfuscation: str
    cases: tuple[Passage, ...]


def ask(bench: Bench) -> Iterator[Row]:
    """A row for each class, and the share of pairs without a case in which something was found."""
    documents = {record["id"]: record["text"] for record in _records("pan13-train-documents.jsonl.gz")}
    for name, least in CLASSES.items():
        pairs = given(name, bench.half)
        found = aligned([(pair.suspicious, pair.source) for pair in pairs], documents)
        tallies = [plagdet.tally(pair.cases, own) for pair, own in zip(pairs, found, strict=True)]
        figures = plagdet.figures(tallies)
        yield row(
            f"pan-{name.removesuffix('-obfuscation')}",
            figures.plagdet,
            least=least,
            interval=plagdet.interval(tallies, [pair.suspicious for pair in pairs]),
            precision=round(figures.precision, 4),
            recall=round(figures.recall, 4),
            granularity=round(figures.granularity, 4),
            pairs=len(pairs),
        )
    pairs = given(NONE, bench.half)
    found = aligned([(pair.suspicious, pair.source) for pair in pairs], documents)
    yield row(f"pan-{NONE}-found", sum(map(bool, found)) / len(found), pairs=len(pairs))


def given(name: str, which: str) -> list[Pair]:
    """The pairs of one class and half, in the order of the file."""
    pairs = [
        Pair(record["suspicious"], record["source"], name, tuple(_passage(own) for own in record["passages"]))
        for record in _records("pan13-train-pairs.jsonl.gz")
        if record["obfuscation"] == name
    ]
    middle = len(pairs) // 2
    return pairs[:middle] if which == "dev" else pairs[middle:]


def aligned(pairs: Sequence[tuple[str, str]], documents: Mapping[str, str]) -> list[list[Passage]]:
    """The passages that dedup finds in given pairs, in their order.

    Args:
        pairs: ids of a suspicious document and its source.
        documents: the texts by id.
    """
    found: list[list[Passage]] = []
    for at in range(0, len(pairs), _AT_ONCE):
        found += _aligned(pairs[at : at + _AT_ONCE], documents)
    return found


def _aligned(pairs: Sequence[tuple[str, str]], documents: Mapping[str, str]) -> list[list[Passage]]:
    ids = sorted({doc for pair in pairs for doc in pair})
    places = {doc: at for at, doc in enumerate(ids)}
    texts = pa.array([documents[doc] for doc in ids], pa.large_string())
    nothing = np.zeros(0, np.uint64)
    known = Known(word_hashes(texts)[2], nothing, nothing)
    details = prepared(np.arange(len(ids)), texts, known, Config())
    left, right = (np.array([places[pair[side]] for pair in pairs]) for side in (0, 1))
    channels, shared = np.zeros(len(pairs), np.uint8), np.zeros(len(pairs), np.int64)
    table = pa.table([left, right, channels, shared], schema=CANDIDATES)
    spans = verify(table, details, Config())[1]
    of_pair: dict[tuple[int, int], list[Passage]] = defaultdict(list)
    columns = ("left", "right", "left_begin", "left_end", "right_begin", "right_end")
    for one, other, *span in zip(*(spans.column(name).to_pylist() for name in columns), strict=True):
        of_pair[one, other].append(Passage(*span))
    return [of_pair[pair] for pair in zip(left.tolist(), right.tolist(), strict=True)]


def _passage(own: dict[str, Any]) -> Passage:
    return Passage(own["suspicious_begin"], own["suspicious_end"], own["source_begin"], own["source_end"])


def _records(name: str) -> Iterator[dict[str, Any]]:
    with gzip.open(newswire.DATA / name, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)
