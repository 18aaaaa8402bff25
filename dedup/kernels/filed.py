"""The shingles of one text, filed so that those of many others can be looked up among them."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from dedup.kernels._jit import kernel

_SPARSE = 8  # entries for each shingle, so that nearly all that are looked up meet an empty one, which is no guess
_NEAR = 1 << 16  # entries that the processor holds at hand: a text that needs more has 2 for each shingle

# An open table with linear probing, of which so many entries are in use as the text at hand needs. Of each entry: its
# shingle; the first place of that shingle, -1 where the entry is empty; the last pair that met it; and the place that
# waits for a partner in that pair, -1 if none is left. Then, of each place, the next one of the same shingle or -1.
Filed: TypeAlias = tuple[
    npt.NDArray[np.uint64], npt.NDArray[np.int32], npt.NDArray[np.int64], npt.NDArray[np.int32], npt.NDArray[np.int32]
]


@kernel
def _entries_for(n: int) -> int:
    """Entries in use for ``n`` shingles: a power of two."""
    size = _SPARSE
    while size < 2 * n or size < min(_SPARSE * n, _NEAR):
        size *= 2
    return size


@kernel
def room_for(longest: int) -> Filed:
    """A table for texts of up to so many shingles."""
    size = _entries_for(longest)
    return (
        np.empty(size, np.uint64),
        np.empty(size, np.int32),
        np.full(size, -1, np.int64),
        np.empty(size, np.int32),
        np.empty(longest, np.int32),
    )


@kernel
def _entry(filed: Filed, mask: np.uint64, shingle: np.uint64) -> int:
    """The entry that a shingle has, or the empty one that it would have."""
    at = shingle & mask
    while filed[1][at] >= 0 and filed[0][at] != shingle:
        at = (at + np.uint64(1)) & mask
    return int(at)


@kernel
def file(found: npt.NDArray[np.uint64], filed: Filed) -> None:
    """File the shingles of a text, given in its order, in place of those of the last one."""
    shingles, firsts, _, _, nexts = filed
    size = _entries_for(len(found))
    for at in range(size):
        firsts[at] = -1
    for k in range(len(found)):
        place = len(found) - 1 - k
        at = _entry(filed, np.uint64(size - 1), found[place])
        nexts[place] = firsts[at]
        shingles[at], firsts[at] = found[place], place


@kernel
def look_up(
    found: npt.NDArray[np.uint64], n_filed: int, filed: Filed, pair: int, partner: npt.NDArray[np.int64], left: bool
) -> int:
    """Find the partners of a text's shingles among those that are filed; how many different ones both texts have.

    Of a shingle that occurs more than once, the first stands for the first, the second for the second.

    Args:
        found: in the order of the text.
        n_filed: how many are filed.
        pair: a number that no earlier look had.
        partner: gets for each shingle of the left text its place in the right one; all -1 before.
        left: whether the text is the left one.
    """
    _, firsts, pairs, waiting, nexts = filed
    mask, n_shared = np.uint64(_entries_for(n_filed) - 1), 0
    for i in range(len(found)):
        at = _entry(filed, mask, found[i])
        if firsts[at] < 0:
            continue
        if pairs[at] != pair:
            pairs[at], waiting[at] = pair, firsts[at]
            n_shared += 1
        place = waiting[at]
        if place >= 0:
            waiting[at] = nexts[place]
            if left:
                partner[i] = place
            else:
                partner[place] = i
    return n_shared
