"""Pairs of texts side by side: the passages that they share, and what was edited in them."""

from __future__ import annotations

import functools
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dedup.config import Config
from dedup.engine.base import U64, IntArray
from dedup.kernels.banded import Dictionary
from dedup.kernels.edits import (
    NAMES_AGREE,
    NAMES_DIFFER,
    NUMBERS_AGREE,
    NUMBERS_DIFFER,
    OWN_WORDS,
    RARE_WORDS,
)
from dedup.kernels.passages import align_pairs
from dedup.lexicon import FUNCTION, english
from dedup.match.edits import Edits, dictionary, edits, totals
from dedup.match.relation import passages_that_count
from dedup.match.reword import reworded
from dedup.match.substitutions import fixed_phrases
from dedup.sketch.passage import guaranteed_run


class Aligned(NamedTuple):
    """The passages of some pairs of texts.

    Attributes:
        found: spans in words, ``int64[passages, 4 or more]``, columns as in ``kernels.align``.
        owner: the pair of each passage, ascending.
        edits: of all passages.
        totals: what the edits come to by pair, ``int64[pairs, kernels.edits.N_COUNTS]``.
        own: of each passage its equal words that are its own, 0 where they do not count (``match.relation``).
    """

    found: IntArray
    owner: IntArray
    edits: Edits
    totals: IntArray
    own: IntArray


def aligned(left: IntArray, right: IntArray, known: pa.Table, config: Config) -> Aligned:
    """Align the texts of each pair.

    Args:
        left, right: rows of ``known``.
        known: ``schema.DETAILS``.
    """
    words, offsets = lists(known, "words")
    marks, order, lemmas = (lists(known, name)[0] for name in ("marks", "order", "lemmas"))
    found, owner, _ = align_pairs(
        left, right, offsets, words, marks, order, config.shingle_size, config.max_gap_words, guaranteed_run(config)
    )
    if "rewrites" in config.detect:
        found, owner = reworded(left, right, offsets, words, lemmas, marks, found, owner)
    made = edits(left, right, offsets, words, lemmas, marks, found, owner, _english(), config.shingle_size)
    counts = made.counts
    counting = passages_that_count(counts[:, OWN_WORDS], counts[:, RARE_WORDS], _filled_in(counts), config)
    own = np.where(counting, counts[:, OWN_WORDS], 0)
    return Aligned(found, owner, made, totals(counts, owner, len(left)), own)


@functools.cache
def _english() -> Dictionary:
    return dictionary(english().synonyms)


@functools.cache
def fixed() -> U64:
    """The phrases that stand for nothing else, as ``substitutions.fixed_phrases`` gives them."""
    lexicon = english()
    return fixed_phrases(lexicon.words[lexicon.kinds & FUNCTION > 0])


def _filled_in(counts: IntArray) -> IntArray:
    """Of each passage the numbers, or the names, that differ, where more differ than agree; the more of the two."""
    kinds = ((NUMBERS_AGREE, NUMBERS_DIFFER), (NAMES_AGREE, NAMES_DIFFER))
    of_kind = [np.where(counts[:, differ] > counts[:, agree], counts[:, differ], 0) for agree, differ in kinds]
    return np.maximum(*of_kind)


def lists(table: pa.Table, name: str) -> tuple[npt.NDArray[Any], IntArray]:
    """A column of lists as values, end to end, and offsets, without a copy: many pairs share a large table."""
    column = table.column(name)
    made = column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()
    return made.values.to_numpy(), made.offsets.to_numpy()
