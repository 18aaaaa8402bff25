"""What a format gives to the reader: rows, and the reasons for which a record cannot be used."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Numbers: TypeAlias = npt.NDArray[np.int64]  # row numbers, ascending and distinct
T = TypeVar("T")
Column: TypeAlias = pa.Array | list[object]  # an array of a plain type, or Python values where it has none

BROKEN_CSV = "broken_csv"
BROKEN_FILE = "broken_file"
BROKEN_JSON = "broken_json"
BLANK_TEXT = "blank_text"
CORRUPT_ROW_GROUP = "corrupt_row_group"
INVALID_UTF8 = "invalid_utf8"
NO_TEXT_COLUMN = "no_text_column"
NULL_TEXT = "null_text"
REPEATED_ID = "repeated_id"
TOO_LONG = "too_long"
TRUNCATED = "truncated"
WRONG_TYPE = "wrong_type"

REASONS = (
    BROKEN_CSV,
    BROKEN_FILE,
    BROKEN_JSON,
    BLANK_TEXT,
    CORRUPT_ROW_GROUP,
    INVALID_UTF8,
    NO_TEXT_COLUMN,
    NULL_TEXT,
    REPEATED_ID,
    TOO_LONG,
    TRUNCATED,
    WRONG_TYPE,
)


class Fault(NamedTuple):
    """Why a record cannot be used.

    Attributes:
        reason: one of ``REASONS``.
        detail: what was seen, where, and what to do.
    """

    reason: str
    detail: str


class Unreadable(NamedTuple):
    """Stands for a value that cannot be had: it is none of use as metadata, and a fault as a text or an id.

    Attributes:
        kind: its type, as the format calls it.
        why: what went wrong; empty if its type is never of use, as that of a list.
    """

    kind: str
    why: str = ""

    def __str__(self) -> str:
        return f"{self.kind}: {self.why}" if self.why else self.kind


class Row(NamedTuple):
    """One record as its format gives it.

    Attributes:
        number: place in its file, counted from 0; None for a loss that has no row of its own.
        values: the record's columns; empty if it has a fault.
        raw: the stored bytes of the record, line end included, where the format has such.
        fault: why the record could not even be taken apart.
    """

    number: int | None
    values: Mapping[str, object]
    raw: bytes = b""
    fault: Fault | None = None


class Stretch(NamedTuple):
    """Records of a table that has columns, side by side.

    Attributes:
        numbers: place of each in its file.
        columns: the columns by name, each as long as ``numbers``.
    """

    numbers: Numbers
    columns: Mapping[str, Column]


def broken(number: int | None, reason: str, detail: str) -> Row:
    """A row that holds nothing but its fault."""
    return Row(number, {}, b"", Fault(reason, detail))


class Table(Protocol):
    """One opened input, whatever its format."""

    @property
    def columns(self) -> dict[str, str] | None:
        """Names and types of the columns; None where every record has its own."""

    def rows(self, only: Sequence[str] | None = None, wanted: Numbers | None = None, /) -> Iterator[Row]:
        """Yield the records in order.

        Args:
            only: the columns needed; the others may be left out.
            wanted: the row numbers needed; the others may be left out.
        """


def among(numbered: Iterable[tuple[int, T]], wanted: Numbers | None) -> Iterator[tuple[int, T]]:
    """Those of a numbered stream, ascending, that are wanted (None: all); nothing is read behind the last of them.

    >>> list(among(enumerate("abcd"), np.array([1, 2])))
    [(1, 'b'), (2, 'c')]
    """
    if wanted is None:
        yield from numbered
        return
    left = map(int, wanted)
    due = next(left, None)
    if due is None:
        return
    for number, item in numbered:
        if number == due:
            yield number, item
            due = next(left, None)
            if due is None:
                return


def undecodable(data: bytes, error: UnicodeDecodeError, where: str) -> Fault:
    """The fault of bytes that are not UTF-8, with the place of the first bad byte."""
    looks = " (it looks like UTF-16)" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ""
    return Fault(
        INVALID_UTF8,
        f"{where}byte {error.start} (0x{data[error.start]:02x}) is not UTF-8{looks}; convert the input to UTF-8",
    )
