"""The history that a run has inferred, as one directed graph from parent to child: what the graph formats write."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import networkx as nx
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedup.errors import UnknownDocumentError
from dedup.result.summary import counted
from dedup.schema import DOCUMENTS, LINEAGE, UNSEEN, VERSION

if TYPE_CHECKING:
    from dedup.result import Result

Row = dict[str, Any]

OF_DOCUMENT = [name for name in DOCUMENTS.names if name != "spin_evidence"]
OF_UNSEEN = [name for name in UNSEEN.names if name not in {"label", "parent_id", "passages"}]
OF_EDGE = [name for name in LINEAGE.names if name not in {"child_id", "parent_id", "unseen_id"}]
"""Columns that become attributes, under their own names."""


def graph_of(result: Result, stories: Sequence[int] = ()) -> nx.DiGraph[str]:
    """Documents, unseen sources, and who was made of whom.

    Nodes are named as in the report, for an id from outside may hold anything: ``d12`` is row 12 of ``documents``, from
    0 on, ``u3`` unseen source 3, ``d12-source`` a source that ``d12`` alone has and that is not in the pile. The
    attributes of nodes and edges are the columns of the tables, with ``kind`` ("document" or "unseen") and ``label`` on
    each node; of a document that has no parent here, ``root_confidence`` is the probability of that, and
    ``named_source`` what its text names. Values are plain: numbers, text, null, times in ISO 8601; ``evidence`` is a
    list of mappings.

    Args:
        result: a finished run.
        stories: numbers of the stories to show; all documents, if none is named.

    Raises:
        UnknownDocumentError: the run has no such story.
    """
    _check(result, stories)
    documents = result.documents.select(OF_DOCUMENT)
    documents = _of(documents.append_column("row", pa.array(np.arange(documents.num_rows))), stories)
    graph: nx.DiGraph[str] = nx.DiGraph(
        software=f"dedup {result.record['software']['dedup-lineage']}",
        schema_version=VERSION,
        n_documents=result.documents.num_rows,
    )
    keys: dict[str, str] = {}
    for row in _rows(documents):
        keys[row["doc_id"]] = f"d{row.pop('row')}"
        graph.add_node(keys[row["doc_id"]], kind="document", label=row["doc_id"], **row)
    _add_unseen(graph, _of(result.unseen, stories), keys)
    children = result.lineage.column("child_id")
    wanted = pa.array(keys, pa.string())
    _add_edges(graph, result.lineage.filter(pc.is_in(children, value_set=wanted)) if stories else result.lineage, keys)
    return graph


def _check(result: Result, stories: Sequence[int]) -> None:
    known = set(result.stories.column("story_id").to_pylist())
    unknown = next((story for story in stories if story not in known), None)
    if unknown is not None:
        hint = f"It has {counted(len(known), 'story', 'stories')}: see stories.parquet."
        raise UnknownDocumentError(f"The run in {result.path} has no story {unknown}.", hint=hint)


def _of(table: pa.Table, stories: Sequence[int]) -> pa.Table:
    """The rows of some stories; all, if none is named."""
    if not stories:
        return table
    return table.filter(pc.is_in(table.column("story_id"), value_set=pa.array(stories, pa.int64())))


def _rows(table: pa.Table) -> Iterator[Row]:
    """The rows as plain values, with times as ISO text."""
    for batch in table.to_batches():
        for row in batch.to_pylist():
            yield {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in row.items()}


def _add_unseen(graph: nx.DiGraph[str], unseen: pa.Table, keys: dict[str, str]) -> None:
    for row in _rows(unseen):
        key = f"u{row['unseen_id']}"
        label = row["label"] or f"unseen source {row['unseen_id']}"
        graph.add_node(key, kind="unseen", label=label, **{name: row[name] for name in OF_UNSEEN})
        if row["parent_id"] is not None:
            graph.add_edge(keys[row["parent_id"]], key, **dict.fromkeys(OF_EDGE))


def _add_edges(graph: nx.DiGraph[str], lineage: pa.Table, keys: dict[str, str]) -> None:
    for row in _rows(lineage):
        child, attributes = keys[row["child_id"]], {name: row[name] for name in OF_EDGE}
        if row["parent_id"] is not None:
            graph.add_edge(keys[row["parent_id"]], child, **attributes)
        elif row["unseen_id"] is not None:
            graph.add_edge(f"u{row['unseen_id']}", child, **attributes)
        elif row["parent_kind"] == "unseen":
            own = f"{child}-source"
            label = row["parent_label"] or "unseen source"
            nothing = dict.fromkeys(OF_UNSEEN)
            story = graph.nodes[child]["story_id"]
            graph.add_node(own, kind="unseen", label=label, **nothing | {"story_id": story, "n_children": 1})
            graph.add_edge(own, child, **attributes)
        else:
            graph.add_node(child, root_confidence=row["confidence"], named_source=row["parent_label"])


def in_words(evidence: list[Row]) -> list[str]:
    """Each piece of evidence as ``dedup explain`` shows it: its weight, kind and sentence."""
    return [f"{item['log_odds']:+.2f}  {item['kind']}: {item['detail']}" for item in evidence]
