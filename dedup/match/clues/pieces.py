"""What two texts share, piece by piece, and what stands around it: the ground on which clues of structure are read.

A piece is a passage, or what is left of one between two cuts: places where one text has several words in a row and the
other has none. A stretch is what stands between two pieces in one of the texts, or beyond the last one.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dedup.engine.base import IntArray
from dedup.kernels.align import LEFT_BEGIN, LEFT_END, RIGHT_BEGIN, RIGHT_END
from dedup.kernels.banded import DELETED, INSERTED
from dedup.kernels.edits import KIND
from dedup.kernels.words import FIRST
from dedup.match.clues.sides import bounded, once
from dedup.match.collation import Clue, Collation

LEAST_CUT = 4  # words that one text has in a row and the other has not: less is an edit, not a cut
_WIDE = 1 << 40  # more words than any text has

Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]


class Side(NamedTuple):
    """The pieces as they stand in one text of each pair. Words are counted from the beginning of all texts.

    Attributes:
        low, high: ``int64[pairs]``, the text: its first word and the one after its last.
        begin, end: ``int64[pieces]``, words of the piece.
        before, after: words between it and the next piece before it and after it, or the end of the text; of those
            that overlap, from where they end together.
        starts, stops: whether it is the first piece of its text, or the last.
        order: the pieces by pair and place in this text.
        rest: ``float64[pairs]``, words of the text that are in no piece.
        stretches: ``int64[stretches, 2]``, begin and end of those of ``LEAST_CUT`` words or more, by pair and place.
        holder: the pair of each stretch.
        opens, closes: whether a stretch begins, or ends, where a sentence or the text does.
        heads, tails: whether it begins, or ends, the text.
    """

    low: IntArray
    high: IntArray
    begin: IntArray
    end: IntArray
    before: IntArray
    after: IntArray
    starts: Flags
    stops: Flags
    order: IntArray
    rest: Floats
    stretches: IntArray
    holder: IntArray
    opens: Flags
    closes: Flags
    heads: Flags
    tails: Flags


class Pieces(NamedTuple):
    """The pieces of the pairs of a collation; on both sides row k is the same piece.

    Attributes:
        owner: ``int64[pieces]``, the pair of each, ascending.
        bounds: ``int64[pairs + 1]``, where those of each pair begin.
        sides: how they stand in the left text and in the right one.
        first: whether a word begins a sentence, for all words and the place after the last.
    """

    owner: IntArray
    bounds: IntArray
    sides: tuple[Side, Side]
    first: Flags

    def __len__(self) -> int:
        """How many pairs there are."""
        return len(self.bounds) - 1


@once
def pieces(c: Collation) -> Pieces:
    """Cut the passages of each pair where one text has ``LEAST_CUT`` words that the other has not."""
    rows = c.edits.rows
    longest = np.maximum(rows[:, LEFT_END] - rows[:, LEFT_BEGIN], rows[:, RIGHT_END] - rows[:, RIGHT_BEGIN])
    cut = ((rows[:, KIND] == DELETED) | (rows[:, KIND] == INSERTED)) & (longest >= LEAST_CUT)
    rows = rows[cut]
    passage = np.concatenate((np.arange(len(c.found)), c.edits.passage[cut]))
    begins = np.concatenate((c.found[:, [LEFT_BEGIN, RIGHT_BEGIN]], rows[:, [LEFT_END, RIGHT_END]]))
    ends = np.concatenate((c.found[:, [LEFT_END, RIGHT_END]], rows[:, [LEFT_BEGIN, RIGHT_BEGIN]]))
    # The pieces of a passage keep their order on both sides, so that its n-th beginning goes with its n-th end.
    begins = begins[np.argsort(passage * _WIDE + begins.sum(axis=1), kind="stable")]
    order = np.argsort(passage * _WIDE + ends.sum(axis=1), kind="stable")
    ends, passage = ends[order], passage[order]
    held = (begins < ends).all(axis=1)
    begins, ends, owner = begins[held], ends[held], c.owner[passage[held]]
    first = np.append(c.marks & FIRST > 0, True)
    texts = [(c.offsets[rows], c.offsets[rows + 1]) for rows in (c.left, c.right)]
    left, right = (_side(owner, *text, begins[:, k], ends[:, k], first) for k, text in enumerate(texts))
    return Pieces(owner, np.searchsorted(owner, np.arange(len(c.left) + 1)), (left, right), first)


def _side(owner: IntArray, low: IntArray, high: IntArray, begin: IntArray, end: IntArray, first: Flags) -> Side:
    order = np.lexsort((end, begin, owner))
    pair, same = owner[order], np.diff(owner[order]) == 0
    # Passages may overlap: a gap reaches from the furthest end so far.
    reached = np.maximum.accumulate(pair * _WIDE + end[order]) - pair * _WIDE
    starts, stops = np.append(True, ~same)[: len(pair)], np.append(~same, True)[: len(pair)]
    gap = np.maximum(begin[order][1:] - reached[:-1], 0)
    before, after = begin[order].copy(), (high - low)[pair] - reached
    before[1:][same], after[:-1][same] = gap[same], gap[same]
    begin, end = begin[order] + low[pair], end[order] + low[pair]
    ahead, behind = before >= LEAST_CUT, stops & (after >= LEAST_CUT)
    holder = np.concatenate((pair[ahead], pair[behind]))
    stretches = np.concatenate((
        np.stack((begin - before, begin), axis=1)[ahead], np.stack((high[pair] - after, high[pair]), axis=1)[behind]
    ))  # fmt: skip
    by_place = np.argsort(holder * _WIDE + stretches[:, 0] - low[holder], kind="stable")
    holder, stretches = holder[by_place], stretches[by_place]
    heads, tails = stretches[:, 0] == low[holder], stretches[:, 1] == high[holder]
    opens, closes = heads | first[stretches[:, 0]], tails | first[stretches[:, 1]]
    rest = np.where(np.bincount(pair, minlength=len(low)) > 0, 0, high - low)
    rest = rest + np.bincount(pair, before + np.where(stops, after, 0), minlength=len(low))
    back = np.empty(len(order), np.int64)
    back[order] = np.arange(len(order))
    return Side(
        low, high, begin[back], end[back], before[back], after[back], starts[back], stops[back], order,
        rest.astype(np.float64), stretches, holder, opens, closes, heads, tails,
    )  # fmt: skip


def counted(owner: IntArray, n_pairs: int) -> Floats:
    """How often each pair is named."""
    return np.bincount(owner, minlength=n_pairs).astype(np.float64)


def more(ours: Floats, theirs: Floats) -> Floats:
    """How many more the left text has of something, as the logarithm goes; negative if the right one has more."""
    return bounded(ours - theirs)


class Places:
    """The strongest place of a clue in each pair, in words of either text; -1 where it has none."""

    def __init__(self, p: Pieces) -> None:
        self.pieces = p
        self.spans = np.full((len(p), 4), -1, np.int64)

    def put(self, side: int, pair: IntArray, begin: IntArray, end: IntArray) -> None:
        """Put down a place on one side, 0 for the left one; the last one of a pair holds."""
        low = self.pieces.sides[side].low[pair]
        self.spans[pair, 2 * side], self.spans[pair, 2 * side + 1] = begin - low, end - low


def more_stretches(p: Pieces, ours: Flags, theirs: Flags) -> Clue:
    """The right text has more stretches of some kind; shown is the longest of them.

    Args:
        ours, theirs: which stretches of either text are of that kind.
    """
    counts, places = [], Places(p)
    for k, (side, which) in enumerate(zip(p.sides, (ours, theirs), strict=True)):
        holder, spans = side.holder[which], side.stretches[which]
        counts.append(counted(holder, len(p)))
        order = np.argsort(spans[:, 1] - spans[:, 0], kind="stable")
        places.put(k, holder[order], spans[order, 0], spans[order, 1])
    return Clue(more(counts[1], counts[0]), places.spans)
