"""Connected components against networkx."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.kernels.unionfind import bounded_components, components
from tests import naive_graph


@st.composite
def _graphs(draw):
    n = draw(st.integers(1, 12))
    node = st.integers(0, n - 1)
    edges = draw(st.lists(st.tuples(node, node), max_size=20))
    return n, edges


def _ends(edges):
    ends = np.array(edges, np.int64).reshape(-1, 2)
    return ends[:, 0].copy(), ends[:, 1].copy()


@settings(max_examples=100, deadline=None)
@given(_graphs())
def test_components_equal_networkx(graph):
    """Labels are the smallest member of the component that networkx finds."""
    n, edges = graph
    assert components(n, *_ends(edges)).tolist() == naive_graph.components(n, edges)


@settings(max_examples=50, deadline=None)
@given(_graphs(), st.randoms(use_true_random=False))
def test_components_do_not_depend_on_the_order_of_edges(graph, random):
    """Shuffled and flipped edges give the same labels."""
    n, edges = graph
    shuffled = [edge[::-1] for edge in edges]
    random.shuffle(shuffled)
    assert components(n, *_ends(edges)).tolist() == components(n, *_ends(shuffled)).tolist()


@settings(max_examples=100, deadline=None)
@given(_graphs(), st.integers(0, 15), st.data())
def test_bounded_components_equal_the_twin(graph, limit, data):
    """A union is refused exactly where the joined weight would exceed the limit."""
    n, edges = graph
    weight = data.draw(st.lists(st.integers(0, 4), min_size=n, max_size=n))
    labels, refused = bounded_components(np.array(weight, np.int64), *_ends(edges), limit)
    assert (labels.tolist(), refused.tolist()) == naive_graph.bounded_components(weight, edges, limit)


def test_a_long_chain_is_one_component():
    """A million links in the worst order are flattened without a deep walk."""
    n = 1_000_000
    nodes = np.arange(n)
    labels = components(n, nodes[:0:-1].copy(), nodes[-2::-1].copy())
    assert not labels.any()
