"""Exact Jaccard of word shingles, and how well clusters agree with it.

Nothing here hashes: words get numbers in the order they are met, three words a number of their own, and five words are
(that number, word, word) in one integer. It shares no code with dedup.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

BANDS = ((0.7, 0.8), (0.8, 0.9), (0.9, 1.01))
MIN_JACCARD = 0.7
COMMON = 100  # documents; a shingle that more of them hold leads to no candidates by itself
WHOLE_CLUSTER = 50  # documents; of a larger cluster only a sample of the pairs is scored
SAMPLE = 1000  # pairs of a larger cluster
CHUNK = 20_000  # pairs that are compared at a time

_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Shingles:
    """The shingle sets of documents.

    Attributes:
        documents: Ids, sorted.
        offsets: Where the set of each begins in ``values``, and the end.
        values: Numbers of shingles, sorted within a document, 0 up to ``n_kinds``.
        n_kinds: How many different shingles there are.
    """

    documents: Ints
    offsets: Ints
    values: Ints
    n_kinds: int

    def jaccard(self, left: Ints, right: Ints) -> Floats:
        """Exact Jaccard of pairs of ids; 0 where both have no shingles."""
        return np.concatenate([np.zeros(0), *self._jaccard(left, right)])

    def _jaccard(self, left: Ints, right: Ints) -> Iterator[Floats]:
        rows = np.searchsorted(self.documents, np.stack([left, right]))
        sizes = np.diff(self.offsets)
        for begin in range(0, len(left), CHUNK):
            sides = rows[:, begin : begin + CHUNK]
            n = sides.shape[1]
            lengths = sizes[sides].ravel()
            pair = np.repeat(np.tile(np.arange(n), 2), lengths)
            own = self.values[_ranges(self.offsets[sides].ravel(), lengths)]
            keys = np.sort(pair * self.n_kinds + own)  # a shingle that both hold stands there twice
            shared = np.bincount(keys[1:][keys[1:] == keys[:-1]] // self.n_kinds, minlength=n)
            yield shared / np.maximum(lengths[:n] + lengths[n:] - shared, 1)


def shingles(documents: Ints, texts: pa.ChunkedArray | pa.Array) -> Shingles:
    """The sets of lower-cased word 5-shingles of texts, in the order of ``documents`` (sorted).

    Raises:
        ValueError: There are too many different words for exact numbers of 63 bits.
    """
    numbers: dict[str, int] = {}
    lengths = np.zeros(len(documents), np.int64)
    parts = []
    for at, text in enumerate(texts.to_pylist()):
        own = [numbers.setdefault(word, len(numbers)) for word in _WORD.findall(text.lower())]
        lengths[at] = len(own)
        parts.append(np.array(own, np.int64))
    words = np.concatenate([np.zeros(0, np.int64), *parts])
    bits = max(len(numbers), 1).bit_length()
    if 3 * bits > 63:
        raise ValueError(f"{len(numbers):,} different words are too many for exact shingles.")
    threes = _renumber(words[:-4] << 2 * bits | words[1:-3] << bits | words[2:-2])
    if max(len(threes), 1).bit_length() + 2 * bits > 63:
        raise ValueError(f"{len(numbers):,} different words are too many for exact shingles.")
    fives = _renumber(threes << 2 * bits | words[3:-1] << bits | words[4:])
    n_own = np.maximum(lengths - 4, 0)
    values = fives[_ranges(np.cumsum(lengths) - lengths, n_own)]
    n_kinds = int(values.max()) + 1 if len(values) else 1
    keys = np.sort(np.repeat(np.arange(len(documents)), n_own) * n_kinds + values)
    keys = keys[np.diff(keys, prepend=-1) != 0]
    offsets = np.searchsorted(keys, np.arange(len(documents) + 1) * n_kinds)
    return Shingles(documents, offsets.astype(np.int64), keys % n_kinds, n_kinds)


def all_pairs(sets: Shingles, least: float) -> tuple[Ints, Ints, Floats]:
    """All pairs of documents whose Jaccard is ``least`` or more: left and right id, and the Jaccard. None is left out.

    A *common* shingle, one that over ``COMMON`` documents hold, is skipped, and this loses no pair: Jaccard t or more
    means at least t * n shared shingles, n being the size of either set. If less than t * n of a document's shingles
    are common, all its pairs therefore share one that is not. The documents for which this does not hold are compared
    with one another by all their shingles.
    """
    rows = np.repeat(np.arange(len(sets.documents)), np.diff(sets.offsets))
    holders = np.bincount(sets.values, minlength=sets.n_kinds)
    common = holders[sets.values] > COMMON
    n_common = np.bincount(rows[common], minlength=len(sets.documents))
    doubtful = n_common >= least * np.diff(sets.offsets)
    useful = ~common & (holders[sets.values] > 1)
    pairs = [_sharing(rows[useful], sets.values[useful], n_common, sets, least)]
    inside = doubtful[rows]
    none = np.zeros_like(n_common)
    pairs.append(_sharing(rows[inside], sets.values[inside], none, sets, least))
    left, right = np.unique(np.concatenate(pairs, axis=1), axis=1)
    left, right = sets.documents[left], sets.documents[right]
    score = sets.jaccard(left, right)
    keep = score >= least
    return left[keep], right[keep], score[keep]


def _sharing(rows: Ints, values: Ints, n_skipped: Ints, sets: Shingles, least: float) -> Ints:
    """Pairs of rows that may reach ``least``, given how many shingles of each were skipped; shape (2, pairs)."""
    order = np.lexsort((rows, values))
    rows, values = rows[order], values[order]
    n = len(sets.documents)
    at = np.arange(len(values))
    seen, counts = np.zeros(0, np.int64), np.zeros(0, np.int64)
    distance = 1
    while len(at):  # pairs of holders of one shingle that stand 1, 2, 3... apart
        at = at[at + distance < len(values)]
        at = at[values[at] == values[at + distance]]
        found = np.concatenate([seen, rows[at] * n + rows[at + distance]])
        weights = np.concatenate([counts, np.ones(len(at), np.int64)])
        if distance & (distance - 1) == 0 or len(found) > 20_000_000 or not len(at):  # now and then, to bound memory
            seen, place = np.unique(found, return_inverse=True)
            counts = np.bincount(place, weights, len(seen)).astype(np.int64)
        else:
            seen, counts = found, weights
        distance += 1
    left, right = seen // n, seen % n
    shared = counts + np.minimum(n_skipped[left], n_skipped[right])
    sizes = np.diff(sets.offsets)
    may = shared >= least * (sizes[left] + sizes[right] - shared)
    return np.stack([left[may], right[may]])


def components(n: int, left: Ints, right: Ints) -> Ints:
    """The connected components of pairs of numbers below ``n``: the smallest member for each."""
    label = np.arange(n)
    while True:
        low = np.minimum(label[left], label[right])
        before = label.copy()
        np.minimum.at(label, label[left], low)
        np.minimum.at(label, label[right], low)
        label = label[label]
        if np.array_equal(label, before):
            return label


def cluster_pairs(labels: Ints, seed: int = 1) -> tuple[Ints, Ints, Floats]:
    """Pairs that share a label (below 0: none), and how many pairs each stands for: of a large cluster, a sample."""
    rng = np.random.default_rng(seed)
    order = np.argsort(labels, kind="stable")
    order = order[labels[order] >= 0]
    cuts = np.flatnonzero(np.diff(labels[order])) + 1
    lefts, rights, weights = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)], [np.zeros(0)]
    begins, ends = np.append(0, cuts), np.append(cuts, len(order))
    for begin, end in zip(begins[ends - begins > 1].tolist(), ends[ends - begins > 1].tolist(), strict=True):
        n = end - begin
        n_pairs = n * (n - 1) // 2
        if n <= WHOLE_CLUSTER:
            a, b = np.triu_indices(n, 1)
        else:
            a = rng.integers(0, n, SAMPLE)
            b = (a + rng.integers(1, n, SAMPLE)) % n
        one, other = order[begin + a], order[begin + b]
        lefts.append(np.minimum(one, other))
        rights.append(np.maximum(one, other))
        weights.append(np.full(len(a), n_pairs / len(a)))
    return np.concatenate(lefts), np.concatenate(rights), np.concatenate(weights)


@dataclass(frozen=True)
class Truth:
    """Pairs with their exact Jaccard; those that the scored systems put together must be among them or be given."""

    n_documents: int
    left: Ints
    right: Ints
    jaccard: Floats

    def recall(self, labels: Ints) -> dict[str, float | int]:
        """Of the true pairs, the share in one cluster: over all at ``MIN_JACCARD`` or more, and by band."""
        together = (labels[self.left] == labels[self.right]) & (labels[self.left] >= 0)
        figures: dict[str, float | int] = {}
        bands = {f"recall {low}-{min(high, 1.0)}": (low, high) for low, high in BANDS}
        for name, (low, high) in ({"recall": (MIN_JACCARD, 1.01)} | bands).items():
            inside = (self.jaccard >= low) & (self.jaccard < high)
            figures[name] = round(float(together[inside].mean()), 5) if inside.any() else 1.0
        return figures | {"true pairs": int((self.jaccard >= MIN_JACCARD).sum())}

    def precision(self, found: tuple[Ints, Ints, Floats], jaccard: Floats) -> dict[str, float | int]:
        """Of the pairs in one cluster, the share at ``MIN_JACCARD``, at 0.6, and in one cluster of the truth.

        The last is what a faultless system would score 1 in: clusters are connected components, so two texts that both
        resemble a third stand together although they may resemble each other less.
        """
        left, right, weight = found
        true = self.jaccard >= MIN_JACCARD
        label = components(self.n_documents, self.left[true], self.right[true])
        total = max(float(weight.sum()), 1.0)
        return {
            "precision": round(float(weight[jaccard >= MIN_JACCARD].sum()) / total, 5),
            "precision 0.6": round(float(weight[jaccard >= 0.6].sum()) / total, 5),
            "precision of clusters": round(float(weight[label[left] == label[right]].sum()) / total, 5),
            "found pairs": round(float(weight.sum())),
        }


def texts_of(table: pa.Table, documents: Ints) -> pa.ChunkedArray:
    """The texts of ids, which are places in the table."""
    return pc.take(table["text"], pa.array(documents))


def family_pairs(copies: Ints, sources: Ints) -> tuple[Ints, Ints]:
    """All pairs among an original and its copies."""
    left, right = [sources], [copies]
    order = np.argsort(sources, kind="stable")
    source, copy = sources[order], copies[order]
    distance = 1
    at = np.arange(len(source))
    while len(at):
        at = at[at + distance < len(source)]
        at = at[source[at] == source[at + distance]]
        left.append(copy[at])
        right.append(copy[at + distance])
        distance += 1
    one, other = np.concatenate(left), np.concatenate(right)
    return np.minimum(one, other), np.maximum(one, other)


def _ranges(begins: Ints, lengths: Ints) -> Ints:
    """``begin, begin + 1, ...`` for each length, one after another."""
    return np.arange(int(lengths.sum())) + np.repeat(begins - (np.cumsum(lengths) - lengths), lengths)


def _renumber(values: Ints) -> Ints:
    """The values as places in the sorted list of the different ones: equal numbers for equal values."""
    order = np.argsort(values)
    new = np.diff(values[order], prepend=values[order[:1]]) != 0
    numbers = np.empty(len(values), np.int64)
    numbers[order] = np.cumsum(new)
    return numbers
