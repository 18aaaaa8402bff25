"""How often a pair of texts makes the same change: a house brings a text into its style everywhere, in one decision."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dedup.engine.base import U64, IntArray

MOST_WORDS = 8  # of a change, on either side
_FACTOR = np.uint64(0x9E3779B97F4A7C15)


def repeats(
    firsts: IntArray, lengths: IntArray, pair: IntArray, left: IntArray, right: IntArray, words: U64, offsets: IntArray
) -> IntArray:
    """For each run of equal words how many changes of its pair are the same as the one that follows it.

    A change is what stands on both sides between a run and the next one. It is 1 where the next one is not the same on
    both sides, or more than ``MOST_WORDS`` away, or where the run is the last of its pair.

    Args:
        firsts: first word of each run on either side, ``int64[n, 2]``, by pair, then place on the left.
        lengths: words of each run.
        pair: pair of each run, ascending.
        left, right: rows of the texts of each pair.
        words: hashes of the words of the texts, end to end.
        offsets: of the texts in ``words``.
    """
    out = np.ones(len(lengths), np.int64)
    ends = firsts + lengths[:, None]
    sizes = firsts[1:] - ends[:-1]
    by_right = np.lexsort((firsts[:, 0], firsts[:, 1], pair))
    place = np.empty(len(pair), np.int64)
    place[by_right] = np.arange(len(pair))
    near = (sizes >= 0).all(axis=1) & (sizes <= MOST_WORDS).all(axis=1) & (pair[1:] == pair[:-1])
    near &= np.diff(place) == 1
    rows = np.flatnonzero(near)
    key = pair[rows].astype(np.uint64)
    for side, texts in enumerate((left, right)):
        begins = offsets[texts[pair[rows]]] + ends[rows, side]
        key = _mixed(key, begins, sizes[rows, side], words)
    _, same, counts = np.unique(key, return_inverse=True, return_counts=True)
    out[rows] = counts[same]
    return out


def _mixed(key: U64, begins: IntArray, sizes: IntArray, words: U64) -> npt.NDArray[np.uint64]:
    """Keys into which the words of a stretch and their number are mixed, one stretch for each."""
    key = (key ^ sizes.astype(np.uint64)) * _FACTOR
    for at in range(MOST_WORDS):
        reached = np.flatnonzero(sizes > at)
        mixed = (key[reached] ^ words[begins[reached] + at]) * _FACTOR
        key[reached] = mixed ^ (mixed >> np.uint64(29))
    return key
