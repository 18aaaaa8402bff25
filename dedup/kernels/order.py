"""One stable sort and one way to grow for all kernels: each further type that NumPy's own meet is slow to compile."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dedup.kernels._jit import kernel


@kernel
def ascending(values: npt.NDArray[np.uint64]) -> npt.NDArray[np.int64]:
    """Places of the values in ascending order; equal values keep their order."""
    return np.argsort(values, kind="mergesort")


@kernel
def grown(rows: npt.NDArray[np.int64], n: int) -> npt.NDArray[np.int64]:
    """A table of ``n`` rows that begins with the given ones; the rest is not yet filled."""
    out = np.empty((n, rows.shape[1]), np.int64)
    for i in range(len(rows)):
        for j in range(rows.shape[1]):
            out[i, j] = rows[i, j]
    return out
