"""The stories as DOT, to be drawn by Graphviz.

The Python package ``graphviz`` writes it. (``pydot`` decides by its looks whether a value is quoted already, or is
HTML: a title that looks so would break the file.)
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import graphviz

from dedup.export.graph import graph_of
from dedup.result.summary import counted, date, short
from dedup.safe import visible

if TYPE_CHECKING:
    from dedup.result import Result

_TITLE = 48  # characters in a box
_LINES = {  # colours of Okabe and Ito (2008), told apart by the colour-blind too; and the dashes without colour
    "exact": ("#000000", "bold"),
    "near": ("#0072B2", "solid"),
    "rewrite": ("#D55E00", "solid"),
    "excerpt": ("#009E73", "solid"),
    "partial": ("#CC79A7", "solid"),
    None: ("#666666", "dashed"),  # from a source that is not in the pile
}


def dot(result: Result, stories: Sequence[int] = ()) -> str:
    """DOT: a box for each document of a story, a dashed one for each unseen source, an arrow from parent to child.

    Documents that belong to no story have nothing to be drawn; the graph's ``comment`` counts them.
    """
    graph = graph_of(result, stories)
    members: dict[int, list[str]] = defaultdict(list)
    for key, node in graph.nodes(data=True):
        if node["story_id"] is not None:
            members[node["story_id"]].append(key)
    alone = graph.number_of_nodes() - sum(map(len, members.values()))
    comment = {"comment": f"not drawn: {counted(alone, 'document')} of no story"} if alone else {}
    drawn = graphviz.Digraph(
        "lineage",
        graph_attr={"rankdir": "LR", "fontname": "sans-serif", **comment},
        node_attr={"shape": "box", "fontname": "sans-serif", "fontsize": "10", "margin": "0.12,0.06"},
        edge_attr={"fontname": "sans-serif", "fontsize": "8"},
    )
    for number, keys in sorted(members.items()):
        box = {"label": f"story {number}", "color": "#cccccc"}
        with drawn.subgraph(name=f"cluster_{number}", graph_attr=box) as part:
            for key in keys:
                node = graph.nodes[key]
                style = {"style": "dashed,rounded"} if node["kind"] == "unseen" else {}
                part.node(key, label=_label(node), **style)
    for parent, child, edge in graph.edges(data=True):
        drawn.edge(parent, child, **_drawn(edge))
    return str(drawn.source)


def _label(node: dict[str, Any]) -> str:
    """What stands in a box: id, title and date, a line each."""
    lines = [short(node["label"], _TITLE), short(node.get("title") or "", _TITLE)]
    if node.get("published_at"):
        lines.append(date(node | {"published_at": dt.datetime.fromisoformat(node["published_at"])}))
    label: str = graphviz.nohtml(r"\n".join(graphviz.escape(visible(line)) for line in lines if line))
    return label


def _drawn(edge: dict[str, Any]) -> dict[str, str]:
    colour, style = _LINES[edge["relation"]]
    confidence = edge["confidence"]
    if confidence is None:
        return {"color": colour, "style": style}
    label = f"{edge['relation'] or ''} {confidence:.2f}".strip()
    if edge["rank"] != 1:
        label, style = f"{label} ({edge['rank']}.)", "dotted"
    return {"color": colour, "style": style, "label": label, "penwidth": f"{0.6 + 1.8 * confidence:.2f}"}
