"""One binary search for all kernels: NumPy's own takes long to compile."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dedup.kernels._jit import kernel


@kernel
def lower_bound(values: npt.NDArray[np.uint64], wanted: np.uint64) -> int:
    """How many of the ascending values are less than ``wanted``: the first place where it could stand."""
    begin, end = 0, len(values)
    while begin < end:
        middle = (begin + end) // 2
        if values[middle] < wanted:
            begin = middle + 1
        else:
            end = middle
    return begin
