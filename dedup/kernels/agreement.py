"""How far two stretches of text agree: words in common, and terms that keep their order."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dedup.kernels._jit import kernel
from dedup.kernels.align import partners_of
from dedup.kernels.search import lower_bound


@kernel
def common(left: npt.NDArray[np.uint64], right: npt.NDArray[np.uint64]) -> int:
    """How many words the stretches have in common, as bags: each as often as the side has it that has it less often."""
    n = 0
    for partner in partners_of(left, right):
        n += partner >= 0
    return n


@kernel
def in_order(
    left: npt.NDArray[np.int64],
    right: npt.NDArray[np.int64],
    in_left: npt.NDArray[np.int64],
    in_right: npt.NDArray[np.int64],
) -> tuple[int, int]:
    """How many terms stand once in either stretch, and how many of them, at most, in the same order.

    The latter is the longest increasing subsequence of their places (Fredman 1975). A text that was reworded keeps
    nearly all in order; of n terms in any order about twice the root of n are in order by chance.

    Args:
        in_left, in_right: a number for each term, all zero, and left so.
    """
    for t in left:
        in_left[t] += 1
    for j in range(len(right)):
        t = right[j]
        in_right[t] = j + 1 if in_right[t] == 0 else -1
    single, longest = 0, 0
    ends = np.empty(len(left), np.uint64)  # the least place at which a subsequence of each length ends
    for t in left:
        if in_left[t] == 1 and in_right[t] > 0:
            single += 1
            place = np.uint64(in_right[t])
            at = lower_bound(ends[:longest], place)
            ends[at] = place
            longest = max(longest, at + 1)
    for t in left:
        in_left[t] = 0
    for t in right:
        in_right[t] = 0
    return single, longest
