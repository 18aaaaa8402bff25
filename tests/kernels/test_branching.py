"""Chu-Liu/Edmonds against enumeration and networkx."""

from __future__ import annotations

import networkx as nx
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.kernels.branching import branching
from tests import naive_graph


@st.composite
def _weighted(draw, most):
    n = draw(st.integers(1, most))
    pairs = [(u, v) for u in range(n) for v in range(n) if u != v]
    edges = sorted(draw(st.sets(st.sampled_from(pairs), max_size=4 * n))) if pairs else []
    whole = st.integers(-20, 20).map(float)  # whole numbers: sums are exact in any order
    weights = draw(st.lists(whole, min_size=len(edges), max_size=len(edges)))
    roots = draw(st.lists(whole, min_size=n, max_size=n))
    return n, edges, weights, roots


def _run(edges, weights, roots):
    ends = np.array(edges, np.int64).reshape(-1, 2)
    return branching(np.array(roots), ends[:, 0].copy(), ends[:, 1].copy(), np.array(weights, np.float64)).tolist()


def _total(choice, weights, roots):
    return sum(roots[node] if edge < 0 else weights[edge] for node, edge in enumerate(choice))


@settings(max_examples=60, deadline=None)
@given(_weighted(4))
def test_branching_is_the_best_of_all(graph):
    """Among all branchings of a small graph none weighs more, and the chosen one is a branching."""
    n, edges, weights, roots = graph
    every = naive_graph.branchings(n, edges)
    chosen = tuple(_run(edges, weights, roots))
    assert chosen in every
    assert _total(chosen, weights, roots) == max(_total(choice, weights, roots) for choice in every)


@settings(max_examples=60, deadline=None)
@given(_weighted(9))
def test_branching_weighs_what_networkx_finds(graph):
    """The total weight equals networkx.maximum_spanning_arborescence from a virtual root."""
    n, edges, weights, roots = graph
    theirs = nx.DiGraph()
    theirs.add_weighted_edges_from((n, node, roots[node]) for node in range(n))
    theirs.add_weighted_edges_from((u, v, w) for (u, v), w in zip(edges, weights, strict=True))
    best = nx.maximum_spanning_arborescence(theirs).size(weight="weight")
    chosen = _run(edges, weights, roots)
    assert _total(chosen, weights, roots) == best
    assert nx.is_directed_acyclic_graph(nx.DiGraph(edges[i] for i in chosen if i >= 0))
    assert all(edges[edge][1] == node for node, edge in enumerate(chosen) if edge >= 0)


def test_ties_go_to_the_root_then_to_the_first_edge():
    """Equal weights give the same answer every time: no parent before a parent, the lower parent before the higher."""
    assert _run([(0, 1)], [0.0], [0.0, 0.0]) == [-1, -1]
    assert _run([(0, 2), (1, 2)], [3.0, 3.0], [0.0, 0.0, 0.0]) == [-1, -1, 0]


def test_nested_cycles_are_opened_again():
    """Two cycles inside a larger one, each of which a greedy choice would close."""
    edges = [(0, 1), (1, 0), (2, 3), (3, 2), (1, 2), (3, 0)]
    chosen = _run(edges, [10.0, 10.0, 10.0, 10.0, 8.0, 8.0], [1.0, 0.0, 0.0, 0.0])
    assert chosen == [-1, 0, 4, 2]
