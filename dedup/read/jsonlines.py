"""JSON: one object a line, an array of objects, or a single object."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from dedup.read.rows import BROKEN_JSON, TOO_LONG, Numbers, Row, among, broken, undecodable
from dedup.read.streams import BOM, lines, peeked, whole

_WHOLE_LIMIT = 1 << 26  # bytes of an array or of an object over many lines: these are read whole
_SPACE = " \t\r\n"
_BLANK = b" \t\r\n"
_scan: Any = json.JSONDecoder().scan_once  # type: ignore[attr-defined]  # what json.loads is a shell around


def longest_line(max_chars: int) -> int:
    """Most bytes of a record: the longest text with every character escaped (12 bytes), and 1 MiB for the rest."""
    return 12 * max_chars + (1 << 20)


class JsonLines:
    """JSON Lines, read line by line: a broken line costs only itself.

    Args:
        chunks: the decompressed bytes.
        limit: longest line accepted, in bytes.
    """

    columns = None

    def __init__(self, chunks: Iterator[bytes], limit: int) -> None:
        self._chunks = chunks
        self._limit = limit

    def rows(self, _only: Sequence[str] | None = None, wanted: Numbers | None = None, /) -> Iterator[Row]:
        """Yield one row per line that is not blank; its number is that of the line, from 0."""
        for number, line in among(enumerate(lines(self._chunks, self._limit)), wanted):
            if line is None:
                yield broken(number, TOO_LONG, f"line {number + 1}: more than {self._limit:,} bytes; see --max-chars")
            elif line.strip(_BLANK):
                yield _parsed(number, line)


class JsonDocument:
    """A ``.json`` file: an array of objects, one object over many lines, or JSON Lines after all.

    Args:
        chunks: the decompressed bytes.
        limit: longest line accepted, in bytes, where it is JSON Lines.
    """

    columns = None

    def __init__(self, chunks: Iterator[bytes], limit: int) -> None:
        head, self._chunks = peeked(chunks)
        self._limit = limit
        first_line, newline, _ = head.partition(b"\n")
        self.is_array = head.startswith(b"[")
        # one line that is an object, or a first line too long to be seen whole: JSON Lines
        self.is_lines = not self.is_array and (not newline or not _parsed(0, first_line).fault)

    def rows(self, only: Sequence[str] | None = None, wanted: Numbers | None = None, /) -> Iterator[Row]:
        """Yield one row per object."""
        if self.is_lines:
            yield from JsonLines(self._chunks, self._limit).rows(only, wanted)
            return
        data = whole(self._chunks, _WHOLE_LIMIT)
        if data is None:
            hint = "make it JSON Lines, as with: jq -c '.[]'" if self.is_array else "give it as file.json:jsonl"
            yield broken(None, BROKEN_JSON, f"more than {_WHOLE_LIMIT:,} bytes of JSON that is not in lines; {hint}")
            return
        try:
            text = data.removeprefix(BOM).decode()
        except UnicodeDecodeError as error:
            yield Row(None, {}, b"", undecodable(data.removeprefix(BOM), error, ""))
            return
        yield from _elements(text) if self.is_array else self._object(data)

    def _object(self, data: bytes) -> Iterator[Row]:
        row = _parsed(0, data)
        if row.fault and not _parsed(1, data.strip(_BLANK).rpartition(b"\n")[2]).fault:
            yield from JsonLines(iter([data]), self._limit).rows()  # lines after all, of which the first is broken
        else:
            yield row


def _elements(text: str) -> Iterator[Row]:
    """The elements of an array; a broken one ends it, for nobody can tell where the next one begins."""
    decoder = json.JSONDecoder()
    at = _skipped(text, text.index("[") + 1)
    number = 0
    while not text.startswith("]", at):
        try:
            value, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            yield broken(number, BROKEN_JSON, f"element {number}, character {at}: {_said(error)}; the rest is lost")
            return
        yield _row(number, value, text[at:end].encode(), f"element {number}")
        number += 1
        at = _skipped(text, end)
        if text.startswith(",", at):
            at = _skipped(text, at + 1)
        elif not text.startswith("]", at):
            yield broken(number, BROKEN_JSON, f"character {at}: no comma and no ] after an element; the rest is lost")
            return
    if _skipped(text, at + 1) < len(text):
        yield broken(number, BROKEN_JSON, f"character {at + 1}: more after the end of the array; it is lost")


def _skipped(text: str, at: int) -> int:
    while at < len(text) and text[at] in _SPACE:
        at += 1
    return at


def _parsed(number: int, line: bytes) -> Row:
    where = f"line {number + 1}"
    bare = line.removeprefix(BOM) if number == 0 else line
    try:
        value = _loaded(bare.decode())
    except UnicodeDecodeError as error:
        return Row(number, {}, line, undecodable(bare, error, f"{where}, "))
    except (ValueError, RecursionError) as error:  # ValueError: not JSON, or a number of thousands of digits
        return broken(number, BROKEN_JSON, f"{where}: {_said(error)}")
    return _row(number, value, line, where)


def _loaded(text: str) -> Any:
    """What ``json.loads`` gives, in two thirds of its time where there is no error to be worded.

    Raises:
        ValueError: it is not JSON.
        RecursionError: it is nested too deeply.
    """
    bare = text.strip(_SPACE)
    try:
        value, end = _scan(bare, 0)
    except (ValueError, StopIteration):
        return json.loads(text)
    return value if end == len(bare) else json.loads(text)


def _row(number: int, value: Any, raw: bytes, where: str) -> Row:
    if isinstance(value, dict):
        return Row(number, value, raw)
    hint = "; is this an array of objects? Then give it as path:json" if raw.lstrip().startswith(b"[") else ""
    return broken(number, BROKEN_JSON, f"{where}: a JSON {type(value).__name__}, not an object{hint}")


def _said(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "nested too deeply"
    return f"not JSON ({str(error)[:80]})"
