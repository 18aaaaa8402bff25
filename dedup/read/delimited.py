"""CSV and TSV (RFC 4180): header first, fields in double quotes where they hold the delimiter or line ends."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator, Sequence
from itertools import islice

from dedup.read.rows import BROKEN_CSV, INVALID_UTF8, TOO_LONG, Fault, Numbers, Row, among, broken, undecodable
from dedup.read.streams import BOM, lines

_DELIMITERS = ",;\t|"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
# A quote that never closes is read again from its next line. Hostile files hold many, each running to their end, so
# what is read again has a budget; once it is spent, the lines that such a quote has taken in are read one by one.
_AGAIN_BYTES = 1 << 26  # and as much again as was read for the first time
_FIELD_LIMIT = 2**31 - 1  # the csv module's own default is 131,072 characters; ours is in bytes of a record


class _TooLongError(Exception):
    """A record goes on for longer than any may."""


class Csv:
    """A CSV file, record by record; a broken record costs only itself.

    Args:
        chunks: the decompressed bytes.
        limit: longest record accepted, in bytes.
        delimiter: what stands between the fields; None to take that which the header holds most of.

    Attributes:
        header: the stored bytes of the header.
    """

    def __init__(self, chunks: Iterator[bytes], limit: int, delimiter: str | None = None) -> None:
        csv.field_size_limit(max(_FIELD_LIMIT, csv.field_size_limit()))
        self._lines = lines(chunks, limit)
        self._limit = limit
        self._again: deque[bytes | None] = deque()
        self._taken: list[bytes | None] = []
        self._n_bytes = 0
        self._n_lines = 0
        self._n_fresh = 0
        self._n_again = 0
        self._n_single = 0  # lines, of those to be read again, that are to be read one by one
        first = next(self._lines, b"")
        self._again.append(first)
        text = (first or b"").removeprefix(BOM).decode("utf-8", "replace")
        self._delimiter = delimiter or max(_DELIMITERS, key=text.count)
        self._reader = csv.reader(self._feed(), delimiter=self._delimiter, strict=True)
        header = self._header(first)
        self._fault = header if isinstance(header, Fault) else None
        self._names = header if isinstance(header, list) else []
        usable = first != b"" and not self._fault
        self.columns: dict[str, str] | None = dict.fromkeys(self._names, "string") if usable else None
        self.header = b"".join(line for line in self._taken if line) if usable else b""

    def rows(self, _only: Sequence[str] | None = None, wanted: Numbers | None = None, /) -> Iterator[Row]:
        """Yield one row per record; blank lines are no records. Without a header there is but one row, its fault."""
        if self._fault:
            yield Row(None, {}, b"", self._fault)
            return
        yield from (row for _, row in among(self._numbered(), wanted))

    def _numbered(self) -> Iterator[tuple[int, Row]]:
        number = 0
        while (row := self._next(number)) is not None:
            if row.values or row.fault:
                yield number, row
                number += 1

    def _feed(self) -> Iterator[str]:
        """Give the csv reader its lines, and remember them: they are the record's stored bytes."""
        while True:
            if self._again:
                line = self._again.popleft()
            else:
                try:
                    line = next(self._lines)
                except StopIteration:
                    return
                self._n_fresh += _size(line, self._limit)
            self._n_lines += 1
            self._taken.append(line)
            self._n_bytes += _size(line, self._limit)
            if line is None or self._n_bytes > self._limit:
                raise _TooLongError
            yield (line.removeprefix(BOM) if self._n_lines == 1 else line).decode("utf-8", "surrogateescape")

    def _header(self, first: bytes | None) -> list[str] | Fault:
        if first is not None and first.startswith(_UTF16):
            return Fault(INVALID_UTF8, "line 1: it looks like UTF-16; convert the input to UTF-8")
        try:
            names = next(self._reader, [])
        except _TooLongError:
            return Fault(TOO_LONG, f"line 1: no end of the header within {self._limit:,} bytes; see also --max-chars")
        except csv.Error as error:
            only_cr = b"\r" in (first or b"").rstrip()
            hint = "do its lines end in CR alone? Convert them to LF" if only_cr else "is a quote not closed?"
            return Fault(BROKEN_CSV, f"line 1: the header cannot be read ({str(error)[:80]}); {hint}")
        # a name that is not UTF-8 must not reach Arrow as half a surrogate pair
        return [name.strip().encode("utf-8", "replace").decode() for name in names]

    def _next(self, number: int) -> Row | None:
        self._taken.clear()
        self._n_bytes = 0
        begin = self._n_lines + 1
        reader = self._reader
        if self._n_single:
            self._n_single -= 1
            reader = csv.reader(islice(self._feed(), 1), delimiter=self._delimiter, strict=True)
        try:
            fields = next(reader)
        except StopIteration:
            return None
        except (csv.Error, _TooLongError) as error:
            return self._broken(number, begin, error)
        raw = b"".join(line for line in self._taken if line is not None)
        try:
            raw.decode()
        except UnicodeDecodeError as error:
            return Row(number, {}, raw, undecodable(raw, error, f"line {begin}, "))
        if not fields:
            return Row(number, {})
        if len(fields) != len(self._names):
            seen = f"line {begin}: {len(fields)} fields where the header has {len(self._names)}"
            return broken(number, BROKEN_CSV, f"{seen}; quote fields that hold a {self._delimiter!r}")
        return Row(number, dict(zip(reversed(self._names), reversed(fields), strict=True)), raw)

    def _broken(self, number: int, begin: int, error: Exception) -> Row:
        """Report the record's first line, and read on from the one after it: a stray quote must not swallow the rest.

        The csv reader is made anew, since an exception has ended the generator that fed it.
        """
        again = self._taken[1:]
        self._again.extendleft(reversed(again))
        self._n_lines -= len(again)
        self._n_again += sum(_size(line, self._limit) for line in again)
        if self._n_again > _AGAIN_BYTES + self._n_fresh:
            self._n_single = max(self._n_single, len(again))
        self._reader = csv.reader(self._feed(), delimiter=self._delimiter, strict=True)
        if isinstance(error, _TooLongError):
            seen = f"line {begin}: no end of the record within {self._limit:,} bytes"
            return broken(number, TOO_LONG, f"{seen}; is a quote not closed? See also --max-chars")
        return broken(number, BROKEN_CSV, f"line {begin}: {str(error)[:80]}; is a quote not closed or not doubled?")


def _size(line: bytes | None, limit: int) -> int:
    return len(line) if line is not None else limit + 1
