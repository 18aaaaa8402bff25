"""Parquet, Arrow IPC and Arrow objects: batches of columns, as stretches of columns or, one by one, as rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from dedup.read.rows import BROKEN_FILE, CORRUPT_ROW_GROUP, TRUNCATED, Column, Numbers, Row, Stretch, broken
from dedup.read.values import ARROW_ERRORS, SLICE, column_of, is_valid, lengths, values_of

Piece: TypeAlias = Stretch | Row  # a row stands alone only where it has a fault
_Fault: TypeAlias = Callable[[int, str], Row]
_Turn: TypeAlias = Callable[[pa.RecordBatch, list[str], int], Iterator[Piece]]
_BATCH_BYTES = 12 << 20  # decoded at a time: more than half of a batch, so that it need not be joined with others
# Arrow doubles the buffer of a column of texts as these come. Of a few MB each time is fresh memory, for the kernel to
# clear: a third of the time. Smaller pieces, once joined, cost but one copy.
_PIECE_BYTES = 1 << 20
_READ_BYTES = 1 << 18  # read at a time; else a whole row group is, into fresh memory, too
_MOST_ROWS = 8192


class Parquet:
    """A Parquet file, one row group after another.

    Args:
        file: the file, to be read at random.

    Raises:
        pyarrow.ArrowException: it is no Parquet, or its footer is damaged.
    """

    def __init__(self, file: pa.NativeFile) -> None:
        self.file = pq.ParquetFile(file, page_checksum_verification=True, pre_buffer=False, buffer_size=_READ_BYTES)
        self.columns: dict[str, str] = types_of(self.file.schema_arrow)

    def rows(self, only: Sequence[str] | None = None, wanted: Numbers | None = None, /) -> Iterator[Row]:
        """Yield all rows; those of a corrupt row group that cannot be read have a fault."""
        yield from _alone(self._pieces(list(only or self.columns), wanted, _as_rows))

    def stretches(self, only: Sequence[str], wanted: Numbers | None = None) -> Iterator[Piece]:
        """Yield the same by columns, and of the row groups that hold wanted rows these alone.

        Args:
            only: the columns needed.
            wanted: the row numbers needed; None for all.
        """
        yield from _chosen(self._pieces(list(only), wanted, _as_columns), wanted)

    def batches(self, group: int, columns: list[str] | None = None) -> Iterator[pa.RecordBatch]:
        """Yield a row group in batches of about 12 MiB, whatever the settings: the same file is always cut alike."""
        metadata = self.file.metadata.row_group(group)
        row_bytes = max(metadata.total_byte_size // max(metadata.num_rows, 1), 1)
        schema = self.file.schema_arrow
        kinds = [schema.field(schema.get_all_field_indices(name)[0]).type for name in columns or []]
        joined = columns is not None and all(map(_is_plain, kinds))
        rows, piece = (min(max(size // row_bytes, 1), _MOST_ROWS) for size in (_BATCH_BYTES, _PIECE_BYTES))
        size = piece if joined else rows
        found = self.file.iter_batches(batch_size=size, row_groups=[group], columns=columns, use_threads=False)
        yield from _joined(found, rows) if joined else found

    def _pieces(self, columns: list[str], wanted: Numbers | None, turn: _Turn) -> Iterator[Piece]:
        begin = 0
        for group in range(self.file.num_row_groups):
            end = begin + self.file.metadata.row_group(group).num_rows
            if _holds(wanted, begin, end):
                yield from self._group(group, range(begin, end), columns, turn)
            begin = end

    def _group(self, group: int, numbers: range, columns: list[str], turn: _Turn) -> Iterator[Piece]:
        def fault(lost: int, seen: str) -> Row:
            place = f"row group {group}, row {lost - numbers.start} of {len(numbers)}"
            return broken(lost, CORRUPT_ROW_GROUP, f"{place}: {seen or 'its pages end early'}")

        yield from _pieces_or_faults(self.batches(group, columns), columns, numbers, fault, turn)


def _is_plain(kind: pa.DataType) -> bool:
    """Whether arrays of a type can be joined whatever is in them."""
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_primitive(kind))


def _joined(pieces: Iterable[pa.RecordBatch], rows: int) -> Iterator[pa.RecordBatch]:
    """Join pieces into batches of so many rows or somewhat more, none of which is larger than 13 MiB for it.

    Raises:
        Exception: what the pieces raise, once all before it has been given.
    """
    held: list[pa.RecordBatch] = []
    n_rows = n_bytes = 0
    damage: Exception | None = None
    try:
        for piece in pieces:
            if held and (n_rows >= rows or n_bytes + piece.nbytes > _BATCH_BYTES + _PIECE_BYTES):
                yield _one(held)
                held, n_rows, n_bytes = [], 0, 0
            held.append(piece)
            n_rows, n_bytes = n_rows + piece.num_rows, n_bytes + piece.nbytes
    except ARROW_ERRORS as error:
        damage = error
    if held:
        yield _one(held)
    if damage is not None:
        raise damage


def _one(held: list[pa.RecordBatch]) -> pa.RecordBatch:
    return held[0] if len(held) == 1 else pa.concat_batches(held)


class Arrow:
    """Record batches one after another: an Arrow IPC stream or file, or an object in memory.

    Args:
        schema: the schema of all batches.
        batches: gives the batches, from the first one on.
    """

    def __init__(self, schema: pa.Schema, batches: Callable[[], Iterator[pa.RecordBatch]]) -> None:
        self.schema = schema
        self.batches = batches
        self.columns: dict[str, str] = types_of(schema)

    def rows(self, only: Sequence[str] | None = None, wanted: Numbers | None = None, /) -> Iterator[Row]:
        """Yield all rows, of a damaged batch as rejects; damage that hides how many rows there are ends them."""
        yield from _alone(self._pieces(list(only or self.columns), wanted, _as_rows))

    def stretches(self, only: Sequence[str], wanted: Numbers | None = None) -> Iterator[Piece]:
        """Yield the same by columns; of the batches without wanted rows nothing is turned.

        Args:
            only: the columns needed.
            wanted: the row numbers needed; None for all.
        """
        yield from _chosen(self._pieces(list(only), wanted, _as_columns), wanted)

    def _pieces(self, columns: list[str], wanted: Numbers | None, turn: _Turn) -> Iterator[Piece]:
        number = 0
        try:
            for batch in self.batches():
                end = number + batch.num_rows
                if _holds(wanted, number, end):
                    yield from _arrived(batch, columns, number, turn)
                number = end
                if wanted is not None and not _holds(wanted, number, None):
                    return
        except ARROW_ERRORS as error:
            yield broken(number, TRUNCATED, f"after row {number}: {str(error)[:100]}; the rest is lost")


def _holds(wanted: Numbers | None, begin: int, end: int | None) -> bool:
    """Whether a wanted row lies within bounds; ``None`` stands for all rows, and for no bound."""
    if wanted is None:
        return True
    return bool(np.searchsorted(wanted, begin) < (len(wanted) if end is None else np.searchsorted(wanted, end)))


def _arrived(batch: pa.RecordBatch, columns: list[str], begin: int, turn: _Turn) -> Iterator[Piece]:
    """The rows of a batch, numbered from ``begin``; those that cannot be read have a fault.

    Raises:
        pyarrow.ArrowInvalid: none of its columns has the length that the batch claims.
    """
    if not any(_is_sound(column, batch.num_rows) for column in batch.columns):
        batch.validate()
    n = batch.num_rows

    def fault(lost: int, seen: str) -> Row:
        return broken(lost, BROKEN_FILE, f"row {lost - begin} of {n} of its batch: {seen}; is it damaged?")

    yield from _pieces_or_faults([batch], columns, range(begin, begin + n), fault, turn)


def _pieces_or_faults(
    batches: Iterable[pa.RecordBatch], columns: list[str], numbers: range, fault: _Fault, turn: _Turn
) -> Iterator[Piece]:
    """What batches hold that should hold ``numbers``; the rows that damage takes away as faults, with what was seen."""
    number, seen = numbers.start, ""
    try:
        for batch in batches:
            for piece in turn(batch, columns, number):
                yield piece
                number += 1 if isinstance(piece, Row) else len(piece.numbers)
    except ARROW_ERRORS as error:
        seen = str(error)[:100]
    yield from (fault(lost, seen) for lost in range(number, numbers.stop))


def _as_rows(batch: pa.RecordBatch, columns: list[str], begin: int) -> Iterator[Row]:
    indices = _indices(batch, columns)
    number = begin
    for at in range(0, batch.num_rows, SLICE):
        part = batch.slice(at, SLICE)
        lists = [values_of(part.column(index)) for index in indices]
        found: Iterable[tuple[object, ...]] = zip(*lists, strict=True) if lists else [()] * part.num_rows
        for values in found:
            yield Row(number, dict(zip(columns, values, strict=True)))
            number += 1


def _as_columns(batch: pa.RecordBatch, columns: list[str], begin: int) -> Iterator[Stretch]:
    arrays: list[Any] = [batch.column(index) for index in _indices(batch, columns)]
    valid = [is_valid(array) for array in arrays]  # once: slices of one column may share a dictionary
    for at, end in _cuts(arrays, batch.num_rows):
        found = [column_of(array.slice(at, end - at), known) for array, known in zip(arrays, valid, strict=True)]
        if any(len(column) != end - at for column in found):
            raise ValueError("its columns are of different lengths")
        numbers = np.arange(begin + at, begin + end, dtype=np.int64)
        yield Stretch(numbers, dict(zip(columns, found, strict=True)))


def _indices(batch: pa.RecordBatch, columns: list[str]) -> list[int]:
    return [batch.schema.get_all_field_indices(name)[0] for name in columns]


def _cuts(columns: Sequence[Any], n_rows: int) -> Iterator[tuple[int, int]]:
    """Where to cut a batch, so that a piece is bounded once it is decoded: a dictionary may hold its texts but once."""
    ends: Numbers | None = None
    most = _MOST_ROWS
    try:
        found = [length for column in columns if (length := lengths(column)) is not None]
        ends = np.cumsum(np.sum(found, axis=0)) if found else None
    except ARROW_ERRORS:
        ends, most = None, SLICE
    if any(len(column) != n_rows for column in columns):  # damaged
        ends, most = None, SLICE
    begin = 0
    while begin < n_rows:
        end = min(begin + most, n_rows)
        if ends is not None:
            limit = (ends[begin - 1] if begin else 0) + 2 * _BATCH_BYTES
            end = min(end, max(int(np.searchsorted(ends, limit, "right")), begin + 1))
        yield begin, end
        begin = end


def _alone(pieces: Iterable[Piece]) -> Iterator[Row]:
    return (piece for piece in pieces if isinstance(piece, Row))


def _chosen(pieces: Iterable[Piece], wanted: Numbers | None) -> Iterator[Piece]:
    """The wanted rows of each stretch, and all faults."""
    for piece in pieces:
        if wanted is None or isinstance(piece, Row):
            yield piece
            continue
        first, stop = np.searchsorted(wanted, [piece.numbers[0], piece.numbers[-1] + 1])
        if first < stop:
            places = wanted[first:stop] - piece.numbers[0]
            columns = {name: _taken(column, places) for name, column in piece.columns.items()}
            yield Stretch(wanted[first:stop], columns)


def _taken(column: Column, places: Numbers) -> Column:
    if isinstance(column, list):
        return [column[place] for place in places.tolist()]
    if len(places) == places[-1] - places[0] + 1:  # consecutive: no copy
        return column.slice(places[0], len(places))
    return column.take(pa.array(places))


def _is_sound(column: Any, n_rows: int) -> bool:
    try:
        column.validate()
    except ARROW_ERRORS:
        return False
    return len(column) == n_rows


def open_ipc(file: pa.NativeFile) -> Arrow:
    """Open an Arrow IPC file or stream, told apart by the first bytes.

    Raises:
        pyarrow.ArrowException: it is neither, or its schema is damaged.
    """
    magic = file.read(6)
    file.seek(0)
    if magic != b"ARROW1":
        stream = pa.ipc.open_stream(file)
        return Arrow(stream.schema, lambda: iter(stream))
    reader = pa.ipc.open_file(file)
    return Arrow(reader.schema, lambda: (reader.get_batch(i) for i in range(reader.num_record_batches)))


class Broken:
    """A file that cannot be taken apart at all: one row, with the fault.

    Args:
        reason: one of the reasons in ``rows``.
        detail: what was seen.
    """

    columns = None

    def __init__(self, reason: str, detail: str) -> None:
        self._row = broken(None, reason, detail)

    def rows(self, _only: Sequence[str] | None = None, _wanted: Numbers | None = None, /) -> Iterator[Row]:
        """Yield the one row."""
        yield self._row


def not_of_format(name: str, error: Exception) -> Broken:
    """A file that is not of the format it should be."""
    return Broken(BROKEN_FILE, f"cannot be read as {name} ({str(error)[:100]}); is it whole, and of that format?")


def types_of(schema: pa.Schema) -> dict[str, str]:
    """Type by column name; of two columns with one name, the first."""
    types: dict[str, str] = {}
    for field in schema:
        types.setdefault(field.name, str(field.type))
    return types
