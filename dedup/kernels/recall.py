"""Brute force resemblance of a sample of documents to all documents."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dedup.kernels._jit import kernel
from dedup.kernels.order import ascending


@kernel
def count_similar(
    sets: npt.NDArray[np.uint64],
    offsets: npt.NDArray[np.int64],
    sample: npt.NDArray[np.int64],
    label: npt.NDArray[np.int64],
    min_jaccard: float,
) -> tuple[int, int]:
    """Count the pairs of documents, at least one of them in the sample, that resemble at ``min_jaccard`` or more.

    Args:
        sets: distinct ascending values of each document, end to end.
        sample: ascending documents.
        label: cluster of each document; negative for none.

    Returns:
        How many pairs there are, and in how many of them both documents bear the same label.
    """
    n = len(offsets) - 1
    total = 0
    for s in sample:
        total += offsets[s + 1] - offsets[s]
    values, owners = np.empty(total, np.uint64), np.empty(total, np.int64)
    filled = 0
    in_sample = np.zeros(n, np.bool_)
    for k in range(len(sample)):
        in_sample[sample[k]] = True
        for i in range(offsets[sample[k]], offsets[sample[k] + 1]):
            values[filled], owners[filled] = sets[i], k
            filled += 1
    order = ascending(values)
    values, owners = values[order], owners[order]
    counts = np.zeros(len(sample), np.int64)
    similar, together = 0, 0
    for d in range(n):
        counts[:] = 0
        for i in range(offsets[d], offsets[d + 1]):
            at = np.searchsorted(values, sets[i])
            while at < total and values[at] == sets[i]:
                counts[owners[at]] += 1
                at += 1
        for k in range(len(sample)):
            other = sample[k]
            if counts[k] == 0 or other == d or (in_sample[d] and other > d):
                continue
            union = offsets[d + 1] - offsets[d] + offsets[other + 1] - offsets[other] - counts[k]
            if counts[k] >= min_jaccard * union:
                similar += 1
                together += label[d] >= 0 and label[d] == label[other]
    return similar, together
