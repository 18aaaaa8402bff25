"""Keys to candidate pairs: which documents are worth comparing.

Every channel's keys are joined by sorting. A band of the `surface` channel is never dropped; a `passage` key that more
than ``max_key_documents`` documents hold is boilerplate. A key shared by k documents costs O(k): each document is
linked to some that hold the key too, and to the first of them. Up to ``MAX_LINKS + 1`` documents that is all pairs.
In a longer run of one band the documents stand in the order of their next band's key, so that those which share more
bands are neighbours in it, and each is linked to its neighbours (``kernels.join.link_runs``): a star around the first
alone would lose every member that is no copy of the first but of another.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dedup.config import Config
from dedup.engine.base import U64, Dealt, Engine, Entries, IntArray, Pile
from dedup.kernels import join as kernels
from dedup.match.pairs import LOW, halves
from dedup.schema import CANDIDATES
from dedup.sketch.corpus import Corpus

MAX_LINKS = 32
# Bit k of CANDIDATES.channels stands for CHANNELS[k]; the last is no way to find pairs, but to compare more of a
# cluster's (``match.confirm``).
CHANNELS = ("surface", "passage", "cluster")
SURFACE, PASSAGE, CLUSTER = 1, 2, 4

_NO_LIMIT = np.iinfo(np.int64).max
_RARITY_STEPS = 16  # per halving of the documents that hold a key

BoolArray = npt.NDArray[np.bool_]


class Found(NamedTuple):
    """Candidate pairs (``schema.CANDIDATES``, by left and right), and what was left out of them.

    ``boilerplate`` holds the shingles that too many texts have, ascending; ``n_capped`` counts the pairs that shared
    enough keys and were left out by ``max_candidates``.
    """

    pairs: pa.Table
    boilerplate: U64
    n_capped: int


class _Links(NamedTuple):
    """Pairs (two documents in one number), their weights, and keys that too many documents hold."""

    pairs: U64
    weights: U64
    dropped: U64


class _Shared(NamedTuple):
    """Pairs, the number of keys that each shares, and the sum of their weights."""

    pairs: U64
    n_shared: IntArray
    weights: U64


def candidates(corpus: Corpus, firsts: BoolArray, config: Config, engine: Engine) -> Found:
    """Find the pairs of documents that share enough keys.

    Args:
        corpus: its piles of keys are empty afterwards.
        firsts: per document whether it is the first with its text; the others are left out.

    Returns:
        A pair is a candidate if it shares a band, or ``min_shared_keys`` passage keys; of the latter at most
        ``max_candidates`` per document stay, the ones that share most and rarest keys.
    """
    rarities = _rarities(int(firsts.sum()), config.max_key_documents)

    def surface(part: Entries) -> _Links:
        starts, docs = _runs_of_firsts(part, firsts)
        pairs, _ = kernels.link_runs(starts, docs, MAX_LINKS, _NO_LIMIT)
        return _Links(pairs, np.ones(len(pairs), np.uint64), np.zeros(0, np.uint64))

    def passage(part: Entries) -> _Links:
        keys, values = _of_firsts(part, firsts)
        starts = kernels.run_starts(keys)
        pairs, sizes = kernels.link_runs(starts, values.astype(np.int64), MAX_LINKS, config.max_key_documents)
        return _Links(pairs, rarities[sizes], keys[starts[:-1]][np.diff(starts) > config.max_key_documents])

    banded, _ = _linked(corpus.surface, surface, 1, engine)
    shared, dropped = _linked(corpus.passage, passage, config.min_shared_keys, engine)
    best = _best(shared, config.max_candidates)
    return Found(_merged(banded, best), np.sort(dropped), len(shared.pairs) - len(best.pairs))


def _of_firsts(part: Entries, firsts: BoolArray) -> tuple[U64, U64]:
    keep = firsts[(part.values & LOW).astype(np.int64)]
    return (part.keys, part.values) if keep.all() else (part.keys[keep], part.values[keep])


def _runs_of_firsts(part: Entries, firsts: BoolArray) -> tuple[IntArray, IntArray]:
    """Runs of equal band keys and their documents; in long ones those with the same next band stand together."""
    keys, values = _of_firsts(part, firsts)
    starts = kernels.run_starts(keys)
    values = values.copy()
    for run in np.flatnonzero(np.diff(starts) > MAX_LINKS + 1).tolist():
        values[starts[run] : starts[run + 1]].sort()
    return starts, (values & LOW).astype(np.int64)


def _rarities(n_texts: int, most: int) -> U64:
    """Weight of a key by the number of documents that hold it."""
    sizes = np.arange(most + 1)
    weights: U64 = (_RARITY_STEPS * np.log2((n_texts + 1) / np.maximum(sizes, 1))).astype(np.uint64)
    return weights


def _linked(pile: Pile, link: Callable[[Entries], _Links], min_shared: int, engine: Engine) -> tuple[_Shared, U64]:
    """Pairs that share at least so many keys, and the keys that were dropped."""

    def count(part: Entries) -> _Shared:
        starts = kernels.run_starts(part.keys)
        n_shared = np.diff(starts)
        totals = np.concatenate([np.zeros(1, np.uint64), np.cumsum(part.values, dtype=np.uint64)])
        enough = n_shared >= min_shared
        weights = totals[starts[1:]] - totals[starts[:-1]]
        return _Shared(part.keys[starts[:-1]][enough], n_shared[enough], weights[enough])

    links, dropped = engine.pile("links"), []

    def linked(part: Entries) -> tuple[Dealt, U64]:
        made = link(part)
        return links.deal(made.pairs, made.weights), made.dropped

    for dealt, keys in engine.group(pile, linked):
        links.add(dealt)
        dropped.append(keys)
    pairs, n_shared, weights = zip(*engine.group(links, count), strict=True)
    return _Shared(np.concatenate(pairs), np.concatenate(n_shared), np.concatenate(weights)), np.concatenate(dropped)


def _best(shared: _Shared, max_candidates: int) -> _Shared:
    """The heaviest pairs such that no document has more than ``max_candidates``; ties by left and right."""
    order = np.lexsort((shared.pairs, ~shared.weights))
    left, right = halves(shared.pairs[order])
    n = int(right.max()) + 1 if len(right) else 0
    kept = order[kernels.cap_per_document(left, right, n, max_candidates)]
    return _Shared(shared.pairs[kept], shared.n_shared[kept], shared.weights[kept])


def _merged(surface: _Shared, passage: _Shared) -> pa.Table:
    """Union of the two channels' pairs: the channels as bits, the shared keys added up."""
    pairs, places = np.unique(np.concatenate([surface.pairs, passage.pairs]), return_inverse=True)
    bits, n_shared = np.zeros(len(pairs), np.uint8), np.zeros(len(pairs), np.int64)
    for bit, shared, at in (
        (SURFACE, surface, places[: len(surface.pairs)]),
        (PASSAGE, passage, places[len(surface.pairs) :]),
    ):
        bits[at] |= np.uint8(bit)
        n_shared[at] += shared.n_shared
    return table_of(pairs, bits, n_shared)


def table_of(pairs: U64, bits: npt.NDArray[np.uint8], n_shared: IntArray) -> pa.Table:
    """``schema.CANDIDATES`` of pairs."""
    columns = [*halves(pairs), bits, n_shared]
    return pa.Table.from_arrays([pa.array(column) for column in columns], schema=CANDIDATES)
