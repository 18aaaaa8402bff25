"""From pairs of texts to pairs of documents, under their ids: the tables ``pairs`` and ``passages``.

A text that several documents bear is verified once. In the tables each of its documents stands for itself, up to
``MAX_LISTED``; of a text with more copies only the first document is listed with other texts, and each copy with it, so
that the tables stay linear in the number of documents.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from dedup.match.copies import exact_matches, exact_spans
from dedup.match.mirror import mirrored
from dedup.schema import MATCHES, PAIRS, PASSAGES, SPANS

MAX_LISTED = 8

Docs = npt.NDArray[np.int64]


def expand(
    matches: pa.Table, spans: pa.Table, texts: Docs, sketches: pa.Table, doc_ids: pa.ChunkedArray
) -> tuple[pa.Table, pa.Table]:
    """``schema.PAIRS`` and ``schema.PASSAGES`` of a run, ordered by ids.

    Args:
        matches, spans, texts: as ``match`` gives them.
        doc_ids: id of each document.
    """
    left, right = _exact_pairs(texts)
    other = pc.not_equal(pc.fill_null(matches.column("relation"), ""), "exact")
    spread = _spread(matches.filter(other), texts)
    pairs = pa.concat_tables([exact_matches(left, right, sketches), spread.select(MATCHES.names)])
    different = spans.filter(
        pa.array(texts[spans.column("left").to_numpy()] != texts[spans.column("right").to_numpy()])
    )
    accepted = matches.filter(pc.and_(other, matches.column("accepted"))).select(["left", "right"])
    kept = different.join(
        accepted.append_column("accepted", pa.array(np.ones(len(accepted), np.bool_))), ["left", "right"]
    )
    kept = kept.set_column(
        kept.column_names.index("accepted"), "accepted", pc.fill_null(kept.column("accepted"), False)
    )
    passages = pa.concat_tables([exact_spans(left, right, sketches), _placed(_spread(kept, texts), sketches)])
    return _published(pairs, doc_ids, PAIRS), _published(passages, doc_ids, PASSAGES)


def _listed(texts: Docs) -> tuple[Docs, Docs]:
    """Documents ordered by text, and for each text (by its first document) how many of them are listed."""
    order = np.argsort(texts, kind="stable")
    sizes = np.bincount(texts, minlength=len(texts))
    return order, np.where(sizes <= MAX_LISTED, sizes, np.minimum(sizes, 1))


def _exact_pairs(texts: Docs) -> tuple[Docs, Docs]:
    """Pairs of documents with equal text: all of them up to ``MAX_LISTED`` copies, else each copy with the first."""
    sizes = np.bincount(texts, minlength=len(texts))[texts]
    n = len(texts)
    rank = np.empty(n, np.int64)  # how many documents with the same text stand before this one
    order = np.argsort(texts, kind="stable")
    starts = np.searchsorted(texts[order], texts)
    rank[order] = np.arange(n) - starts[order]
    n_lefts = np.where(sizes <= MAX_LISTED, rank, np.minimum(rank, 1))
    right = np.repeat(np.arange(n), n_lefts)
    nth = np.arange(len(right)) - np.repeat(np.cumsum(n_lefts) - n_lefts, n_lefts)
    return order[starts[right] + nth].astype(np.int64), right


def _spread(table: pa.Table, texts: Docs) -> pa.Table:
    """Repeat each accepted row for every pair of listed documents of its two texts."""
    left, right = table.column("left").to_numpy(), table.column("right").to_numpy()
    order, listed = _listed(texts)
    starts = np.searchsorted(texts[order], np.arange(len(texts)))
    accepted = table.column("accepted").to_numpy()
    n_left = np.where(accepted, listed[left], 1)
    n_right = np.where(accepted, listed[right], 1)
    times = n_left * n_right
    rows = np.repeat(np.arange(len(left)), times)
    nth = np.arange(len(rows)) - np.repeat(np.cumsum(times) - times, times)
    spread = table.take(pa.array(rows))
    spread = spread.set_column(0, "left", pa.array(order[starts[left[rows]] + nth // n_right[rows]].astype(np.int64)))
    return spread.set_column(1, "right", pa.array(order[starts[right[rows]] + nth % n_right[rows]].astype(np.int64)))


def _placed(spans: pa.Table, sketches: pa.Table) -> pa.Table:
    """Give each passage its characters in the very documents that it stands for: copies differ in blanks and marks."""
    begins, ends = (sketches.column(name).combine_chunks() for name in ("begins", "ends"))
    offsets = begins.offsets.to_numpy()
    firsts, lasts = begins.values.to_numpy(), ends.values.to_numpy()
    for side in ("left", "right"):
        base = offsets[spans.column(side).to_numpy()]
        first = firsts[base + spans.column(f"{side}_word_begin").to_numpy()].astype(np.int64)
        last = lasts[base + spans.column(f"{side}_word_end").to_numpy() - 1].astype(np.int64)
        spans = spans.set_column(spans.column_names.index(f"{side}_begin"), f"{side}_begin", pa.array(first))
        spans = spans.set_column(spans.column_names.index(f"{side}_end"), f"{side}_end", pa.array(last))
    return spans.select(SPANS.names)


def _published(table: pa.Table, doc_ids: pa.ChunkedArray, schema: pa.Schema) -> pa.Table:
    """Name the documents by their ids, the lesser id on the left, in the order of ids."""
    ids = np.asarray(doc_ids.to_pylist(), dtype=object)
    ends = [ids[table.column(side).to_numpy()] for side in ("left", "right")]
    turned = mirrored(table, np.fromiter((a > b for a, b in zip(*ends, strict=True)), np.bool_, len(table)))
    named = [pa.array(ids[turned.column(side).to_numpy()].tolist(), pa.string()) for side in ("left", "right")]
    made = pa.table([*named, *(turned.column(name) for name in schema.names[2:])], schema=schema)
    keys = [name for name in ("left_id", "right_id", "left_begin", "right_begin") if name in schema.names]
    return made.sort_by([(key, "ascending") for key in keys]).combine_chunks()
