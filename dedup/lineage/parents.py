"""All the parents of a text: the primary one, and further ones for the words that it leaves unexplained."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from dedup.lineage.branching import Candidates
from dedup.lineage.views import BoolArray, IntArray, Members, Pairs

MIN_GAIN = 0.15  # share of the words still unexplained that a further parent must explain
MIN_SHARE = 0.15  # share of all words of the child that it must explain
OWN_STRETCH = 12  # unexplained words in a row that count: what is less is an edit, or a way to say things
AS_MUCH = 0.9  # of the words that the best one explains; among such the likeliest parent is taken


@dataclass(frozen=True, slots=True)
class Parents:
    """Edges between texts that are told, and what they leave to the child.

    Attributes:
        edge: rows of the candidates, ordered by child, then rank.
        rank: 1 for the primary parent, 2 and on for further ones.
        originality: per place of a child's first document, the share of its words that no parent explains.
    """

    edge: list[int]
    rank: list[int]
    originality: dict[int, float]


def all_parents(members: Members, pairs: Pairs, edges: Candidates, primary: IntArray, min_words: int) -> Parents:
    """Add to each primary parent those that explain words which the parents before leave unexplained.

    Greedy: the candidate with the most such words comes next, as long as it explains at least ``MIN_GAIN`` of them,
    ``MIN_SHARE`` of the child and ``min_words``, its direction is told, and no text becomes its own ancestor. Only
    stretches of ``OWN_STRETCH`` words count: relatives of the primary parent share its text and differ from it by
    edits, and a few words that the child has in common with one of them do not make it a source.

    Args:
        members: the documents of stories.
        pairs: pairs of texts.
        edges: possible edges, ordered by child.
        primary: rows of the edges of the maximum branching, ordered by child.
        min_words: fewest words that a further parent explains.
    """
    chosen: list[int] = []
    ranks: list[int] = []
    originality: dict[int, float] = {}
    parents_of = {int(edges.child[row]): [int(edges.parent[row])] for row in primary.tolist()}
    told, child = edges.told, edges.child[primary]
    begins, ends = np.searchsorted(edges.child, child), np.searchsorted(edges.child, child, side="right")
    for row, begin, end in zip(primary.tolist(), begins.tolist(), ends.tolist(), strict=True):
        explained = explained_words(members, pairs, edges, row)
        open_ = [other for other in range(begin, end) if told[other] and other != row]
        own = [row]
        if np.count_nonzero(~explained) >= _needed(explained, min_words):
            words = {other: explained_words(members, pairs, edges, other) for other in open_}
            own += _further(words, explained, edges, parents_of, min_words)
        chosen += own
        ranks += range(1, len(own) + 1)
        coverage = explained.mean() if len(own) > 1 else _child_coverage(pairs, edges, row)
        originality[int(edges.child[row])] = float(1.0 - coverage)
    return Parents(chosen, ranks, originality)


def _needed(explained: BoolArray, min_words: int) -> float:
    """How many words the next parent has to explain."""
    return max(min_words, MIN_GAIN * float(np.count_nonzero(~explained)), MIN_SHARE * explained.size)


def _further(
    open_: dict[int, BoolArray],
    explained: BoolArray,
    edges: Candidates,
    parents_of: dict[int, list[int]],
    min_words: int,
) -> list[int]:
    """Rows of the further parents of one child, in the order found; marks their words as explained."""
    found: list[int] = []
    while open_:
        gains = {row: _own_words(words & ~explained) for row, words in open_.items()}
        most = max(gains.values())
        if most < _needed(explained, min_words):
            break
        enough = [row for row, gain in gains.items() if gain >= AS_MUCH * most]
        best = max(enough, key=lambda row: (edges.weight[row], gains[row], -int(edges.parent[row])))
        words = open_.pop(best)
        parent, child = int(edges.parent[best]), int(edges.child[best])
        if gains[best] >= _needed(explained, min_words) and child not in line(parent, parents_of):
            parents_of[child].append(parent)
            explained |= words
            found.append(best)
    return found


def _own_words(words: BoolArray) -> int:
    """How many words stand in stretches that are long enough to count."""
    edges = np.flatnonzero(np.diff(words, prepend=False, append=False))
    lengths = edges[1::2] - edges[::2]
    return int(lengths[lengths >= OWN_STRETCH].sum())


def line(text: int, parents_of: Mapping[int, list[int]]) -> set[int]:
    """A text and all its ancestors."""
    found: set[int] = set()
    ahead = [text]
    while ahead:
        at = ahead.pop()
        if at not in found:
            found.add(at)
            ahead += parents_of.get(at, [])
    return found


def explained_words(members: Members, pairs: Pairs, edges: Candidates, row: int) -> BoolArray:
    """Which of the child's words stand in the passages that an edge's parent shares with it."""
    pair, forward = int(edges.pair[row]), bool(edges.forward[row])
    spans = (pairs.spans_right if forward else pairs.spans_left)[pairs.first_span[pair] : pairs.first_span[pair + 1]]
    return held_words(int(members.n_words[edges.child[row]]), spans)


def held_words(n_words: int, spans: IntArray) -> BoolArray:
    """Which words of a text some half-open spans hold, shape (spans, 2)."""
    words = np.zeros(n_words, np.bool_)
    for begin, end in spans.tolist():
        words[begin:end] = True
    return words


def _child_coverage(pairs: Pairs, edges: Candidates, row: int) -> float:
    coverage = pairs.coverage_right if edges.forward[row] else pairs.coverage_left
    return float(coverage[edges.pair[row]])
