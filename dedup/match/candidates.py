"""Keys to candidate pairs: which documents are worth comparing.

Every channel's keys are joined by sorting. A band of the `surface` channel is never dropped; a key of the other
channels, the features, that more than ``max_key_documents`` documents hold is. A key shared by k documents costs O(k):
each document is linked to some that hold the key too, and to the first of them. Up to ``MAX_LINKS + 1`` documents that
is all pairs. In a longer run of one band the documents stand in the order of their next band's key, so that those which
share more bands are neighbours in it, and each is linked to its neighbours (``kernels.join.link_runs``): a star around
the first alone would lose every member that is no copy of the first but of another.

A pair is a candidate if it shares a band, or ``min_shared_keys`` passage keys, or enough of its wording: style and
anchor keys, which are weak each by itself, are added up by rarity, and the more of them must be shared the longer the
shorter text is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dedup.config import Config
from dedup.engine.base import U64, Dealt, Engine, Entries, IntArray, Pile
from dedup.kernels import join as kernels
from dedup.match.pairs import LOW, halves
from dedup.schema import CANDIDATES
from dedup.sketch import FEATURES
from dedup.sketch.corpus import Corpus

MAX_LINKS = 32
# Bit k of CANDIDATES.channels stands for CHANNELS[k]; the last is no way to find pairs, but to compare more of a
# cluster's (``match.confirm``).
CHANNELS = ("surface", *FEATURES, "cluster")
SURFACE, PASSAGE, STYLE, ANCHOR, CLUSTER = (1 << k for k in range(len(CHANNELS)))
# What two texts must share of their wording, in keys that no third text holds: at least, and by a word of the shorter.
# Measured on Reuters with a third of the words replaced, and a tenth of the function words besides.
LEAST_WORDING, WORDING_BY_WORD = 1.5, 0.01

_HALF = np.uint64(32)
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
    """Pairs (two documents in one number), weights with the channel above them, and keys that too many texts hold."""

    pairs: U64
    weights: U64
    dropped: U64


class _Shared(NamedTuple):
    """Pairs, the channels that found each as bits, the number of keys that it shares, and the sum of their weights."""

    pairs: U64
    bits: npt.NDArray[np.uint8]
    n_shared: IntArray
    weights: U64

    def some(self, which: npt.NDArray[Any]) -> _Shared:
        """Some of the pairs."""
        return _Shared(self.pairs[which], self.bits[which], self.n_shared[which], self.weights[which])


# Judges pairs by what they share, numbers of keys and sums of their weights, ``[channels, pairs]``: the bits of the
# channels that make a pair a candidate, 0 where all of it is not enough.
_Judge = Callable[[U64, IntArray, U64], npt.NDArray[np.uint8]]


def candidates(corpus: Corpus, firsts: BoolArray, config: Config, engine: Engine) -> Found:
    """Find the pairs of documents that share enough keys.

    Args:
        corpus: its piles of keys are empty afterwards.
        firsts: per document whether it is the first with its text; the others are left out.

    Returns:
        Pairs that share a band, or enough features; of the latter at most ``max_candidates`` per document stay, the
        ones that share most and rarest keys.
    """
    rarities = _rarities(int(firsts.sum()), config.max_key_documents)

    def surface(part: Entries) -> _Links:
        starts, docs = _runs_of_firsts(part, firsts)
        pairs, _ = kernels.link_runs(starts, docs, MAX_LINKS, _NO_LIMIT)
        return _Links(pairs, np.ones(len(pairs), np.uint64), np.zeros(0, np.uint64))

    def features(part: Entries) -> _Links:
        keys, values = _of_firsts(part, firsts)
        of_channel = [(values >> _HALF) == channel for channel in range(len(FEATURES))]
        made = [_feature_links(keys[mine], values[mine], rarities) for mine in of_channel]
        pairs, weights, _ = (np.concatenate(columns) for columns in zip(*made, strict=True))
        return _Links(pairs, weights, made[FEATURES.index("passage")].dropped)

    banded, _ = _linked(corpus.surface, surface, _banded, 1, engine)
    judge = _judge(corpus.n_words, int(rarities[2]), config)
    shared, dropped = _linked(corpus.features, features, judge, len(FEATURES), engine)
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


def _feature_links(keys: U64, values: U64, rarities: U64) -> _Links:
    """Links by the keys of one channel; a key is dropped whose documents are too many for ``rarities``."""
    most = len(rarities) - 1
    starts = kernels.run_starts(keys)
    pairs, sizes = kernels.link_runs(starts, (values & LOW).astype(np.int64), MAX_LINKS, most)
    channel = values[:1] & ~LOW  # the same for all, if there are any
    weights = rarities[sizes] | channel if len(pairs) else np.zeros(0, np.uint64)
    return _Links(pairs, weights, keys[starts[:-1]][np.diff(starts) > most])


def _rarities(n_texts: int, most: int) -> U64:
    """Weight of a key by the number of documents that hold it."""
    sizes = np.arange(most + 1)
    weights: U64 = (_RARITY_STEPS * np.log2((n_texts + 1) / np.maximum(sizes, 1))).astype(np.uint64)
    return weights


def _banded(pairs: U64, *_: object) -> npt.NDArray[np.uint8]:
    """A shared band is enough."""
    return np.full(len(pairs), SURFACE, np.uint8)


def _judge(n_words: npt.NDArray[np.int32], rarest: int, config: Config) -> _Judge:
    """What two texts must share of ``FEATURES``.

    Args:
        n_words: of each document.
        rarest: weight of a key that only two documents hold.
    """

    def judge(pairs: U64, numbers: IntArray, weights: U64) -> npt.NDArray[np.uint8]:
        left, right = halves(pairs)
        shorter = np.minimum(n_words[left], n_words[right])
        wording = weights[1] + weights[2] >= rarest * np.maximum(LEAST_WORDING, WORDING_BY_WORD * shorter)
        bits = PASSAGE * (numbers[0] >= config.min_shared_keys)
        bits = bits + wording * (STYLE * (numbers[1] > 0) + ANCHOR * (numbers[2] > 0))
        return np.asarray(bits, np.uint8)

    return judge


def _linked(
    pile: Pile, link: Callable[[Entries], _Links], judge: _Judge, n_channels: int, engine: Engine
) -> tuple[_Shared, U64]:
    """Pairs that share enough keys, and the keys that were dropped."""

    def count(part: Entries) -> _Shared:
        starts = kernels.run_starts(part.keys)
        pairs = part.keys[starts[:-1]]
        mine = [(part.values >> _HALF) == channel for channel in range(n_channels)]
        numbers = np.stack([_summed(own, starts) for own in mine]).astype(np.int64)
        weights = np.stack([_summed((part.values & LOW) * own, starts) for own in mine])
        bits = judge(pairs, numbers, weights)
        return _Shared(pairs, bits, numbers.sum(axis=0), weights.sum(axis=0)).some(bits > 0)

    links, dropped = engine.pile("links"), []

    def linked(part: Entries) -> tuple[Dealt, U64]:
        made = link(part)
        return links.deal(made.pairs, made.weights), made.dropped

    for dealt, keys in engine.group(pile, linked):
        links.add(dealt)
        dropped.append(keys)
    pairs, bits, n_shared, weights = (np.concatenate(each) for each in zip(*engine.group(links, count), strict=True))
    return _Shared(pairs, bits, n_shared, weights), np.concatenate(dropped)


def _summed(values: npt.NDArray[Any], starts: IntArray) -> U64:
    """Sum of the values in each run."""
    totals: U64 = np.concatenate([np.zeros(1, np.uint64), np.cumsum(values, dtype=np.uint64)])
    sums: U64 = totals[starts[1:]] - totals[starts[:-1]]
    return sums


def _best(shared: _Shared, max_candidates: int) -> _Shared:
    """The heaviest pairs such that no document has more than ``max_candidates``; ties by left and right."""
    order = np.lexsort((shared.pairs, ~shared.weights))
    left, right = halves(shared.pairs[order])
    n = int(right.max()) + 1 if len(right) else 0
    kept = order[kernels.cap_per_document(left, right, n, max_candidates)]
    return shared.some(kept)


def _merged(surface: _Shared, features: _Shared) -> pa.Table:
    """Union of the pairs: the channels as bits, the shared keys added up."""
    pairs, places = np.unique(np.concatenate([surface.pairs, features.pairs]), return_inverse=True)
    bits, n_shared = np.zeros(len(pairs), np.uint8), np.zeros(len(pairs), np.int64)
    n = len(surface.pairs)
    for shared, at in ((surface, places[:n]), (features, places[n:])):
        bits[at] |= shared.bits
        n_shared[at] += shared.n_shared
    return table_of(pairs, bits, n_shared)


def table_of(pairs: U64, bits: npt.NDArray[np.uint8], n_shared: IntArray) -> pa.Table:
    """``schema.CANDIDATES`` of pairs."""
    columns = [*halves(pairs), bits, n_shared]
    return pa.Table.from_arrays([pa.array(column) for column in columns], schema=CANDIDATES)
