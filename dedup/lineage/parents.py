"""All the parents of a text: the primary one, and further ones for the words that it leaves unexplained."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dedup.lineage.branching import Candidates
from dedup.lineage.views import BoolArray, IntArray, Members, Pairs

MIN_GAIN = 0.15  # share of the words still unexplained that a further parent must explain


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

    Greedy: the candidate with the most such words comes next, as long as it explains at least ``MIN_GAIN`` of them and
    ``min_words``, its direction is told, and no text becomes its own ancestor.

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
    told = edges.told
    for row in primary.tolist():
        child = int(edges.child[row])
        explained = explained_words(members, pairs, edges, row)
        begin, end = np.searchsorted(edges.child, [child, child + 1]).tolist()
        open_ = {
            other: explained_words(members, pairs, edges, other)
            for other in range(begin, end)
            if told[other] and other != row
        }
        own = [row, *_further(open_, explained, edges, parents_of, min_words)]
        chosen += own
        ranks += range(1, len(own) + 1)
        coverage = explained.mean() if len(own) > 1 else _child_coverage(pairs, edges, row)
        originality[child] = float(1.0 - coverage)
    return Parents(chosen, ranks, originality)


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
        gains = {row: int(np.count_nonzero(words & ~explained)) for row, words in open_.items()}
        best = max(open_, key=lambda row: (gains[row], -int(edges.parent[row])))
        needed = max(min_words, MIN_GAIN * np.count_nonzero(~explained))
        if gains[best] < needed:
            break
        words = open_.pop(best)
        parent, child = int(edges.parent[best]), int(edges.child[best])
        if not _descends(parent, child, parents_of):
            parents_of[child].append(parent)
            explained |= words
            found.append(best)
    return found


def _descends(text: int, ancestor: int, parents_of: dict[int, list[int]]) -> bool:
    """Whether a text has the other among its ancestors, or is it."""
    seen: set[int] = set()
    ahead = [text]
    while ahead:
        at = ahead.pop()
        if at == ancestor:
            return True
        if at not in seen:
            seen.add(at)
            ahead.extend(parents_of.get(at, []))
    return False


def explained_words(members: Members, pairs: Pairs, edges: Candidates, row: int) -> BoolArray:
    """Which of the child's words stand in the passages that an edge's parent shares with it."""
    pair, forward = int(edges.pair[row]), bool(edges.forward[row])
    spans = pairs.spans_right if forward else pairs.spans_left
    words = np.zeros(int(members.n_words[edges.child[row]]), np.bool_)
    for begin, end in spans[pairs.first_span[pair] : pairs.first_span[pair + 1]].tolist():
        words[begin:end] = True
    return words


def _child_coverage(pairs: Pairs, edges: Candidates, row: int) -> float:
    coverage = pairs.coverage_right if edges.forward[row] else pairs.coverage_left
    return float(coverage[edges.pair[row]])
