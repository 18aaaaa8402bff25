"""The history as GraphML (Brandes et al. 2002), as Gephi, yEd, Cytoscape, igraph and networkx read it."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Any

import networkx as nx

from dedup.export.graph import graph_of, in_words
from dedup.safe import visible

if TYPE_CHECKING:
    from dedup.result import Result


def graphml(result: Result, stories: Sequence[int] = ()) -> str:
    """GraphML. It knows no null, so what is not known is left out; and no lists: evidence is text, a line for each."""
    graph = graph_of(result, stories)
    for attributes in (
        *(found for _, found in graph.nodes(data=True)),
        *(found for _, _, found in graph.edges(data=True)),
    ):
        told = {name: _flat(value) for name, value in attributes.items() if value is not None}
        attributes.clear()
        attributes.update(told)
    sink = BytesIO()
    nx.write_graphml_xml(graph, sink)  # the writer by lxml, if that is there, differs in white space
    return sink.getvalue().decode("utf-8") + "\n"


def _flat(value: Any) -> Any:
    """A value that GraphML can hold: XML has no control characters, and no way to write them."""
    if isinstance(value, list):
        value = "\n".join(in_words(value))
    return visible(value) if isinstance(value, str) else value
