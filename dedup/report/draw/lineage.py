"""A story's lineage as a picture: time from left to right, a row for each document, arrows from source to text."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator

from markupsafe import Markup

from dedup.report.draw.layout import AXIS, GAP, Layout, Spot, count, layout, name
from dedup.report.draw.palette import MEANING, RELATIONS
from dedup.report.draw.scale import Time
from dedup.report.draw.svg import element, joined, path, width_of
from dedup.report.safe import bounded
from dedup.report.views import Edge, Node, Story
from dedup.result.summary import SUSPECTED, counted

FAINTEST = 0.7  # opacity of an edge without any confidence: still 3:1 on the ground
_THINNEST, _WIDEST = 1.0, 2.4  # pixels of edges without any, and with all confidence
_SMALL = 344  # pixels of a picture that a phone has room for
_WIDTHS = ((3, _SMALL), (6, 720), (math.inf, 960))  # a story of so many documents needs so many pixels
_TURN = 15.0  # pixels by which edges between documents of about the same time bulge
_TOLD = 160  # characters of a name or title
_LEGEND = 24.0  # height of a line of the legend
_SHOWN = {"year": 4, "month": 7, "day": 10, "minute": 16}


def lineage(story: Story, *, linked: bool = True, width: int | None = None, style: str | None = None) -> Markup:
    """Draw a story.

    Args:
        story: of at most some 300 nodes.
        linked: whether documents and pairs have sections to link to.
        width: in pixels; where None it follows from the story, as the height does. The picture is meant to be seen at
            its size or larger.
        style: rules of CSS to be put inside, where the picture stands alone.
    """
    width = width or next(pixels for most, pixels in _WIDTHS if len(story.nodes) <= most)
    placed = layout(story, float(width))
    legend, down = _legend(placed, float(width))
    texts = sum(not spot.node.unseen for spot in placed.spots)
    label = f"Lineage of story {story.story_id}: {counted(texts, 'text')}, {counted(len(placed.edges), 'derivation')}"
    parts = [
        element("title", f"{label}. {bounded(story.title, _TOLD)}"),
        element("style", Markup(style)) if style else Markup(""),  # noqa: S704 - ours
        element("rect", class_="ground", width=float(width), height=placed.height + down, rx=6),
        legend,
        element("g", *_grounds(placed), transform=f"translate(0 {down:g})"),
        element(
            "g",
            joined([_edge(placed, edge, linked) for edge in placed.edges]),
            transform=f"translate(0 {down:g})",
            role="group",
            aria_label="Derivations",
        ),
        element(
            "g",
            joined([_node(spot, linked) for spot in placed.spots]),
            transform=f"translate(0 {down:g})",
            role="group",
            aria_label="Documents",
        ),
    ]
    return element(
        "svg",
        joined(parts),
        xmlns="http://www.w3.org/2000/svg",
        class_="drawing lineage small" if width == _SMALL else "drawing lineage",
        viewBox=f"0 0 {width} {placed.height + down:g}",
        width=width,
        height=placed.height + down,
        role="group",
        aria_label=label,
    )


def _grounds(placed: Layout) -> Iterator[Markup]:
    """What lies below the story: the axis with its lines and breaks, the lane without dates, the spans of dates."""
    if placed.lane is not None:
        yield from _lane(placed)
    if placed.time is not None:
        yield from _axis(placed.time, AXIS, placed.bottom + 2)
        if placed.foot is not None:
            yield from _axis(placed.time, placed.foot, placed.foot)
    for spot in placed.spots:
        if spot.span is not None:
            (begin, end), y = spot.span, spot.y
            steps = ("M", begin, y - 3, "V", y + 3, "M", begin, y, "H", end, "M", end, y - 3, "V", y + 3)
            yield element("path", class_="span", d=path(*steps))


def _lane(placed: Layout) -> Iterator[Markup]:
    top = placed.lane or 0.0
    height = placed.height - top - 8.0
    yield element("rect", class_="lane", x=8.0, y=top, width=placed.width - 16.0, height=height, rx=6)
    heading = element("tspan", "Date unknown", class_="strong")
    meaning = " · from left to right, each after what it was made of"
    more = element("tspan", meaning, class_="quiet") if placed.width > _SMALL else ""
    yield element("text", heading, more, class_="ebb", x=20.0, y=top + 24.0)


def _axis(time: Time, y: float, bottom: float) -> Iterator[Markup]:
    """The axis above ``y``, and its lines down to ``bottom``."""
    for stretch in time.stretches:
        yield element("path", class_="axis", d=path("M", stretch.start, y, "H", stretch.stop))
    written = -1e9
    context = ""
    for tick in time.ticks():
        x = time(tick.value)
        yield element("path", class_="rule", d=path("M", x, y, "V", bottom if bottom > y else y - 5))
        yield element("text", tick.label, class_="mid", x=x, y=y - 7)
        begin = x - width_of(tick.context) / 2
        if tick.context != context and begin > written:
            yield element("text", tick.context, class_="mid quiet", x=x, y=y - 23)
            context, written = tick.context, x + width_of(tick.context) / 2 + 8
    for left, right, lasts in time.breaks():
        middle = (left + right) / 2
        for x in (middle - 3, middle + 3):
            yield element("path", class_="tear", d=path("M", x - 3, y + 5, "L", x + 3, y - 5))
        yield element("path", class_="rule", stroke_dasharray="2 4", d=path("M", middle, y + 9, "V", bottom))
        yield element("text", lasts, class_="mid quiet halo", x=middle, y=y + 18)


def _edge(placed: Layout, drawn: tuple[Edge, int, int], linked: bool) -> Markup:
    edge, parent, child = drawn
    one, other = placed.spots[parent], placed.spots[child]
    meaning = MEANING.get(edge.relation, edge.relation)
    rank = ", a further source" if edge.rank > 1 else ""
    told = f"{_named(other.node)} made of {_named(one.node)}: {meaning}{rank}, confidence {edge.confidence:.2f}"
    line, tip = _curve(one, other, 9.0 if edge.rank > 1 else 0.0)
    x, y = tip
    opacity = f"{FAINTEST + (1 - FAINTEST) * edge.confidence:.2f}"
    wide = _THINNEST + (_WIDEST - _THINNEST) * edge.confidence
    content = (
        element("title", told),
        element("path", class_="hit", d=line),
        element("path", class_="line", d=line, stroke_opacity=opacity, stroke_width=wide),
        element("path", class_="head", d=path("M", x, y, "l", -8, -4, "v", 8, "z"), fill_opacity=opacity),
    )
    link = f"#pair-{edge.pair}" if edge.pair and linked else None
    return element(
        "a" if link else "g",
        *content,
        href=link,
        class_=f"edge rel-{edge.relation if edge.relation in RELATIONS else 'partial'}{' further' if rank else ''}",
        data_relation=edge.relation,
        data_confidence=f"{edge.confidence:.3f}",
        data_parent=edge.parent,
        data_child=edge.child,
        role=None if link else "img",
        tabindex=None if link else 0,
    )


def _curve(one: Spot, other: Spot, before: float) -> tuple[str, tuple[float, float]]:
    """Path of an edge and the point of its arrow: it comes to a text from the left, as time does.

    Args:
        one, other: the source and the text.
        before: pixels by which the arrow ends earlier, so as not to lie on that of another source.
    """
    x, y = other.x - other.radius - 2.5 - before, other.y
    end = x - 5.0
    down = other.y - one.y
    if end - one.x > _TURN:
        start = one.y + (one.radius if down > 0 else -one.radius)
        return path("M", one.x, start, "C", one.x, start + 0.72 * down, one.x + 4, y, end, y), (x, y)
    turn = min(one.x - one.radius, end) - _TURN - min(14.0, abs(down) / 12)
    return path("M", one.x - one.radius, one.y, "C", turn, one.y, turn, y, end, y), (x, y)


def _node(spot: Spot, linked: bool) -> Markup:
    node = spot.node
    spun = node.spin_score is not None and node.spin_score >= SUSPECTED
    kinds = (("unseen", node.unseen), ("gone", not node.kept and not node.unseen), ("undated", not spot.dated))
    label = [element("tspan", spot.label, class_="name")]
    if node.same_text > 1:
        label.append(element("tspan", count(node), class_="strong"))
    right = spot.x + spot.radius + GAP
    content = (
        element("title", _facts(node)),
        element("circle", class_="ring", cx=spot.x, cy=spot.y, r=spot.radius + 4),
        _dot(spot, spun),
        element("text", *label, class_="halo", x=right, y=spot.y + (-2 if spot.more else 4)),
        element("text", spot.more, class_="halo quiet", x=right, y=spot.y + 13) if spot.more else "",
    )
    link = f"#doc-{node.key}" if linked and node.shown and not node.unseen else None
    return element(
        "a" if link else "g",
        *content,
        href=link,
        class_=" ".join(["node", *(kind for kind, is_so in kinds if is_so)]),
        data_doc=node.key,
        role=None if link else "img",
        tabindex=None if link else 0,
    )


def _dot(spot: Spot, spun: bool) -> Markup:
    """A circle; a diamond where a synonym machine wrote the text, more likely than not."""
    r = spot.radius
    if spun:
        steps = ("M", spot.x, spot.y - r - 1, "l", r + 1, r + 1, "l", -r - 1, r + 1, "l", -r - 1, -r - 1, "z")
        return element("path", class_="dot", d=path(*steps))
    return element("circle", class_="dot", cx=spot.x, cy=spot.y, r=r)


def _told(node: Node) -> str:
    return bounded(name(node), _TOLD)


def _named(node: Node) -> str:
    """The id of a document, as the tables know it, and its publisher."""
    publisher = f" ({bounded(node.publisher, _TOLD)})" if node.publisher else ""
    return f"{bounded(node.label, _TOLD)}{publisher}"


def _facts(node: Node) -> str:
    """All that is said of a document where there is room: its names, its date, its measures."""
    if node.unseen:
        return f"{_told(node)}: an unseen source, not in the pile"
    facts = [_told(node)]
    facts += [bounded(more, _TOLD) for more in (node.title, node.label) if more and more != name(node)]
    facts.append(_date(node))
    if node.n_words is not None:
        facts.append(counted(node.n_words, "word"))
    if node.originality is not None:
        facts.append(f"{node.originality:.0%} its own")
    if node.spin_score is not None and node.spin_score >= SUSPECTED:
        facts.append(f"worded by a synonym machine with probability {node.spin_score:.2f}")
    if node.same_text > 1:
        facts.append(f"the first of {node.same_text:,} documents with the very same text")
    if not node.kept:
        facts.append("need not be kept")
    return " · ".join(facts)


def _date(node: Node) -> str:
    if node.published_at is None:
        return "date unknown"
    written = node.published_at.isoformat(sep=" ", timespec="seconds")[:19]
    return written[: _SHOWN.get(node.precision or "second", 19)]


def _legend(placed: Layout, width: float) -> tuple[Markup, float]:
    """What lines and marks mean, as far as they are there, and the height that it takes."""
    items = list(_lines(placed)) + list(_marks(placed))
    drawn: list[Markup] = []
    x, y = 16.0, 20.0
    for sample, words, room in items:
        needs = room + 6 + width_of(words) + 20
        if x > 16.0 and x + needs > width - 8:
            x, y = 16.0, y + _LEGEND
        text = element("text", words, class_="quiet", x=room + 6, y=4)
        drawn.append(element("g", *sample, text, transform=f"translate({x:g} {y:g})"))
        x += needs
    return element("g", *drawn, class_="legend"), (y + 12.0 if items else 0.0)


def _lines(placed: Layout) -> Iterator[tuple[list[Markup], str, float]]:
    found = Counter(edge.relation for edge, _, _ in placed.edges)
    for relation in RELATIONS:
        if found[relation]:
            line = element("path", class_="line", d="M0 0H26", fill="none", stroke_width=2)
            head = element("path", class_="head", d="M34 0l-8-4v8z")
            sample = element("g", line, head, class_=f"rel-{relation}")
            yield [sample], f"{MEANING[relation]} ({found[relation]:,})", 34.0
    if placed.edges:
        strong = element("path", d="M0 0H12", class_="tear", stroke_width=_WIDEST)
        thin = element("path", d="M15 0H27", class_="tear", stroke_width=_THINNEST, stroke_opacity=FAINTEST)
        yield [strong, thin], "the thinner, the less sure", 27.0
    if any(edge.rank > 1 for edge, _, _ in placed.edges):
        line = element("path", class_="tear", d="M0 0H18", stroke_width=_THINNEST)
        head = element("path", class_="tear", d="M26 0l-8-4v8z", stroke_width=_THINNEST)
        yield [line, head], "a further source", 26.0


def _marks(placed: Layout) -> Iterator[tuple[list[Markup], str, float]]:
    nodes = [spot.node for spot in placed.spots]

    def mark(kind: str, shape: Markup) -> list[Markup]:
        return [element("g", shape, class_=kind)]

    circle = element("circle", class_="dot", cx=6, cy=0, r=5)
    diamond = element("path", class_="dot", d="M6-6l6 6-6 6-6-6z")
    if any(not node.kept and not node.unseen for node in nodes):
        yield mark("", circle), "kept", 12.0
        yield mark("gone", circle), "need not be kept", 12.0
    if any(node.spin_score is not None and node.spin_score >= SUSPECTED for node in nodes):
        yield mark("", diamond), "worded by a synonym machine", 12.0
    if any(node.unseen for node in nodes):
        yield mark("unseen", circle), "unseen source, before its first text", 12.0
    if any(spot.span is not None for spot in placed.spots):
        yield [element("path", class_="span", d="M0-3V3M0 0H24M24-3V3")], "what its date allows", 24.0
    if placed.time is not None and placed.time.breaks():
        yield [element("path", class_="tear", d="M3 5l6-10M9 5l6-10")], "a gap, drawn short", 18.0
