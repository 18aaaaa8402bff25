"""The values of Arrow columns: plain arrays where that is possible, Python values of the odd ones where it is not."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dedup.read.rows import Column, Unreadable

# What Arrow is known to raise on damaged input.
ARROW_ERRORS = (pa.ArrowException, OSError, ValueError, KeyError, IndexError, OverflowError, MemoryError)
SLICE = 256  # values turned to Python at a time
_LONGEST_KIND = 60  # characters of the name of a type
_DAY = 86_400_000  # ms
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_BINARY = {"string": pa.binary(), "large_string": pa.large_binary(), "string_view": pa.binary_view()}


def _compute() -> Any:
    """Arrow's functions, which take long to load: by then the first columns are being decoded (``read.opening``)."""
    import pyarrow.compute

    return pyarrow.compute


def is_valid(array: Any) -> bool:
    """Whether all of an array is sound: offsets and indices within their data, and texts in UTF-8."""
    try:
        array.validate(full=True)
    except ARROW_ERRORS:
        return False
    return True


def column_of(array: Any, valid: bool) -> Column:
    """A column in its plain form, without a Python object per value wherever the whole of it allows that.

    Plain are: texts and bytes that are UTF-8, as ``large_string`` and without a copy where Arrow can share the data;
    whole numbers, fractions, timestamps and dates, each as they are, fully validated. All else, and every column of
    which one value cannot be had so, becomes a list of Python values, as ``values_of`` makes them.

    Args:
        array: any column; its slices are looked at alone.
        valid: it is known to be sound.
    """
    try:
        plain = _plain(array, valid)
    except ARROW_ERRORS:
        plain = None
    return values_of(array) if plain is None else plain


def column_of_values(values: list[object]) -> Column:
    """A column of Python values in its plain form: all texts, or all whole numbers, but for nulls."""
    kinds = set(map(type, values)) - {type(None)}
    try:
        if kinds <= {str}:
            return pa.array(values, pa.large_string())
        if kinds == {int}:
            return pa.array(values, pa.int64())
    except (UnicodeEncodeError, OverflowError):  # half a surrogate pair, or a number of more than 64 bits
        return values
    return values


def values_of(column: Column) -> list[object]:
    """Python values of a column; what cannot be converted costs only itself."""
    if isinstance(column, list):
        return column
    return [value for begin in range(0, len(column), SLICE) for value in _values(column.slice(begin, SLICE))]


def spans(array: pa.LargeStringArray) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
    """The data of an array of texts, and where each text begins in it, with the end of the last."""
    _, offsets, data = array.buffers()
    begins = np.frombuffer(offsets, np.int64, len(array) + 1, 8 * array.offset) if offsets else np.zeros(1, np.int64)
    return np.frombuffer(data, np.uint8) if data else np.zeros(0, np.uint8), begins


def lengths(array: Any) -> npt.NDArray[np.int64] | None:
    """Bytes of each value of a column of texts or bytes, once decoded; None for other types.

    Raises:
        pyarrow.ArrowInvalid: the array is damaged.
        IndexError: so is its dictionary.
    """
    array.validate()
    kind = array.type
    if pa.types.is_dictionary(kind):
        known = lengths(array.dictionary)
        return None if known is None else np.append(known, 0)[_filled(array.indices)]
    if pa.types.is_run_end_encoded(kind):
        known = lengths(array.values)
        return None if known is None else np.full(len(array), known.max(initial=0), np.int64)  # at most
    if pa.types.is_string_view(kind) or pa.types.is_binary_view(kind):
        views = np.frombuffer(array.buffers()[1], np.int32, 4 * len(array), 16 * array.offset)
        found = views[::4].astype(np.int64)
    elif kind in (pa.string(), pa.large_string(), pa.binary(), pa.large_binary()):
        found = np.diff(_offsets(array))
    else:
        return None
    return found.clip(0, 1 << 40)


def _offsets(array: Any) -> npt.NDArray[np.int64]:
    wide = pa.types.is_large_string(array.type) or pa.types.is_large_binary(array.type)
    dtype = np.dtype(np.int64 if wide else np.int32)
    if not len(array):
        return np.zeros(1, np.int64)
    return np.frombuffer(array.buffers()[1], dtype, len(array) + 1, dtype.itemsize * array.offset).astype(np.int64)


def _filled(indices: Any) -> npt.NDArray[np.int64]:
    """Indices into a dictionary, -1 for null and for what cannot be one."""
    return np.asarray(_compute().fill_null(indices.cast(pa.int64()), -1)).clip(-1)


def _plain(array: Any, valid: bool) -> pa.Array | None:
    """The plain form of an array; None if its type has none.

    Raises:
        pyarrow.ArrowInvalid: a value is damaged, or not UTF-8.
    """
    if isinstance(array, pa.ExtensionArray):
        array = array.storage
    if not valid:
        array.validate(full=True)
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    elif pa.types.is_run_end_encoded(array.type):
        array = _compute().call_function("run_end_decode", [array])
    kind = array.type
    if kind in _TEXTS or pa.types.is_fixed_size_binary(kind):
        return array.cast(pa.large_string())  # refuses bytes that are not UTF-8
    numeric = pa.types.is_integer(kind) or pa.types.is_floating(kind)
    if numeric or pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        return array
    return None


_TEXTS = (*_BINARY.values(), pa.string(), pa.large_string(), pa.string_view())


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
    if pa.types.is_dictionary(array.type):
        array = _from_dictionary(array)
    elif pa.types.is_run_end_encoded(array.type):
        array = _from_runs(array)
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


def _from_dictionary(array: Any) -> Any:
    """Decode a dictionary, of which Arrow itself checks nothing; of a damaged one single values can be had."""
    array.validate()
    places, known = array.indices, array.dictionary
    places.validate(full=True)
    bounds = _compute().min_max(places).as_py()
    if bounds["min"] is not None and not 0 <= bounds["min"] <= bounds["max"] < len(known):
        raise pa.ArrowInvalid(f"an index outside of a dictionary of {len(known)} values")
    if len(array) == 1:
        return pa.nulls(1, known.type) if bounds["min"] is None else known.slice(bounds["min"], 1)
    _check_places(known)
    return array.dictionary_decode()


def _from_runs(array: Any) -> Any:
    """Decode runs, of which Arrow itself checks nothing."""
    array.validate()
    _check_places(array.values)
    ends = np.asarray(array.run_ends)
    if len(ends) and (ends[0] <= 0 or (ends[1:] <= ends[:-1]).any()):
        raise pa.ArrowInvalid("runs that do not ascend")
    return _compute().call_function("run_end_decode", [array])


def _check_places(array: Any) -> None:
    """Insist that all offsets lie within the data; whether texts are UTF-8 is another matter."""
    binary = _BINARY.get(str(array.type))
    (array if binary is None else array.view(binary)).validate(full=True)


def _kind(array: Any) -> str:
    return str(array.type)[:_LONGEST_KIND]


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
