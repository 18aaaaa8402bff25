"""The history as JSON of nodes and links, as networkx and D3 read it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

import networkx as nx

from dedup.export.graph import graph_of

if TYPE_CHECKING:
    from dedup.result import Result


def node_link(result: Result, stories: Sequence[int] = ()) -> str:
    """Node-link JSON, in ASCII: ``networkx.node_link_graph(json.loads(text), edges="edges")`` reads it back."""
    return json.dumps(nx.node_link_data(graph_of(result, stories), edges="edges"), indent=1) + "\n"
