"""Alignment of many pairs of documents at once."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dedup.kernels._jit import kernel
from dedup.kernels.align import WIDTH, align, partners
from dedup.kernels.order import grown
from dedup.kernels.search import buckets, holds
from dedup.kernels.shingles import order_of_hashes, shingles


@kernel
def covered_words(
    words: npt.NDArray[np.uint64], offsets: npt.NDArray[np.int64], size: int, frequent: npt.NDArray[np.uint64]
) -> npt.NDArray[np.bool_]:
    """Which words stand in a shingle that is among the ascending ``frequent`` ones."""
    out = np.zeros(len(words), np.bool_)
    if len(frequent) == 0:
        return out
    bounds, shift = buckets(frequent)
    for d in range(len(offsets) - 1):
        begin = offsets[d]
        found = shingles(words[begin : offsets[d + 1]], size)
        for i in range(len(found)):
            if holds(frequent, bounds, shift, found[i]):
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
        places = order_of_hashes(shingles(words[offsets[d] : offsets[d + 1]], size))
        for i in range(len(places)):
            order[offsets[d] + i] = places[i]
    return order


@kernel
def align_pairs(
    left: npt.NDArray[np.int64],
    right: npt.NDArray[np.int64],
    offsets: npt.NDArray[np.int64],
    words: npt.NDArray[np.uint64],
    order: npt.NDArray[np.int32],
    size: int,
    max_gap: int,
    min_equal: int,
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """``align`` for each pair of documents; ``order`` as ``shingle_orders`` gives it.

    Returns:
        Passages (columns as ``align`` gives them), and the pair that each belongs to.
    """
    out = np.empty((len(left) + 16, WIDTH + 1), np.int64)
    filled = 0
    for p in range(len(left)):
        a, a_end, b, b_end = offsets[left[p]], offsets[left[p] + 1], offsets[right[p]], offsets[right[p] + 1]
        partner = partners(
            shingles(words[a:a_end], size), order[a:a_end], shingles(words[b:b_end], size), order[b:b_end]
        )
        passages = align((words[a:a_end], words[b:b_end]), partner, size, max_gap, min_equal)
        if filled + len(passages) > len(out):
            out = grown(out, 2 * len(out) + len(passages))
        for k in range(len(passages)):
            for column in range(WIDTH):
                out[filled, column] = passages[k, column]
            out[filled, WIDTH] = p
            filled += 1
    table, owner = np.empty((filled, WIDTH), np.int64), np.empty(filled, np.int64)
    for row in range(filled):
        for column in range(WIDTH):
            table[row, column] = out[row, column]
        owner[row] = out[row, WIDTH]
    return table, owner
