"""Hashed word n-grams of documents, and the sets that they make."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dedup.kernels._jit import kernel
from dedup.kernels.hashing import shingle_hash


@kernel
def _fill(
    words: npt.NDArray[np.uint64], begin: int, end: int, size: int, out: npt.NDArray[np.uint64], filled: int
) -> int:
    """Write the shingles of ``words[begin:end]`` from ``out[filled]`` on; return the place after them."""
    for i in range(begin, end - size + 1):
        out[filled] = shingle_hash(words, i, size)
        filled += 1
    return filled


@kernel
def shingles(words: npt.NDArray[np.uint64], size: int) -> npt.NDArray[np.uint64]:
    """Hashes of all runs of ``size`` words, in order; none where there are fewer words."""
    out = np.empty(max(0, len(words) - size + 1), np.uint64)
    _fill(words, 0, len(words), size, out, 0)
    return out


@kernel
def distinct_values(
    values: npt.NDArray[np.uint64], offsets: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.int64]]:
    """Distinct values of each list, ascending, end to end, with their offsets.

    List ``i`` is ``values[offsets[i]:offsets[i + 1]]``.
    """
    n = len(offsets) - 1
    out = np.empty(len(values), np.uint64)
    out_offsets = np.zeros(n + 1, np.int64)
    filled = 0
    for i in range(n):
        ordered = np.sort(values[offsets[i] : offsets[i + 1]])
        for j in range(len(ordered)):
            if j == 0 or ordered[j] != ordered[j - 1]:
                out[filled] = ordered[j]
                filled += 1
        out_offsets[i + 1] = filled
    return out[:filled].copy(), out_offsets


@kernel
def shingle_lists(
    words: npt.NDArray[np.uint64], offsets: npt.NDArray[np.int64], size: int
) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.int64]]:
    """``shingles`` of each document, end to end, with their offsets."""
    n = len(offsets) - 1
    out = np.empty(len(words), np.uint64)
    out_offsets = np.zeros(n + 1, np.int64)
    for i in range(n):
        out_offsets[i + 1] = _fill(words, offsets[i], offsets[i + 1], size, out, out_offsets[i])
    return out[: out_offsets[n]].copy(), out_offsets


@kernel
def shingle_sets(
    words: npt.NDArray[np.uint64], offsets: npt.NDArray[np.int64], size: int
) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.int64]]:
    """Distinct shingles of each document, ascending, end to end, with their offsets.

    Document ``i`` owns ``words[offsets[i]:offsets[i + 1]]``.
    """
    found, found_offsets = shingle_lists(words, offsets, size)
    return distinct_values(found, found_offsets)


@kernel
def overlaps(
    sets: npt.NDArray[np.uint64],
    offsets: npt.NDArray[np.int64],
    left: npt.NDArray[np.int64],
    right: npt.NDArray[np.int64],
) -> npt.NDArray[np.int64]:
    """Size of the intersection of each pair of sets, by merging the two ascending runs."""
    out = np.zeros(len(left), np.int64)
    for p in range(len(left)):
        i, i_end = offsets[left[p]], offsets[left[p] + 1]
        j, j_end = offsets[right[p]], offsets[right[p] + 1]
        common = 0
        while i < i_end and j < j_end:
            a, b = sets[i], sets[j]
            common += a == b
            i += a <= b
            j += b <= a
        out[p] = common
    return out


@kernel
def winnow(found: npt.NDArray[np.uint64], window: int) -> npt.NDArray[np.uint64]:
    """Winnowed subset of a document's shingles: ascending and distinct.

    The least shingle of every run of ``window`` shingles is taken, so that two texts that share ``window`` shingles in
    a row share a key (Schleimer, Wilkerson, Aiken, "Winnowing", SIGMOD 2003, section 3). A document of fewer shingles
    is one window.
    """
    n = len(found)
    if n == 0:
        return found.copy()
    width = min(window, n)
    taken = np.empty(n - width + 1, np.uint64)
    least = 0
    filled = 0
    for begin in range(n - width + 1):
        end = begin + width
        if begin == 0 or least < begin:
            least = begin
            for i in range(begin, end):
                if found[i] <= found[least]:
                    least = i
        elif found[end - 1] <= found[least]:
            least = end - 1
        if filled == 0 or taken[filled - 1] != found[least]:
            taken[filled] = found[least]
            filled += 1
    return distinct_values(taken[:filled], np.array([0, filled]))[0]


@kernel
def winnow_batch(
    words: npt.NDArray[np.uint64], offsets: npt.NDArray[np.int64], size: int, window: int
) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.int64]]:
    """``winnow`` of the shingles of each document, end to end, with the offsets."""
    n = len(offsets) - 1
    out = np.empty(len(words), np.uint64)
    out_offsets = np.zeros(n + 1, np.int64)
    filled = 0
    for i in range(n):
        for key in winnow(shingles(words[offsets[i] : offsets[i + 1]], size), window):
            out[filled] = key
            filled += 1
        out_offsets[i + 1] = filled
    return out[:filled].copy(), out_offsets
