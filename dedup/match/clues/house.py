"""Lines of a house: what it prints around a story that it took over, and what a wire prints around its own."""

from __future__ import annotations

import numpy as np

from dedup.engine.base import IntArray
from dedup.kernels.words import BOILERPLATE
from dedup.match.clues.lists import begins, listed
from dedup.match.clues.pieces import LEAST_CUT, Places, Side, counted, more, pieces
from dedup.match.clues.sides import once
from dedup.match.collation import Clue, Collation
from dedup.sketch.phrases import occurrences

MARGIN = 30  # words at either end of a stretch, or at the end of a piece, in which lines are looked for


@once
def lines(c: Collation) -> dict[str, Clue]:
    """Phrases of houses and wires in what one text has beyond the other.

    ``house_lines``: the right text has more of those that are put around a story that was taken over. ``wire_lines``:
    the left text has more of those that wires print, and others cut off.
    """
    p = pieces(c)
    margins, holders = zip(*(_margins(side) for side in p.sides), strict=True)
    at, end, span = begins(c, np.concatenate(margins))
    holder = np.concatenate(holders)[span]
    on_right = span >= len(margins[0])
    made = {}
    for name, sign in (("house", -1.0), ("wire", 1.0)):
        hit, n = occurrences(listed()[name], c.words, at, end)
        places, counts = Places(p), []
        for k in (0, 1):
            here = on_right[hit] == k
            begin, pair = at[hit][here], holder[hit][here]
            counts.append(counted(pair, len(p)))
            places.put(k, pair, begin, begin + n[here])
        made[f"{name}_lines"] = Clue(sign * more(*counts), places.spans)
    return made


def _margins(side: Side) -> tuple[IntArray, IntArray]:
    """Both ends of each stretch, the whole of a short one; and the pair of each."""
    begin, end = side.stretches[:, 0], side.stretches[:, 1]
    first = np.stack((begin, np.minimum(begin + MARGIN, end)), axis=1)
    last = np.stack((np.maximum(end - MARGIN, first[:, 1]), end), axis=1)
    return np.concatenate((first, last)), np.concatenate((side.holder, side.holder))


@once
def residues(c: Collation) -> dict[str, Clue]:
    """Both texts have a line of a house, with which the left one has done; the right one goes on below it.

    A line that was left standing is followed by the lines of the house that took the story over.
    """
    p = pieces(c)
    spans, sides = [], []
    for k in (0, 1):
        ended, goes_on = p.sides[k], p.sides[1 - k]
        at = np.flatnonzero((ended.after == 0) & (goes_on.after >= LEAST_CUT))
        begin, end = goes_on.begin[at], goes_on.end[at]
        spans.append(np.stack((np.maximum(end - MARGIN, begin), end), axis=1))
        sides.append(2 * p.owner[at] + k)
    at, end, span = begins(c, np.concatenate(spans))
    hit, n = occurrences(listed()["house"], c.words, at, end)
    side = np.concatenate(sides)[span[hit]]
    places = Places(p)
    for k in (0, 1):
        here = side % 2 == k
        places.put(1 - k, side[here] // 2, at[hit][here], (at[hit] + n)[here])
    found = (counted(side, 2 * len(p)) > 0).astype(np.float64)
    return {"residues": Clue(found[0::2] - found[1::2], places.spans)}


@once
def boilerplate(c: Collation) -> dict[str, Clue]:
    """The right text has more boilerplate, which many documents hold, beyond what both share."""
    p = pieces(c)
    known = np.flatnonzero(c.marks & BOILERPLATE)
    counts = [
        np.bincount(side.holder, np.diff(np.searchsorted(known, side.stretches), axis=1)[:, 0], minlength=len(p))
        for side in p.sides
    ]
    return {"boilerplate": Clue(np.log1p(counts[1]) - np.log1p(counts[0]), Places(p).spans)}
