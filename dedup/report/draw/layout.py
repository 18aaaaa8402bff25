"""Where the documents of a story stand: time from left to right, each on a row of its own in the order of the tree.

A row for each document, its children below it, the small families first (so that long edges are few), gives edges that
cross little and labels that never meet, whatever the times; the waterfall of a story then reads from top to bottom.
A date that is only known to the day, month or year stands for a span; the document is placed in the middle of what its
parent and children leave of it.
"""

from __future__ import annotations

import calendar
import datetime as dt
import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from dedup.report.draw.scale import DAY, HOUR, MINUTE, MONTH, YEAR, Span, Time, time_scale
from dedup.report.draw.svg import fitted, width_of
from dedup.report.views import Edge, Node, Story

RADIUS = 5.0  # of a document
GAP = 7.0  # between a document and its label
AXIS = 42.0  # of the axis, from above
_LABEL = 208.0  # pixels that every label may have, or in a narrow picture so much of it:
_LABEL_SHARE = 0.42
_LONGEST = 440.0  # pixels of a label that has room
_TWO_LINES = 40.0  # height of a row with room for a name and a title
_LONG = 25  # rows from which on the axis stands below, too
_MARGIN = RADIUS + 4.0 + GAP + 14.0  # from the last document to the edge, but for its words
_LEFT = 44.0  # room for edges that turn
_BEFORE = 48.0  # by which an unseen source stands before its first child
_STEP = 56.0  # from generation to generation in the lane without dates
_HEADING = 40.0  # of that lane
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class Spot:
    """A document in its place.

    Attributes:
        x, y: its middle, in pixels.
        label: as much of its name as fits.
        more: as much of its title as fits on a line below; empty where there is no room for such lines.
        span: pixels that its date allows; None where it is no wider than the document itself.
        dated: whether it stands on the time axis.
    """

    node: Node
    x: float
    y: float
    label: str
    more: str
    span: Span | None
    dated: bool

    @property
    def radius(self) -> float:
        """Larger where the same text stands for several documents."""
        return RADIUS + min(4.0, (self.node.same_text - 1).bit_length())


@dataclass(frozen=True, slots=True)
class Layout:
    """A story in its place.

    Attributes:
        edges: with places of parent and child in ``spots``.
        bottom: of the rows on the time axis.
        time: None where no document has a date.
        lane: top of the lane without dates; None where all have one.
        foot: where the axis stands once more; None where the story is short.
    """

    width: float
    height: float
    bottom: float
    spots: tuple[Spot, ...]
    edges: tuple[tuple[Edge, int, int], ...]
    time: Time | None
    lane: float | None
    foot: float | None


def layout(story: Story, width: float) -> Layout:
    """Place a story.

    Args:
        story: its nodes and edges; edges to nodes that are not there are left out.
        width: in pixels.
    """
    nodes = story.nodes
    at = {node.key: place for place, node in enumerate(nodes)}
    edges = [edge for edge in story.edges if edge.parent in at and edge.child in at and edge.parent != edge.child]
    above = _primary(edges, at, len(nodes))
    spans = [_span(node) for node in nodes]
    dated = _dated(nodes, above, spans)
    moments = _moments(spans, above)
    order = _order(above, moments)
    rows = [place for place in order if dated[place]]
    undated = [place for place in order if not dated[place]]
    row = _row_height(len(order))
    right = width - _MARGIN - max((_needs(node, row, width) for node in nodes), default=0.0)
    left = _LEFT + (_BEFORE if any(nodes[place].unseen for place in rows) else 0.0)
    time = time_scale(_on_axis(spans, moments), left, right, _finest(nodes)) if any(spans) else None
    x = _across(rows, undated, nodes, above, moments, time, right)
    y, bottom, lane = _down(rows, undated, row, time)
    spots = [
        _spot(nodes[place], x[place], y[place], spans[place], time, row, width, dated=dated[place]) for place in order
    ]
    new = {place: i for i, place in enumerate(order)}
    drawn = sorted(((edge, new[at[edge.parent]], new[at[edge.child]]) for edge in edges), key=_by_row)
    foot = bottom + 34.0 if time is not None and len(rows) >= _LONG else None
    height = max(foot or 0.0, max(y.values(), default=bottom) + row / 2) + 12.0
    return Layout(width, height, bottom, tuple(spots), tuple(drawn), time, lane, foot)


def name(node: Node) -> str:
    """What a document is called beside its mark: its publisher, else its title, else its id."""
    return node.publisher or node.title or node.label


def count(node: Node) -> str:
    """How many documents bear the text, where more than one."""
    return f" ×{node.same_text:,}" if node.same_text > 1 else ""


def _by_row(edge: tuple[Edge, int, int]) -> tuple[int, int, int]:
    return edge[2], edge[0].rank, edge[1]


def _row_height(n: int) -> float:
    return next(height for most, height in ((12, _TWO_LINES), (40, 26.0), (120, 22.0), (n, 19.0)) if n <= most)


def _finest(nodes: Iterable[Node]) -> float:
    """Seconds of the finest unit to which a date is known."""
    units = {"year": YEAR, "month": MONTH, "day": DAY, "minute": MINUTE}
    return min(units.get(node.precision or "second", 1) for node in nodes if node.published_at is not None)


def _primary(edges: Iterable[Edge], at: Mapping[str, int], n: int) -> list[int]:
    """The parent by which each node hangs in the tree, or -1: the best one that closes no circle."""
    above = [-1] * n
    for edge in sorted(edges, key=lambda edge: (edge.rank, -edge.confidence, at[edge.child], at[edge.parent])):
        child, parent = at[edge.child], at[edge.parent]
        if above[child] < 0 and child not in _line(above, parent):
            above[child] = parent
    return above


def _line(above: Sequence[int], place: int) -> Iterable[int]:
    """A node and all that it descends from."""
    while place >= 0:
        yield place
        place = above[place]


def _span(node: Node) -> Span | None:
    """What a date allows, as seconds."""
    if node.published_at is None:
        return None
    moment = node.published_at.replace(tzinfo=node.published_at.tzinfo or dt.UTC)
    begin = (moment - _EPOCH).total_seconds()
    if node.precision == "year":
        return begin, begin + DAY * (365 + calendar.isleap(moment.year))
    if node.precision == "month":
        return begin, begin + DAY * calendar.monthrange(moment.year, moment.month)[1]
    return begin, begin + {"day": DAY, "minute": MINUTE}.get(node.precision or "second", 0)


def _dated(nodes: Sequence[Node], above: Sequence[int], spans: Sequence[Span | None]) -> list[bool]:
    """Which nodes stand on the time axis: those with a date, and unseen sources of such."""
    dated = [span is not None for span in spans]
    for place, span in enumerate(spans):
        if span is not None:
            for source in itertools.takewhile(lambda one: nodes[one].unseen, _line(above, above[place])):
                dated[source] = True
    return dated


def _moments(spans: Sequence[Span | None], above: Sequence[int]) -> list[float]:
    """One second for each node: within its span in the middle of what its parent and descendants leave of it.

    Without a date it is the earliest that is sure of a descendant, to put families in order.
    """
    moments = [span[0] if span is not None else 0.0 for span in spans]
    least = [math.inf] * len(above)  # the earliest time that is surely known of a descendant
    for place in reversed(_parents_first(above)):
        span, parent = spans[place], above[place]
        if parent >= 0:
            sure = span[0] if span is not None and span[1] - span[0] <= HOUR else math.inf
            least[parent] = min(least[parent], least[place], sure)
        if span is None and least[place] < math.inf:
            moments[place] = least[place]
    for place in _parents_first(above):
        span = spans[place]
        if span is None or span[1] - span[0] <= HOUR:
            continue
        begin, end = span
        parent = above[place]
        if parent >= 0 and spans[parent] is not None and begin < moments[parent] < end:
            begin = moments[parent]
        if begin < least[place] < end:
            end = least[place]
        moments[place] = (begin + end) / 2
    return moments


def _parents_first(above: Sequence[int]) -> list[int]:
    depth = [sum(1 for _ in _line(above, place)) for place in range(len(above))]
    return sorted(range(len(above)), key=lambda place: (depth[place], place))


def _order(above: Sequence[int], moments: Sequence[float]) -> list[int]:
    """All nodes, each followed by its descendants, small families first.

    Of roots the early ones come first, and those without children last.
    """
    size = [1] * len(above)
    below: dict[int, list[int]] = {}
    for place in reversed(_parents_first(above)):
        below.setdefault(above[place], []).append(place)
        if above[place] >= 0:
            size[above[place]] += size[place]
    ordered: list[int] = []
    waiting = sorted(below.get(-1, []), key=lambda root: (size[root] == 1, moments[root], root), reverse=True)
    while waiting:
        place = waiting.pop()
        ordered.append(place)
        waiting += sorted(below.get(place, []), key=lambda child: (size[child], moments[child], child), reverse=True)
    return ordered


def _on_axis(spans: Sequence[Span | None], moments: Sequence[float]) -> list[Span]:
    """What the time axis must hold: all moments, and the spans that do not dwarf them."""
    sure = [moment for moment, span in zip(moments, spans, strict=True) if span is not None]
    whole = max(sure) - min(sure)
    held = [(moment, moment) for moment in sure]
    held += [span for span in spans if span is not None and HOUR < span[1] - span[0] <= max(whole, DAY)]
    return held


def _across(
    rows: Sequence[int],
    undated: Sequence[int],
    nodes: Sequence[Node],
    above: Sequence[int],
    moments: Sequence[float],
    time: Time | None,
    right: float,
) -> dict[int, float]:
    """Where each node stands from left to right, in pixels.

    Unseen sources stand before their first child, undated documents a step further than what they were made of.
    """
    x = {place: time(moments[place]) for place in rows} if time is not None else {}
    for place in reversed(rows):  # children come after their parents
        if nodes[place].unseen:
            first = min((x[child] for child in rows if above[child] == place), default=_LEFT)
            x[place] = max(first - _BEFORE, RADIUS + 12.0)
    inside = set(undated)
    for place in undated:
        parent = above[place]
        step = _STEP if parent in inside else _STEP / 2
        x[place] = min(x[parent] + step, right) if parent >= 0 else _LEFT
    return x


def _down(
    rows: Sequence[int], undated: Sequence[int], row: float, time: Time | None
) -> tuple[dict[int, float], float, float | None]:
    """Where each node stands from top to bottom, where the rows of the time axis end and where the lane begins."""
    top = 0.0 if time is None else AXIS + (26.0 if time.breaks() else 8.0)
    bottom = top + row * len(rows)
    y = {place: top + row * (i + 0.5) for i, place in enumerate(rows)}
    if not undated:
        return y, bottom, None
    lane = bottom + (44.0 if len(rows) >= _LONG else 6.0)
    return y | {place: lane + _HEADING + row * (i + 0.5) for i, place in enumerate(undated)}, bottom, lane


def _spot(
    node: Node, x: float, y: float, span: Span | None, time: Time | None, row: float, width: float, *, dated: bool
) -> Spot:
    room = min(_LONGEST, width - x - _MARGIN)
    label = fitted(name(node), room - width_of(count(node)))
    return Spot(node, x, y, label, fitted(_more(node, row), room), _drawn_span(span, time), dated)


def _more(node: Node, row: float) -> str:
    """The title, where it is not the name already and rows have room for it."""
    return node.title if row >= _TWO_LINES and node.title and node.title != name(node) else ""


def _needs(node: Node, row: float, width: float) -> float:
    """Pixels that the words beside a document have at least."""
    most = min(_LABEL, _LABEL_SHARE * width)
    return max(width_of(fitted(name(node), most) + count(node)), width_of(fitted(_more(node, row), most)))


def _drawn_span(span: Span | None, time: Time | None) -> Span | None:
    if span is None or time is None or span[1] - span[0] <= HOUR:
        return None
    begin, end = time(span[0]), time(span[1])
    return (begin, end) if end - begin > 2 * RADIUS else None
