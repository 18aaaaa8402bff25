"""Sketches to verified pairs: candidates by shared keys, exact scores, aligned passages, relations."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dedup.config import Config
from dedup.engine.base import Engine
from dedup.match.candidates import candidates
from dedup.match.commons import common_words
from dedup.match.copies import collapse, copies
from dedup.match.expand import expand
from dedup.match.recall import Recall, measure
from dedup.match.verify import verify
from dedup.schema import MATCHES, SPANS

__all__ = ["Matched", "Recall", "expand", "match", "measure"]


class Matched(NamedTuple):
    """All verified pairs.

    ``texts`` gives for each document the first one with the same normalised text. In ``matches`` (``schema.MATCHES``)
    each copy of a text stands in one `exact` pair, with the text's first document; all other pairs are between first
    documents. ``spans`` (``schema.SPANS``) holds the passages of every pair.
    """

    texts: npt.NDArray[np.int64]
    matches: pa.Table
    spans: pa.Table
    n_candidates: int
    n_boilerplate: int
    n_capped: int


def match(sketches: pa.Table, config: Config, engine: Engine) -> Matched:
    """Find, verify and align the pairs of documents that belong together.

    Args:
        sketches: ``schema.SKETCHES``; row ``i`` is document ``i``.
    """
    texts = collapse(sketches)
    distinct = sketches.take(pa.array(np.flatnonzero(texts == np.arange(len(texts))))).combine_chunks()
    found = candidates(distinct, config, engine)
    common = common_words(distinct, config, engine)
    docs = distinct.column("doc").to_numpy()
    rows = [pa.array(np.searchsorted(docs, found.pairs.column(side).to_numpy())) for side in ("left", "right")]
    pairs = found.pairs.set_column(0, "left", rows[0]).set_column(1, "right", rows[1])
    verified, spans = engine.join(
        pairs, distinct, lambda part, needed: verify(part, needed, found.boilerplate, common, config)
    )
    copied, copied_spans = copies(texts, sketches)
    return Matched(
        texts,
        _in_order(pa.concat_tables([copied, verified]), MATCHES),
        _in_order(pa.concat_tables([copied_spans, spans]), SPANS),
        len(found.pairs),
        len(found.boilerplate),
        found.n_capped,
    )


def _in_order(table: pa.Table, schema: pa.Schema) -> pa.Table:
    keys = [("left", "ascending"), ("right", "ascending")]
    if "left_word_begin" in schema.names:
        keys += [("left_word_begin", "ascending"), ("right_word_begin", "ascending")]
    return table.sort_by(keys).combine_chunks()
