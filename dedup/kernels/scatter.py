"""Keys dealt into parts by their mixed value, so that each part can be sorted by itself."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dedup.kernels._jit import kernel

N_PARTS = 256
_PART_SHIFT = np.uint64(56)
# An odd multiplier is a bijection of 64-bit numbers; this one (the golden ratio) spreads ascending ones over the parts.
MIX = np.uint64(0x9E3779B97F4A7C15)
UNMIX = np.uint64(pow(0x9E3779B97F4A7C15, -1, 1 << 64))


@kernel
def scatter(
    keys: npt.NDArray[np.uint64], values: npt.NDArray[np.uint64]
) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint64], npt.NDArray[np.int64]]:
    """Deal entries into ``N_PARTS`` parts by the upper bits of their mixed key (``key * MIX``), keeping their order.

    Returns:
        Mixed keys and values by part, and the bounds of the parts, one more than there are parts. A counting sort: two
        passes over the keys.
    """
    bounds = np.zeros(N_PARTS + 1, np.int64)
    for i in range(len(keys)):
        bounds[((keys[i] * MIX) >> _PART_SHIFT) + np.uint64(1)] += 1
    for p in range(N_PARTS):
        bounds[p + 1] += bounds[p]
    at = bounds[:N_PARTS].copy()
    mixed, dealt = np.empty(len(keys), np.uint64), np.empty(len(keys), np.uint64)
    for i in range(len(keys)):
        key = keys[i] * MIX
        part = key >> _PART_SHIFT
        mixed[at[part]] = key
        dealt[at[part]] = values[i]
        at[part] += 1
    return mixed, dealt, bounds
