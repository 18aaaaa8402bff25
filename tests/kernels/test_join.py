"""From sorted keys to pairs, against their twins."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.kernels import join as kernels
from tests import naive_pairs as naive
from tests.strategies import flat, hashes, u64


def _i64(values):
    return np.array(values, np.int64)


def _linked(runs, max_links, max_documents):
    """Left, right and size of the run, for each link."""
    docs, starts = flat(runs)
    pairs, sizes = kernels.link_runs(starts, docs.astype(np.int64), max_links, max_documents)
    return [(pair >> 32, pair & 0xFFFFFFFF, size) for pair, size in zip(pairs.tolist(), sizes.tolist(), strict=True)]


@given(st.lists(hashes, max_size=30).map(sorted))
def test_run_starts_equal_the_twin(keys):
    """Where each run of equal keys begins, and the end."""
    assert kernels.run_starts(u64(keys)).tolist() == naive.run_starts(keys)


_documents = st.one_of(st.integers(0, 20), st.integers(2**32 - 9, 2**32 - 1))
any_runs = st.lists(st.lists(_documents, min_size=1, max_size=12, unique=True), max_size=5)


@settings(max_examples=150)
@given(any_runs, st.integers(1, 5), st.integers(1, 12))
def test_links_equal_the_twin(runs, max_links, max_documents):
    """Each with its neighbours and the least, in any order, each pair once; too long a run gives none."""
    found = _linked(runs, max_links, max_documents)
    assert sorted(found) == sorted(naive.links(runs, max_links, max_documents))
    assert all(left < right for left, right, _ in found)


@settings(max_examples=12)
@given(st.integers(0, 2**32), st.sampled_from([33, 34, 150, 400, 1100]))
def test_links_of_long_runs_equal_the_twin(seed, size):
    """Runs that are too long for all pairs, in any order, with the limits of the flow."""
    run = np.random.default_rng(seed).permutation(size).tolist()
    assert sorted(_linked([run], 32, size)) == sorted(naive.links([run], 32, size))


@given(st.integers(0, 10**7), st.integers(1, 64))
def test_links_each_equals_the_twin(size, max_links):
    """A document of a run that need not be linked in full has at least four links, unless fewer are allowed."""
    each = kernels.links_each(size, max_links)
    assert each == naive.links_each(max(size, 1), max_links)
    assert min(max_links, 4) <= each <= max_links


@given(st.permutations(range(9)), st.integers(1, 12))
def test_a_short_run_gives_all_pairs(run, max_links):
    """Up to ``max_links + 1`` documents are linked each with each."""
    run = run[: max_links + 1]
    assert len(_linked([run], max_links, 100)) == len(run) * (len(run) - 1) // 2


@pytest.mark.parametrize("size", [2, 33, 34, 100, 1000, 20_000])
def test_links_are_linear_in_a_run(size):
    """A key that k documents share costs at most k times the links of each and one, and connects all of them."""
    run = np.random.default_rng(size).permutation(size).tolist()
    found = _linked([run], 32, size)
    assert len(found) <= size * (kernels.links_each(size, 32) + 1) <= size * 33
    graph = nx.Graph((left, right) for left, right, _ in found)
    assert len(graph) == size
    assert graph.degree(0) == size - 1


@given(
    st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)).filter(lambda p: p[0] != p[1]), max_size=20),
    st.integers(1, 4),
)
def test_cap_equals_the_twin(pairs, limit):
    """Pair after pair is taken while both documents have room."""
    left, right = _i64([a for a, _ in pairs]), _i64([b for _, b in pairs])
    assert kernels.cap_per_document(left, right, 7, limit).tolist() == naive.cap_per_document(pairs, limit)


_NEAR = st.one_of(st.integers(0, 60), st.integers(2**63, 2**63 + 60), hashes)  # many values in one bucket, and few


@given(st.sets(_NEAR, max_size=120), st.lists(_NEAR))
def test_contains_is_membership(values, wanted):
    """Whether each wanted value is in the set."""
    found = kernels.contains(u64(sorted(values)), u64(wanted))
    assert found.tolist() == [value in values for value in wanted]
