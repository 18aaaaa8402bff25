"""What is kept of each document until the tables are written: rows in memory, and beyond a bound on disk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dedup.errors import InternalError

_PACKED = pa.ipc.IpcWriteOptions(compression="lz4", use_threads=False)  # each batch has a thread of ours already


class Packed(NamedTuple):
    """Some rows, as they are or compressed."""

    n_rows: int
    data: pa.RecordBatch | pa.Buffer


class Spool:
    """Rows in the order in which they came: the first ones in memory, the rest on disk, compressed.

    Args:
        path: the file.
        schema: of the rows.
        room: bytes kept in memory.
    """

    def __init__(self, path: Path, schema: pa.Schema, room: int = 0) -> None:
        self._path, self._schema, self._room = path, schema, room
        self._begins = [0]
        self._pieces: list[pa.RecordBatch | int] = []  # or its place in the file: each there is a stream of its own
        self._n_bytes = 0
        self._file: IO[bytes] | None = open(path, "wb")  # noqa: SIM115  # open as long as rows come

    def pack(self, columns: Sequence[pa.Array]) -> Packed:
        """Make rows ready to be kept, given by columns; any thread may do so."""
        batch = pa.RecordBatch.from_arrays(list(columns), schema=self._schema)
        if batch.nbytes <= self._room:
            self._room -= batch.nbytes
            return Packed(batch.num_rows, batch)
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, self._schema, options=_PACKED) as stream:
            stream.write_batch(batch)
        return Packed(batch.num_rows, sink.getvalue())

    def append(self, rows: Packed) -> None:
        """Add rows."""
        if self._file is None:
            raise InternalError("Rows come to a spool that is closed.")
        self._begins.append(self._begins[-1] + rows.n_rows)
        if isinstance(rows.data, pa.RecordBatch):
            self._pieces.append(rows.data)
            return
        self._file.write(rows.data)
        self._pieces.append(self._n_bytes)
        self._n_bytes += rows.data.size

    def close(self) -> None:
        """All rows have been added."""
        if self._file is not None:
            self._file.close()
        self._file = None

    def batches(self, names: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """Yield some columns of all rows, in batches."""
        yield from (batch for _, batch in self._read(names, range(len(self._begins) - 1)))

    def take(self, rows: npt.NDArray[np.int64], names: Sequence[str]) -> pa.Table:
        """Some columns of some rows, given ascending."""
        cuts = np.searchsorted(rows, self._begins)
        wanted = np.flatnonzero(np.diff(cuts)).tolist()
        made = [
            batch.take(pa.array(rows[cuts[i] : cuts[i + 1]] - self._begins[i]))
            for i, batch in self._read(names, wanted)
        ]
        schema = pa.schema([self._schema.field(name) for name in names])
        return pa.Table.from_batches(made, schema).combine_chunks()

    def _read(self, names: Sequence[str], wanted: Iterable[int]) -> Iterator[tuple[int, pa.RecordBatch]]:
        options = pa.ipc.IpcReadOptions(included_fields=[self._schema.names.index(name) for name in names])
        with pa.OSFile(str(self._path)) as file:
            for i in wanted:
                piece = self._pieces[i]
                if isinstance(piece, int):
                    file.seek(piece)
                    piece = pa.ipc.open_stream(file, options=options).read_next_batch()
                yield i, piece.select(list(names))
