"""From sorted keys to pairs, and the brute force of the recall measure, against their twins."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.kernels import join as kernels
from dedup.kernels.recall import count_similar
from tests import naive
from tests.strategies import flat, hashes, u64


def _i64(values):
    return np.array(values, np.int64)


@given(st.lists(hashes, max_size=30).map(sorted))
def test_run_starts_equal_the_twin(keys):
    """Where each run of equal keys begins, and the end."""
    assert kernels.run_starts(u64(keys)).tolist() == naive.run_starts(keys)


runs_of_documents = st.lists(st.sets(st.integers(0, 20), min_size=1, max_size=12).map(sorted), max_size=5)


@settings(max_examples=100)
@given(runs_of_documents, st.integers(1, 5), st.integers(1, 12))
def test_links_equal_the_twin(runs, max_links, max_documents):
    """Neighbours up to ``max_links`` apart and the first with each; runs that are too long give nothing."""
    docs, starts = flat(runs)
    found = kernels.link_runs(starts, docs.astype(np.int64), max_links, max_documents)
    triples = list(zip(*(column.tolist() for column in found), strict=True))
    assert sorted(triples) == sorted(naive.links(runs, max_links, max_documents))
    assert all(left < right for left, right, _ in triples)


@given(st.integers(1, 60), st.integers(1, 8))
def test_links_are_linear_in_a_run(size, max_links):
    """A key that k documents share costs at most k times ``max_links + 1`` pairs, and connects all of them."""
    left, right, _ = kernels.link_runs(_i64([0, size]), np.arange(size), max_links, size)
    assert len(left) <= size * (max_links + 1)
    assert set(right.tolist()) == set(range(1, size))


@given(
    st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)).filter(lambda p: p[0] != p[1]), max_size=20),
    st.integers(1, 4),
)
def test_cap_equals_the_twin(pairs, limit):
    """Pair after pair is taken while both documents have room."""
    left, right = _i64([a for a, _ in pairs]), _i64([b for _, b in pairs])
    assert kernels.cap_per_document(left, right, 7, limit).tolist() == naive.cap_per_document(pairs, limit)


@given(st.sets(st.one_of(st.integers(0, 9), hashes)), st.lists(st.one_of(st.integers(0, 9), hashes)))
def test_contains_is_membership(values, wanted):
    """Whether each wanted value is in the set."""
    found = kernels.contains(u64(sorted(values)), u64(wanted))
    assert found.tolist() == [value in values for value in wanted]


sets_of_shingles = st.lists(st.sets(st.integers(0, 8), max_size=8), min_size=1, max_size=14)


@settings(max_examples=100)
@given(sets_of_shingles, st.data(), st.sampled_from([0.01, 0.3, 0.5, 0.7, 1.0]))
def test_count_similar_equals_the_twin(sets, data, min_jaccard):
    """Every pair with a sampled document that resembles enough counts once, and no other."""
    sample = sorted(data.draw(st.sets(st.integers(0, len(sets) - 1))))
    label = data.draw(st.lists(st.integers(-1, 2), min_size=len(sets), max_size=len(sets)))
    values, offsets = flat([sorted(values) for values in sets])
    found = count_similar(values, offsets, _i64(sample), _i64(label), min_jaccard)
    assert found == naive.count_similar(sets, sample, label, min_jaccard)
