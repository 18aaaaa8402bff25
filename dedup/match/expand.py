"""From pairs of texts to pairs of documents, under their ids: the tables ``pairs`` and ``passages``.

A text that several documents bear is verified once. In the tables each of its documents stands for itself, up to
``MAX_LISTED``; of a text with more copies only the first document is listed with other texts, and each copy with it, so
that the tables stay linear in the number of documents.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from dedup.config import Config
from dedup.engine.base import Engine
from dedup.match.copies import exact_matches, exact_spans
from dedup.match.mirror import mirrored
from dedup.schema import MATCHES, PAIRS, PASSAGES, SPANS, empty
from dedup.sketch import details
from dedup.sketch.corpus import Corpus

if TYPE_CHECKING:
    from dedup.match import Matched

MAX_LISTED = 8

Docs = npt.NDArray[np.int64]


def expand(
    matched: Matched, corpus: Corpus, names: pa.Table, config: Config, engine: Engine
) -> tuple[pa.Table, pa.Table]:
    """``schema.PAIRS`` and ``schema.PASSAGES`` of a run, ordered by ids.

    Args:
        matched: all verified pairs.
        names: ``doc`` and ``doc_id`` of all documents that are in a pair, ascending by ``doc``.
    """
    texts, matches = matched.texts, matched.matches
    bearers = _Bearers.of(texts)
    left, right = _exact_pairs(bearers)
    spread = _spread(matches, bearers)
    pairs = pa.concat_tables([exact_matches(left, right, corpus.n_words, config), spread.select(MATCHES.names)])
    if "excerpts" not in config.detect:
        return _published(pairs, names, PAIRS), empty(PASSAGES)
    accepted = matches.filter(matches.column("accepted")).select(["left", "right"])
    kept = matched.spans.join(
        accepted.append_column("accepted", pa.array(np.ones(len(accepted), np.bool_))), ["left", "right"]
    )
    kept = kept.set_column(
        kept.column_names.index("accepted"), "accepted", pc.fill_null(kept.column("accepted"), False)
    )
    spans = _spread(kept, bearers).select(SPANS.names).combine_chunks()
    moved = np.zeros(len(spans), np.bool_)  # between copies of the texts that were aligned
    for side in ("left", "right"):
        docs = spans.column(side).to_numpy()
        moved |= texts[docs] != docs
    (placed,) = engine.join(
        spans.filter(pa.array(moved)),
        corpus.n_chars,
        corpus.texts,
        lambda docs, texts: details(docs, texts, config),
        lambda part, known: (_placed(part, known),),
    )
    passages = pa.concat_tables([exact_spans(left, right, corpus), spans.filter(pa.array(~moved)), placed])
    return _published(pairs, names, PAIRS), _published(passages, names, PASSAGES)


class _Bearers(NamedTuple):
    """The documents of every text that several documents bear.

    Attributes:
        texts: first documents of these texts, ascending.
        docs: their documents, by text, ascending in each.
        starts: text ``i`` is borne by ``docs[starts[i]:starts[i + 1]]``.
    """

    texts: Docs
    docs: Docs
    starts: Docs

    @classmethod
    def of(cls, texts: Docs) -> _Bearers:
        """Find them, given the first document with the same text for each document."""
        copies = np.flatnonzero(texts != np.arange(len(texts)))
        firsts = np.unique(texts[copies])
        docs, owners = np.concatenate([firsts, copies]), np.concatenate([firsts, texts[copies]])
        docs = docs[np.lexsort((docs, owners))]
        return cls(firsts, docs, np.append(np.searchsorted(np.sort(owners), firsts), len(docs)))

    def listed(self, texts: Docs) -> tuple[Docs, Docs]:
        """For each text, how many of its documents are listed, and where they begin in ``docs`` (-1: nowhere)."""
        if len(self.texts) == 0:
            return np.ones(len(texts), np.int64), np.full(len(texts), -1)
        places = np.minimum(np.searchsorted(self.texts, texts), len(self.texts) - 1)
        borne = self.texts[places] == texts
        sizes = np.diff(self.starts)[places]
        n_listed = np.where(borne & (sizes <= MAX_LISTED), sizes, 1)
        return n_listed, np.where(borne, self.starts[places], -1)


def _exact_pairs(bearers: _Bearers) -> tuple[Docs, Docs]:
    """Pairs of documents with equal text: all of them up to ``MAX_LISTED`` copies, else each copy with the first."""
    sizes = np.diff(bearers.starts)
    begins = np.repeat(bearers.starts[:-1], sizes)
    rank = np.arange(len(bearers.docs)) - begins  # how many documents with the same text stand before this one
    n_lefts = np.where(np.repeat(sizes, sizes) <= MAX_LISTED, rank, np.minimum(rank, 1))
    right = np.repeat(np.arange(len(bearers.docs)), n_lefts)
    nth = np.arange(len(right)) - np.repeat(np.cumsum(n_lefts) - n_lefts, n_lefts)
    return bearers.docs[begins[right] + nth], bearers.docs[right]


def _spread(table: pa.Table, bearers: _Bearers) -> pa.Table:
    """Repeat each accepted row for every pair of listed documents of its two texts."""
    texts = [table.column(side).to_numpy() for side in ("left", "right")]
    accepted = table.column("accepted").to_numpy()
    (n_left, at_left), (n_right, at_right) = (bearers.listed(side) for side in texts)
    n_left, n_right = np.where(accepted, n_left, 1), np.where(accepted, n_right, 1)
    times = n_left * n_right
    rows = np.repeat(np.arange(len(accepted)), times)
    nth = np.arange(len(rows)) - np.repeat(np.cumsum(times) - times, times)
    spread = table.take(pa.array(rows))
    sides = ((texts[0], at_left, nth // n_right[rows]), (texts[1], at_right, nth % n_right[rows]))
    for i, (text, at, step) in enumerate(sides):
        docs = text[rows]
        several = np.flatnonzero(at[rows] >= 0)
        docs[several] = bearers.docs[at[rows[several]] + step[several]]
        spread = spread.set_column(i, ("left", "right")[i], pa.array(docs))
    return spread


def _placed(spans: pa.Table, known: pa.Table) -> pa.Table:
    """Give each passage its characters in the very documents that it stands for: copies differ in blanks and marks.

    Args:
        spans: ``schema.SPANS``, but ``left`` and ``right`` are rows of ``known``.
        known: ``schema.DETAILS``.
    """
    begins, ends = (known.column(name).combine_chunks() for name in ("begins", "ends"))
    offsets = begins.offsets.to_numpy()
    firsts, lasts = begins.values.to_numpy(), ends.values.to_numpy()
    docs = known.column("doc").to_numpy()
    for i, side in enumerate(("left", "right")):
        rows = spans.column(side).to_numpy()
        first = firsts[offsets[rows] + spans.column(f"{side}_word_begin").to_numpy()].astype(np.int64)
        last = lasts[offsets[rows] + spans.column(f"{side}_word_end").to_numpy() - 1].astype(np.int64)
        spans = spans.set_column(spans.column_names.index(f"{side}_begin"), f"{side}_begin", pa.array(first))
        spans = spans.set_column(spans.column_names.index(f"{side}_end"), f"{side}_end", pa.array(last))
        spans = spans.set_column(i, side, pa.array(docs[rows]))
    return spans


def _published(table: pa.Table, names: pa.Table, schema: pa.Schema) -> pa.Table:
    """Name the documents by their ids, the lesser id on the left, in the order of ids."""
    docs, ids = names.column("doc").to_numpy(), names.column("doc_id").combine_chunks()
    order = pc.sort_indices(ids).to_numpy()
    rank = np.empty(len(ids), np.int64)
    rank[order] = np.arange(len(ids))
    ends = [rank[np.searchsorted(docs, table.column(side).to_numpy())] for side in ("left", "right")]
    turned = ends[0] > ends[1]
    low, high = np.minimum(*ends), np.maximum(*ends)
    made = mirrored(table, turned)
    begins = [made.column(name).to_numpy() for name in ("right_begin", "left_begin") if name in schema.names]
    rows = pa.array(np.lexsort([*begins, high, low]))
    named = [ids.take(pa.array(order[places])).take(rows) for places in (low, high)]
    columns = made.select(schema.names[2:]).take(rows).columns
    return pa.table([*named, *columns], schema=schema).combine_chunks()
