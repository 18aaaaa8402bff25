"""Pairs that agree in a single slot: how the recall of the bands is probed."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dedup.kernels._jit import kernel
from dedup.kernels.order import grown

_LOW = 0xFFFF


@kernel
def probe(
    slots: npt.NDArray[np.uint32],
    docs: npt.NDArray[np.int64],
    wanted: npt.NDArray[np.uint32],
    owners: npt.NDArray[np.int64],
    left_over: npt.NDArray[np.int64],
) -> npt.NDArray[np.int64]:
    """Documents that agree with one of a sample in a slot.

    Args:
        slots: of some documents, ``uint32[documents, probes]``.
        docs: numbers of these documents.
        wanted: slots of the sample, ascending, ``uint32[probes, sample]``.
        owners: place in the sample of each.
        left_over: for each document of the sample, how many hits may still be counted; updated.

    Returns:
        Place in the sample and number of the other document, for each slot that agrees: a table of two columns.
    """
    n_probes, n_wanted = wanted.shape
    might = np.zeros((n_probes, _LOW + 1), np.bool_)  # whether a slot of the sample ends in these bits
    for k in range(n_probes):
        for i in range(n_wanted):
            might[k, wanted[k, i] & _LOW] = True
    found = np.empty((64, 2), np.int64)
    filled = 0
    for d in range(len(slots)):
        for k in range(n_probes):
            value = slots[d, k]
            if not might[k, value & _LOW]:
                continue
            low, high = 0, n_wanted
            while low < high:
                middle = (low + high) // 2
                if wanted[k, middle] < value:
                    low = middle + 1
                else:
                    high = middle
            while low < n_wanted and wanted[k, low] == value:
                owner = owners[k, low]
                if left_over[owner] > 0:
                    left_over[owner] -= 1
                    if filled == len(found):
                        found = grown(found, 2 * filled)
                    found[filled, 0], found[filled, 1] = owner, docs[d]
                    filled += 1
                low += 1
    return found[:filled].copy()
