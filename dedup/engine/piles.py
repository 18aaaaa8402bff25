"""Entries of a key and a value, gathered in any amounts and given back by key: in memory while few, else from disk."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from dedup.engine.base import Entries
from dedup.kernels.scatter import N_PARTS, UNMIX, scatter

U64 = npt.NDArray[np.uint64]

_SCHEMA = pa.schema([("key", pa.uint64()), ("value", pa.uint64())])
# Keys of a sorted run differ by little, values by less than 64 bits: both pack well.
_PACKED = dict.fromkeys(("key", "value"), "DELTA_BINARY_PACKED")


class LocalPile:
    """A pile of entries, to be sorted in parts.

    Each entry is dealt into one of ``N_PARTS`` parts by its mixed key as it comes. Beyond ``limit`` bytes the pile is
    written out as a run, each part of it sorted; a part is then the merge of that part in all runs. So a part holds
    every entry of its keys, and a sort never needs more memory than one part (the partitioned sort of Grace hash joins:
    Kitsuregawa, Tanaka, Moto-oka 1983, "Application of hash to data base machine and its architecture").

    Args:
        name: begins the names of the files.
        limit: bytes held in memory.
        scratch: gives the folder for the files when there are any.
    """

    n_parts = N_PARTS

    def __init__(self, name: str, limit: int, scratch: Callable[[], Path]) -> None:
        self._name, self._limit, self._scratch = name, limit, scratch
        self._chunks: list[tuple[U64, U64, npt.NDArray[np.int64]]] = []
        self._bytes = 0
        self._runs: list[tuple[Path, dict[int, int]]] = []  # a file, and which row group holds a part
        self.n_entries = 0

    def add(self, keys: U64, values: U64) -> None:
        """Add entries."""
        if len(keys) == 0:
            return
        self._chunks.append(scatter(keys, values))
        self._bytes += 16 * len(keys)
        self.n_entries += len(keys)
        if self._bytes > self._limit:
            self._spill()

    def part(self, number: int) -> Entries:
        """The entries of one part."""
        keys, values = self._held(number)
        for path, groups in self._runs:
            if number in groups:
                run = pq.ParquetFile(path).read_row_group(groups[number], use_threads=False)
                keys.append(run.column("key").to_numpy())
                values.append(run.column("value").to_numpy())
        # Runs are older than what is held, and of the runs the first is the oldest.
        keys, values = keys[1:] + keys[:1], values[1:] + values[:1]
        mixed, ordered = _sorted(np.concatenate(keys), np.concatenate(values))
        return Entries(mixed * UNMIX, ordered)

    def clear(self) -> None:
        """Let go of all entries and files."""
        self._chunks, self._bytes = [], 0
        for path, _ in self._runs:
            path.unlink(missing_ok=True)
        self._runs = []

    def _held(self, number: int) -> tuple[list[U64], list[U64]]:
        """Mixed keys and values of a part, as far as they are in memory: one array each."""
        cuts = [(keys, values, bounds[number], bounds[number + 1]) for keys, values, bounds in self._chunks]
        none = np.zeros(0, np.uint64)
        keys = np.concatenate([none, *(keys[begin:end] for keys, _, begin, end in cuts)])
        return [keys], [np.concatenate([none, *(values[begin:end] for _, values, begin, end in cuts)])]

    def _spill(self) -> None:
        """Write what is held as a run."""
        path = self._scratch() / f"dedup-{self._name}-{len(self._runs)}.parquet"
        groups: dict[int, int] = {}
        options = {
            "compression": "zstd",
            "use_dictionary": False,
            "column_encoding": _PACKED,
            "write_statistics": False,
        }
        with pq.ParquetWriter(path, _SCHEMA, **options) as writer:
            for number in range(N_PARTS):
                (keys,), (values,) = self._held(number)
                if len(keys):
                    groups[number] = len(groups)
                    arrays = [pa.array(column) for column in _sorted(keys, values)]
                    writer.write_table(pa.Table.from_arrays(arrays, schema=_SCHEMA), row_group_size=len(keys))
        self._runs.append((path, groups))
        self._chunks, self._bytes = [], 0


def _sorted(mixed: U64, values: U64) -> tuple[U64, U64]:
    """Entries of one part by mixed key; equal keys keep their order.

    The place of an entry is packed under the bits of its key that differ within a part, and plain numbers are sorted:
    four times as fast as a stable argsort. Two keys that agree in all bits left are put right by the slow way.
    """
    n = len(mixed)
    low = np.uint64((1 << max(1, (n - 1).bit_length())) - 1)
    packed = ((mixed << np.uint64(8)) & ~low) | np.arange(n, dtype=np.uint64)
    packed.sort()
    order = packed & low
    keys = mixed[order]
    if np.any(keys[1:] < keys[:-1]):
        order = np.argsort(mixed, kind="stable").astype(np.uint64)
        keys = mixed[order]
    return keys, values[order]
