"""Which document ids were met before, and where: in a run of a billion documents too."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import xxhash

_ROW_BITS = 40
_Ints = npt.NDArray[np.int64]
_Words = npt.NDArray[np.uint64]


def packed(files: _Ints, rows: _Ints) -> _Ints:
    """Where documents stand, in one number each: its file above its row."""
    return (files << _ROW_BITS) | rows


def unpacked(place: int) -> tuple[int, int]:
    """File and row of a packed place."""
    return place >> _ROW_BITS, place & ((1 << _ROW_BITS) - 1)


class SeenIds:
    """The ids met so far: 24 bytes each.

    An id is known by its 128-bit digest, in two halves, ``high`` and ``low``. Runs of them sorted by ``high`` are kept,
    each more than twice as long as the next, so that adding n ids costs O(n log n) in all (the logarithmic method of
    Bentley and Saxe, 1980). While two runs are merged they take about twice their place.
    """

    def __init__(self) -> None:
        self._runs: list[tuple[_Words, _Words, _Ints]] = []

    def add(self, ids: pa.StringArray, places: _Ints) -> _Ints:
        """Add ids in the order of the input.

        Args:
            ids: the ids, none of them null.
            places: where each stands, packed.

        Returns:
            For each id the place where it stood first, or -1 where this is its first.
        """
        digests = b"".join(map(xxhash.xxh3_128_digest, ids.cast(pa.binary()).to_pylist()))
        high, low = np.frombuffer(digests, np.uint64).reshape(-1, 2).T
        order = np.argsort(high, kind="stable")  # of equal ids the first comes first
        if (np.diff(high[order]) == 0).any():
            order = np.lexsort((low, high))
        high, low, places = high[order], low[order], places[order]
        fresh = np.ones(len(order), np.bool_)
        fresh[1:] = (high[1:] != high[:-1]) | (low[1:] != low[:-1])
        heads = np.flatnonzero(fresh)
        group = np.cumsum(fresh) - 1
        earlier = self._found(high[heads], low[heads])
        first = np.where(earlier < 0, places[heads], earlier)[group]
        first[heads[earlier < 0]] = -1
        new = heads[earlier < 0]
        self._push(high[new], low[new], places[new])
        result: _Ints = np.empty_like(first)
        result[order] = first
        return result

    def _found(self, high: _Words, low: _Words) -> _Ints:
        """Place of each digest in the runs; -1 where it is in none."""
        found = np.full(len(high), -1, np.int64)
        for run_high, run_low, run_places in self._runs:
            left = np.arange(len(high))
            at = np.searchsorted(run_high, high)
            while len(left):  # once, but for digests of which only the halves are equal
                inside = at < len(run_high)
                inside[inside] = run_high[at[inside]] == high[left[inside]]
                left, at = left[inside], at[inside]
                equal = run_low[at] == low[left]
                found[left[equal]] = run_places[at[equal]]
                left, at = left[~equal], at[~equal] + 1
        return found

    def _push(self, high: _Words, low: _Words, places: _Ints) -> None:
        while len(high) and self._runs and len(self._runs[-1][0]) <= 2 * len(high):
            older_high, older_low, older_places = self._runs.pop()
            high = np.concatenate([older_high, high])
            order = np.argsort(high, kind="stable")  # merges, since both halves are sorted
            high = high[order]
            low = np.concatenate([older_low, low])[order]
            places = np.concatenate([older_places, places])[order]
        if len(high):
            self._runs.append((high, low, places))
