"""Pairs of texts side by side: the passages that they share, and what was edited in them."""

from __future__ import annotations

import functools
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dedup.config import Config
from dedup.engine.base import U64, IntArray
from dedup.kernels.align import LEFT_BEGIN, LEFT_END, RIGHT_END
from dedup.kernels.banded import Dictionary
from dedup.kernels.edits import (
    NAMES_AGREE,
    NAMES_DIFFER,
    NUMBERS_AGREE,
    NUMBERS_DIFFER,
    OWN_WORDS,
    RARE_WORDS,
)
from dedup.kernels.merging import KIND, N_IN_ORDER, N_SINGLE, REWORDED
from dedup.kernels.passages import align_pairs
from dedup.lexicon import FUNCTION, english
from dedup.match.edits import SPECIFIC_WORDS, Edits, dictionary, edits, prose, specifics, totals
from dedup.match.relation import passages_that_count
from dedup.match.reword import reworded
from dedup.match.substitutions import fixed_phrases
from dedup.sketch.passage import guaranteed_run

# Of the words that stand once on either side of a passage in other words: so many keep their order, and such a share.
# Of 20,000 pairs of Reuters about one topic and day, 1 in 2,000 has such a passage; of spun stories 9 in 10.
LEAST_ORDERED, MOSTLY_ORDERED = 15, 0.9


class Aligned(NamedTuple):
    """The passages of some pairs of texts.

    Attributes:
        found: spans in words, ``int64[passages, 4 or more]``, columns as in ``kernels.align``.
        owner: the pair of each passage, ascending.
        own: of each passage its equal words that are its own, 0 where they do not count (``match.relation``); of one in
            other words those of the best exact passage in it, unless it is telling itself.
        edits: of all passages.
        totals: what the edits come to by pair, ``int64[pairs, kernels.edits.N_COUNTS]``.
        copied: what the edits of the exact passages alone come to.
        n_shared: of each pair the different shingles that both texts have.
    """

    found: IntArray
    owner: IntArray
    own: IntArray
    edits: Edits
    totals: IntArray
    copied: IntArray
    n_shared: IntArray


def aligned(left: IntArray, right: IntArray, known: pa.Table, config: Config) -> Aligned:
    """Align the texts of each pair.

    Args:
        left, right: rows of ``known``.
        known: ``schema.DETAILS``.
    """
    words, offsets = lists(known, "words")
    marks, lemmas = (lists(known, name)[0] for name in ("marks", "lemmas"))
    exact, of_exact, n_shared = align_pairs(
        left, right, offsets, words, config.shingle_size, config.max_gap_words, guaranteed_run(config)
    )

    def edited(found: IntArray, owner: IntArray) -> Edits:
        return edits(left, right, offsets, words, lemmas, marks, found, owner, _english(), config.shingle_size)

    made = edited(exact, of_exact)
    own = _own(made.counts, config)
    copied = totals(made.counts, of_exact, len(left))
    if "rewrites" not in config.detect or len(left) == 0:
        return Aligned(exact, of_exact, own, made, copied, copied, n_shared)
    found, owner = reworded(left, right, offsets, words, lemmas, marks, exact, of_exact)
    changed = _changed(found, owner, exact, of_exact, len(left))
    again = np.flatnonzero(changed[owner])
    made = _merged(made, ~changed[of_exact], ~changed[owner], edited(found[again], owner[again]))
    all_own = np.where(_telling(found, made.counts), _own(made.counts, config), 0)
    inside = _holders(found, owner, exact, of_exact)
    np.maximum.at(all_own, inside, own)
    return Aligned(found, owner, all_own, made, totals(made.counts, owner, len(left)), copied, n_shared)


def _changed(
    found: IntArray, owner: IntArray, exact: IntArray, of_exact: IntArray, n_pairs: int
) -> npt.NDArray[np.bool_]:
    """Which pairs have other passages than the exact ones."""
    changed: npt.NDArray[np.bool_] = np.bincount(owner, minlength=n_pairs) != np.bincount(of_exact, minlength=n_pairs)
    same, same_exact = np.flatnonzero(~changed[owner]), np.flatnonzero(~changed[of_exact])
    moved = (found[same, : RIGHT_END + 1] != exact[same_exact, : RIGHT_END + 1]).any(axis=1)
    changed[owner[same[moved]]] = True
    return changed


def _merged(first: Edits, kept: npt.NDArray[np.bool_], held: npt.NDArray[np.bool_], second: Edits) -> Edits:
    """The edits of all passages, of which some have been typed before.

    Args:
        first: of the exact passages.
        kept: which of these are among all passages as they were.
        held: which of all passages they are.
        second: of the other passages.
    """
    places, others = np.flatnonzero(held), np.flatnonzero(~held)
    of_kept = kept[first.passage]
    passage = np.concatenate((places[(np.cumsum(kept) - 1)[first.passage[of_kept]]], others[second.passage]))
    order = np.argsort(passage, kind="stable")
    counts = np.empty((len(held), second.counts.shape[1]), np.int64)
    counts[places], counts[others] = first.counts[kept], second.counts
    return Edits(np.concatenate((first.rows[of_kept], second.rows))[order], passage[order], counts)


def _own(counts: IntArray, config: Config) -> IntArray:
    """Of each passage the equal words that are its own, if they count."""
    counting = passages_that_count(counts[:, OWN_WORDS], counts[:, RARE_WORDS], _filled_in(counts), config)
    return np.where(counting, counts[:, OWN_WORDS], 0)


def _telling(found: IntArray, counts: IntArray) -> npt.NDArray[np.bool_]:
    """Which passages in other words show by themselves that one text was made from the other.

    Their words keep their order: two hands that tell one event share words, too, but hardly ever so many in one order.
    And names and numbers are the same, as they are not in a form of words that is filled in anew.
    """
    ordered, single = found[:, N_IN_ORDER], found[:, N_SINGLE]
    in_order = (ordered >= LEAST_ORDERED) & (ordered >= MOSTLY_ORDERED * single)
    return np.asarray((found[:, KIND] == REWORDED) & in_order & (specifics(counts) * SPECIFIC_WORDS <= prose(counts)))


def _holders(found: IntArray, owner: IntArray, exact: IntArray, of_exact: IntArray) -> IntArray:
    """For each exact passage the one that holds it: that of its pair which begins last before it on the left."""
    width = 1 + max(int(found[:, LEFT_END].max(initial=0)), int(exact[:, LEFT_END].max(initial=0)))
    begins, places = owner * width + found[:, LEFT_BEGIN], of_exact * width + exact[:, LEFT_BEGIN]
    return np.maximum(np.searchsorted(begins, places, "right") - 1, 0)


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
