"""The spin scores of all documents of a run, on disk until the tables are written."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dedup.engine.base import Engine, IntArray
from dedup.schema import SPIN
from dedup.sketch.corpus import Corpus
from dedup.spool import Packed, Spool

NOT_ASKED = "rewrites were not looked for"


class Scored:
    """The spin score of every document: equal texts have one score.

    Args:
        spool: rows of ``schema.SPIN``, one for each first document of a text; None if nothing was scored.
        firsts: for each document the first one with the same text.
    """

    def __init__(self, spool: Spool | None, firsts: IntArray) -> None:
        self._spool, self._firsts = spool, firsts
        self._row = np.cumsum(firsts == np.arange(len(firsts))) - 1

    def of(self, docs: IntArray) -> pa.Table:
        """Rows of ``schema.SPIN`` of some documents."""
        if self._spool is None:
            nothing = {"spin_reason": pa.repeat(pa.scalar(NOT_ASKED), len(docs))}
            return pa.table([nothing.get(f.name, pa.nulls(len(docs), f.type)) for f in SPIN], schema=SPIN)
        rows, places = np.unique(self._row[self._firsts[docs]], return_inverse=True)
        return self._spool.take(rows, SPIN.names).take(pa.array(places))


def scored(corpus: Corpus, firsts: IntArray, spool: Spool, engine: Engine) -> Scored:
    """Score the wording of every document.

    What is usual in the pile is learned from the ``MAX_TEXTS`` texts of least digest.

    Args:
        corpus: closed.
        firsts: for each document the first one with the same text.
        spool: takes the rows.
    """
    from dedup.spin.background import MAX_TEXTS, background  # here: a run for copies alone starts without them
    from dedup.spin.score import scores

    alone = firsts == np.arange(len(firsts))
    sample = corpus.least(alone, MAX_TEXTS)
    usual = background((texts for _, texts in corpus.texts.read(sample)), engine)
    sampled = np.zeros(len(firsts), np.bool_)
    sampled[sample] = True

    def work(batch: tuple[npt.NDArray[np.int64], pa.LargeStringArray]) -> Packed:
        docs, texts = batch
        return spool.pack(scores(texts, usual, sampled[docs]).columns)

    for packed in engine.map(corpus.texts.read(np.flatnonzero(alone)), work):
        spool.append(packed)
    spool.close()
    return Scored(spool, firsts)
