"""Sets of shingles and the sizes of their intersections, by hashing: no set is ever sorted."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dedup.kernels._jit import kernel
from dedup.kernels.shingles import shingle_lists


@kernel
def _slots_for(n: int) -> int:
    """Size of a hash table for ``n`` entries: a power of two, at most half full."""
    size = 16
    while size < 2 * n:
        size *= 2
    return size


@kernel
def _longest(offsets: npt.NDArray[np.int64]) -> int:
    """Length of the longest list."""
    longest = 0
    for d in range(len(offsets) - 1):
        longest = max(longest, offsets[d + 1] - offsets[d])
    return longest


@kernel
def _place(table: npt.NDArray[np.uint64], stamps: npt.NDArray[np.int64], stamp: int, value: np.uint64) -> int:
    """The slot that holds a value, or the empty one where it belongs (linear probing).

    A slot is empty if it does not bear the stamp of the set at hand: so the table is never cleared.
    """
    mask = np.uint64(len(table) - 1)
    at = value & mask
    while stamps[at] == stamp and table[at] != value:
        at = (at + np.uint64(1)) & mask
    return int(at)


@kernel
def distinct(
    values: npt.NDArray[np.uint64], offsets: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.int64]]:
    """Distinct values of each list in the order of their first places, end to end, with their offsets.

    List ``i`` is ``values[offsets[i]:offsets[i + 1]]``.
    """
    n = len(offsets) - 1
    table = np.empty(_slots_for(_longest(offsets)), np.uint64)
    stamps = np.full(len(table), -1, np.int64)
    out, out_offsets = np.empty(len(values), np.uint64), np.zeros(n + 1, np.int64)
    filled = 0
    for d in range(n):
        for i in range(offsets[d], offsets[d + 1]):
            at = _place(table, stamps, d, values[i])
            if stamps[at] != d:
                table[at], stamps[at] = values[i], d
                out[filled] = values[i]
                filled += 1
        out_offsets[d + 1] = filled
    return out[:filled].copy(), out_offsets


@kernel
def shingle_sets(
    words: npt.NDArray[np.uint64], offsets: npt.NDArray[np.int64], size: int
) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.int64]]:
    """``distinct`` shingles of each document; document ``i`` owns ``words[offsets[i]:offsets[i + 1]]``."""
    found, found_offsets = shingle_lists(words, offsets, size)
    return distinct(found, found_offsets)


@kernel
def intersections(
    sets: npt.NDArray[np.uint64],
    offsets: npt.NDArray[np.int64],
    left: npt.NDArray[np.int64],
    right: npt.NDArray[np.int64],
) -> npt.NDArray[np.int64]:
    """Size of the intersection of each pair of sets.

    The left set is hashed once for all pairs that follow each other with it, so pairs ordered by ``left`` are cheap.

    Args:
        sets: distinct values of each set, end to end.
        offsets: set ``i`` is ``sets[offsets[i]:offsets[i + 1]]``.
        left, right: the two sets of each pair.
    """
    table = np.empty(_slots_for(_longest(offsets)), np.uint64)
    stamps = np.full(len(table), -1, np.int64)
    out = np.zeros(len(left), np.int64)
    stamp = 0
    for p in range(len(left)):
        if p == 0 or left[p] != left[p - 1]:
            stamp = p
            for i in range(offsets[left[p]], offsets[left[p] + 1]):
                at = _place(table, stamps, stamp, sets[i])
                table[at], stamps[at] = sets[i], stamp
        common = 0
        for i in range(offsets[right[p]], offsets[right[p] + 1]):
            common += stamps[_place(table, stamps, stamp, sets[i])] == stamp
        out[p] = common
    return out
