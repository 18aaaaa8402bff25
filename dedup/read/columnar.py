"""Parquet, Arrow IPC and Arrow objects: batches of columns, turned into rows of the columns that are needed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from dedup.read.rows import BROKEN_FILE, CORRUPT_ROW_GROUP, TRUNCATED, Row, Unreadable, broken

# What Arrow is known to raise on damaged input.
ARROW_ERRORS = (pa.ArrowException, OSError, ValueError, KeyError, IndexError, OverflowError, MemoryError)
_BATCH_BYTES = 1 << 24
_MOST_ROWS = 8192
_SLICE = 256  # rows turned to Python at a time
_LONGEST_KIND = 60  # characters of the name of a type
_DAY = 86_400_000  # ms
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Parquet:
    """A Parquet file, one row group after another.

    Args:
        file: the file, to be read at random.

    Raises:
        pyarrow.ArrowException: it is no Parquet, or its footer is damaged.
    """

    def __init__(self, file: pa.NativeFile) -> None:
        self.file = pq.ParquetFile(file, page_checksum_verification=True)
        self.columns: dict[str, str] = types_of(self.file.schema_arrow)

    def rows(self, only: Sequence[str] | None = None, wanted: Collection[int] | None = None, /) -> Iterator[Row]:
        """Yield all rows; those of a corrupt row group that cannot be read have a fault."""
        begin = 0
        for group in range(self.file.num_row_groups):
            end = begin + self.file.metadata.row_group(group).num_rows
            if wanted is None or any(begin <= number < end for number in wanted):
                yield from self._group(group, begin, end, list(only or self.columns))
            begin = end

    def batches(self, group: int, columns: list[str] | None = None) -> Iterator[pa.RecordBatch]:
        """Yield a row group in batches of about 16 MiB, whatever the settings: the same file is always cut alike."""
        metadata = self.file.metadata.row_group(group)
        row_bytes = max(metadata.total_byte_size // max(metadata.num_rows, 1), 1)
        size = min(max(_BATCH_BYTES // row_bytes, 1), _MOST_ROWS)
        yield from self.file.iter_batches(batch_size=size, row_groups=[group], columns=columns, use_threads=False)

    def _group(self, group: int, begin: int, end: int, columns: list[str]) -> Iterator[Row]:
        def fault(lost: int, seen: str) -> Row:
            seen = seen or "its pages end early"
            return broken(lost, CORRUPT_ROW_GROUP, f"row group {group}, row {lost - begin} of {end - begin}: {seen}")

        yield from _rows_or_faults(self.batches(group, columns), columns, range(begin, end), fault)


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

    def rows(self, only: Sequence[str] | None = None, wanted: Collection[int] | None = None, /) -> Iterator[Row]:
        """Yield all rows, of a damaged batch as rejects; damage that hides how many rows there are ends them."""
        last = None if wanted is None else max(wanted, default=-1)
        number = 0
        try:
            for batch in self.batches():
                for row in _arrived(batch, list(only or self.columns), number):
                    yield row
                    number += 1
                if last is not None and number > last:
                    return
        except ARROW_ERRORS as error:
            yield broken(number, TRUNCATED, f"after row {number}: {str(error)[:100]}; the rest is lost")


def _arrived(batch: pa.RecordBatch, columns: list[str], begin: int) -> Iterator[Row]:
    """The rows of a batch, numbered from ``begin``; those that cannot be read have a fault.

    Raises:
        pyarrow.ArrowInvalid: none of its columns has the length that the batch claims.
    """
    if not any(_is_sound(column, batch.num_rows) for column in batch.columns):
        batch.validate()
    n = batch.num_rows

    def fault(lost: int, seen: str) -> Row:
        return broken(lost, BROKEN_FILE, f"row {lost - begin} of {n} of its batch: {seen}; is it damaged?")

    yield from _rows_or_faults([batch], columns, range(begin, begin + n), fault)


def _rows_or_faults(
    batches: Iterable[pa.RecordBatch], columns: list[str], numbers: range, fault: Callable[[int, str], Row]
) -> Iterator[Row]:
    """The rows of batches that should hold ``numbers``; those that damage takes away as faults, with what was seen."""
    number, seen = numbers.start, ""
    try:
        for batch in batches:
            for values in _rows(batch, columns):
                yield Row(number, values)
                number += 1
    except ARROW_ERRORS as error:
        seen = str(error)[:100]
    yield from (fault(lost, seen) for lost in range(number, numbers.stop))


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

    def rows(self, _only: Sequence[str] | None = None, _wanted: Collection[int] | None = None, /) -> Iterator[Row]:
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


def _rows(batch: pa.RecordBatch, columns: list[str]) -> Iterator[dict[str, object]]:
    indices = [batch.schema.get_all_field_indices(name)[0] for name in columns]
    for begin in range(0, batch.num_rows, _SLICE):
        part = batch.slice(begin, _SLICE)
        lists = [_values(part.column(index)) for index in indices]
        if not lists:
            yield from ({} for _ in range(part.num_rows))
        for values in zip(*lists, strict=True):
            yield dict(zip(columns, values, strict=True))


def _values(array: Any) -> list[object]:
    """Python values of a column slice; what cannot be converted costs only itself."""
    try:
        return _converted(array)
    except ARROW_ERRORS as error:
        if len(array) == 1:
            return [Unreadable(_kind(array), str(error)[:100] or "damaged")]
        return [value for i in range(len(array)) for value in _values(array.slice(i, 1))]


def _converted(array: Any) -> list[object]:
    """Text that is not UTF-8 is left as bytes, times out of range become text; nested values are of no use.

    Raises:
        pyarrow.ArrowInvalid: its offsets point outside its data.
    """
    if isinstance(array, pa.ExtensionArray):
        array = array.storage
    kind = array.type
    if pa.types.is_dictionary(kind):
        array = array.dictionary_decode()
    elif pa.types.is_run_end_encoded(kind):
        array = pc.call_function("run_end_decode", [array])
    kind = array.type
    array.validate()
    if pa.types.is_nested(kind):
        nested = Unreadable(_kind(array))
        return [None if null else nested for null in array.is_null().to_pylist()]
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        # as bytes, since full validation would refuse the whole batch for one character that is not UTF-8
        array = array.view(_BINARY[str(kind)])
        array.validate(full=True)
        return [_decoded(value) for value in array.to_pylist()]
    if pa.types.is_timestamp(kind):
        seconds = array.cast(pa.timestamp("s", tz=kind.tz), safe=False).cast(pa.int64()).to_pylist()
        return [_moment(value) for value in seconds]
    if pa.types.is_date64(kind):
        milliseconds = array.view(pa.int64()).to_pylist()  # full validation refuses those within a day
        return [_day(None if value is None else value // _DAY) for value in milliseconds]
    array.validate(full=True)
    if pa.types.is_date32(kind):
        return [_day(value) for value in array.cast(pa.int32()).to_pylist()]
    values: list[object] = array.to_pylist()
    return values


def _kind(array: Any) -> str:
    return str(array.type)[:_LONGEST_KIND]


_BINARY = {"string": pa.binary(), "large_string": pa.large_binary(), "string_view": pa.binary_view()}


def _decoded(value: bytes | None) -> str | bytes | None:
    try:
        return None if value is None else value.decode()
    except UnicodeDecodeError:
        return value


def _moment(seconds: int | None) -> datetime | str | None:
    try:
        return None if seconds is None else _EPOCH + timedelta(seconds=seconds)
    except OverflowError:
        return f"{seconds} s since 1970"


def _day(days: int | None) -> date | str | None:
    try:
        return None if days is None else date(1970, 1, 1) + timedelta(days=days)
    except OverflowError:
        return f"{days} days since 1970"
