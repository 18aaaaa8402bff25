"""Which document ids were met before, and where: in a run of a billion documents too."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import xxhash

_ROW_BITS = 40


class SeenIds:
    """The ids met so far: 24 bytes each.

    An id is known by its 128-bit digest. Sorted runs of digests are kept, each more than twice as long as the next, so
    that adding n ids costs O(n log n) in all (the logarithmic method of Bentley and Saxe, 1980).
    """

    def __init__(self) -> None:
        self._runs: list[tuple[npt.NDArray[np.bytes_], npt.NDArray[np.int64]]] = []

    def add(self, ids: Sequence[str], places: Sequence[tuple[int, int]]) -> list[tuple[int, int] | None]:
        """Add ids in the order of the input.

        Args:
            ids: the ids.
            places: where each stands: number of its file, row in it.

        Returns:
            For each id the place where it stood first, or None where this is its first.
        """
        packed = np.array([(file << _ROW_BITS) | row for file, row in places], dtype=np.int64)
        digests = np.frombuffer(b"".join(xxhash.xxh3_128_digest(key.encode()) for key in ids), dtype="S16")
        first = np.full(len(ids), -1, dtype=np.int64)
        for keys, values in self._runs:
            at = np.minimum(np.searchsorted(keys, digests), len(keys) - 1)
            first = np.where(keys[at] == digests, values[at], first)
        unique, index, inverse = np.unique(digests, return_index=True, return_inverse=True)
        here = packed[index][inverse]  # np.unique gives the first place of each
        repeats = (first < 0) & (index[inverse] != np.arange(len(ids)))
        first = np.where(repeats, here, first)
        fresh = first[index] < 0
        self._push(unique[fresh], packed[index][fresh])
        mask = (1 << _ROW_BITS) - 1
        return [None if place < 0 else (place >> _ROW_BITS, place & mask) for place in first.tolist()]

    def _push(self, keys: npt.NDArray[np.bytes_], values: npt.NDArray[np.int64]) -> None:
        while len(keys) and self._runs and len(self._runs[-1][0]) <= 2 * len(keys):
            older_keys, older_values = self._runs.pop()
            keys, values = np.concatenate([older_keys, keys]), np.concatenate([older_values, values])
            order = np.argsort(keys, kind="stable")
            keys, values = keys[order], values[order]
        if len(keys):
            self._runs.append((keys, values))
