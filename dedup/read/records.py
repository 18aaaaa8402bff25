"""From a row of any format to a record, or to the reason why it is none."""

from __future__ import annotations

import math
from datetime import datetime
from typing import NamedTuple
from urllib.parse import urlsplit

from dedup.config import Config
from dedup.read.fields import Fields, listed
from dedup.read.rows import (
    BLANK_TEXT,
    BROKEN_FILE,
    INVALID_UTF8,
    NO_TEXT_COLUMN,
    NULL_TEXT,
    TOO_LONG,
    WRONG_TYPE,
    Fault,
    Row,
    Unreadable,
    undecodable,
)
from dedup.read.sources import Located
from dedup.read.times import Parsed, parse_time

LONGEST_METADATA = 4096  # characters of a title, publisher or address; the rest is cut


class Record(NamedTuple):
    """One usable document, in the order of the columns of ``schema.RECORDS`` without ``doc``."""

    doc_id: str
    source_path: str
    source_row: int
    title: str | None
    publisher: str | None
    published_at: datetime | None
    published_precision: str | None
    url: str | None
    keep_value: float | None
    text: str


class Maker:
    """Makes records, and counts the times it could not understand.

    Attributes:
        n_unparsed_times: times that were given and not understood.
        unparsed_time: the first of them, as an example.
    """

    def __init__(self, config: Config) -> None:
        self.max_chars = config.max_chars
        self.n_unparsed_times = 0
        self.unparsed_time: str | None = None

    def make(self, located: Located, row: Row, fields: Fields) -> Record | Fault:
        """Make one record.

        Args:
            located: the input that the row comes from.
            row: a row without a fault.
            fields: its columns.
        """
        text = text_of(row, fields, self.max_chars)
        if isinstance(text, Fault):
            return text
        number = row.number or 0
        values = row.values
        doc_id = id_of(row, fields)
        if isinstance(doc_id, Fault):
            return doc_id
        time, precision = self.time(values.get(fields.time)) if fields.time else (None, None)
        url = metadata(values.get(fields.url)) if fields.url else None
        publisher = metadata(values.get(fields.publisher)) if fields.publisher else None
        return Record(
            doc_id or f"{located.label}:{number}",
            located.path,
            number,
            metadata(values.get(fields.title)) if fields.title else None,
            publisher or (host(url) if url else None),
            time,
            precision,
            url,
            number_of(values.get(fields.keep)) if fields.keep else None,
            text,
        )

    def time(self, value: object, n: int = 1) -> Parsed:
        """Time and precision of a value that stands in ``n`` records."""
        value = _text(value)
        time, precision = parse_time(value)
        null = value in (None, "") or (isinstance(value, float) and math.isnan(value))  # NaN: the null of pandas
        if time is None and not null:
            self.n_unparsed_times += n
            if self.unparsed_time is None:
                self.unparsed_time = str(value)[:80]
        return time, precision


def text_of(row: Row, fields: Fields, max_chars: int) -> str | Fault:
    """The text of a row, or why it has none that can be used."""
    where = "" if row.number is None else f"row {row.number}: "
    if fields.text is None:
        return Fault(NO_TEXT_COLUMN, f"{where}no text. {listed(fields.columns)} Name the right one with --text-field")
    value = row.values.get(fields.text)
    if isinstance(value, bytes):
        try:
            return _checked(value.decode(), row, fields, max_chars)
        except UnicodeDecodeError as error:
            return undecodable(value, error, where)
    return _checked(value, row, fields, max_chars)


def _checked(value: object, row: Row, fields: Fields, max_chars: int) -> str | Fault:
    where = "" if row.number is None else f"row {row.number}: "
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return Fault(NULL_TEXT, f"{where}{fields.text!r} is null")
    if not isinstance(value, str):
        return _wrong(value, f"{where}{fields.text!r}", "--text-field")
    if len(value) > max_chars:
        return Fault(TOO_LONG, f"{where}{len(value):,} characters, more than {max_chars:,}; see --max-chars")
    if not value or value.isspace():
        return Fault(BLANK_TEXT, f"{where}{fields.text!r} is {'only white space' if value else 'empty'}")
    return _encodable(value, where)


def id_of(row: Row, fields: Fields) -> str | Fault | None:
    """The id that a row gives itself: numbers written out, whole ones without a fraction; None if it gives none."""
    value = row.values.get(fields.id) if fields.id else None
    if isinstance(value, bytes):
        value = _identifier(value)
    if value is None or value == "" or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, list | dict | tuple):
        return _wrong(value, f"row {row.number}: {fields.id!r}", "--id-field")
    return _encodable(str(value), f"row {row.number}, {fields.id!r}: ")


def _identifier(data: bytes) -> str:
    """Bytes as an id: in hexadecimal if they are not UTF-8, as those of a UUID, so that different ones stay so."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.hex()


def _wrong(value: object, what: str, option: str) -> Fault:
    if isinstance(value, Unreadable) and value.why:
        return Fault(BROKEN_FILE, f"{what} cannot be read ({value.why}); is the file damaged?")
    kind = value.kind if isinstance(value, Unreadable) else type(value).__name__
    return Fault(WRONG_TYPE, f"{what} is of type {kind}; see {option}")


def _encodable(text: str, where: str) -> str | Fault:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        return Fault(INVALID_UTF8, f"{where}half a surrogate pair at character {error.start}; write the pair whole")
    return text


def _text(value: object) -> object:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value


def metadata(value: object) -> str | None:
    """Title, publisher or address; whatever is neither text nor a number is none."""
    value = _text(value)
    if isinstance(value, float) and math.isnan(value):
        return None
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        return None
    return value.strip()[:LONGEST_METADATA].encode("utf-8", "replace").decode() or None


def number_of(value: object) -> float | None:
    """A finite number; whatever is none of it is null."""
    try:
        number = float(value)  # type: ignore[arg-type]  # whatever float() takes; the rest is no number
    except (TypeError, ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def host(url: str) -> str | None:
    """Who publishes at an address: its host, without the leading www."""
    try:
        host = urlsplit(url).hostname
    except ValueError:  # such as a bracket that is never closed
        return None
    return host.removeprefix("www.") if host else None
