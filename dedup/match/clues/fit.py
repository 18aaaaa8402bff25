"""Contextual fit: words have more in common with the text that they were born in than with one that they came to."""

from __future__ import annotations

import numpy as np

from dedup.engine.base import IntArray
from dedup.kernels.fit import alike
from dedup.match.clues.pieces import LEAST_CUT, Floats, Pieces, Places, Side, counted, more_stretches, pieces
from dedup.match.clues.sides import once
from dedup.match.collation import Clue, Collation

FEW_WORDS = 30.0  # of a text that has no more beyond what is shared, not much can be said
NEAR = 50  # words on either side that are compared
MANY_WORDS = 60  # no line of a house has more
STRAY = 0.06  # less likeness than this have lines of a house, and news from elsewhere, with what stands before them


@once
def fits(c: Collation) -> dict[str, Clue]:
    """Cosine of what is shared and what a text has beyond it: of the left text less that of the right one.

    ``fit`` compares where both have something else: the one in which it fits better is the source. In ``kin`` a text
    with nothing else counts as 0: did it lose what belonged there, or was that put in by the other?
    """
    p = pieces(c)
    likeness = [_whole(c, p, side) for side in p.sides]
    least = np.minimum(p.sides[0].rest, p.sides[1].rest)
    places, longest = Places(p), _longest(p)
    held = np.flatnonzero(longest >= 0)
    for k, side in enumerate(p.sides):
        places.put(k, held, side.begin[longest[held]], side.end[longest[held]])
    fit = (likeness[0] - likeness[1]) * least / (least + FEW_WORDS)
    return {"fit": Clue(fit, places.spans), "kin": Clue(likeness[0] - likeness[1], places.spans)}


def _whole(c: Collation, p: Pieces, side: Side) -> Floats:
    """Of one text of each pair; 0 where it has nothing else."""
    texts = np.stack((side.low, np.where(side.rest >= LEAST_CUT, side.high, side.low)), axis=1)
    spans = np.stack((side.begin, side.end), axis=1)[side.order]
    return alike(c.words, c.frequency, texts, p.bounds, spans)


def _longest(p: Pieces) -> IntArray:
    """The longest piece of each pair, -1 where it has none."""
    sizes = p.sides[0].end - p.sides[0].begin + p.sides[1].end - p.sides[1].begin
    order = np.append(np.lexsort((sizes, p.owner)), -1)
    return np.where(p.bounds[1:] > p.bounds[:-1], order[p.bounds[1:] - 1], -1)


@once
def seams(c: Collation) -> dict[str, Clue]:
    """What stands before and after the seams is more alike in the left text than in the right one.

    A seam is a place where words follow each other in one text and do not in the other. A text falls apart where
    something was put in, taken out or moved (cohesion as TextTiling measures it, Hearst 1997).
    """
    p = pieces(c)
    means, places, both = [], Places(p), np.ones(len(p), np.bool_)
    for k, side in enumerate(p.sides):
        at, owner = _seams(p, side)
        windows = np.stack((np.maximum(at - NEAR, side.low[owner]), np.minimum(at + NEAR, side.high[owner])), axis=1)
        before = np.stack((windows[:, 0], at), axis=1)
        likeness = alike(c.words, c.frequency, windows, np.arange(len(at) + 1), before)
        n = counted(owner, len(p))
        both &= n > 0
        means.append(np.bincount(owner, likeness, minlength=len(p)) / np.maximum(n, 1))
        worst = np.lexsort((-likeness, owner))
        places.put(k, owner[worst], windows[worst, 0], windows[worst, 1])
    values = np.where(both, means[0] - means[1], 0.0)
    places.spans[values >= 0, :2], places.spans[values <= 0, 2:] = -1, -1  # the later text has the worse ones
    return {"seams": Clue(values, places.spans)}


def _seams(p: Pieces, side: Side) -> tuple[IntArray, IntArray]:
    """The seams of one text of each pair, ascending, and the pair of each."""
    at, owner = np.concatenate((side.begin, side.end)), np.concatenate((p.owner, p.owner))
    order = np.lexsort((at, owner))
    at, owner = at[order], owner[order]
    again = np.concatenate((np.zeros(min(len(at), 1), np.bool_), (np.diff(at) == 0) & (np.diff(owner) == 0)))
    inner = (at > side.low[owner]) & (at < side.high[owner]) & ~again
    return at[inner], owner[inner]


@once
def strays(c: Collation) -> dict[str, Clue]:
    """The right text ends with something short that has nothing to do with what stands before it."""
    p, found = pieces(c), []
    for side in p.sides:
        short = np.flatnonzero(side.tails & (side.stretches[:, 1] - side.stretches[:, 0] <= MANY_WORDS))
        spans = side.stretches[short]
        begin = np.maximum(spans[:, 0] - NEAR, side.low[side.holder[short]])
        windows = np.stack((begin, spans[:, 1]), axis=1)
        stray = np.zeros(len(side.stretches), np.bool_)
        stray[short] = alike(c.words, c.frequency, windows, np.arange(len(short) + 1), spans) < STRAY
        found.append(stray)
    return {"stray": more_stretches(p, *found)}
