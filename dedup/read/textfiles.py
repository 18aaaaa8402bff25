"""Plain text files: one document each, with the date, the title and the address that many of them carry.

Such files come from scrapers, and each writes its metadata in its own way; the five seeds show the ways known here.
Only what stands apart from the prose counts: a date within a sentence is what the article tells, not when it appeared.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from dedup.read.rows import TOO_LONG, Numbers, Row, broken, undecodable
from dedup.read.streams import BOM, whole
from dedup.read.times import parse_time

_HEAD = 8192  # characters at either end in which metadata is looked for
_MOST_LINES = 60
_DATE_LINE = 80  # characters of the longest line that can be a date
_TITLE = 200

_LEADING_DATE = re.compile(
    r"\s{0,100}(?:date|published|posted)\s*:?\s+(\d{4}-\d\d-\d\d(?:T[\d:.+Z-]+)?)(?=\s|$)", re.IGNORECASE
)
_LABEL = re.compile(
    r"(?:(?P<late>last\s+updated|last\s+modified|updated|modified)|first\s+published|published|posted|created|issued|"
    r"publication\s+date|date)(?:\s+(?:on|at))?\s*:?\s+",
    re.IGNORECASE,
)
_DATE_SHAPE = re.compile(
    r"\b\d{4}-\d\d-\d\d|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\b.*\d{4}|\b\d{1,2}[/.]\d{1,2}[/.]\d{4}",
    re.IGNORECASE,
)
_URL = re.compile(
    r"^[ \t]*(?:original[ \t]+(?:url|link|article|source)|(?:canonical|source|article)[ \t]+url|url|permalink)"
    r"[ \t]*:\s{0,20}<?(https?://[^\s<>\"]{1,2000})>?",
    re.IGNORECASE | re.MULTILINE,
)
_BULLET = re.compile(r"[•·*▪◦►»|>+–—-]\s|\d+[.)]\s")
_CRUMBS = re.compile(r"\s[>›»|/]\s")
_STOPS = ".。．।۔!?！？:;：；,，…"  # a title may ask, but then it is rarely told from prose


class Metadata(NamedTuple):
    """What a text file says of itself; None where it does not."""

    title: str | None
    published: str | None
    url: str | None


class TextFile:
    """A text file as a table of one row, with the columns id, text, title, date and url.

    Args:
        chunks: the decompressed bytes.
        label: the document's id.
        max_chars: longest text accepted.
    """

    columns = None

    def __init__(self, chunks: Iterator[bytes], label: str, max_chars: int) -> None:
        self._chunks = chunks
        self._label = label
        self._max_chars = max_chars

    def rows(self, _only: Sequence[str] | None = None, _wanted: Numbers | None = None, /) -> Iterator[Row]:
        """Yield the one row. The text stays exactly as decoded but for a byte order mark."""
        limit = 4 * self._max_chars + len(BOM)  # UTF-8 takes at most 4 bytes a character
        data = whole(self._chunks, limit)
        if data is None:
            yield broken(0, TOO_LONG, f"more than {self._max_chars:,} characters; see --max-chars")
            return
        try:
            text = data.decode()
        except UnicodeDecodeError as error:
            yield Row(0, {}, data, undecodable(data, error, ""))
            return
        text = text.removeprefix("\ufeff")
        found = metadata_of(text)
        values = {"id": self._label, "text": text, "title": found.title, "date": found.published, "url": found.url}
        yield Row(0, values, data)


def metadata_of(text: str) -> Metadata:
    """Find title, date and address of a text file.

    >>> metadata_of("Talks Begin in Minsk\\n\\nPublished 28 February 2022\\n\\nThe talks have begun.")
    Metadata(title='Talks Begin in Minsk', published='28 February 2022', url=None)
    """
    head = text[:_HEAD]
    url = _URL.search(head) or _URL.search(text[-_HEAD:])
    leading = _LEADING_DATE.match(head)
    body = head[leading.end() :] if leading and parse_time(leading[1])[0] else head
    lines = [line.strip() for line in body.split("\n")[:_MOST_LINES]]
    published = leading[1] if body is not head and leading else _date_in(lines)
    prose_follows = body is not head and bool(lines[0])  # the text goes on behind the date, on its line
    return Metadata(None if prose_follows else _title_in(lines), published, url[1] if url else None)


def _date_in(lines: list[str]) -> str | None:
    """The first line that is a date and nothing else; one that says "Updated" only if no other is there."""
    late = None
    for line in lines:
        written = _date_of(line)
        if written is not None and not written[1]:
            return written[0]
        if written is not None and late is None:
            late = written[0]
    return late


def _date_of(line: str) -> tuple[str, bool] | None:
    """The date that a line consists of, and whether it is that of a later change."""
    if len(line) > _DATE_LINE:
        return None
    label = _LABEL.match(line)
    rest = line[label.end() :] if label else line
    if not _DATE_SHAPE.search(rest) or parse_time(rest)[1] in (None, "year", "month"):
        return None
    return rest, bool(label and label["late"])


def _title_in(lines: list[str]) -> str | None:
    """The first line that is not furniture, if it is a short paragraph of its own without a full stop."""
    for line, after in zip(lines, [*lines[1:], ""], strict=True):
        if not line or _is_furniture(line):
            continue
        title = re.sub(r"^#{1,6}\s+", "", line)
        alone = not after or _date_of(after) is not None
        return title if alone and len(title) <= _TITLE and title[-1] not in _STOPS else None
    return None


def _is_furniture(line: str) -> bool:
    """A menu entry, a path of headings, a date, an address: what stands around an article."""
    if _BULLET.match(line) or _CRUMBS.search(line) or _date_of(line) or _URL.match(line):
        return True
    return line.isascii() and " " not in line  # one word alone: Home, Advert, kremlin.ru
