"""One stable sort and one way to grow for all kernels: each further type that NumPy's own meet is slow to compile."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dedup.kernels._jit import kernel

_SHORT = 16  # values that are sorted by insertion


@kernel
def ascending(values: npt.NDArray[np.uint64]) -> npt.NDArray[np.int64]:
    """Places of the values in ascending order; equal values keep their order.

    A merge sort from the bottom up, over runs of ``_SHORT`` values that are sorted by insertion.
    """
    n = len(values)
    order, merged = np.empty(n, np.int64), np.empty(n, np.int64)
    for i in range(n):
        j = i
        while j % _SHORT > 0 and values[order[j - 1]] > values[i]:
            order[j] = order[j - 1]
            j -= 1
        order[j] = i
    width = _SHORT
    while width < n:
        for begin in range(0, n, 2 * width):
            i, j = begin, min(begin + width, n)
            i_end, end = j, min(begin + 2 * width, n)
            for k in range(begin, end):
                if j >= end or (i < i_end and values[order[i]] <= values[order[j]]):
                    merged[k] = order[i]
                    i += 1
                else:
                    merged[k] = order[j]
                    j += 1
        order, merged = merged, order
        width *= 2
    return order


@kernel
def grown(rows: npt.NDArray[np.int64], n: int) -> npt.NDArray[np.int64]:
    """A table of ``n`` rows that begins with the given ones; the rest is not yet filled."""
    out = np.empty((n, rows.shape[1]), np.int64)
    for i in range(len(rows)):
        for j in range(rows.shape[1]):
            out[i, j] = rows[i, j]
    return out
