"""Dates in the many ways that archives write them, as UTC and with the precision that was written."""

from __future__ import annotations

import math
import re
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

Parsed = tuple[datetime | None, str | None]

_NOTHING: Parsed = (None, None)
FIRST_YEAR, LAST_YEAR = 1000, 2200
_LONGEST = 100  # characters; nothing longer is a date
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_EPOCH = 1e8  # seconds; numbers below (before March 1973) are more often counters than times
_LAST_EPOCH = 5e10  # seconds; far beyond any year accepted, and within what timedelta adds
_PARTS = ("year", "month", "day", "hour", "minute", "second")

# Zones that RFC 2822 defines and those that newsrooms write; any other name is taken for UTC. Hours.
_ZONES = {
    name: hours
    for hours, names in {
        -8: "PST",
        -7: "MST PDT",
        -6: "CST MDT",
        -5: "EST CDT",
        -4: "EDT",
        0: "UT UTC GMT Z",
        1: "BST CET",
        2: "CEST EET",
        3: "EEST MSK",
        9: "JST",
    }.items()
    for name in names.split()
}
_ISO = re.compile(
    r"(\d{4})-(\d\d)(?:-(\d\d)(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,]\d+)?)?\s?([Zz]|UTC|GMT|[+-]\d\d:?\d\d)?)?)?",
    re.ASCII,
)
# 26-FEB-1987 15:01:01.79, and what Reuters appends: 27-MAR-1987 00:02:59.13RM
_WIRE = re.compile(
    r"(\d{1,2})-([A-Za-z]{3})-(\d{4})\b(?:\s+(\d{1,2}):(\d\d)(?::(\d\d)(?:\.\d+)?)?)?(.*)", re.ASCII | re.DOTALL
)
_WIRE_TAIL = re.compile(r"[A-Za-z ]*|\s*#.*|\s+[\d:. ]+", re.ASCII | re.DOTALL)
_MONTHS = {name: i for i, name in enumerate("JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split(), start=1)}
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?", re.ASCII)
_TWO_DEFAULTS = (datetime(2003, 3, 3, 3, 3, 3), datetime(2006, 6, 6, 6, 6, 6))


def parse_time(value: object) -> Parsed:
    """Time and precision of whatever a column or a line holds; (None, None) where it is no time.

    Understood: ISO 8601, RFC 2822, ``26-FEB-1987 15:01:01.79``, "February 25, 2022", "28 February 2022", a year, a
    year and month, ``20220225``, seconds (or milli-, micro-, nanoseconds) since 1970, and dates and times of Python.
    A time without a zone is taken for UTC; parts of seconds are cut; years outside 1000 to 2200 are no time.
    Where day and month could be either, the month comes first (dateutil's rule).

    >>> parse_time("28 February 2022")
    (datetime.datetime(2022, 2, 28, 0, 0, tzinfo=datetime.timezone.utc), 'day')
    """
    if isinstance(value, str):
        return _parsed(value.strip()) if len(value) <= _LONGEST else _NOTHING
    if isinstance(value, datetime):
        return _checked(value, "second")
    if isinstance(value, date):
        return _checked(datetime(value.year, value.month, value.day), "day")
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _from_number(value)
    return _NOTHING


@lru_cache(maxsize=1 << 16)
def _parsed(text: str) -> Parsed:
    if match := _ISO.fullmatch(text):
        return _from_iso(match)
    if match := _WIRE.fullmatch(text):
        return _from_wire(match)
    if _NUMBER.fullmatch(text):
        return _from_number(float(text) if len(text) <= 20 else math.nan)
    return _from_prose(text)


def _from_iso(match: re.Match[str]) -> Parsed:
    year, month, day, hour, minute, second = (int(part) if part else 0 for part in match.groups()[:6])
    precision = _PARTS[sum(part is not None for part in match.groups()[:6]) - 1]
    try:
        time = datetime(year, month, day or 1, hour, minute, min(second, 59))  # 60 is a leap second
        return _checked(time - _offset(match[7]), precision)
    except (ValueError, OverflowError):
        return _NOTHING


def _offset(zone: str | None) -> timedelta:
    if zone is None or zone[0] not in "+-":
        return timedelta(0)
    digits = zone[1:].replace(":", "")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    if offset >= timedelta(days=1):
        raise ValueError(f"no zone is {zone} from UTC")
    return -offset if zone[0] == "-" else offset


def _from_wire(match: re.Match[str]) -> Parsed:
    day, month, year, hour, minute, second, tail = match.groups()
    if month.upper() not in _MONTHS or not _WIRE_TAIL.fullmatch(tail):
        return _NOTHING
    zone = timedelta(hours=_ZONES.get(tail.strip().upper(), 0))
    try:
        start = datetime(int(year), _MONTHS[month.upper()], int(day))
        if hour is None or int(hour) > 23 or int(minute) > 59 or int(second or 0) > 59:
            return _checked(start, "day")  # 31-MAR-1987 605:12:19.12: the day still stands
        time = start + timedelta(hours=int(hour), minutes=int(minute), seconds=int(second or 0)) - zone
        return _checked(time, "second" if second else "minute")
    except (ValueError, OverflowError):
        return _NOTHING


def _from_number(number: float) -> Parsed:
    if not math.isfinite(number):
        return _NOTHING
    if number == int(number):
        if FIRST_YEAR <= number <= LAST_YEAR:
            return _checked(datetime(int(number), 1, 1), "year")
        compact = _from_compact(str(int(number)))
        if compact != _NOTHING:
            return compact
    for limit, scale in ((1e11, 1.0), (1e14, 1e3), (1e17, 1e6), (1e20, 1e9)):
        if abs(number) < limit:
            seconds = number / scale
            usable = _FIRST_EPOCH <= abs(seconds) < _LAST_EPOCH
            return _checked(_EPOCH + timedelta(seconds=seconds), "second") if usable else _NOTHING
    return _NOTHING


def _from_compact(digits: str) -> Parsed:
    layout, precision = {8: ("%Y%m%d", "day"), 14: ("%Y%m%d%H%M%S", "second")}.get(len(digits), ("", ""))
    try:
        return _checked(datetime.strptime(digits, layout), precision) if layout else _NOTHING
    except ValueError:
        return _NOTHING


def _from_prose(text: str) -> Parsed:
    """Leave it to dateutil, twice: what follows the default was not written."""
    if not any(character.isdigit() for character in text):
        return _NOTHING
    from dateutil import parser  # here, for most inputs never need it

    try:
        one, other = (parser.parse(text, default=default, tzinfos=_zone) for default in _TWO_DEFAULTS)
    except (ValueError, OverflowError, ArithmeticError, TypeError, AttributeError, IndexError, RecursionError):
        return _NOTHING  # what dateutil is known to raise on hostile input
    written = [getattr(one, part) == getattr(other, part) for part in _PARTS]
    n_written = written.index(False) if False in written else len(_PARTS)
    if n_written == 0 or any(written[n_written:]):
        return _NOTHING  # no year, or a gap: "Friday", "10:30", "February 26"
    kept = [getattr(one, part) for part in _PARTS[:n_written]]
    year, month, day, hour, minute, second = kept + [1, 1, 0, 0, 0][n_written - 1 :]
    time = datetime(year, month, day, hour, minute, second, tzinfo=one.tzinfo)
    return _checked(time, "minute" if n_written == 4 else _PARTS[n_written - 1])


def _zone(name: str | None, offset: int | None) -> int:
    """Seconds east of UTC. Given to dateutil so that it never asks what the machine's own zone is called."""
    return offset if offset is not None else 3600 * _ZONES.get((name or "").upper(), 0)


def _checked(time: datetime, precision: str) -> Parsed:
    try:
        utc = time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    except (ValueError, OverflowError):
        return _NOTHING
    return (utc.replace(microsecond=0), precision) if FIRST_YEAR <= utc.year <= LAST_YEAR else _NOTHING
