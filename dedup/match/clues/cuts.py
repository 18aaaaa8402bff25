"""Cuts and additions: what one text has beyond the other, where that stands, and how clean its edges are."""

from __future__ import annotations

import numpy as np

from dedup.match.clues.pieces import LEAST_CUT, Flags, Pieces, Places, Side, counted, more, more_stretches, pieces
from dedup.match.clues.sides import once
from dedup.match.collation import Clue, Collation

MANY_EDITS = 20.0  # from so many on a text was worked over, and more would say no more
STEEP = 3.0  # a text that is longer by a third says nearly as much as one that is twice as long


@once
def beyond(c: Collation) -> dict[str, Clue]:
    """The right text has more beyond what both share.

    ``beyond`` counts words, ``sentences`` and ``clauses`` the stretches within the text that are whole sentences, or
    not. ``worked`` is how much longer the right text is, times how much was edited elsewhere: editors who rework a text
    let it grow.
    """
    p = pieces(c)
    ours, theirs = p.sides
    inner = [~side.heads & ~side.tails for side in p.sides]
    whole = [side.opens & side.closes for side in p.sides]
    n_edits = counted(c.owner[c.edits.passage], len(p))
    grown = np.tanh(STEEP * (np.log1p(theirs.high - theirs.low) - np.log1p(ours.high - ours.low)))
    worked = grown * np.log1p(np.minimum(n_edits, MANY_EDITS))
    nowhere = Places(p).spans
    return {
        "beyond": Clue(np.log1p(theirs.rest) - np.log1p(ours.rest), nowhere),
        "sentences": more_stretches(p, *(a & b for a, b in zip(inner, whole, strict=True))),
        "clauses": more_stretches(p, *(a & ~b for a, b in zip(inner, whole, strict=True))),
        "worked": Clue(worked, nowhere),
    }


@once
def ends(c: Collation) -> dict[str, Clue]:
    """The right text begins or ends within what the left one has.

    ``truncation``: it ends where the left one goes on; twice as much if it breaks off within a sentence there.
    ``beheading``: it begins where the left one has something before.
    """
    p = pieces(c)
    pairs = ((p.sides[0], p.sides[1]), (p.sides[1], p.sides[0]))
    at_end = [np.flatnonzero(b.stops & (b.after == 0) & a.stops & (a.after >= LEAST_CUT)) for a, b in pairs]
    at_start = [np.flatnonzero(b.starts & (b.before == 0) & a.starts & (a.before >= LEAST_CUT)) for a, b in pairs]
    cut, beheaded = Places(p), Places(p)
    values = np.zeros((2, len(p)))
    for k, side in enumerate(p.sides):
        sign, at = 1 - 2 * k, at_end[k]
        high = side.high[p.owner[at]]
        cut.put(k, p.owner[at], high - side.after[at], high)
        values[0, p.owner[at]] += sign * (2.0 - p.first[high - side.after[at]])
        at = at_start[k]
        beheaded.put(k, p.owner[at], side.begin[at] - side.before[at], side.begin[at])
        values[1, p.owner[at]] += sign
    return {"truncation": Clue(values[0], cut.spans), "beheading": Clue(values[1], beheaded.spans)}


@once
def torn(c: Collation) -> dict[str, Clue]:
    """Edges of pieces are those of sentences on the right, and tear a sentence apart on the left."""
    p = pieces(c)
    clean = [_clean(p, side) for side in p.sides]
    counts = [
        sum(np.bincount(p.owner[a & ~b], minlength=len(p)) for a, b in zip(clean[1 - k], clean[k], strict=True))
        for k in (0, 1)
    ]
    return {"torn": Clue(more(*(np.asarray(count, np.float64) for count in counts)), Places(p).spans)}


def _clean(p: Pieces, side: Side) -> tuple[Flags, Flags]:
    """Which pieces begin, and which end, where a sentence or the text does."""
    begins = (side.begin == side.low[p.owner]) | p.first[side.begin]
    return begins, (side.end == side.high[p.owner]) | p.first[side.end]
