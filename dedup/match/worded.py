"""Accepted pairs judged by their wording, once all of them are known: what they teach, and what that tells of each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedup.config import Config
from dedup.engine.base import U64, IntArray
from dedup.kernels.edits import N_COUNTS
from dedup.match.pairs import of_table
from dedup.match.spin import known_kinds, scores, spun_passages
from dedup.match.substitutions import Learned, learn, read, written
from dedup.sketch.corpus import Corpus

if TYPE_CHECKING:
    from dedup.match import Matched


def given(config: Config) -> U64:
    """The substitutions that are known beforehand, as ``substitutions.read`` gives them.

    Raises:
        ConfigError: the file that ``--substitutions`` names cannot be used.
    """
    return np.zeros(0, np.uint64) if config.substitutions is None else read(config.substitutions)


def worded(matched: Matched, story_of: Callable[[IntArray], IntArray], before: U64) -> tuple[Matched, Learned]:
    """Learn which words replace each other, and score the accepted pairs by it.

    Args:
        matched: all verified pairs.
        story_of: gives the stories of documents.
        before: as ``given`` gives it.

    Returns:
        The pairs with their spin scores, and the passages that are spun as such; and what was learned.
    """
    table = matched.replaced
    learned = learn(table, story_of(table.column("left").to_numpy()), before)
    pairs = of_table(matched.totals)
    counts = matched.totals.column("counts").combine_chunks().flatten().to_numpy()
    kinds = known_kinds(table, learned.known, np.searchsorted(pairs, of_table(table)), len(pairs))
    made = scores(counts.reshape(len(pairs), N_COUNTS), kinds)
    places = pc.index_in(pa.array(of_table(matched.matches)), value_set=pa.array(pairs))
    names = pa.chunked_array([pc.if_else(pa.array(spun_passages(matched.spans, table, learned.known)), "spun", None)])
    judged = replace(
        matched,
        matches=_with(matched.matches, "spin_score", pa.chunked_array([made.take(places)])),
        spans=_with(matched.spans, "kind", pc.coalesce(names, matched.spans.column("kind"))),
    )
    return judged, learned


def substitutions(matched: Matched, learned: Learned, corpus: Corpus) -> pa.Table:
    """What was learned, as ``schema.SUBSTITUTIONS``."""

    def texts(docs: IntArray) -> pa.LargeStringArray:
        return pa.concat_arrays([batch for _, batch in corpus.texts.read(docs)])

    return written(learned, matched.replaced, texts)


def _with(table: pa.Table, name: str, column: pa.ChunkedArray) -> pa.Table:
    return table.set_column(table.column_names.index(name), name, column)
