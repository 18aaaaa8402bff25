"""The tables that are about documents, put together from what the stages found of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedup.cluster import Clustering, shown
from dedup.engine.base import IntArray
from dedup.keep import Decision
from dedup.lineage import Lineage
from dedup.match import Matched
from dedup.match.pairs import distinct
from dedup.schema import DOCUMENTS, ENTRIES, LINEAGE, NODES, UNSEEN
from dedup.sketch.normalise import Words
from dedup.spin import Scored
from dedup.spool import Spool

_ROWS_PER_GROUP = 1 << 16
_FOUND = ("story_id", "cluster_id", "canonical_id", "kept", "kept_reason", "originality", "n_copies")


def in_pairs(entries: Spool, matched: Matched) -> pa.Table:
    """``schema.ENTRIES`` without the probes, of the documents that are in a pair, ascending by ``doc``."""
    copies = np.flatnonzero(matched.texts != np.arange(matched.texts.size))
    ends = [matched.matches.column(side).to_numpy() for side in ("left", "right")]
    docs = distinct(np.concatenate([copies, matched.texts[copies], *ends]))
    return entries.take(docs, [name for name in ENTRIES.names if name != "probes"])


def namer(entries: pa.Table) -> Callable[[int], str]:
    """The function that gives a document's id as sentences show it."""
    docs, ids = entries.column("doc").to_numpy(), entries.column("doc_id")

    def name(doc: int) -> str:
        return shown(ids[int(np.searchsorted(docs, doc))].as_py())

    return name


def nodes(
    entries: pa.Table, texts: IntArray, clustering: Clustering, spins: Scored, named: dict[str, pa.Array]
) -> pa.Table:
    """``schema.NODES``: what lineage and the keep decision need to know, one row per document of a story.

    Args:
        entries: as ``in_pairs`` gives them.
        texts: for each document of the corpus the first one with the same text.
        clustering: the stories.
        spins: the spin scores.
        named: of each document of a story what its text names: ``cues`` and ``publishers_named``.
    """
    inside = clustering.story >= 0
    docs, cluster = clustering.docs[inside], clustering.cluster[inside]
    taken = entries.take(pa.array(np.searchsorted(entries.column("doc").to_numpy(), docs)))
    made = {
        "text": pa.array(texts[docs]),
        "story": pa.array(clustering.story[inside]),
        "cluster": pa.array(cluster, mask=cluster < 0),
        "spin_score": spins.of(docs).column("spin_score"),
        **named,
    }
    return pa.table([made[name] if name in made else taken.column(name) for name in NODES.names], schema=NODES)


def story_of(nodes: pa.Table) -> Callable[[IntArray], IntArray]:
    """The function that gives the stories of documents that have one."""
    docs, stories = nodes.column("doc").to_numpy(), nodes.column("story").to_numpy()
    return lambda wanted: np.asarray(stories[np.searchsorted(docs, wanted)])


def table(entries: Spool, nodes: pa.Table, spins: Scored, lineage: Lineage, decision: Decision) -> Iterator[pa.Table]:
    """``schema.DOCUMENTS``, in the order of the input, in pieces."""
    docs = nodes.column("doc").to_numpy()
    found = _found(nodes, lineage, decision)
    names = [name for name in ENTRIES.names if name in DOCUMENTS.names]
    for begin, batch in _regrouped(entries, names):
        first, last = np.searchsorted(docs, [begin, begin + len(batch)])
        rows = np.full(len(batch), -1, np.int64)
        rows[docs[first:last] - begin] = np.arange(first, last)
        alone = rows < 0
        at = pa.array(rows, mask=alone)
        made = {name: found.column(name).take(at) for name in _FOUND}
        made["canonical_id"] = pc.coalesce(made["canonical_id"], batch.column("doc_id"))
        made["kept"] = pc.fill_null(made["kept"], True)
        made["kept_reason"] = pc.fill_null(made["kept_reason"], "no copy")
        made["n_copies"] = pc.fill_null(made["n_copies"], 0)
        if lineage.known:
            made["originality"] = pc.if_else(pa.array(alone), 1.0, made["originality"])
        spin = spins.of(np.arange(begin, begin + len(batch)))
        made |= {name: spin.column(name) for name in spin.column_names}
        columns = [made[name] if name in made else batch.column(name) for name in DOCUMENTS.names]
        yield pa.table(columns, schema=DOCUMENTS)


def _found(nodes: pa.Table, lineage: Lineage, decision: Decision) -> pa.Table:
    """What was found of the documents of stories."""
    cluster = pc.fill_null(nodes.column("cluster"), 0).to_numpy()
    others = np.bincount(cluster, minlength=1)[cluster] - 1
    columns = {
        "story_id": nodes.column("story"),
        "cluster_id": nodes.column("cluster"),
        "canonical_id": nodes.column("doc_id").take(pa.array(decision.canonical)),
        "kept": pa.array(decision.kept),
        "kept_reason": pa.array(decision.reason, pa.string()),
        "originality": pa.array(lineage.originality, mask=np.isnan(lineage.originality)),
        "n_copies": pa.array(np.where(cluster > 0, others, 0)),
    }
    return pa.table([columns[name] for name in _FOUND], names=list(_FOUND))


def _regrouped(entries: Spool, names: list[str]) -> Iterator[tuple[int, pa.Table]]:
    """Rows of the spool in pieces of ``_ROWS_PER_GROUP``, however they came, with the number of the first."""
    begin, n_held = 0, 0
    held: list[pa.RecordBatch] = []
    for batch in entries.batches(names):
        held.append(batch)
        n_held += batch.num_rows
        while n_held >= _ROWS_PER_GROUP:
            whole = pa.Table.from_batches(held)
            yield begin, whole.slice(0, _ROWS_PER_GROUP).combine_chunks()
            held = whole.slice(_ROWS_PER_GROUP).to_batches()
            begin, n_held = begin + _ROWS_PER_GROUP, n_held - _ROWS_PER_GROUP
    if n_held:
        yield begin, pa.Table.from_batches(held).combine_chunks()


def lineage(edges: pa.Table, nodes: pa.Table) -> pa.Table:
    """``schema.LINEAGE``: the edges under the ids of the documents, by child and rank."""
    ends = {f"{side}_id": _ids(edges.column(side).combine_chunks(), nodes) for side in ("child", "parent")}
    return pa.table([ends[name] if name in ends else edges.column(name) for name in LINEAGE.names], schema=LINEAGE)


def children(sources: pa.Table) -> IntArray:
    """The documents of which passages are told in ``schema.SOURCES``, ascending."""
    return distinct(sources.column("passages").combine_chunks().flatten().field("doc").to_numpy())


def unseen(sources: pa.Table, nodes: pa.Table, words: Iterable[tuple[IntArray, Words]]) -> pa.Table:
    """``schema.UNSEEN``: the sources under the ids of the documents, with passages in characters of the texts.

    Args:
        sources: ``schema.SOURCES``.
        nodes: ``schema.NODES``.
        words: the words of the documents that ``children`` gives, in batches.
    """
    lists = sources.column("passages").combine_chunks()
    spans = lists.flatten()
    doc, begin, end = (spans.field(name).to_numpy().copy() for name in ("doc", "begin", "end"))
    for docs, own in words:
        here = np.flatnonzero(np.isin(doc, docs))
        first = own.offsets[np.searchsorted(docs, doc[here])]
        begin[here], end[here] = own.begins[first + begin[here]], own.ends[first + end[here] - 1]
    columns = [_ids(spans.field("doc"), nodes), pa.array(begin), pa.array(end)]
    passages = pa.StructArray.from_arrays(columns, names=["doc_id", "begin", "end"])
    made = {
        "parent_id": _ids(sources.column("parent").combine_chunks(), nodes),
        "passages": pa.ListArray.from_arrays(lists.offsets, passages),
    }
    return pa.table([made[name] if name in made else sources.column(name) for name in UNSEEN.names], schema=UNSEEN)


def _ids(wanted: pa.Array, nodes: pa.Table) -> pa.Array:
    """The ids of some documents; null where there is none."""
    docs, ids = nodes.column("doc").to_numpy(), nodes.column("doc_id").combine_chunks()
    places = np.searchsorted(docs, pc.fill_null(wanted, 0).to_numpy())
    return ids.take(pa.array(places, mask=~np.asarray(wanted.is_valid())))
