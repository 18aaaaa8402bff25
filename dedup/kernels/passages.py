"""Alignment of many pairs of documents at once, and what their passages hold."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dedup.kernels._jit import kernel
from dedup.kernels.align import (
    LEFT_BEGIN,
    LEFT_END,
    N_EQUAL,
    N_REPLACED,
    N_REPLACED_PROSE,
    RIGHT_BEGIN,
    RIGHT_END,
    WIDTH,
    Flags,
    Marks,
    align,
    partners,
)
from dedup.kernels.forms import specifics
from dedup.kernels.join import contains
from dedup.kernels.order import ascending, grown
from dedup.kernels.shingles import shingles
from dedup.kernels.words import BOILERPLATE, CAPITAL, CHARACTER, COMMON, NUMBER, QUOTED


@kernel
def covered_words(
    words: npt.NDArray[np.uint64], offsets: npt.NDArray[np.int64], size: int, frequent: npt.NDArray[np.uint64]
) -> npt.NDArray[np.bool_]:
    """Which words stand in a shingle that is among the ascending ``frequent`` ones."""
    out = np.zeros(len(words), np.bool_)
    if len(frequent) == 0:
        return out
    for d in range(len(offsets) - 1):
        begin = offsets[d]
        found = shingles(words[begin : offsets[d + 1]], size)
        hits = contains(frequent, found)
        for i in range(len(found)):
            if hits[i]:
                for k in range(begin + i, begin + i + size):
                    out[k] = True
    return out


@kernel
def shingle_orders(words: npt.NDArray[np.uint64], offsets: npt.NDArray[np.int64], size: int) -> npt.NDArray[np.int32]:
    """Places of each document's shingles ordered by shingle, then by place; those of document ``i`` at ``offsets[i]``.

    A document has fewer shingles than words; what is left of its room means nothing.
    """
    order = np.zeros(len(words), np.int32)
    for d in range(len(offsets) - 1):
        places = ascending(shingles(words[offsets[d] : offsets[d + 1]], size))
        for i in range(len(places)):
            order[offsets[d] + i] = places[i]
    return order


# Columns of a pair's totals over its passages.
ALIGNED_EQUAL, ALIGNED_REPLACED, PROSE_EQUAL, PROSE_REPLACED, IN_QUOTES, IN_QUOTES_EQUAL = range(6)
NUMBERS_AGREE, NUMBERS_DIFFER, NAMES_AGREE, NAMES_DIFFER = range(6, 10)
_N_TOTALS = 10
# Columns of a passage beyond those that ``align`` gives it, and how many they are in all.
N_OWN, N_RARE, N_FILLED = WIDTH, WIDTH + 1, WIDTH + 2
_N_COLUMNS = WIDTH + 3


@kernel
def align_pairs(
    left: npt.NDArray[np.int64],
    right: npt.NDArray[np.int64],
    offsets: npt.NDArray[np.int64],
    words: npt.NDArray[np.uint64],
    marks: npt.NDArray[np.uint8],
    order: npt.NDArray[np.int32],
    size: int,
    max_gap: int,
    min_equal: int,
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """``align`` for each pair of documents; ``order`` as ``shingle_orders`` gives it.

    Returns:
        Passages (columns as ``align`` gives them, and three more: equal words that are neither quoted nor boilerplate,
        those of them that are rare, and how many numbers, or names if they are more, differ, where more differ than
        agree, else 0, see ``specifics``), the pair that each belongs to, and the totals of each pair (columns as above;
        quoted words count both sides).
    """
    out = np.empty((len(left) + 16, _N_COLUMNS + 1), np.int64)
    totals = np.zeros((len(left), _N_TOTALS), np.int64)
    filled = 0
    for p in range(len(left)):
        a, a_end, b, b_end = offsets[left[p]], offsets[left[p] + 1], offsets[right[p]], offsets[right[p] + 1]
        partner = partners(
            shingles(words[a:a_end], size), order[a:a_end], shingles(words[b:b_end], size), order[b:b_end]
        )
        equal = (np.zeros(a_end - a, np.bool_), np.zeros(b_end - b, np.bool_))
        both, marked = (words[a:a_end], words[b:b_end]), (marks[a:a_end], marks[b:b_end])
        passages = align(both, marked, partner, size, max_gap, min_equal, equal)
        if filled + len(passages) > len(out):
            out = grown(out, 2 * len(out) + len(passages))
        for k in range(len(passages)):
            passage = passages[k]
            for column in range(WIDTH):
                out[filled, column] = passage[column]
            out[filled, N_OWN], out[filled, N_RARE] = _tally(passage, marked, equal, totals[p])
            filled_in = 0
            for column, kind in ((NUMBERS_AGREE, NUMBER), (NAMES_AGREE, CAPITAL)):
                agree, differ = specifics(passage, kind, both, marked, equal)
                totals[p, column] += agree
                totals[p, column + 1] += differ
                if differ > agree:
                    filled_in = max(filled_in, differ)
            out[filled, N_FILLED] = filled_in
            out[filled, _N_COLUMNS] = p
            filled += 1
    table, owner = np.empty((filled, _N_COLUMNS), np.int64), np.empty(filled, np.int64)
    for row in range(filled):
        for column in range(_N_COLUMNS):
            table[row, column] = out[row, column]
        owner[row] = out[row, _N_COLUMNS]
    return table, owner, totals


@kernel
def _tally(
    passage: npt.NDArray[np.int64], marks: Marks, equal: Flags, totals: npt.NDArray[np.int64]
) -> tuple[int, int]:
    """Add a passage to the totals of its pair.

    Returns:
        Its equal words that are neither quoted nor boilerplate on either side, and those of them that are rare. A
        character of a script without spaces counts as half a word; of such words none is common.
    """
    halves, rare, prose = 0, 0, 0
    j = passage[RIGHT_BEGIN]
    for i in range(passage[LEFT_BEGIN], passage[LEFT_END]):
        totals[IN_QUOTES] += marks[0][i] & QUOTED > 0
        if not equal[0][i]:
            continue
        while not equal[1][j]:  # equal words keep their order within a passage
            j += 1
        either = marks[0][i] | marks[1][j]
        prose += either & QUOTED == 0
        if either & (QUOTED | BOILERPLATE) == 0:
            halves += 1 if either & CHARACTER > 0 else 2
            rare += either & COMMON == 0
        totals[IN_QUOTES_EQUAL] += marks[0][i] & QUOTED > 0
        j += 1
    for j in range(passage[RIGHT_BEGIN], passage[RIGHT_END]):
        quoted = marks[1][j] & QUOTED > 0
        totals[IN_QUOTES] += quoted
        totals[IN_QUOTES_EQUAL] += quoted and equal[1][j]
    totals[ALIGNED_EQUAL] += passage[N_EQUAL]
    totals[ALIGNED_REPLACED] += passage[N_REPLACED]
    totals[PROSE_EQUAL] += prose
    totals[PROSE_REPLACED] += passage[N_REPLACED_PROSE]
    return halves // 2, rare
