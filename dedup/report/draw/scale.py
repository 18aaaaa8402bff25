"""Scales: from values to pixels, with ticks where a person would put them."""

from __future__ import annotations

import bisect
import datetime as dt
import itertools
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

MINUTE, HOUR, DAY = 60, 3_600, 86_400
MONTH, YEAR = 2_629_746, 31_556_952  # mean lengths of the Gregorian calendar
_STEPS = (
    *(1, 5, 15, 30),
    *(MINUTE * n for n in (1, 5, 15, 30)),
    *(HOUR * n for n in (1, 3, 6, 12)),
    *(DAY * n for n in (1, 2, 7, 14)),
)
_MONDAY = 4 * DAY  # the first one of 1970, from which weeks are counted
_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTHS = (1, 3, 6, 12, 24, 60, 120, 240, 600, 1_200, 2_400, 6_000, 12_000)
_BREAK = 46.0  # pixels of a gap that is drawn short
_NARROWEST = 84.0  # pixels of a stretch: the label of its day fits
_MOST_STRETCHES = 6
_SQUEEZED = 0.12  # gaps are drawn short where all that stands between them would get less than this share
_LONGER = 4.0  # times by which the shortest of them exceeds the longest of the rest


Span = tuple[float, float]  # first and last second


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis.

    Attributes:
        label: what is written beside it.
        context: what the label leaves out, as the day of an hour; written where it changes.
    """

    value: float
    label: str
    context: str = ""


@dataclass(frozen=True, slots=True)
class Linear:
    """From ``low`` to ``high`` in equal steps over the pixels from ``start`` to ``stop``."""

    low: float
    high: float
    start: float
    stop: float

    def __call__(self, value: float) -> float:
        """Pixel of a value."""
        return self.start + (value - self.low) / (self.high - self.low) * (self.stop - self.start)

    def ticks(self, most: int = 6) -> list[Tick]:
        """At most so many ticks, of four or more: at whole multiples of 1, 2 or 5 times a power of ten."""
        step = _nice((self.high - self.low) / max(most - 1, 1))
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        decimals = max(0, -math.floor(math.log10(step) + 1e-9))
        return [Tick(k * step, _number(k * step, decimals)) for k in range(first, last + 1)]


@dataclass(frozen=True, slots=True)
class Log:
    """From ``low`` to ``high``, both above 0, in equal ratios over the pixels from ``start`` to ``stop``."""

    low: float
    high: float
    start: float
    stop: float

    def __call__(self, value: float) -> float:
        """Pixel of a value."""
        share = math.log(value / self.low) / math.log(self.high / self.low)
        return self.start + share * (self.stop - self.start)

    def ticks(self, most: int = 6) -> list[Tick]:
        """At most so many ticks, of four or more: at 1, 2 and 5 times the powers of ten, or at fewer of them.

        A scale that holds no two of these has the ticks of a linear one.
        """
        powers = range(math.floor(math.log10(self.low)), math.ceil(math.log10(self.high)) + 1)
        inside: list[float] = []
        for digits, every in (((1, 2, 5), 1), ((1, 3), 1), *(((1,), every) for every in range(1, len(powers) + 1))):
            values = [digit * 10.0**power for power in powers if power % every == 0 for digit in digits]
            inside = [value for value in values if self.low * (1 - 1e-9) <= value <= self.high * (1 + 1e-9)]
            if len(inside) <= most:
                break
        if len(inside) < 2:
            return Linear(self.low, self.high, self.start, self.stop).ticks(most)
        return [Tick(value, _number(value, max(0, -math.floor(math.log10(value))))) for value in inside]


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a time axis without a break: seconds since 1970 over pixels."""

    begin: float
    end: float
    start: float
    stop: float


@dataclass(frozen=True, slots=True)
class Time:
    """Stretches of time, each linear in itself; what lies between two is drawn short, whatever it lasts.

    Attributes:
        finest: seconds of the unit to which times are known: ticks are at whole ones.
    """

    stretches: tuple[Stretch, ...]
    finest: float = 1

    def __call__(self, second: float) -> float:
        """Pixel of a time; those before the first stretch and after the last one lie at their ends."""
        after = bisect.bisect_right([stretch.begin for stretch in self.stretches], second)
        if after == 0:
            return self.stretches[0].start
        here = self.stretches[after - 1]
        if second <= here.end:
            share = (second - here.begin) / (here.end - here.begin) if here.end > here.begin else 0.5
            return here.start + share * (here.stop - here.start)
        if after == len(self.stretches):
            return here.stop
        there = self.stretches[after]
        return here.stop + (second - here.end) / (there.begin - here.end) * (there.start - here.stop)

    def breaks(self) -> list[tuple[float, float, str]]:
        """The gaps that are drawn short: first pixel, last pixel, how long they last in words."""
        return [
            (one.stop, other.start, duration(other.begin - one.end))
            for one, other in itertools.pairwise(self.stretches)
        ]

    def ticks(self, spacing: float = 84.0) -> list[Tick]:
        """Ticks at whole seconds, minutes, hours, days, months or years, so many pixels apart or more."""
        return [tick for stretch in self.stretches for tick in _calendar(stretch, spacing, self.finest)]


def time_scale(spans: Iterable[Span], start: float, stop: float, finest: float = 1) -> Time:
    """A time axis that shows bursts: gaps so long that they would squeeze all the rest are drawn short.

    Args:
        spans: times that must lie on it, as first and last second; at least one.
        start, stop: its pixels.
        finest: seconds of the unit to which times are known.
    """
    groups = _groups(_blocks(spans), _MOST_STRETCHES)
    room = stop - start - _BREAK * (len(groups) - 1)
    least = min(_NARROWEST, room / len(groups))
    weights = [math.sqrt(len(group)) if group[-1][1] > group[0][0] else 0.0 for group in groups]
    free = room - least * len(groups)
    total = sum(weights) or float(len(groups))
    stretches = []
    for group, weight in zip(groups, weights if any(weights) else [1.0] * len(groups), strict=True):
        width = least + free * weight / total
        stretches.append(Stretch(group[0][0], group[-1][1], start, start + width))
        start += width + _BREAK
    return Time(tuple(stretches), finest)


def duration(seconds: float) -> str:
    """A length of time in the largest unit that it fills, rounded.

    >>> duration(90), duration(100_000), duration(200_000_000)
    ('2 minutes', '1 day', '6 years')
    """
    units = ((YEAR, "year"), (MONTH, "month"), (DAY, "day"), (HOUR, "hour"), (MINUTE, "minute"), (1, "second"))
    unit, name = next(((unit, name) for unit, name in units if seconds >= unit), units[-1])
    count = math.floor(seconds / unit + 0.5)
    return f"{count:,} {name}{'' if count == 1 else 's'}"


def _blocks(spans: Iterable[Span]) -> list[Span]:
    """Spans that touch or overlap, made one; ascending."""
    blocks: list[Span] = []
    for begin, end in sorted(spans):
        if blocks and begin <= blocks[-1][1]:
            blocks[-1] = (blocks[-1][0], max(end, blocks[-1][1]))
        else:
            blocks.append((begin, end))
    return blocks


def _groups(blocks: list[Span], most: int) -> list[list[Span]]:
    """Part blocks at as few of the longest gaps as squeeze the rest, and the parts in turn; at most so many parts."""
    whole = blocks[-1][1] - blocks[0][0]
    gaps = [other[0] - one[1] for one, other in itertools.pairwise(blocks)]
    longest = sorted(range(len(gaps)), key=lambda place: (-gaps[place], place))
    for n in range(1, min(most, len(gaps))):  # never all gaps: each block would stand alone
        rest = whole - sum(gaps[place] for place in longest[:n])
        if rest < _SQUEEZED * whole and gaps[longest[n - 1]] > _LONGER * gaps[longest[n]]:
            ends = [0, *(place + 1 for place in sorted(longest[:n])), len(blocks)]
            parts = [blocks[low:high] for low, high in itertools.pairwise(ends)]
            groups: list[list[Span]] = []
            for place, part in enumerate(parts):
                groups += _groups(part, most - len(groups) - (len(parts) - 1 - place))
            return groups
    return [blocks]


def _nice(step: float) -> float:
    """The smallest of 1, 2, 5 times a power of ten that is not below a step."""
    power = 10.0 ** math.floor(math.log10(step))
    return next(digit * power for digit in (1, 2, 5, 10) if digit * power >= step * (1 - 1e-9))


def _number(value: float, decimals: int) -> str:
    if abs(value) >= 1e6 and value % 1e5 == 0:
        return f"{value / 1e6:,.1f}".removesuffix(".0") + " M"
    return f"{value + 0.0:,.{decimals}f}"


def _calendar(stretch: Stretch, spacing: float, finest: float) -> list[Tick]:
    """Ticks of one stretch; the first second of it where no whole unit lies in it."""
    most = max(1, math.floor((stretch.stop - stretch.start) / spacing) + 1)
    span = stretch.end - stretch.begin
    for step in (step for step in _STEPS if step >= finest and span / step < most + 1):
        origin = _MONDAY if step % (7 * DAY) == 0 else 0
        first, last = math.ceil((stretch.begin - origin) / step), math.floor((stretch.end - origin) / step)
        if 1 <= last - first + 1 <= most and span > 0:
            return [_tick(origin + k * step, step) for k in range(first, last + 1)]
    for months in (months for months in _MONTHS if months * MONTH >= finest and span / (months * MONTH) < most + 1):
        marks = list(_first_days(stretch, months))
        if 1 <= len(marks) <= most:
            return [_tick(mark, months * MONTH) for mark in marks]
    return [_tick(stretch.begin, finest)]


def _first_days(stretch: Stretch, months: int) -> Iterator[int]:
    """Seconds at which every so many months begin, within a stretch."""
    first, last = (_moment(second) for second in (stretch.begin, stretch.end))
    begin, end = first.year * 12 + first.month - 1, last.year * 12 + last.month - 1
    for month in range(-(-begin // months) * months, end + 1, months):
        if month // 12 in range(1, 10_000):
            second = int(dt.datetime(month // 12, month % 12 + 1, 1, tzinfo=dt.UTC).timestamp())
            if stretch.begin <= second <= stretch.end:
                yield second


def _tick(second: float, step: float) -> Tick:
    moment = _moment(second)
    day = f"{moment.day} {_NAMES[moment.month - 1]} {moment.year}"
    if step < MINUTE:
        return Tick(second, f"{moment:%H:%M:%S}", day)
    if step < DAY:
        return Tick(second, f"{moment:%H:%M}", day)
    if step < MONTH:
        return Tick(second, f"{moment.day} {_NAMES[moment.month - 1]}", str(moment.year))
    if step < 12 * MONTH:
        return Tick(second, _NAMES[moment.month - 1], str(moment.year))
    return Tick(second, str(moment.year))


def _moment(second: float) -> dt.datetime:
    """A time in UTC, also before 1970, within the years that the calendar of Python knows."""
    return dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(seconds=math.floor(second))
