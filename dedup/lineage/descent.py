"""Pairs of texts of which neither derives from the other: both go back to a third one."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from dedup.lineage.branching import Candidates
from dedup.lineage.parents import Parents
from dedup.lineage.unseen import Unseen
from dedup.lineage.views import BoolArray, IntArray, Pairs

Branching = dict[int, list[int]]  # children by parent


def common_source(
    pairs: Pairs, edges: Candidates, parents: Parents, sources: list[Unseen], n_places: int
) -> tuple[BoolArray, BoolArray]:
    """What the likeliest history of their story says of each pair.

    Its edges are the primary parents; an unseen source stands above its children, and below its own parent. A text also
    derives from its further parents, but not from what is above these: it has but a passage of them.

    Args:
        n_places: documents of stories.

    Returns:
        Whether both texts go back to a third one, and neither to the other; and whether the history ties them at all:
        where it does not, nothing is known.
    """
    below = _branching(edges, parents, sources, n_places)
    begin, end, root = _walked(below, n_places + len(sources))
    left, right = pairs.left, pairs.right
    within = (begin[left] <= begin[right]) & (begin[right] < end[left])
    within |= (begin[right] <= begin[left]) & (begin[left] < end[right])
    within[edges.pair[parents.edge]] = True
    tied = within | (root[left] == root[right])
    return tied & ~within, tied


def _branching(edges: Candidates, parents: Parents, sources: list[Unseen], n_places: int) -> Branching:
    """Primary parents of texts, and of unseen sources, which are numbered from ``n_places`` on."""
    below: Branching = defaultdict(list)
    for edge, rank in zip(parents.edge, parents.rank, strict=True):
        if rank == 1:
            below[int(edges.parent[edge])].append(int(edges.child[edge]))
    for number, source in enumerate(sources, n_places):
        below[number] += source.children.tolist()
        if source.parent >= 0:
            below[source.parent].append(number)
    return below


def _walked(below: Branching, n: int) -> tuple[IntArray, IntArray, IntArray]:
    """First and last number of a walk down each tree within which stand all that are below a node; and its root."""
    begin, end, root = np.zeros(n, np.int64), np.zeros(n, np.int64), np.arange(n)
    has_parent = np.zeros(n, np.bool_)
    has_parent[[child for children in below.values() for child in children]] = True
    counted = 0
    for top in np.flatnonzero(~has_parent).tolist():
        open_ = [top]
        while open_:
            node = open_.pop()
            if node < 0:
                end[~node] = counted
                continue
            begin[node], root[node] = counted, top
            counted += 1
            open_.append(~node)
            open_ += below.get(node, [])
    return begin, end, root
