"""From sorted keys to pairs of documents that share them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dedup.kernels._jit import kernel
from dedup.kernels.search import buckets, holds

_LONG_RUN = 4096  # links per document times documents, at most, in a run where not all are linked
_LEAST_LINKS = 4


@kernel
def run_starts(keys: npt.NDArray[np.uint64]) -> npt.NDArray[np.int64]:
    """First place of each run of equal keys where equal ones stand together, and the end of the last run."""
    starts = np.empty(len(keys) + 1, np.int64)
    filled = 0
    for i in range(len(keys)):
        if i == 0 or keys[i] != keys[i - 1]:
            starts[filled] = i
            filled += 1
    starts[filled] = len(keys)
    return starts[: filled + 1].copy()


@kernel
def links_each(size: int, max_links: int) -> int:
    """Documents before it that each document of a run of ``size`` is linked to."""
    return min(max_links, max(_LEAST_LINKS, _LONG_RUN // max(size, 1)))


@kernel
def link_runs(
    starts: npt.NDArray[np.int64], docs: npt.NDArray[np.int64], max_links: int, max_documents: int
) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.int64]]:
    """Pairs of documents within runs of equal keys, in O(run length) each.

    Each document of a run is linked to the ``links_each`` that stand before it, and to the least; so a run of up to
    ``max_links + 1`` documents gives all its pairs. A run of more than ``max_documents`` gives none.

    Args:
        starts: as ``run_starts`` gives them.
        docs: numbers below 2^32, those beside each other in a run are the likeliest pairs.

    Returns:
        The lesser document in the upper and the greater in the lower half of a number, and the size of the run, for
        each link.
    """
    total = 0
    for r in range(len(starts) - 1):
        size = starts[r + 1] - starts[r]
        if size <= max_documents:
            total += size * (min(size, links_each(size, max_links)) + 1)
    pairs, sizes = np.empty(total, np.uint64), np.empty(total, np.int64)
    filled = 0
    for r in range(len(starts) - 1):
        begin, size = starts[r], starts[r + 1] - starts[r]
        if size < 2 or size > max_documents:
            continue
        each = links_each(size, max_links)
        least = begin
        for i in range(begin, begin + size):
            if docs[i] < docs[least]:
                least = i
        for i in range(begin, begin + size):
            for j in range(max(begin, i - each), i):
                low, high = min(docs[i], docs[j]), max(docs[i], docs[j])
                pairs[filled] = (np.uint64(low) << np.uint64(32)) | np.uint64(high)
                sizes[filled] = size
                filled += 1
            if abs(i - least) > each:
                pairs[filled] = (np.uint64(docs[least]) << np.uint64(32)) | np.uint64(docs[i])
                sizes[filled] = size
                filled += 1
    return pairs[:filled].copy(), sizes[:filled].copy()


@kernel
def cap_per_document(
    left: npt.NDArray[np.int64], right: npt.NDArray[np.int64], n_documents: int, limit: int
) -> npt.NDArray[np.bool_]:
    """Which pairs stay when, taken in the given order, no document may have more than ``limit``."""
    counts = np.zeros(n_documents, np.int64)
    keep = np.zeros(len(left), np.bool_)
    for i in range(len(left)):
        if counts[left[i]] < limit and counts[right[i]] < limit:
            counts[left[i]] += 1
            counts[right[i]] += 1
            keep[i] = True
    return keep


@kernel
def contains(sorted_values: npt.NDArray[np.uint64], wanted: npt.NDArray[np.uint64]) -> npt.NDArray[np.bool_]:
    """Whether each wanted value is among the ascending values."""
    out = np.zeros(len(wanted), np.bool_)
    bounds, shift = buckets(sorted_values)
    for i in range(len(wanted)):
        out[i] = holds(sorted_values, bounds, shift, wanted[i])
    return out
