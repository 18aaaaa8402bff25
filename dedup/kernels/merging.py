"""Exact passages and those in other words brought together, so that what is one matter is one passage."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dedup.kernels._jit import kernel
from dedup.kernels.align import N_EQUAL
from dedup.kernels.sentences import UNIT, fill_in, put

# What a passage is: an exact one as it came, the same matter in other words, a summary of one side by the other.
EXACT, REWORDED, SUMMARY = range(3)
# Columns beyond the five of ``align`` with which these passages begin too.
KIND, EVIDENCE, N_SINGLE, N_IN_ORDER, FOUND = range(5, 10)
N_COLUMNS = 10

MAX_JOINED, MAX_UNEVEN = 40, 4  # words of a gap between two exact passages, and by how many its sides may differ


@kernel
def even(gap: int, other: int, most: int) -> bool:
    """Whether what lies between two passages on one side may have taken the place of what lies there on the other.

    Args:
        gap, other: words between them on both sides; negative if the passages cross or overlap.
        most: words that there may be.
    """
    least = min(gap, other)
    return bool(least >= 0 and max(gap, other) <= most and abs(gap - other) <= MAX_UNEVEN + least // 4)


@kernel
def frames(exact: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Exact passages joined over small, even gaps: rows of spans, equal words, the passage or, of several, -1.

    Args:
        exact: passages, ascending by their place in the left text.
    """
    out, filled = np.empty((len(exact), 6), np.int64), 0
    for p in range(len(exact)):
        last = out[max(filled - 1, 0)]
        if filled > 0 and even(exact[p, 0] - last[1], exact[p, 2] - last[3], MAX_JOINED):
            last[1], last[3] = exact[p, 1], exact[p, 3]
            last[4], last[5] = last[4] + exact[p, N_EQUAL], -1
        else:
            put(out[filled], exact[p, 0], exact[p, 1], exact[p, 2], exact[p, 3])
            out[filled, 4], out[filled, 5] = exact[p, N_EQUAL], p
            filled += 1
    return out[:filled]


@kernel
def joined(rows: npt.NDArray[np.int64], n_left: int, n_right: int) -> npt.NDArray[np.int64]:
    """Join passages in other words to their neighbours over even gaps, and to the ends of the texts.

    A gap may be as long as the shorter passage beside it, what is left of both texts as long as the passage.

    Args:
        rows: passages with all columns, ascending by their place in the left text.
        n_left, n_right: words of both texts.
    """
    out, filled = np.empty((len(rows), N_COLUMNS), np.int64), 0
    for r in range(len(rows)):
        row, last = rows[r], out[max(filled - 1, 0)]
        most = max(MAX_JOINED, min(row[1] - row[0], last[1] - last[0])) if filled > 0 else 0
        kinds = row[KIND] + last[KIND] if filled > 0 else 0
        if kinds > 0 and max(row[KIND], last[KIND]) == REWORDED and even(row[0] - last[1], row[2] - last[3], most):
            last[1], last[3], last[KIND], last[FOUND] = row[1], row[3], REWORDED, -1
            last[EVIDENCE] += row[EVIDENCE]
        else:
            fill_in(out[filled], row)
            filled += 1
    for r in range(filled):
        if out[r, KIND] == REWORDED:
            most = max(MAX_JOINED, out[r, 1] - out[r, 0])
            if even(out[r, 0], out[r, 2], most):
                out[r, 0], out[r, 2] = 0, 0
            if even(n_left - out[r, 1], n_right - out[r, 3], most):
                out[r, 1], out[r, 3] = n_left, n_right
    return out[:filled]


@kernel
def loose_ids(ids: npt.NDArray[np.int64], exact: npt.NDArray[np.int64], side: int) -> npt.NDArray[np.int64]:
    """The ids of a text's loose words; of those in exact passages -1 - the place on the other side.

    That place is where it would be if nothing in the passage was put in or left out before it.

    Args:
        exact: passages, their spans in the first four columns.
        side: 0 for the left text, 2 for the right one.
    """
    out = np.empty(len(ids), np.int64)
    fill_in(out, ids)
    for p in range(len(exact)):
        other = exact[p, 2 - side]
        for i in range(exact[p, side], exact[p, side + 1]):
            out[i] = -1 - min(other + i - exact[p, side], exact[p, 3 - side] - 1)
    return out


@kernel
def with_exact(block: npt.NDArray[np.int64], exact: npt.NDArray[np.int64]) -> int:
    """Widen a block so that it holds all exact passages that it overlaps on both sides; return how many these are."""
    n = 0
    a, a_end, b, b_end = block[0], block[1], block[2], block[3]
    for p in range(len(exact)):
        if exact[p, 0] < a_end and a < exact[p, 1] and exact[p, 2] < b_end and b < exact[p, 3]:
            block[0], block[1] = min(block[0], exact[p, 0]), max(block[1], exact[p, 1])
            block[2], block[3] = min(block[2], exact[p, 2]), max(block[3], exact[p, 3])
            n += 1
    return n


@kernel
def merged(
    of_left: npt.NDArray[np.int64],
    of_right: npt.NDArray[np.int64],
    found: npt.NDArray[np.int64],
    exact: npt.NDArray[np.int64],
) -> npt.NDArray[np.int64]:
    """All passages of two texts, with all columns: summaries, the blocks beside them, the exact beside both.

    Args:
        of_left, of_right: where a stretch of the left text, or of the right one, is the summary; its span comes first.
        found: blocks.
        exact: exact passages, rows of at least five columns.
    """
    out = np.zeros((len(of_left) + len(of_right) + len(found) + len(exact), N_COLUMNS), np.int64)
    filled = 0
    for rows, first, kind in ((of_left, 0, SUMMARY), (of_right, 2, SUMMARY), (found, 0, REWORDED), (exact, 0, EXACT)):
        for r in range(len(rows)):
            row = out[filled]
            for c in range(4):
                row[(c + first) % 4] = rows[r, c]
            if kind == SUMMARY:
                with_exact(row, exact)
            inside = False
            for p in range(filled):
                left = row[0] < out[p, 1] and out[p, 0] < row[1]
                right = row[2] < out[p, 3] and out[p, 2] < row[3]
                short = left if p < len(of_left) else right
                held = short if kind == REWORDED and out[p, KIND] == SUMMARY else left and right
                inside = inside or (held and out[p, KIND] != kind)
            if inside and kind != SUMMARY:
                continue
            row[KIND], row[EVIDENCE], row[FOUND] = kind, rows[r, 4], -1
            if kind == EXACT:
                row[EVIDENCE], row[N_EQUAL], row[FOUND] = UNIT * rows[r, 4], rows[r, 4], rows[r, 5]
                if row[FOUND] < 0:
                    row[KIND] = REWORDED
            filled += 1
    return out[:filled]
