"""Who had it first, as a page shows it: the sentences, and each kind of evidence with its weight and its places."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from dedup.report.marking import Note
from dedup.report.safe import bounded
from dedup.result.words import NEITHER, SIDES, derived

Row = dict[str, Any]

_PHRASE = 48  # characters of a place that are quoted
_HALF = 50  # half the width of a bar, in pixels
_LEAST_SCALE = 1.0  # log-odds that fill half of it at least: weak evidence looks weak


class Place(NamedTuple):
    """Where a text shows a reason: whose text it is, ``source`` or ``this text``, on which side, and in what words."""

    who: str
    side: str
    phrase: str


class Reason(NamedTuple):
    """A kind of evidence with its weight.

    Attributes:
        number: among the reasons of the pair.
        mark: the letter that stands for it in the texts.
        x, width: of its bar, in pixels.
        places: where the texts show it.
    """

    number: int
    mark: str
    kind: str
    sentence: str
    log_odds: float
    x: float
    width: float
    places: tuple[Place, ...]


class Direction(NamedTuple):
    """An edge between the two documents of a pair.

    Attributes:
        question: what is said first; ``sentences`` follow.
        reasons: the strongest for it first, the strongest against it last.
        total: their sum, in log-odds.
        probability: what the sum comes to; None where the run gives none.
    """

    question: str
    sentences: tuple[str, ...]
    reasons: tuple[Reason, ...]
    total: float
    probability: float | None


class Directions(NamedTuple):
    """All that is said of who had it first.

    Attributes:
        told: the edges between the two.
        untold: sentences why there is none.
        notes: the places of all reasons, by side.
    """

    told: tuple[Direction, ...]
    untold: tuple[str, ...]
    notes: dict[str, list[Note]]

    @property
    def marks(self) -> list[str]:
        """The letters of the reasons, by number."""
        return [reason.mark for direction in self.told for reason in direction.reasons]


def directions(pair: Row, edges: Sequence[Row], texts: Mapping[str, str]) -> Directions:
    """What is said of who of a pair had it first.

    Args:
        pair: a row of ``pairs``.
        edges: rows of ``lineage`` of either document: those whose parent is the other one, and those without a parent.
        texts: of the two by ``doc_id``; without them, no place is named.
    """
    notes: dict[str, list[Note]] = {"left": [], "right": []}
    told: list[Direction] = []
    for edge in edges:
        if edge["parent_id"] is not None:
            first = sum(len(direction.reasons) for direction in told)
            told.append(_direction(edge, pair, texts, notes, first))
    return Directions(tuple(told), () if told else (NEITHER, *_untold(pair, edges)), notes)


def _untold(pair: Row, edges: Sequence[Row]) -> list[str]:
    lines: list[str] = []
    for edge in edges if pair["accepted"] else ():
        lines += derived(edge, ()) if edge["parent_kind"] == "unseen" else []
        lines += [stated(item["detail"]) for item in edge["evidence"]]
    return lines


def stated(detail: str) -> str:
    """What evidence says, as a sentence of its own.

    >>> stated("no document came before it")
    'No document came before it.'
    """
    return f"{detail[:1].upper()}{detail[1:]}."


def _direction(edge: Row, pair: Row, texts: Mapping[str, str], notes: dict[str, list[Note]], first: int) -> Direction:
    question, *sentences = derived(edge, ())
    items = sorted(edge["evidence"], key=lambda item: -float(item["log_odds"]))
    scale = max([_LEAST_SCALE, *(abs(item["log_odds"]) for item in items)]) / _HALF
    reasons = []
    for number, item in enumerate(items, first):
        weight, places = item["log_odds"], []
        for who, role in SIDES:
            begin, end, doc_id = item[f"{role}_begin"], item[f"{role}_end"], edge[f"{role}_id"]
            if begin is not None and doc_id in texts:
                side = "left" if doc_id == pair["left_id"] else "right"
                notes[side].append(Note(begin, end, number))
                places.append(Place(who, side, bounded(texts[doc_id][begin:end], _PHRASE)))
        width = round(abs(weight) / scale, 1)
        x = round(_HALF - width, 1) if weight < 0 else _HALF
        reasons.append(Reason(number, mark(number), item["kind"], item["detail"], weight, x, width, tuple(places)))
    total = math.fsum(item["log_odds"] for item in items)
    return Direction(question, tuple(sentences), tuple(reasons), total, edge["direction_all"])


def mark(number: int) -> str:
    """The letter of a reason; after ``z`` come ``a1``, ``b1``.

    >>> mark(0), mark(27)
    ('a', 'b1')
    """
    round_, letter = divmod(number, 26)
    return chr(ord("a") + letter) + (str(round_) if round_ else "")
