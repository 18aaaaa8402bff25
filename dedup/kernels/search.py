"""Ways to find a value among ascending ones, for all kernels: NumPy's own take long to compile."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dedup.kernels._jit import kernel

_MOST_BITS = 20  # of the number of a bucket
_BUCKETS = 8  # for each value


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


@kernel
def buckets(values: npt.NDArray[np.uint64]) -> tuple[npt.NDArray[np.int64], np.uint64]:
    """Ascending values dealt into buckets by their upper bits, hardly ever two into one.

    Returns:
        First place of each bucket, with the end of the last; how far a value is shifted to give its bucket.
    """
    bits, width = 1, 0
    while bits < _MOST_BITS and (1 << bits) < _BUCKETS * len(values):
        bits += 1
    rest = values[len(values) - 1] if len(values) > 0 else np.uint64(0)
    while rest > np.uint64(0):
        rest >>= np.uint64(1)
        width += 1
    shift = np.uint64(max(width - bits, 0))
    bounds = np.zeros((1 << bits) + 1, np.int64)
    for i in range(len(values)):
        bounds[np.int64(values[i] >> shift) + 1] += 1
    for k in range(1 << bits):
        bounds[k + 1] += bounds[k]
    return bounds, shift


@kernel
def holds(values: npt.NDArray[np.uint64], bounds: npt.NDArray[np.int64], shift: np.uint64, wanted: np.uint64) -> bool:
    """Whether a value is among the ascending ones, which ``buckets`` has dealt."""
    bucket = wanted >> shift
    if bucket >= np.uint64(len(bounds) - 1):
        return False
    begin, end = bounds[np.int64(bucket)], bounds[np.int64(bucket) + 1]
    while end - begin > 1:
        middle = (begin + end) // 2
        if values[middle] <= wanted:
            begin = middle
        else:
            end = middle
    return bool(begin < len(values) and values[begin] == wanted)
