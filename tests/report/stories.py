"""Made-up stories for the tests of drawings."""

from __future__ import annotations

import datetime as dt

from hypothesis import strategies as st

from dedup.report.draw.palette import RELATIONS
from dedup.report.views import Edge, Node, Story

PRECISIONS = ("year", "month", "day", "minute", "second")
FIRST = dt.datetime(2001, 3, 4, 9, 30, tzinfo=dt.UTC)
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</title></style><!-- -->]]>",
    "a & b &amp; {{ 7 * 7 }} {0} %s",
    "\u202egnp.exe\u202c \x00\x1b[31m\ud800",
    "人民日报 " * 40,
    "x" * 100_000,
    "",
)


def node(key, hours=None, **more):
    """A document that was published so many hours after the first one, or has no date."""
    at = None if hours is None else FIRST + dt.timedelta(hours=hours)
    facts = {"label": f"{key}.txt", "published_at": at, "precision": None if at is None else "second"}
    return Node(key=key, **facts | more)


def edge(parent, child, relation="near", confidence=0.8, **more):
    """A derivation."""
    return Edge(parent=parent, child=child, relation=relation, confidence=confidence, **more)


def story(nodes, edges=(), title="A story"):
    """Nodes and edges as a story."""
    return Story(story_id=7, title=title, nodes=tuple(nodes), edges=tuple(edges), n_documents=len(nodes))


@st.composite
def stories(draw, most=14):
    """Stories of all kinds: dates of any precision or none, bursts, unseen sources, edges that run anyhow."""
    n = draw(st.integers(1, most))
    names = st.one_of(st.none(), st.sampled_from(["Reuters", "AFP", "A very long name of a house " * 4, *HOSTILE[:6]]))
    hours = st.one_of(st.none(), st.sampled_from([0, 0, 1, 24, 90_000]), st.floats(-1e5, 2e5))
    nodes = [
        node(
            f"d{place}",
            draw(hours),
            precision=draw(st.sampled_from(PRECISIONS)),
            publisher=draw(names),
            title=draw(names),
            unseen=draw(st.integers(0, 5)) == 0,
            same_text=draw(st.sampled_from([1, 1, 1, 3, 400])),
            kept=draw(st.booleans()),
            spin_score=draw(st.sampled_from([None, 0.1, 0.9])),
        )
        for place in range(n)
    ]
    nodes = [node(one.key, unseen=True, publisher=one.publisher) if one.unseen else one for one in nodes]
    ends = st.integers(0, n)  # n is a node that is not there
    edges = [
        edge(f"d{parent}", f"d{child}", relation, confidence, rank=rank)
        for parent, child, relation, confidence, rank in draw(
            st.lists(
                st.tuples(ends, ends, st.sampled_from(RELATIONS), st.floats(0, 1), st.integers(1, 3)), max_size=2 * n
            )
        )
    ]
    return story(nodes, edges)
