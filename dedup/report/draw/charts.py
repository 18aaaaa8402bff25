"""Charts: a histogram, bars and a curve, with axes that name their units."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from markupsafe import Markup

from dedup.report.draw.palette import MEANING, RELATIONS
from dedup.report.draw.scale import Linear, Log, Tick
from dedup.report.draw.svg import element, fitted, joined, path, width_of
from dedup.result.summary import counted

_TOP, _RIGHT, _BOTTOM = 26.0, 14.0, 46.0  # room around the plot
_STEEP = 200  # a bin so many times as high as another makes the counts logarithmic
_MOST_BARS = 24
_BAR = 24.0  # height of a bar and its gap


class Measured(NamedTuple):
    """A measured point with the interval in which the truth probably lies."""

    x: float
    y: float
    low: float
    high: float
    label: str


def binned(
    values: Sequence[float] | npt.NDArray[np.float64],
    *,
    n: int = 20,
    low: float | None = None,
    high: float | None = None,
    log: bool = False,
) -> tuple[list[int], list[float]]:
    """Count values in bins, for ``histogram``.

    Args:
        values: at least one of them finite, unless ``low`` and ``high`` are given; what is not finite is left out.
        n: bins; fewer where ``log`` and the values are whole numbers close together.
        low, high: ends of the outer bins; the least and the greatest value where None.
        log: bins of equal ratio, whose borders lie between whole numbers: for sizes.
    """
    kept = np.asarray(values, np.float64)
    kept = kept[np.isfinite(kept)]
    first = float(kept.min()) if low is None else low
    last = float(kept.max()) if high is None else high
    if log:
        ratios = np.geomspace(max(first, 1.0), max(last, first, 1.0) + 1.0, n + 1)
        borders = np.unique(np.round(ratios)) - 0.5
    else:
        borders = np.linspace(first, last if last > first else first + 1.0, n + 1)
    return np.histogram(kept, borders)[0].tolist(), borders.tolist()


def histogram(
    counts: Sequence[int],
    edges: Sequence[float],
    *,
    title: str,
    label: str,
    unit: str = "document",
    log: bool = False,
    mark: tuple[float, str] | None = None,
    width: int = 320,
    height: int = 220,
) -> Markup:
    """Draw how often values fall into bins.

    Args:
        counts: one for each bin.
        edges: borders of the bins, ascending, one more than counts; above 0 where ``log``.
        title: of the chart, for those who cannot see it.
        label: what the values are, with their unit.
        unit: what is counted, one of it.
        log: a logarithmic axis of values.
        mark: a value to be marked by a line, and its name.
        width, height: in pixels.
    """
    top = max([*counts, 1])
    steep = top >= _STEEP * min((count for count in counts if count), default=top)
    left = 14.0 + width_of(f"{top:,}")
    bottom = height - _BOTTOM
    x = (Log if log else Linear)(edges[0], edges[-1], left, width - _RIGHT)
    y = Log(0.7, top * 1.1, bottom, _TOP) if steep else Linear(0, top, bottom, _TOP)
    parts = [*_left_axis(y.ticks(5), y, left, width, f"{unit}s{' (logarithmic)' if steep else ''}")]
    for count, (begin, end) in zip(counts, itertools.pairwise(edges), strict=True):
        if count:
            above = y(count)
            hint = element("title", f"{_short(begin)} to {_short(end)}: {counted(count, unit)}")
            wide = max(x(end) - x(begin) - 1.0, 1.0)
            parts.append(element("rect", hint, class_="bar", x=x(begin), y=above, width=wide, height=bottom - above))
    parts += _bottom_axis(x.ticks(7), x, bottom, width, f"{label}{' (logarithmic)' if log else ''}")
    if mark is not None and edges[0] <= mark[0] <= edges[-1]:
        parts += _mark(x(mark[0]), mark[1], _TOP + 8, bottom, width)
    most = max(range(len(counts)), key=counts.__getitem__)
    bin_told = f"{_short(edges[most])} to {_short(edges[most + 1])}"
    told = f"{label}: {counted(sum(counts), unit)}, {counts[most]:,} of them from {bin_told}."
    return chart(parts, title=title, told=told, width=width, height=height)


def bars(
    rows: Sequence[tuple[str, float]],
    *,
    title: str,
    unit: str = "",
    units: str = "",
    relations: bool = False,
    width: int = 320,
) -> Markup:
    """Draw one bar for each row, the number behind it.

    Args:
        rows: names and values of 0 or more; what comes after the 24th is added up.
        title: of the chart, for those who cannot see it.
        unit: what the values count, one of it; ``units`` where more than one is not that with an s.
        relations: whether the names are relations, each of which has its colour.
        width: in pixels.
    """
    shown = list(rows[:_MOST_BARS])
    if len(rows) > _MOST_BARS:
        shown.append((f"{len(rows) - _MOST_BARS:,} more", sum(value for _, value in rows[_MOST_BARS:])))
    names = [fitted(name, width * 0.45) for name, _ in shown]
    numbers = [_short(value) for _, value in shown]
    left = 12.0 + max(map(width_of, names), default=0.0)
    right = width - 14.0 - max(map(width_of, numbers), default=0.0)
    x = Linear(0, max([value for _, value in shown if value > 0], default=1.0), left, right)
    height = 8.0 + _BAR * len(shown)
    parts = [element("path", class_="axis", d=path("M", left, 2.0, "V", height - 2))]
    for place, ((whole, value), name, written) in enumerate(zip(shown, names, numbers, strict=True)):
        y = 4.0 + _BAR * place
        kind = f"bar rel-{whole}" if relations and whole in RELATIONS else "bar"
        hint = element(
            "title", f"{MEANING.get(whole, whole) if relations else whole}: {_with_unit(value, unit, units)}"
        )
        parts += [
            element("text", hint, name, class_="end", x=left - 8, y=y + 16),
            element("rect", hint, class_=kind, x=left, y=y + 4, width=max(x(value) - left, 0.0), height=_BAR - 8),
            element("text", written, class_="quiet", x=x(value) + 6, y=y + 16),
        ]
    told = "; ".join(f"{name} {_with_unit(value, unit, units)}" for name, value in shown)
    return chart(parts, title=title, told=told, width=width, height=height)


def curve(
    points: Sequence[tuple[float, float]],
    *,
    title: str,
    x: str,
    y: str,
    measured: Sequence[Measured] = (),
    mark: tuple[float, str] | None = None,
    width: int = 320,
    height: int = 240,
) -> Markup:
    """Draw a curve between 0 and 1 on both axes, and what was measured beside it.

    Args:
        points: of the curve, ascending.
        title: of the chart, for those who cannot see it.
        x, y: what the axes show.
        measured: points with their intervals.
        mark: a value on the horizontal axis to be marked by a line, and its name.
        width, height: in pixels.
    """
    left, bottom = 42.0, height - _BOTTOM
    across, up = Linear(0, 1, left, width - _RIGHT), Linear(0, 1, bottom, _TOP)
    parts = [*_left_axis(up.ticks(6), up, left, width, y), *_bottom_axis(across.ticks(6), across, bottom, width, x)]
    line = [(across(one), up(other)) for one, other in points]
    steps = [step for one, other in line for step in ("L", one, other)]
    if line:
        area = ["M", line[0][0], bottom, *steps, "L", line[-1][0], bottom, "Z"]
        parts += [
            element("path", class_="under", d=path(*area), fill_opacity="0.6"),
            element("path", class_="fine", d=path("M", *steps[1:])),
        ]
    if mark is not None:
        parts += _mark(across(mark[0]), mark[1], bottom - 8, bottom, width)
    for point in measured:
        parts += _measured(point, across(point.x), up)
    told = f"The curve goes from {_point(points[0])} to {_point(points[-1])}. " if points else ""
    told += " ".join(f"Measured: {point.label}." for point in measured)
    return chart(parts, title=title, told=told.strip(), width=width, height=height)


def chart(
    parts: Sequence[Markup], *, title: str, told: str, width: float, height: float, kind: str = "chart"
) -> Markup:
    """An image with its title and what it shows in a sentence."""
    return element(
        "svg",
        element("title", title),
        element("desc", told),
        joined(list(parts)),
        xmlns="http://www.w3.org/2000/svg",
        class_=f"drawing {kind}",
        viewBox=f"0 0 {width:g} {height:g}",
        width=width,
        height=height,
        role="img",
        aria_label=f"{title}. {told}",
    )


def _left_axis(ticks: Sequence[Tick], y: Linear | Log, left: float, width: float, label: str) -> Iterator[Markup]:
    yield element("text", label, class_="quiet", x=8.0, y=13.0)
    for tick in ticks:
        if tick.value == int(tick.value) or (isinstance(y, Linear) and y.high <= 1):  # nobody counts half a document
            yield element("path", class_="rule", d=path("M", left, y(tick.value), "H", width - _RIGHT))
            yield element("text", tick.label, class_="end quiet", x=left - 6, y=y(tick.value) + 4)


def _bottom_axis(ticks: Sequence[Tick], x: Linear | Log, bottom: float, width: float, label: str) -> Iterator[Markup]:
    yield element("path", class_="axis", d=path("M", x.start, bottom, "H", x.stop))
    end = -math.inf
    for tick in ticks:
        at, half = x(tick.value), width_of(tick.label) / 2
        yield element("path", class_="axis", d=path("M", at, bottom, "v", 4))
        if at - half > end:
            yield element("text", tick.label, class_="mid quiet", x=min(at, width - half - 1), y=bottom + 17)
            end = at + half + 6
    yield element("text", label, class_="mid", x=(x.start + x.stop) / 2, y=bottom + 36)


def _mark(x: float, name: str, y: float, bottom: float, width: float) -> Iterator[Markup]:
    """A line across the plot, and its name at the height ``y`` on the side where there is more room."""
    yield element("path", class_="mark", d=path("M", x, _TOP - 4, "V", bottom))
    left = x > width / 2
    yield element("text", name, class_="marked end" if left else "marked", x=x + (-5 if left else 5), y=y)


def _measured(point: Measured, x: float, up: Linear) -> Iterator[Markup]:
    told = element("title", point.label)
    yield element("path", class_="whisker", d=path("M", x, up(point.low), "V", up(point.high)))
    yield element("circle", told, class_="seen", cx=x, cy=up(point.y), r=4.5)


def _point(point: tuple[float, float]) -> str:
    return f"{_short(point[1])} at {_short(point[0])}"


def _with_unit(value: float, unit: str, units: str) -> str:
    if not unit:
        return _short(value)
    return f"{_short(value)} {unit if value == 1 else units or unit + 's'}"


def _short(value: float) -> str:
    """A number as people write it: whole, or with two decimals at most."""
    return f"{value:,.0f}" if value == int(value) else f"{value:,.2f}".rstrip("0")
