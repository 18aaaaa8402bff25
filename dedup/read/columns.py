"""From the columns of a frame to those of ``schema.RECORDS``: the ordinary values all at once, the odd ones singly.

What is odd is told by tests over whole columns that may find too much, never too little: a first byte that could
begin a white space character, a number of bytes that could be too many characters. Each value so found, and each
column that is not plain, goes through the rules in ``records``.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from dedup.read.frames import Frame
from dedup.read.records import LONGEST_METADATA, Maker, host, id_of, metadata, number_of, text_of
from dedup.read.rows import Column, Fault
from dedup.read.times import FIRST_YEAR, LAST_YEAR, Parsed
from dedup.read.values import spans, values_of
from dedup.schema import RECORDS

Faults: TypeAlias = dict[int, Fault]  # by place in the frame
_Flags: TypeAlias = npt.NDArray[np.bool_]
_TIME: pa.DataType = RECORDS.field("published_at").type
_FIRST_MOMENT = int(datetime(FIRST_YEAR, 1, 1, tzinfo=UTC).timestamp())  # s
_END_OF_MOMENTS = int(datetime(LAST_YEAR + 1, 1, 1, tzinfo=UTC).timestamp())
_DAY = 86_400  # s
_SITE = r"^(?P<site>https?://[A-Za-z0-9.\-]+)(?:[/?#]|$)"
_SPACES = [chr(code).encode() for code in range(0x3001) if chr(code).isspace()]  # U+3000 is the last there is


def _among(values: Iterable[int]) -> _Flags:
    return np.isin(np.arange(256), list(values))


_BEGINS_SPACE = _among(space[0] for space in _SPACES)
_ENDS_SPACE = _among(space[-1] for space in _SPACES)


def texts(frame: Frame, max_chars: int) -> tuple[pa.LargeStringArray, Faults]:
    """The text of each record, and why some have none that can be used; where there is a fault the text means nothing.

    Args:
        frame: the records.
        max_chars: longest text accepted, in characters.
    """
    column = frame.column("text")
    if column is None or isinstance(column, list) or column.type != pa.large_string():
        outcomes = [_text(frame, at, max_chars) for at in range(len(frame.numbers))]
        usable = [None if isinstance(outcome, Fault) else outcome for outcome in outcomes]
        faults = {at: outcome for at, outcome in enumerate(outcomes) if isinstance(outcome, Fault)}
        return pa.array(usable, pa.large_string()), faults
    faults = {}
    for at in np.flatnonzero(_odd_texts(column, max_chars)).tolist():
        outcome = _text(frame, at, max_chars)
        if isinstance(outcome, Fault):
            faults[at] = outcome
    return column, faults


def _text(frame: Frame, at: int, max_chars: int) -> str | Fault:
    row, fields = frame.row(at, "text")
    return row.fault or text_of(row, fields, max_chars)


def _odd_texts(column: pa.LargeStringArray, max_chars: int) -> _Flags:
    """The texts that may be null, blank or too long."""
    first, _, size = _edges(column)
    odd: _Flags = (size == 0) | _BEGINS_SPACE[first]
    for at in np.flatnonzero(odd & (size > 0)).tolist():
        odd[at] = _begins_blank(column, at)
    for at in np.flatnonzero(size > max_chars).tolist():
        odd[at] |= bool(pc.utf8_length(column[at]).as_py() > max_chars)
    return odd


def _begins_blank(column: pa.LargeStringArray, at: int) -> bool:
    """Whether the first characters of a text, some 60 of them, are all white space."""
    data, begins = spans(column)
    head = bytes(data[begins[at] : min(begins[at] + 64, begins[at + 1])])
    return head.decode("utf-8", "ignore").isspace()


def _edges(column: pa.LargeStringArray) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
    """First byte, last byte and number of bytes of each text; of an empty one or null, 0 bytes and any."""
    data, offsets = spans(column)
    size = np.diff(offsets)
    if column.null_count:
        size = np.where(np.asarray(column.is_valid()), size, 0)
    data = data if len(data) else np.zeros(1, np.uint8)
    last = len(data) - 1
    return data[np.minimum(offsets[:-1], last)], data[(offsets[1:] - 1).clip(0, last)], size


def ids(frame: Frame) -> tuple[pa.StringArray, Faults]:
    """The id that each record gives itself, null where it gives none, and why some cannot be used."""
    column = frame.column("id")
    n = len(frame.numbers)
    if column is None:
        return pa.nulls(n, pa.string()), {}
    if not isinstance(column, list):
        if pa.types.is_integer(column.type):
            return column.cast(pa.string()), {}
        if column.type == pa.large_string():
            return pc.if_else(pc.not_equal(column, ""), column, None).cast(pa.string()), {}
    outcomes = [id_of(*frame.row(at, "id")) for at in range(n)]
    usable = [None if isinstance(outcome, Fault) else outcome for outcome in outcomes]
    faults = {at: outcome for at, outcome in enumerate(outcomes) if isinstance(outcome, Fault)}
    return pa.array(usable, pa.string()), faults


def metadata_of(column: Column | None, n: int) -> pa.StringArray:
    """Titles, publishers or addresses: stripped, cut where too long, null where there is nothing."""
    if column is None:
        return pa.nulls(n, pa.string())
    if not isinstance(column, list):
        if pa.types.is_integer(column.type):
            return column.cast(pa.string())
        if column.type == pa.large_string():
            return _stripped(column)
    return pa.array([metadata(value) for value in values_of(column)], pa.string())


def _stripped(column: pa.LargeStringArray) -> pa.StringArray:
    first, last, size = _edges(column)
    odd = (size == 0) | (size > LONGEST_METADATA) | _BEGINS_SPACE[first] | _ENDS_SPACE[last]
    if column.null_count:
        odd &= np.asarray(column.is_valid())
    if odd.any():
        mask = pa.array(odd)
        values = [metadata(value) for value in column.filter(mask).to_pylist()]
        column = pc.replace_with_mask(column, mask, pa.array(values, pa.large_string()))
    return column.cast(pa.string())


def hosts(urls: pa.StringArray) -> pa.StringArray:
    """The host of each address, found once for all addresses of one site."""
    sites = pc.struct_field(pc.extract_regex(urls, _SITE), "site")
    values, _, which = _distinct(pc.coalesce(sites, urls))  # odd ones are looked at whole
    return pa.array([host(value) for value in values], pa.string()).take(which)


def times(column: Column | None, n: int, maker: Maker) -> tuple[pa.TimestampArray, pa.StringArray]:
    """Time and precision of each record; those that cannot be understood are counted by the maker."""
    if column is None:
        return pa.nulls(n, _TIME), pa.nulls(n, pa.string())
    if not isinstance(column, list):
        if column.type == pa.large_string():
            values, counts, which = _distinct(column)
            time, precision = _timed(map(maker.time, values, counts))
            return time.take(which), precision.take(which)
        seconds = _seconds(column)
        if seconds is not None:
            written = "day" if pa.types.is_date(column.type) else "second"
            return seconds.cast(_TIME), pc.if_else(seconds.is_valid(), written, None)
    return _timed(map(maker.time, values_of(column)))


def _timed(parsed: Iterable[Parsed]) -> tuple[pa.TimestampArray, pa.StringArray]:
    found = list(parsed)
    return pa.array([time for time, _ in found], _TIME), pa.array([precision for _, precision in found], pa.string())


def _seconds(column: pa.Array) -> pa.Int64Array | None:
    """Seconds since 1970 of a column of timestamps or dates; None if it is none, or holds years beyond 1000 to 2200."""
    kind = column.type
    if pa.types.is_timestamp(kind):
        seconds = column.cast(pa.timestamp("s", tz=kind.tz), safe=False).cast(pa.int64())
    elif pa.types.is_date32(kind):
        seconds = pc.multiply(column.cast(pa.int32()).cast(pa.int64()), _DAY)
    elif pa.types.is_date64(kind):
        seconds = pc.multiply(column.cast(pa.date32()).cast(pa.int32()).cast(pa.int64()), _DAY)
    else:
        return None
    least, most = pc.min_max(seconds).as_py().values()
    return seconds if least is None or (least >= _FIRST_MOMENT and most < _END_OF_MOMENTS) else None


def numbers(column: Column | None, n: int) -> pa.DoubleArray:
    """The finite numbers of the column that ``--keep`` names."""
    if column is None:
        return pa.nulls(n, pa.float64())
    if not isinstance(column, list) and (pa.types.is_integer(column.type) or pa.types.is_floating(column.type)):
        found = column.cast(pa.float64(), safe=False)
        return pc.if_else(pc.is_finite(found), found, None)
    return pa.array([number_of(value) for value in values_of(column)], pa.float64())


def _distinct(column: pa.Array) -> tuple[list[str], list[int], pa.Array]:
    """The values in the order in which they are met, how often each stands there, and which of them each record has."""
    encoded = column.dictionary_encode()
    values = encoded.dictionary.to_pylist()
    counts = np.bincount(np.asarray(encoded.indices.drop_null()), minlength=len(values))
    return values, counts.tolist(), encoded.indices
