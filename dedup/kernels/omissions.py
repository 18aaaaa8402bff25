"""What the relatives of a text have and the text has not: two that lack the same may have it from one another."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dedup.kernels._jit import kernel

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]

# Columns of ``omissions``; of two names the first counts joints, the second places, as one decision each.
ONLY_JOINTS, ONLY_PLACES = 0, 1  # the relative has them, and neither the text nor the rival has
BOTH_JOINTS, BOTH_PLACES = 2, 3  # relative and rival have them, and the text has not
N_COLUMNS = 4


@kernel
def omissions(
    first: IntArray,
    other: IntArray,
    pair: IntArray,
    side: IntArray,
    n_words: IntArray,
    first_run: IntArray,
    runs: IntArray,
    begin: int,
    end: int,
) -> FloatArray:
    """Each relative of a text against each other one, its rival: what has it that the text lacks?

    What text and rival both lack, and the relative has, was lost once if the text was made from the rival, and twice
    if from the relative; what the text alone lacks was lost on the way from either.

    Joints are those of ``kernels.readings``, here of the relative; a place is a stretch of them within one run that
    relative and rival share. It counts 1 / r if the change that begins there is one by which relative and text differ
    in r places.

    Args:
        first, other, pair, side, n_words, first_run, runs: as for ``kernels.readings.readings``.
        begin, end: only the texts from ``begin`` to before ``end`` are looked at.

    Returns:
        ``float64[rows, N_COLUMNS]``: text by text k * k rows, of relative i against rival g the row i * k + g. A rival
        that is not related to the relative has nothing of it; of a relative against itself all is 0.
    """
    longest, rows = 1, 0
    for text in range(begin, end):
        rows += (first[text + 1] - first[text]) ** 2
        for edge in range(first[text], first[text + 1]):
            longest = max(longest, n_words[other[edge]])
    out = np.zeros((rows, N_COLUMNS))
    slot = np.full(len(n_words), -1, np.int64)  # the edge by which a text is a relative of the one at hand
    lacked = np.empty(longest, np.bool_)  # the text lacks this joint of the relative at hand
    value = np.empty(longest, np.float64)  # of the change that begins at a joint
    joints, places = np.zeros(longest + 1, np.float64), np.zeros(longest + 1, np.float64)  # lacked before each joint
    row = 0
    for text in range(begin, end):
        start, k = first[text], first[text + 1] - first[text]
        for edge in range(start, start + k):
            slot[other[edge]] = edge
        for edge in range(start, start + k):
            n_joints = max(n_words[other[edge]] - 1, 0)
            own_runs = runs[first_run[pair[edge]] : first_run[pair[edge] + 1]]
            _count_lacked(own_runs, 1 - side[edge], n_joints, lacked, value, joints, places)
            for rival in range(row, row + k):
                if rival - row != edge - start:
                    out[rival, ONLY_JOINTS], out[rival, ONLY_PLACES] = joints[n_joints], places[n_joints]
            for known in range(first[other[edge]], first[other[edge] + 1]):
                at = slot[other[known]]
                if start <= at < start + k and other[at] == other[known] and at != edge:
                    shared = runs[first_run[pair[known]] : first_run[pair[known] + 1]]
                    _part(out[row + at - start], shared, side[known], lacked, value, joints, places)
            row += k
    return out


@kernel
def _count_lacked(
    runs: IntArray,
    side: int,
    n_joints: int,
    lacked: npt.NDArray[np.bool_],
    value: FloatArray,
    joints: FloatArray,
    places: FloatArray,
) -> None:
    """Note which joints of a relative stand in no run, and how many joints and places of these lie before each."""
    lacked[:n_joints] = True
    value[: n_joints + 1] = 1.0
    for run in range(len(runs)):
        low, high = runs[run, side], runs[run, side] + runs[run, 2] - 1
        lacked[low:high] = False
        value[high] = 1.0 / runs[run, 3]
    for joint in range(n_joints):
        begins = lacked[joint] and (joint == 0 or not lacked[joint - 1])
        joints[joint + 1] = joints[joint] + (1.0 if lacked[joint] else 0.0)
        places[joint + 1] = places[joint] + (value[joint] if begins else 0.0)


@kernel
def _part(
    row: FloatArray,
    runs: IntArray,
    side: int,
    lacked: npt.NDArray[np.bool_],
    value: FloatArray,
    joints: FloatArray,
    places: FloatArray,
) -> None:
    """Part what the relative alone has from what stands in the runs that it shares with the rival."""
    for run in range(len(runs)):
        low, high = runs[run, side], runs[run, side] + runs[run, 2] - 1
        row[BOTH_JOINTS] += joints[high] - joints[low]
        row[BOTH_PLACES] += places[high] - places[low]
        if 0 < low < high and lacked[low] and lacked[low - 1]:
            row[BOTH_PLACES] += value[low]
    row[ONLY_JOINTS] = max(row[ONLY_JOINTS] - row[BOTH_JOINTS], 0.0)
    row[ONLY_PLACES] = max(row[ONLY_PLACES] - row[BOTH_PLACES], 0.0)
