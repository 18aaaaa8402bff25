"""From pairwise probabilities to a forest: the best parent of each text, and how sure that is.

A story's texts and a virtual root, "not from here", make a directed graph whose spanning trees are the possible
histories; the weight of a history is the product of its edges' odds. The best one is the maximum branching (Chu and Liu
1965, Edmonds 1967). The share of all histories that hold an edge, by weight, is its confidence: the spanning-tree
marginal of the Matrix-Tree theorem (Koo, Globerson, Carreras and Collins 2007, "Structured prediction models via the
Matrix-Tree theorem", section 3; Xu and Smith 2018 use it for cascades of news).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from dedup.kernels.branching import branching
from dedup.lineage.direction import TOLD, logistic
from dedup.lineage.kinship import Relatives, toward
from dedup.lineage.views import BoolArray, FloatArray, IntArray

MAX_PARENTS = 20  # candidate parents per text
MAX_NODES = 3000  # largest story for the Matrix-Tree theorem, which costs the cube of it: three seconds, 300 MB
ROOT_WEIGHT = 0.0  # log-odds of "not from here" against a parent at even odds
ALONE = 2 / 3  # probability of having no parent here, from which on none is named
LEAST = 1e-12  # marginal that counts
DIGITS = 9  # of a marginal that are kept: the last ones depend on how many threads inverted the matrix
NO_HISTORY = -1e6  # in place of the marginal of having no parent: worse than any history
MOST_ODDS = 12.0  # log-odds of having a parent here: nothing observed makes it surer; more is beyond the arithmetic
_CELLS = 4_000_000  # of the matrices inverted at once


@dataclass(frozen=True, slots=True)
class Candidates:
    """Possible edges ``parent -> child`` between texts, ordered by child, the best first.

    Attributes:
        pair: row of the pair that ties the two.
        forward: whether the pair's left text is the parent.
        parent: place of the parent's first document.
        child: place of the child's.
        weight: log-odds of the edge against "not from here".
        direction: probability that the parent precedes the child.
    """

    pair: IntArray
    forward: BoolArray
    parent: IntArray
    child: IntArray
    weight: FloatArray
    direction: FloatArray

    @property
    def told(self) -> BoolArray:
        """Edges whose direction is sure enough to be reported."""
        return self.direction >= TOLD

    def turned(self, score: FloatArray) -> Candidates:
        """The same with other directions, given the log-odds that a pair's left text precedes."""
        return replace(self, direction=logistic(toward(score, self.pair, self.forward)))


def candidates(edges: Relatives, weight: FloatArray, score: FloatArray) -> Candidates:
    """The ``MAX_PARENTS`` likeliest parents of each child.

    Args:
        edges: possible edges, ordered by child.
        weight: log-odds of each against "not from here".
        score: log-odds that a pair's left text precedes.
    """
    order = np.lexsort((edges.parent, -weight, edges.child))
    child = edges.child[order]
    kept = order[np.arange(child.size) - np.searchsorted(child, child) < MAX_PARENTS]
    pair, forward = edges.pair[kept], edges.forward[kept]
    return Candidates(
        pair=pair,
        forward=forward,
        parent=edges.parent[kept],
        child=edges.child[kept],
        weight=weight[kept],
        direction=logistic(toward(score, pair, forward)),
    )


def primary_parents(edges: Candidates, marginal: FloatArray, none: dict[int, float]) -> IntArray:
    """Rows of the edges that make up the maximum branching, at most one per child, ordered by child.

    A text has a parent unless it is twice as likely to have none here, however many share the likelihood; which one is
    decided by the marginals, all texts at once, so that there is no cycle. Only edges whose direction is told take
    part: a history that rests on a guess is none.

    Args:
        edges: possible edges.
        marginal: probability of each.
        none: per text the probability that it has no parent here.
    """
    derived = np.array([none[child] < ALONE for child in edges.child.tolist()], np.bool_)
    told = np.flatnonzero(edges.told & derived)
    if told.size == 0:
        return told
    order = told[np.lexsort((edges.parent[told], edges.child[told]))]  # so that ties go to the lower document
    nodes, ends = np.unique(np.concatenate((edges.parent[order], edges.child[order])), return_inverse=True)
    chosen = branching(
        np.full(nodes.size, NO_HISTORY),
        ends[: order.size].astype(np.int64),
        ends[order.size :].astype(np.int64),
        np.log(np.maximum(marginal[order], LEAST)),
    )
    return order[chosen[chosen >= 0]]


def marginals(edges: Candidates, story: IntArray) -> tuple[FloatArray, dict[int, float]]:
    """Probability of each edge, and of each text's having no parent here, over all histories of its story.

    Stories of more than ``MAX_NODES`` texts fall back to the odds of each child's own candidates (a softmax), which
    forgets that histories have no cycles. No text is surer to have a parent than ``MOST_ODDS`` allow: the error of the
    arithmetic is about e^MOST_ODDS roundings, 10^-11, whatever the size of the story.

    Args:
        edges: possible edges, of all stories.
        story: number of the story per place of a document.
    """
    nodes, child = np.unique(edges.child, return_inverse=True)  # every text is someone's possible child
    some = np.full(nodes.size, -np.inf)
    np.logaddexp.at(some, child, edges.weight)
    root = np.maximum(ROOT_WEIGHT, some - MOST_ODDS)
    total = np.logaddexp(root, some)
    share = np.exp(edges.weight - total[child])
    root_share = np.exp(root - total)
    parent = np.searchsorted(nodes, edges.parent)
    group, size, place = _groups(story[nodes])
    edge_marginal, root_marginal = share.copy(), root_share.copy()
    for n in np.unique(size[size <= MAX_NODES]).tolist():
        same = np.flatnonzero(size == n)
        step = max(1, _CELLS // (n * n))
        for at in range(0, same.size, step):
            slot = np.full(size.size, -1)
            slot[same[at : at + step]] = np.arange(same[at : at + step].size)
            rows, inside = np.flatnonzero(slot[group[child]] >= 0), np.flatnonzero(slot[group] >= 0)
            s, u, v = slot[group[child[rows]]], place[parent[rows]], place[child[rows]]
            inverse = _inverse(int(slot.max()) + 1, n, s, u, v, share[rows])
            edge_marginal[rows] = share[rows] * (inverse[s, v, v] - inverse[s, v, u])
            own = inverse[slot[group[inside]], place[inside], place[inside]]
            root_marginal[inside] = root_share[inside] * own
    edge_marginal, root_marginal = (np.clip(share, 0.0, 1.0).round(DIGITS) for share in (edge_marginal, root_marginal))
    return edge_marginal, dict(zip(nodes.tolist(), root_marginal.tolist(), strict=True))


def _groups(story: IntArray) -> tuple[IntArray, IntArray, IntArray]:
    """For nodes in ascending order: number of the node's group, size of each group, place of the node in its group."""
    _, group, size = np.unique(story, return_inverse=True, return_counts=True)
    order = np.argsort(group, kind="stable")
    place = np.empty(story.size, np.int64)
    place[order] = np.arange(story.size) - np.repeat(np.cumsum(size) - size, size)
    return group.astype(np.int64), size.astype(np.int64), place


def _inverse(n_groups: int, n: int, s: IntArray, u: IntArray, v: IntArray, share: FloatArray) -> FloatArray:
    """Inverse Laplacians of ``n_groups`` graphs of ``n`` nodes, shape (groups, n, n).

    Each column is divided by the whole weight that enters its node, which changes no marginal and makes the diagonal
    one: shares of the order of e^10 and more stay in range, and the matrix is as well conditioned as the least share of
    a root allows.
    """
    laplacian = np.zeros((n_groups, n, n))
    laplacian[:, np.arange(n), np.arange(n)] = 1.0
    np.add.at(laplacian, (s, u, v), -share)
    return np.asarray(np.linalg.inv(laplacian), dtype=np.float64)
