"""Entries of a key and a value, gathered in any amounts and given back by key: in memory while few, else from disk."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from dedup.engine.base import U64, Dealt, Entries
from dedup.kernels.scatter import N_PARTS, UNMIX, scatter

_SCHEMA = pa.schema([("key", pa.uint64()), ("value", pa.uint64())])
# Keys of a sorted run differ by little, values by less than 64 bits: both pack well.
_PACKED = dict.fromkeys(("key", "value"), "DELTA_BINARY_PACKED")


ENTRY_BYTES = 16
_PER_PART = 1 << 17
_NOTHING: U64 = np.zeros(0, np.uint64)


class LocalPile:
    """A pile of entries, to be sorted in parts.

    Each entry is dealt into one of ``N_PARTS`` by its mixed key as it comes. Beyond ``limit`` bytes the pile is written
    out as a run, each part of it sorted; a part is then the merge of that part in all runs. So a part holds every entry
    of its keys, and a sort never needs more memory than one part (the partitioned sort of Grace hash joins:
    Kitsuregawa, Tanaka, Moto-oka 1983, "Application of hash to data base machine and its architecture").

    Args:
        name: begins the names of the files.
        limit: bytes held in memory.
        scratch: gives the folder for the files when there are any.
    """

    def __init__(self, name: str, limit: int, scratch: Callable[[], Path]) -> None:
        self._name, self._limit, self._scratch = name, limit, scratch
        self._chunks: list[Dealt] = []
        self._bytes = 0
        self._runs: list[tuple[Path, list[int | None]]] = []  # a file, and which row group holds each of N_PARTS
        self.n_entries = 0

    @property
    def n_parts(self) -> int:
        """Parts to read the pile in: a power of two, so many that each has about ``_PER_PART`` entries."""
        return min(N_PARTS, 1 << max(0, (self.n_entries // _PER_PART).bit_length()))

    def deal(self, keys: U64, values: U64) -> Dealt:
        """Deal entries into parts; any thread may do so."""
        return scatter(keys, values)

    def add(self, dealt: Dealt) -> None:
        """Add entries."""
        n = len(dealt[0])
        if n == 0:
            return
        self._chunks.append(dealt)
        self._bytes += ENTRY_BYTES * n
        self.n_entries += n
        if self._bytes > self._limit:
            self._spill()

    def part(self, number: int) -> Entries:
        """The entries of one part of ``n_parts``."""
        width = N_PARTS // self.n_parts
        begin, end = number * width, (number + 1) * width
        runs = [run for path, groups in self._runs for run in _read(path, groups[begin:end])]
        cuts = [(keys, values, slice(bounds[begin], bounds[end])) for keys, values, bounds in self._chunks]
        keys = [_NOTHING, *(keys for keys, _ in runs), *(keys[cut] for keys, _, cut in cuts)]
        values = [_NOTHING, *(values for _, values in runs), *(values[cut] for _, values, cut in cuts)]
        mixed, ordered = _sorted(np.concatenate(keys), np.concatenate(values), self.n_parts)
        return Entries(mixed * UNMIX, ordered)

    def clear(self) -> None:
        """Let go of all entries and files."""
        self._chunks, self._bytes, self.n_entries = [], 0, 0
        for path, _ in self._runs:
            path.unlink(missing_ok=True)
        self._runs = []

    def _spill(self) -> None:
        """Write what is held as a run: a row group for each of ``N_PARTS``, sorted."""
        path = self._scratch() / f"dedup-{self._name}-{len(self._runs)}.parquet"
        groups: list[int | None] = []
        with pq.ParquetWriter(
            path, _SCHEMA, compression="zstd", use_dictionary=False, column_encoding=_PACKED, write_statistics=False
        ) as writer:
            for number in range(N_PARTS):
                cuts = [(keys, values, slice(*bounds[number : number + 2])) for keys, values, bounds in self._chunks]
                keys = np.concatenate([keys[cut] for keys, _, cut in cuts])
                values = np.concatenate([values[cut] for _, values, cut in cuts])
                groups.append(len(groups) - groups.count(None) if len(keys) else None)
                if len(keys):
                    arrays = [pa.array(column) for column in _sorted(keys, values, N_PARTS)]
                    writer.write_table(pa.Table.from_arrays(arrays, schema=_SCHEMA), row_group_size=len(keys))
        self._runs.append((path, groups))
        self._chunks, self._bytes = [], 0


def _read(path: Path, groups: list[int | None]) -> list[tuple[U64, U64]]:
    """Keys and values of some row groups of a run; those of an empty part are none."""
    there = [group for group in groups if group is not None]
    if not there:
        return []
    table = pq.ParquetFile(path).read_row_groups(there, use_threads=False)
    return [(table.column("key").to_numpy(), table.column("value").to_numpy())]


def _sorted(mixed: U64, values: U64, n_parts: int) -> tuple[U64, U64]:
    """Entries of one part by mixed key; equal keys keep their order.

    The place of an entry is packed under the bits of its key that differ within a part, and plain numbers are sorted:
    four times as fast as a stable argsort. Two keys that agree in all bits left are put right by the slow way.
    """
    n = len(mixed)
    low = np.uint64((1 << max(1, (n - 1).bit_length())) - 1)
    shared = np.uint64(n_parts.bit_length() - 1)  # upper bits that all keys of a part have in common
    packed = ((mixed << shared) & ~low) | np.arange(n, dtype=np.uint64)
    packed.sort()
    order = packed & low
    keys = mixed[order]
    if np.any(keys[1:] < keys[:-1]):
        order = np.argsort(mixed, kind="stable").astype(np.uint64)
        keys = mixed[order]
    return keys, values[order]
