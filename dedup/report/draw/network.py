"""Who leads and who follows: publishers in order of rank, arcs from those who had it to those who took it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from markupsafe import Markup

from dedup.report.draw.charts import chart
from dedup.report.draw.svg import element, fitted, path, width_of
from dedup.result.summary import counted

_ROW = 30.0
_TOP = 34.0
_NAME = 190.0  # pixels of a name at most
_WIDEST = 6.0  # of an arc
_BAR = 54.0  # pixels of the longest bar of a house


class Flow(NamedTuple):
    """Texts of one house that were made of texts of another."""

    leader: str
    follower: str
    n: int


class Standing(NamedTuple):
    """How often a house led, and how often it followed."""

    name: str
    led: int
    followed: int


class Standings(NamedTuple):
    """The houses that are shown, from who leads most to who follows most, and what is not shown.

    Attributes:
        flows: between houses that are shown, the heaviest first.
        n_left_out: houses that are not shown.
        n_elsewhere: texts whose house, or the house of whose source, is not shown.
    """

    rows: tuple[Standing, ...]
    flows: tuple[Flow, ...]
    n_left_out: int
    n_elsewhere: int


def standings(flows: Sequence[tuple[str, str, int]], most: int = 16) -> Standings:
    """Rank the houses that take part in most derivations; those of a house from itself do not count.

    Args:
        flows: leader, follower and number of texts.
        most: houses at most.
    """
    between: Counter[tuple[str, str]] = Counter()
    for leader, follower, n in flows:
        if leader != follower:
            between[leader, follower] += n
    led, followed = Counter[str](), Counter[str]()
    for (leader, follower), n in between.items():
        led[leader] += n
        followed[follower] += n
    busiest = sorted(led.keys() | followed.keys(), key=lambda name: (-led[name] - followed[name], name))
    rows = [Standing(name, led[name], followed[name]) for name in busiest[:most]]
    rows.sort(key=lambda row: (row.followed - row.led, -row.led, row.name))
    shown = {row.name for row in rows}
    inside = [Flow(*ends, n) for ends, n in between.items() if shown.issuperset(ends)]
    inside.sort(key=lambda flow: (-flow.n, flow.leader, flow.follower))
    elsewhere = sum(between.values()) - sum(flow.n for flow in inside)
    return Standings(tuple(rows), tuple(inside), len(busiest) - len(rows), elsewhere)


def network(flows: Sequence[tuple[str, str, int]], *, title: str, most: int = 16, width: int = 720) -> Markup:
    """Draw who leads and who follows.

    The house that leads most stands above. Arcs on the right go down, from who leads to who follows; those on the left
    go up, against the order. They are as wide as there are texts.

    Args:
        flows: leader, follower and number of texts.
        title: of the drawing, for those who cannot see it.
        most: houses at most; the rest is said in words.
        width: in pixels.
    """
    found = standings(flows, most)
    names = [fitted(row.name, _NAME) for row in found.rows]
    room = max(map(width_of, names), default=0.0)
    y = {row.name: _TOP + _ROW * (place + 0.5) for place, row in enumerate(found.rows)}
    against = any(y[flow.follower] < y[flow.leader] for flow in found.flows)
    column = room + 2 * _BAR + 70.0
    width = max(width, math.ceil(column + 220.0))
    left = 8.0 + (0.3 * (width - column) if against else 0.0)  # where the column of names begins
    bottom = _TOP + _ROW * len(found.rows)
    heaviest = max((flow.n for flow in found.flows), default=1)
    parts = [_arc(flow, y, heaviest, (left - 6, left + column + 6), float(width)) for flow in reversed(found.flows)]
    middle = left + room + 12
    most_led = max([max(row.led, row.followed) for row in found.rows], default=1)
    parts += [
        element("text", "led", class_="quiet", x=middle + 4, y=16.0),
        element("text", "followed", class_="quiet", x=middle + _BAR + 40, y=16.0),
        element("text", "to who took it ↓", class_="quiet end", x=width - 8.0, y=16.0),
    ]
    if against:
        parts.append(element("text", "↑ against the order", class_="quiet", x=8.0, y=16.0))
    for row, name in zip(found.rows, names, strict=True):
        parts += _house(row, name, y[row.name], left, middle, most_led)
    rest = _rest(found)
    if rest:
        parts.append(element("text", rest, class_="quiet", x=8.0, y=bottom + 24))
    told = "; ".join(f"{row.name} led {row.led:,} and followed {row.followed:,}" for row in found.rows)
    told = f"{told}. {rest}".strip()
    height = bottom + (34 if rest else 8)
    return chart(parts, title=title, told=told, width=width, height=height, kind="chart network")


def _house(row: Standing, name: str, y: float, left: float, middle: float, most: int) -> list[Markup]:
    parts = [element("text", element("title", row.name), name, x=left, y=y + 4)]
    for place, (n, kind) in enumerate(((row.led, "led"), (row.followed, "followed"))):
        x = middle + place * (_BAR + 36) + 4
        long = _BAR * n / most
        parts.append(element("rect", class_=kind, x=x, y=y - 5, width=max(long, 1.0) if n else 0.0, height=10))
        parts.append(element("text", f"{n:,}", class_="quiet", x=x + long + 5, y=y + 4))
    return parts


def _arc(flow: Flow, y: dict[str, float], heaviest: int, sides: tuple[float, float], width: float) -> Markup:
    """An arc and its arrow head: on the right if it goes down, on the left if it goes up."""
    begin, end = y[flow.leader], y[flow.follower]
    down = end > begin
    side, x = (1, sides[1]) if down else (-1, sides[0])
    rows = (max(y.values()) - min(y.values())) or 1.0
    room = (width - x if down else x) - 14.0
    reach = room * (0.16 + 0.84 * math.sqrt(abs(end - begin) / rows)) * 4 / 3
    share = flow.n / heaviest
    wide = max(1.2, _WIDEST * math.sqrt(share))
    head = 5.0 + wide
    tip = end + (-3 if down else 3)
    opacity = f"{0.3 + 0.5 * share:.2f}"
    line = path(
        "M", x, begin + (3 if down else -3), "C", x + side * reach, begin, x + side * reach, end, x + side * head, tip
    )
    told = element("title", f"{flow.follower} took {counted(flow.n, 'text')} of {flow.leader}")
    against = "" if down else " against"
    arrow = path("M", x, tip, "l", side * head, -wide * 0.5 - 2.5, "v", wide + 5, "z")
    return element(
        "g",
        told,
        element("path", class_=f"flow{against}", d=line, stroke_width=wide, stroke_opacity=opacity),
        element("path", class_=f"tip{against}", d=arrow),
        class_="arc",
    )


def _rest(found: Standings) -> str:
    if not found.n_left_out:
        return ""
    texts = f"{found.n_elsewhere:,} text{' was' if found.n_elsewhere == 1 else 's were'} taken from or by one of them"
    return f"Not shown: {counted(found.n_left_out, 'more publisher')}; {texts}."
