"""How well passages are found: the measure of the PAN workshops (Potthast, Stein, Barrón-Cedeño, Rosso, COLING 2010).

A *case* is a true passage, a *detection* one that a system reports: each is a span of a suspicious document together
with a span of a source document, in characters. A detection detects a case if it touches it on both sides. Recall is
the mean share of a case's characters, both sides together, that the detections which detect it cover; precision is the
mean share of a detection's characters that lie in cases which it detects. Granularity is the mean number of detections
of a case that is detected at all. ``plagdet`` = F1 / log2(1 + granularity).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import bootstrap
import numpy as np
import numpy.typing as npt


class Passage(NamedTuple):
    """A span of the suspicious document and one of its source, half-open, in characters."""

    begin: int
    end: int
    source_begin: int
    source_end: int


@dataclass(frozen=True)
class Figures:
    """The figures of some pairs of documents."""

    plagdet: float
    recall: float
    precision: float
    granularity: float


class Tally(NamedTuple):
    """What one pair of documents adds to the figures: sums over its cases and over its detections."""

    cases: int
    recall: float
    detections: int
    precision: float
    detected: int  # cases that are detected
    detecting: int  # detections of each of them, added up


def tally(cases: Sequence[Passage], detections: Sequence[Passage]) -> Tally:
    """Compare the detections in one pair of documents with its cases."""
    counts = [sum(_touch(case, detection) for detection in detections) for case in cases]
    return Tally(
        len(cases),
        sum(_covered(case, detections) for case in cases),
        len(detections),
        sum(_covered(detection, cases) for detection in detections),
        sum(count > 0 for count in counts),
        sum(counts),
    )


def figures(tallies: Sequence[Tally]) -> Figures:
    """The figures of many pairs: macro averages over all their cases and all their detections."""
    return _figures(np.array(tallies, np.float64).reshape(-1, len(Tally._fields)).sum(axis=0))


def interval(tallies: Sequence[Tally], groups: Sequence[str]) -> tuple[float, float]:
    """The bootstrap interval of plagdet; pairs of one group (those that share a document) are drawn together."""
    sums = np.array(tallies, np.float64)
    return bootstrap.interval(lambda rows: _figures(sums[rows].sum(axis=0)).plagdet, groups)


def _figures(sums: npt.NDArray[np.float64]) -> Figures:
    cases, recall, detections, precision, detected, detecting = sums.tolist()
    if cases == 0 or detections == 0:
        nothing = float(cases == detections)  # to find nothing where nothing is to be found is faultless
        return Figures(nothing, nothing, nothing, 1.0)
    recall, precision = recall / cases, precision / detections
    granularity = detecting / detected if detected else 1.0
    if recall == 0 or precision == 0:
        return Figures(0.0, recall, precision, granularity)
    f1 = 2 * precision * recall / (precision + recall)
    return Figures(f1 / math.log2(1 + granularity), recall, precision, granularity)


def _touch(one: Passage, other: Passage) -> bool:
    """Whether two passages share characters on both sides."""
    return (
        one.begin < other.end
        and other.begin < one.end
        and one.source_begin < other.source_end
        and other.source_begin < one.source_end
    )


def _covered(one: Passage, others: Sequence[Passage]) -> float:
    """The share of a passage's characters, both sides together, that lie in those of the others which touch it."""
    touching = [other for other in others if _touch(one, other)]
    suspicious = _union((max(one.begin, other.begin), min(one.end, other.end)) for other in touching)
    source = _union(
        (max(one.source_begin, other.source_begin), min(one.source_end, other.source_end)) for other in touching
    )
    return (suspicious + source) / (one.end - one.begin + one.source_end - one.source_begin)


def _union(spans: Iterable[tuple[int, int]]) -> int:
    """Characters in at least one of some spans."""
    length = last = 0
    for begin, end in sorted(spans):
        length += max(end - max(begin, last), 0)
        last = max(last, end)
    return length
