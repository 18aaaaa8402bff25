"""Confidence of edges against the enumeration of all histories."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.lineage import branching
from dedup.lineage.branching import MAX_PARENTS, Candidates, candidates, marginals
from dedup.lineage.kinship import Relatives
from tests import naive_graph


def _candidates(edges, weights):
    order = sorted(range(len(edges)), key=lambda row: (edges[row][1], -weights[row]))
    ends = np.array([edges[row] for row in order], np.int64).reshape(-1, 2)
    rows = np.arange(len(edges))
    weight = np.array([weights[row] for row in order])
    return Candidates(rows, rows >= 0, ends[:, 0], ends[:, 1], weight, np.full(len(edges), 0.9)), order


@st.composite
def _graphs(draw):
    n = draw(st.integers(2, 4))
    pairs = [(u, v) for u in range(n) for v in range(u)]
    tied = draw(st.sets(st.sampled_from(pairs), min_size=1))
    edges = sorted({*tied, *(pair[::-1] for pair in tied)})
    return n, edges, [draw(st.floats(-6, 10)) for _ in edges]


@settings(max_examples=60, deadline=None)
@given(_graphs())
def test_marginals_equal_the_enumeration_of_histories(graph):
    """The Matrix-Tree theorem gives what counting all branchings by weight gives."""
    n, edges, weights = graph
    histories = naive_graph.branchings(n, edges)
    weight = [math.exp(sum(weights[edge] for edge in history if edge >= 0)) for history in histories]
    total = sum(weight)
    made, order = _candidates(edges, weights)
    edge_marginal, no_parent = marginals(made, np.ones(n, np.int64))
    for row, edge in enumerate(order):
        holds = sum(w for w, history in zip(weight, histories, strict=True) if edge in history)
        assert edge_marginal[row] == pytest.approx(holds / total, abs=1e-9)
    for node, probability in no_parent.items():
        root = sum(w for w, history in zip(weight, histories, strict=True) if history[node] < 0)
        assert probability == pytest.approx(root / total, abs=1e-9)


def test_stories_of_equal_size_do_not_mix():
    """Two stories of two texts, solved in one stack, give what each gives alone."""
    alone = [marginals(_candidates([(0, 1), (1, 0)], w)[0], np.ones(2, np.int64))[0] for w in ([2.0, 1.0], [3.0, -1.0])]
    both, _ = _candidates([(0, 2), (2, 0), (1, 3), (3, 1)], [2.0, 1.0, 3.0, -1.0])
    together, _ = marginals(both, np.array([1, 2, 1, 2]))
    assert sorted(together) == pytest.approx(sorted(np.concatenate(alone)))


def test_large_stories_fall_back_to_the_odds_of_each_child(monkeypatch):
    """Beyond the limit an edge's confidence is its share among the child's own candidates."""
    monkeypatch.setattr(branching, "MAX_NODES", 1)
    made, _ = _candidates([(0, 1), (1, 0)], [2.0, 1.0])
    edge_marginal, no_parent = marginals(made, np.ones(2, np.int64))
    by_child = dict(zip(made.child.tolist(), edge_marginal.tolist(), strict=True))
    assert by_child[1] == pytest.approx(math.exp(2) / (1 + math.exp(2)))
    assert no_parent[0] == pytest.approx(1 / (1 + math.exp(1)))


def test_a_large_story_is_stable():
    """Four hundred near copies tied all ways, with odds of e^10: probabilities stay probabilities and sum to one."""
    rng = np.random.default_rng(0)
    n = 400
    near = [(u, v) for u in range(n) for v in range(max(0, u - 5), u)]
    edges = [*near, *(pair[::-1] for pair in near)]
    made, _ = _candidates(edges, rng.uniform(5, 10, len(edges)).tolist())
    edge_marginal, no_parent = marginals(made, np.ones(n, np.int64))
    total = np.array([no_parent[node] for node in range(n)])
    np.add.at(total, made.child, edge_marginal)
    assert total == pytest.approx(np.ones(n), abs=1e-8)


def test_sure_stories_stay_within_the_arithmetic():
    """Odds of e^40 on edges that all but close a cycle: still probabilities, and no text is without doubt."""
    rng = np.random.default_rng(1)
    n = 30
    near = [(u, v) for u in range(n) for v in range(max(0, u - 4), u)]
    edges = [*near, *(pair[::-1] for pair in near)]
    made, _ = _candidates(edges, rng.uniform(20, 40, len(edges)).tolist())
    edge_marginal, no_parent = marginals(made, np.ones(n, np.int64))
    total = np.array([no_parent[node] for node in range(n)])
    np.add.at(total, made.child, edge_marginal)
    assert total == pytest.approx(np.ones(n), abs=1e-8)
    assert sum(no_parent.values()) == pytest.approx(1.0, abs=0.01)


def test_each_child_keeps_its_likeliest_parents():
    """Candidates come by child, the best first, and no more than MAX_PARENTS."""
    n = MAX_PARENTS + 5
    rows = np.arange(n)
    edges = Relatives(rows, rows % 2 == 0, rows + 1, np.zeros(n, np.int64))
    made = candidates(edges, rows.astype(np.float64), np.full(n, 2.0))
    assert made.parent.tolist() == list(range(n, n - MAX_PARENTS, -1))
    assert np.array_equal(made.direction > 0.5, made.forward)
