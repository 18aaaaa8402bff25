"""The tables that are about documents, put together from what the stages found of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from dedup.cluster import Clustering, Decision
from dedup.lineage import Lineage
from dedup.schema import DOCUMENTS, LINEAGE, NODES

IntArray = npt.NDArray[np.int64]

_SHOWN = 240


def namer(records: pa.Table) -> Callable[[int], str]:
    """The function that gives a document's ``doc_id``."""
    column = records.column("doc_id")

    def name(doc: int) -> str:
        return str(column[doc].as_py())

    return name


def shown(name: Callable[[int], str]) -> Callable[[int], str]:
    """The function that gives a ``doc_id`` as sentences show it: on one line, at most ``_SHOWN`` characters."""

    def short(doc: int) -> str:
        words = " ".join(name(doc).split())
        return words if len(words) <= _SHOWN else f"{words[: _SHOWN - 3]}..."

    return short


def nodes(records: pa.Table, sketches: pa.Table, texts: IntArray, clustering: Clustering) -> pa.Table:
    """``schema.NODES``: what lineage and the keep decision need to know, one row per document."""
    made = {
        "doc": records.column("doc"),
        "text": pa.array(texts),
        "story": pa.array(clustering.story, mask=clustering.story < 0),
        "cluster": pa.array(clustering.cluster, mask=clustering.cluster < 0),
        **{name: sketches.column(name) for name in ("n_chars", "n_words", "cues")},
    }
    return pa.table([made[name] if name in made else records.column(name) for name in NODES.names], schema=NODES)


def table(records: pa.Table, sketches: pa.Table, nodes: pa.Table, lineage: Lineage, decision: Decision) -> pa.Table:
    """``schema.DOCUMENTS``, in the order of the input."""
    cluster = np.asarray(pc.fill_null(nodes.column("cluster"), pa.scalar(0, pa.int64())))
    others = np.bincount(cluster, minlength=1)[cluster] - 1
    originality = lineage.originality
    made = {
        **{name: sketches.column(name) for name in ("n_chars", "n_words", "text_digest")},
        "story_id": nodes.column("story"),
        "cluster_id": nodes.column("cluster"),
        "canonical_id": records.column("doc_id").take(decision.canonical),
        "kept": pa.array(decision.kept),
        "kept_reason": pa.array(decision.reason, pa.string()),
        "originality": pa.array(originality, mask=np.isnan(originality)),
        "n_copies": pa.array(np.where(cluster > 0, others, 0)),
    }
    columns = [made[name] if name in made else records.column(name) for name in DOCUMENTS.names]
    return pa.table(columns, schema=DOCUMENTS)


def lineage(edges: pa.Table, doc_ids: pa.ChunkedArray[Any]) -> pa.Table:
    """``schema.LINEAGE``: the edges under the ids of the documents, by child and rank."""
    ends = {f"{side}_id": doc_ids.take(edges.column(side)) for side in ("child", "parent")}
    return pa.table([ends[name] if name in ends else edges.column(name) for name in LINEAGE.names], schema=LINEAGE)
