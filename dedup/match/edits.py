"""Typed edits of aligned passages: which words became which, what was put in, left out or moved, and how much of it."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import xxhash

from dedup.engine.base import U64, IntArray
from dedup.kernels import edits as columns
from dedup.kernels.banded import (
    EQUAL,
    INFLECTED,
    INSERTED,
    NOTATION,
    OTHER,
    SYNONYM,
    Dictionary,
    bloom,
    have_synonyms,
)
from dedup.kernels.edited import passage_edits

NOTATIONS = Path(__file__).with_name("notations.txt")
BAND = 32  # words off the diagonal, between two anchors, that are looked at: a gap of so many words is seen whole
LEAST_WORDS = 40  # aligned outside quotations: of a pair with fewer nothing is said of how it was reworded
SPECIFIC_WORDS = 50  # aligned for each edit that touches a name or a number, else the texts tell different things


class Edits(NamedTuple):
    """The edits of all passages of some pairs.

    Attributes:
        rows: ``int64[n, kernels.edits.N_COLUMNS]``, by passage, in order; a known replacement is a SYNONYM.
        passage: ``int64[n]``, the passage of each.
        counts: ``int64[passages, kernels.edits.N_COUNTS]``.
    """

    rows: IntArray
    passage: IntArray
    counts: IntArray


def edits(
    left: IntArray,
    right: IntArray,
    offsets: IntArray,
    words: U64,
    lemmas: npt.NDArray[np.int32],
    marks: npt.NDArray[np.uint8],
    found: IntArray,
    owner: IntArray,
    known: Dictionary,
    size: int,
) -> Edits:
    """The edits of the passages of some pairs of documents.

    Args:
        left, right: documents of each pair, places in ``offsets``.
        offsets: of the documents in ``words``, ``lemmas`` (-1 where unknown) and ``marks``.
        found: passages, of which the first four columns count: their words on both sides.
        owner: the pair of each passage; ascending, those of a pair by their place on the left.
        known: as ``dictionary`` makes it.
        size: words of a shingle: runs of so many equal words are anchors.
    """
    return Edits(*passage_edits(left, right, offsets, words, lemmas, marks, found, owner, known, size, BAND))


def totals(counts: IntArray, owner: IntArray, n_pairs: int) -> IntArray:
    """The counts of passages added up by pair, ``int64[n_pairs, N_COUNTS]``.

    Args:
        owner: the pair of each passage, ascending.
    """
    bounds = np.searchsorted(owner, np.arange(n_pairs + 1))
    some = np.flatnonzero(bounds[1:] > bounds[:-1])
    out = np.zeros((n_pairs, counts.shape[1]), np.int64)
    out[some] = np.add.reduceat(counts, bounds[some], axis=0)
    return out


def aligned_words(found: IntArray, owner: IntArray, made: Edits, side: slice, n_pairs: int) -> IntArray:
    """Words of one side of each pair that are equal to words of the other or stand for such, each counted once.

    Two passages may hold the same words of a text, where the other text says a thing twice.

    Args:
        found: passages, their words on both sides.
        owner: the pair of each passage, ascending.
        made: their edits.
        side: the two columns of ``found``, and of the rows of edits, in which the words of that side begin and end.
    """
    begin, end = found[:, side].T
    lone = np.flatnonzero(made.rows[:, columns.KIND] >= INSERTED)  # on this side alone, or on the other, or moved
    first, last = made.rows[lone][:, side].T
    of_lone = made.passage[lone]
    n_words = end - begin - np.bincount(of_lone, last - first, len(found)).astype(np.int64)
    total = np.bincount(owner, n_words, n_pairs).astype(np.int64)
    for pair in _overlapping(begin, end, owner).tolist():
        held: set[int] = set()
        for passage in range(*np.searchsorted(owner, [pair, pair + 1])):
            own = slice(*np.searchsorted(of_lone, [passage, passage + 1]))
            out = (range(a, b) for a, b in zip(first[own].tolist(), last[own].tolist(), strict=True))
            held |= set(range(begin[passage], end[passage])).difference(*out)
        total[pair] = len(held)
    return total


def _overlapping(begin: IntArray, end: IntArray, owner: IntArray) -> IntArray:
    """Pairs of which two passages share words, given where these begin and end on one side."""
    order = np.lexsort((begin, owner))
    shift = owner[order] * (1 + int(end.max(initial=0)))  # those of one pair all come before those of the next
    reached = np.maximum.accumulate(shift + end[order]) if len(order) else shift
    return np.unique(owner[order][1:][(shift + begin[order])[1:] < reached[:-1]])


def words_of(counts: IntArray, kind: int) -> IntArray:
    """Words of a kind, outside quotations and inside."""
    return np.asarray(counts[:, 2 * kind] + counts[:, 2 * kind + 1])


def known_words(counts: IntArray) -> IntArray:
    """Words that are equal on both sides or known to stand for each other."""
    known = [words_of(counts, kind) for kind in (EQUAL, INFLECTED, NOTATION, SYNONYM)]
    return np.asarray(np.sum(known, axis=0))


def replaced(counts: IntArray, inside: bool = False) -> IntArray:
    """Words that stand for others outside quotations, or inside them."""
    kinds = [2 * kind + inside for kind in (INFLECTED, NOTATION, SYNONYM, OTHER)]
    return np.asarray(counts[:, kinds].sum(axis=1))


def prose(counts: IntArray) -> IntArray:
    """Aligned words outside quotations: those that are equal and those that stand for others."""
    return np.asarray(counts[:, 2 * EQUAL] + replaced(counts))


def specifics(counts: IntArray) -> IntArray:
    """Edits outside quotations that touch a name or a number."""
    return np.asarray(counts[:, columns.NUMBERS_EDITED] + counts[:, columns.NAMES_EDITED])


def dictionary(synonyms: U64) -> Dictionary:
    """What the alignment knows: synonyms, lower lemma << 32 | higher lemma, ascending, and notations."""
    phrases, numbers = notations()
    return synonyms, bloom(synonyms), have_synonyms(synonyms), phrases, bloom(phrases), numbers


@functools.cache
def notations() -> tuple[U64, npt.NDArray[np.int32]]:
    """Phrases that have several notations, ascending by hash, and the number of what each notes."""
    numbers: dict[int, int] = {}
    for number, line in enumerate(NOTATIONS.read_text(encoding="utf-8").splitlines()):
        if line and not line.startswith("#"):
            for phrase in line.split(","):
                hashes = [xxhash.xxh3_64_intdigest(word.encode()) for word in phrase.split()]
                numbers.setdefault(int(columns.phrase(np.array(hashes, np.uint64))), number)
    hashed = sorted(numbers)
    return np.array(hashed, np.uint64), np.array([numbers[phrase] for phrase in hashed], np.int32)
