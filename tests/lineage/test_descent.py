"""Which pairs of texts go back to a third one, against walks over graphs."""

from __future__ import annotations

from types import SimpleNamespace

import networkx as nx
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dedup.lineage.descent import common_source
from dedup.lineage.parents import Parents


@st.composite
def histories(draw):
    """Texts, each made of an earlier one, of an unseen source or of none; and some further parents."""
    n = draw(st.integers(1, 9))
    n_unseen = draw(st.integers(0, 2))
    above = [draw(st.sampled_from([None, *range(text), *range(n, n + n_unseen)])) for text in range(n)]
    tree = nx.DiGraph((parent, text) for text, parent in enumerate(above) if parent is not None)
    tree.add_nodes_from(range(n + n_unseen))
    sources = []
    for source in range(n, n + n_unseen):
        below = nx.descendants(tree, source) | {source}
        parent = draw(st.sampled_from([-1, *sorted(set(range(n)) - below)]))
        if parent >= 0:
            tree.add_edge(parent, source)
        children = np.array([text for text in range(n) if above[text] == source], np.int64)
        sources.append(SimpleNamespace(children=children, parent=parent))
    further = draw(st.sets(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)).filter(lambda p: p[0] < p[1])))
    return n, tree, sources, sorted(edge for edge in further if edge not in tree.edges)


@given(histories())
def test_a_common_source_is_an_ancestor_of_both(history):
    """Neither text is above the other, nor a further parent of it, and both stand in one tree."""
    n, tree, sources, further = history
    pairs = [(left, right) for left in range(n) for right in range(left + 1, n)]
    edges = [(parent, child, 1) for parent, child in tree.edges if max(parent, child) < n]
    edges += [(parent, child, 2) for parent, child in further]
    ends = np.array(pairs, np.int64).reshape(-1, 2)
    rows = SimpleNamespace(
        parent=np.array([parent for parent, _, _ in edges], np.int64),
        child=np.array([child for _, child, _ in edges], np.int64),
        pair=np.array([pairs.index(tuple(sorted(edge[:2]))) for edge in edges], np.int64),
    )
    parents = Parents(list(range(len(edges))), [rank for _, _, rank in edges], {})
    common, tied = common_source(SimpleNamespace(left=ends[:, 0], right=ends[:, 1]), rows, parents, sources, n)
    lines = [nx.ancestors(tree, text) | {text} for text in range(n)]
    for (left, right), is_common, is_tied in zip(pairs, common.tolist(), tied.tolist(), strict=True):
        derived = left in lines[right] or right in lines[left] or {(left, right), (right, left)} & set(further)
        assert is_tied == bool(derived or lines[left] & lines[right])
        assert is_common == (is_tied and not derived)
