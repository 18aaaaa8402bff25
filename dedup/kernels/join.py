"""From sorted keys to pairs of documents that share them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dedup.kernels._jit import kernel


@kernel
def run_starts(keys: npt.NDArray[np.uint64]) -> npt.NDArray[np.int64]:
    """First place of each run of equal keys in ascending keys, and the end of the last run."""
    starts = np.empty(len(keys) + 1, np.int64)
    filled = 0
    for i in range(len(keys)):
        if i == 0 or keys[i] != keys[i - 1]:
            starts[filled] = i
            filled += 1
    starts[filled] = len(keys)
    return starts[: filled + 1].copy()


@kernel
def link_runs(
    starts: npt.NDArray[np.int64], docs: npt.NDArray[np.int64], max_links: int, max_documents: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Pairs of documents within runs of equal keys, in O(run length) each.

    Each document of a run is linked to the ``max_links`` that follow it, and to the first; so a run of up to
    ``max_links + 1`` documents gives all its pairs. A run of more than ``max_documents`` gives none.

    Args:
        starts: as ``run_starts`` gives them.
        docs: ascending within each run.

    Returns:
        Left document, right document (left < right) and size of the run, for each link.
    """
    total = 0
    for r in range(len(starts) - 1):
        size = starts[r + 1] - starts[r]
        if size <= max_documents:
            for i in range(1, size):
                total += min(i, max_links) + (i > max_links)
    left, right, sizes = np.empty(total, np.int64), np.empty(total, np.int64), np.empty(total, np.int64)
    filled = 0
    for r in range(len(starts) - 1):
        begin, size = starts[r], starts[r + 1] - starts[r]
        if size > max_documents:
            continue
        for i in range(1, size):
            for j in range(max(0, i - max_links), i):
                left[filled], right[filled], sizes[filled] = docs[begin + j], docs[begin + i], size
                filled += 1
            if i > max_links:
                left[filled], right[filled], sizes[filled] = docs[begin], docs[begin + i], size
                filled += 1
    return left, right, sizes


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
    at = np.searchsorted(sorted_values, wanted)
    out = np.zeros(len(wanted), np.bool_)
    for i in range(len(wanted)):
        out[i] = at[i] < len(sorted_values) and sorted_values[at[i]] == wanted[i]
    return out
