"""Words looked up in a dictionary of sorted hashes."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dedup.kernels._jit import kernel

BUCKET_BITS = 18  # buckets of a dictionary: about one word each


@kernel
def lookup(
    wanted: npt.NDArray[np.uint64],
    words: npt.NDArray[np.uint64],
    buckets: npt.NDArray[np.int32],
    places: npt.NDArray[np.int32],
) -> None:
    """Place of each word in a dictionary.

    Hashes are as good as random, so their upper bits say nearly where among the sorted ones they stand.

    Args:
        wanted: hashes to look up.
        words: the dictionary, ascending and distinct.
        buckets: ``int32[2**BUCKET_BITS + 1]``: how many words have less upper bits than each number.
        places: gets the place of each, or -1.
    """
    shift = np.uint64(64 - BUCKET_BITS)
    for i in range(len(wanted)):
        bucket = np.int64(wanted[i] >> shift)
        place = -1
        for at in range(buckets[bucket], buckets[bucket + 1]):
            if words[at] == wanted[i]:
                place = at
        places[i] = place
