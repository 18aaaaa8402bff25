"""Alignment of many pairs of documents at once."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dedup.kernels._jit import kernel
from dedup.kernels.align import WIDTH, align
from dedup.kernels.filed import file, look_up, room_for
from dedup.kernels.order import grown
from dedup.kernels.search import buckets, holds
from dedup.kernels.shingles import fill_shingles, shingles


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
def align_pairs(
    left: npt.NDArray[np.int64],
    right: npt.NDArray[np.int64],
    offsets: npt.NDArray[np.int64],
    words: npt.NDArray[np.uint64],
    size: int,
    max_gap: int,
    min_equal: int,
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """``align`` for each pair of documents.

    Of two pairs that follow each other and have a document in common, its shingles are filed once: so pairs ordered by
    one of their documents are cheap.

    Returns:
        Passages (columns as ``align`` gives them), the pair that each belongs to, and of each pair the number of
        different shingles that both documents have.
    """
    longest = 0
    for p in range(len(left)):
        for d in (left[p], right[p]):
            longest = max(longest, offsets[d + 1] - offsets[d])
    filed, of_filed = room_for(longest), -1
    ours, theirs, partner = np.empty(longest, np.uint64), np.empty(longest, np.uint64), np.empty(longest, np.int64)
    n_shared = np.empty(len(left), np.int64)
    out = np.empty((len(left) + 16, WIDTH + 1), np.int64)
    filled, n_filed = 0, 0
    for p in range(len(left)):
        if of_filed not in (left[p], right[p]):
            again = p + 1 < len(left) and right[p] in (left[p + 1], right[p + 1])
            of_filed = right[p] if again else left[p]
            n_filed = fill_shingles(words[offsets[of_filed] : offsets[of_filed + 1]], size, ours)
            file(ours[:n_filed], filed)
        other = left[p] if of_filed == right[p] else right[p]
        n_others = fill_shingles(words[offsets[other] : offsets[other + 1]], size, theirs)
        of_left = partner[: n_others if of_filed == right[p] else n_filed]
        of_left[:] = -1
        n_shared[p] = look_up(theirs[:n_others], n_filed, filed, p, of_left, of_filed == right[p])
        both = (words[offsets[left[p]] : offsets[left[p] + 1]], words[offsets[right[p]] : offsets[right[p] + 1]])
        passages = align(both, of_left, size, max_gap, min_equal)
        if filled + len(passages) > len(out):
            out = grown(out, 2 * len(out) + len(passages))
        for k in range(len(passages)):
            for column in range(WIDTH):
                out[filled, column] = passages[k, column]
            out[filled, WIDTH] = p
            filled += 1
    return out[:filled, :WIDTH].copy(), out[:filled, WIDTH].copy(), n_shared
