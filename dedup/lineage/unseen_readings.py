"""Texts in threes, each of which lacks what the other two share: none of them is the source."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dedup.kernels.latent import LONG, SHORT, agreements
from dedup.kernels.unionfind import components
from dedup.lineage.views import FloatArray, IntArray, Members, Pairs

# Bits that the same words in two texts are worth against their having come in twice: a few words may stand in both
# because both houses follow one guide, correct one error, or use one machine. One such cause explains many places, so
# all of them together are worth too little to prove anything alone: of the sources that they proved in simulated worlds
# most were none. Many words are told by their number, but lines that houses add to all that they print resemble each
# other up to this length.
SHORT_BITS, SHORT_MOST, LONG_BITS, LONG_WORDS = 2.0, 6.0, 20.0, 17
HIDDEN_COST = 16.0  # what a text that nobody has seen costs to suppose, beside naming three texts that were made of it
JOIN_BITS = 8.0  # by which a further text joins the children of a source
_WITNESSES = 8  # children of a source that a further text is compared with
_BLOCK = 2000  # triples that are laid side by side at once


@dataclass(frozen=True, slots=True)
class Ties:
    """Pairs of texts, by the words that they share.

    Attributes:
        pairs: the pairs.
        n_words: of each text.
        shared: words that each pair shares.
        by_right: rows of the pairs, ordered by their right texts.
    """

    pairs: Pairs
    n_words: IntArray
    shared: IntArray
    by_right: IntArray

    @classmethod
    def of(cls, members: Members, pairs: Pairs) -> Ties:
        """Count what the pairs share."""
        owner = np.repeat(np.arange(pairs.left.size), np.diff(pairs.first_run))
        shared = np.bincount(owner, weights=pairs.runs[:, 2], minlength=pairs.left.size).astype(np.int64)
        return cls(pairs, members.n_words, shared, np.argsort(pairs.right, kind="stable"))

    def held(self, texts: IntArray, inside: IntArray | None = None) -> tuple[IntArray, IntArray]:
        """How many other texts share each word of some texts.

        Args:
            texts: ascending.
            inside: a number for each text, below 0 for none; if given, only texts of one number are counted.

        Returns:
            Where the words of each text of all begin, -1 for those that were not asked for; the counts, end to end.
        """
        first = np.full(self.n_words.size, -1)
        first[texts] = np.cumsum(self.n_words[texts]) - self.n_words[texts]
        steps = np.zeros(int(self.n_words[texts].sum()) + 1, np.int64)
        for side, column, order in ((self.pairs.left, 0, None), (self.pairs.right, 1, self.by_right)):
            keys = side if order is None else side[order]
            begin, end = np.searchsorted(keys, texts), np.searchsorted(keys, texts, side="right")
            rows = _ranges(begin, end - begin)
            rows = rows if order is None else order[rows]
            if inside is not None:
                rows = rows[inside[self.pairs.left[rows]] == inside[self.pairs.right[rows]]]
            counts = self.pairs.first_run[rows + 1] - self.pairs.first_run[rows]
            run = _ranges(self.pairs.first_run[rows], counts)
            at = np.repeat(first[side[rows]], counts) + self.pairs.runs[run, column]
            steps += np.bincount(at, minlength=steps.size)
            steps -= np.bincount(at + self.pairs.runs[run, 2], minlength=steps.size)
        return first, np.cumsum(steps)[:-1]

    def spans(self, source: IntArray, least: int) -> dict[int, IntArray]:
        """The words that texts share with others of their source: spans of each text, int64[n, 2], half-open.

        Args:
            source: a number for each text, below 0 for none.
            least: words of a span.
        """
        texts = np.flatnonzero(source >= 0)
        first, held = self.held(texts, source)
        found = {}
        for text in texts.tolist():
            shared = held[first[text] : first[text] + self.n_words[text]] > 0
            steps = np.flatnonzero(np.diff(np.concatenate(([False], shared, [False])).astype(np.int8)))
            spans = steps.reshape(-1, 2).astype(np.int64)
            found[text] = spans[spans[:, 1] - spans[:, 0] >= least]
        return found

    def hung(self, n_texts: int) -> tuple[IntArray, IntArray]:
        """Hang all texts on one another: a spanning forest of the pairs that share most words (Kruskal 1956).

        Returns:
            For each text the one on which it hangs, and their pair; -1 for the first one of each tree.
        """
        up = list(range(n_texts))
        near: list[list[tuple[int, int]]] = [[] for _ in range(n_texts)]
        rows = np.lexsort((self.pairs.right, self.pairs.left, -self.shared))
        rows = rows[self.shared[rows] > 0]
        for row, left, right in zip(
            rows.tolist(), self.pairs.left[rows].tolist(), self.pairs.right[rows].tolist(), strict=True
        ):
            one, other = _top(up, left), _top(up, right)
            if one != other:
                up[max(one, other)] = min(one, other)
                near[left].append((right, row))
                near[right].append((left, row))
        anchor, tie = np.full(n_texts, -1), np.full(n_texts, -1)
        ahead = [text for text in range(n_texts) if up[text] == text]
        while ahead:
            text = ahead.pop()
            for other, row in near[text]:
                if row != tie[text]:
                    anchor[other], tie[other] = text, row
                    ahead.append(other)
        return anchor, tie

    def groups(self, n_texts: int, share: float, words: int) -> IntArray:
        """A number for each text, the same for texts tied by pairs that share enough of the shorter one."""
        shorter = np.minimum(self.n_words[self.pairs.left], self.n_words[self.pairs.right])
        strong = self.shared >= np.maximum(share * shorter, words)
        return components(n_texts, self.pairs.left[strong], self.pairs.right[strong])

    def row(self, one: int, other: int) -> int | None:
        """The pair of two texts, if they are one."""
        low, high = min(one, other), max(one, other)
        begin, end = np.searchsorted(self.pairs.left, [low, low + 1])
        at = int(begin + np.searchsorted(self.pairs.right[begin:end], high))
        return at if at < end and self.pairs.right[at] == high else None

    def _places(self, rows: IntArray) -> tuple[IntArray, npt.NDArray[np.int32]]:
        """For each word of both texts of some pairs its place in the other text, or -1.

        Returns:
            Where the words of the left and the right text of each pair begin, int64[rows, 2]; their places, end to end.
        """
        pairs = self.pairs
        sizes = np.stack((self.n_words[pairs.left[rows]], self.n_words[pairs.right[rows]]), axis=1)
        at = (np.cumsum(sizes) - sizes.ravel()).reshape(sizes.shape)
        places = np.full(int(sizes.sum()), -1, np.int32)
        counts = pairs.first_run[rows + 1] - pairs.first_run[rows]
        run = _ranges(pairs.first_run[rows], counts)
        owner, lengths = np.repeat(np.arange(rows.size), counts), pairs.runs[run, 2]
        word = _ranges(np.zeros(lengths.size, np.int64), lengths)
        left, right = (np.repeat(pairs.runs[run, side], lengths) + word for side in (0, 1))
        begin = np.repeat(at[owner], lengths, axis=0)
        places[begin[:, 0] + left] = right
        places[begin[:, 1] + right] = left
        return at, places

    def bits(self, texts: IntArray, rows: IntArray) -> FloatArray:
        """How much two texts of each triple agree against the third, float64[triples, 3].

        Args:
            texts: int64[triples, 3].
            rows: int64[triples, 3], pairs of the first and second text, first and third, second and third.
        """
        found = np.zeros(texts.shape)
        for begin in range(0, len(texts), _BLOCK):
            block = slice(begin, begin + _BLOCK)
            used, place = np.unique(rows[block], return_inverse=True)
            at, places = self._places(used)
            first, held = self.held(np.unique(texts[block]))
            counts = agreements(
                texts[block], place.reshape(-1, 3).astype(np.int64), self.pairs.left[used], at, places,
                self.n_words, first, held, LONG_WORDS,
            )  # fmt: skip
            few = np.minimum(SHORT_BITS * counts[:, :, SHORT], SHORT_MOST)
            found[block] = few + LONG_BITS * counts[:, :, LONG]
        return found


def _top(up: list[int], text: int) -> int:
    """The first text of its tree, by path halving."""
    while up[text] != text:
        up[text] = up[up[text]]
        text = up[text]
    return text


def _ranges(begin: IntArray, counts: IntArray) -> IntArray:
    """Numbers that follow one another from each beginning, so many as asked for."""
    return np.repeat(begin - np.cumsum(counts) + counts, counts) + np.arange(int(counts.sum()))


def readings(ties: Ties) -> list[tuple[float, list[int]]]:
    """Unseen sources that readings prove: gain in bits, and the texts that were made of it.

    Only texts that hang on one another are compared: what a source left behind hangs on the child that has kept most.
    """
    anchor, row = ties.hung(ties.n_words.size)
    texts, rows = _triples(ties, anchor, row)
    bits = ties.bits(texts, rows).min(axis=1, initial=np.inf)
    proof = np.flatnonzero(bits >= HIDDEN_COST)
    cost = HIDDEN_COST + _naming(ties)
    near: dict[int, set[int]] = defaultdict(set)
    for text in np.flatnonzero(anchor >= 0).tolist():
        near[text].add(int(anchor[text]))
        near[int(anchor[text])].add(text)
    sources: list[tuple[float, list[int]]] = []
    taken: set[int] = set()
    for at in proof[np.argsort(-bits[proof], kind="stable")].tolist():
        source = set(texts[at].tolist())
        if source & taken:
            continue
        gain = min(float(bits[at]), _visible_source(ties, texts[at].tolist())) - float(cost[texts[at, 0]])
        if gain > 0:
            _grow(ties, near, source, taken)
            taken |= source
            sources.append((gain, sorted(source)))
    return sources


def _naming(ties: Ties) -> FloatArray:
    """For each text the bits that it takes to name three of those tied to it: of many triples one agrees by chance."""
    tied = ties.groups(ties.n_words.size, share=0.0, words=1)
    n = np.maximum(np.bincount(tied, minlength=ties.n_words.size)[tied], 3).astype(np.float64)
    return np.asarray(np.log2(n * (n - 1) * (n - 2) / 6))


def _grow(ties: Ties, near: dict[int, set[int]], source: set[int], taken: set[int]) -> None:
    """Add to the children of a source further texts next to them that stand to two of them as these to another."""
    ahead = sorted(source)
    while ahead:
        child = ahead.pop()
        for text in sorted(near[child] - source - taken):
            own = _neighbours(ties, text)
            others = [other for other in sorted(source - {child}) if other in own][:_WITNESSES]
            rows = [(own[child], own[other], ties.row(child, other)) for other in others]
            held = [(other, row) for other, row in zip(others, rows, strict=True) if row[2] is not None]
            three = np.array([(text, child, other) for other, _ in held], np.int64).reshape(-1, 3)
            bits = ties.bits(three, np.array([row for _, row in held], np.int64).reshape(-1, 3))
            if (bits.min(axis=1, initial=np.inf) >= JOIN_BITS).any():
                source.add(text)
                ahead.append(text)


def _triples(ties: Ties, anchor: IntArray, row: IntArray) -> tuple[IntArray, IntArray]:
    """Triples of texts of which two hang on the third, or one on another that hangs on the third; all three are pairs.

    Those in which two cannot share enough against the third are left out.
    """
    left, right, each = ties.pairs.left, ties.pairs.right, np.arange(ties.pairs.left.size)
    parts = []
    both = np.flatnonzero((anchor[left] == anchor[right]) & (anchor[left] >= 0))
    parts.append((anchor[left[both]], left[both], right[both], row[left[both]], row[right[both]], each[both]))
    for low, high in ((left, right), (right, left)):
        middle = anchor[low]
        chain = np.flatnonzero((middle >= 0) & (middle != high) & (anchor[middle] == high))
        centre = middle[chain]
        parts.append((centre, low[chain], high[chain], row[low[chain]], row[centre], each[chain]))
    columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
    texts, rows = np.stack(columns[:3], axis=1), np.stack(columns[3:], axis=1)
    shared, n_words = ties.shared[rows], ties.n_words[texts]
    enough = np.ones(len(texts), np.bool_)
    for one, other, of_one, of_other, of_both in ((1, 2, 0, 1, 2), (0, 2, 0, 2, 1), (0, 1, 1, 2, 0)):
        most = np.minimum(n_words[:, one] - shared[:, of_one], n_words[:, other] - shared[:, of_other])
        enough &= np.minimum(most, shared[:, of_both]) >= LONG_WORDS
    return texts[enough], rows[enough]


def _visible_source(ties: Ties, texts: list[int]) -> float:
    """The least that speaks against any other text as the source of three, in bits; infinite where there is none."""
    neighbours = [_neighbours(ties, text) for text in texts]
    texts_of, rows_of = [], []
    for other in sorted(set(neighbours[0]) & set(neighbours[1]) & set(neighbours[2])):
        for one, two in ((0, 1), (0, 2), (1, 2)):
            between = ties.row(texts[one], texts[two])
            if between is not None:
                texts_of.append((other, texts[one], texts[two]))
                rows_of.append((neighbours[one][other], neighbours[two][other], between))
    if not texts_of:
        return float("inf")
    bits = ties.bits(np.array(texts_of, np.int64), np.array(rows_of, np.int64))[:, 0]
    against: dict[int, float] = defaultdict(float)
    for (other, _, _), value in zip(texts_of, bits.tolist(), strict=True):
        against[other] = max(against[other], value)
    return min(against.values())


def _neighbours(ties: Ties, text: int) -> dict[int, int]:
    """The texts with which one makes a pair, and the pairs."""
    begin, end = np.searchsorted(ties.pairs.left, [text, text + 1]).tolist()
    low, high = np.searchsorted(ties.pairs.right, [text, text + 1], sorter=ties.by_right).tolist()
    found = {int(ties.pairs.right[row]): row for row in range(begin, end)}
    return found | {int(ties.pairs.left[row]): row for row in ties.by_right[low:high].tolist()}
