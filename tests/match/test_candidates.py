"""Which pairs become candidates: everything that is alike, and no more than the caps allow."""

from __future__ import annotations

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.config import Config
from dedup.match.candidates import MAX_LINKS, candidates
from tests.match.corpus import corpus, firsts, prose


def _found(texts, **settings_):
    config = Config(**settings_)
    with corpus(texts, config) as (made, engine):
        found = candidates(made, firsts(texts), config, engine)
    return {(row["left"], row["right"]): row for row in found.pairs.to_pylist()}, found.boilerplate


def _changed(words, at):
    """A text with one word replaced."""
    return " ".join([*words[:at], "changed", *words[at + 1 :]])


@pytest.mark.parametrize("n", [2, 10, MAX_LINKS + 1])
def test_all_pairs_of_a_few_near_copies_meet(n):
    """Up to MAX_LINKS + 1 texts around one original are compared each with each."""
    words = prose(1, 300)
    pairs, _ = _found([_changed(words, 5 * k) for k in range(n)])
    assert len(pairs) == n * (n - 1) // 2


def test_many_near_copies_stay_connected_at_linear_cost():
    """Of many near copies no text is lost, and the pairs grow with the texts, not with their square."""
    words = prose(1, 500)
    counts = []
    for n in (200, 400):
        pairs, _ = _found([_changed(words, k) for k in range(n)], detect=("copies",))
        graph = nx.Graph(list(pairs))
        assert sorted(graph.nodes) == list(range(n))
        assert nx.is_connected(graph)
        counts.append(len(pairs))
    assert counts[1] < 2 * counts[0] < 400 * 399 // 4


def test_a_ring_of_overlapping_texts_meets_neighbour_by_neighbour():
    """Texts that share a passage with the next one only are compared with that one only."""
    blocks = [prose(k, 40) for k in range(8)]
    texts = [" ".join([*blocks[k], *prose(100 + k, 40), *blocks[(k + 1) % 8]]) for k in range(8)]
    pairs, _ = _found(texts)
    assert sorted(pairs) == sorted((min(k, (k + 1) % 8), max(k, (k + 1) % 8)) for k in range(8))


@pytest.mark.parametrize(("n", "paired"), [(6, True), (7, False)])
def test_a_passage_in_too_many_texts_is_boilerplate(n, paired):
    """Keys of more than max_key_documents texts pair nobody and are told; keys of as many do."""
    notice = prose(0, 30)
    pairs, boilerplate = _found([" ".join([*prose(k + 1, 60), *notice]) for k in range(n)], max_key_documents=6)
    assert bool(pairs) == paired
    assert (len(boilerplate) > 0) != paired


def test_a_band_is_never_boilerplate():
    """Near copies meet by their bands however many they are."""
    words = prose(1, 200)
    pairs, boilerplate = _found([_changed(words, k) for k in range(20)], max_key_documents=2)
    assert len(boilerplate) > 0
    assert len(pairs) == 190


def test_the_best_candidates_of_a_document_stay():
    """Of ten texts that share a passage with one, the three that share most are compared with it."""
    hub = [prose(k, 80 if k > 6 else 20) for k in range(10)]
    texts = [" ".join(word for block in hub for word in [*block, "and"])]
    texts += [" ".join([*hub[k], *prose(50 + k, 300)]) for k in range(10)]
    pairs, _ = _found(texts, max_candidates=3)
    assert sorted(pairs) == [(0, 8), (0, 9), (0, 10)]


@pytest.mark.parametrize(("least", "found"), [(2, True), (30, False)])
def test_a_candidate_shares_enough_keys(least, found):
    """A pair with fewer than min_shared_keys passage keys is not compared."""
    shared = prose(0, 30)
    texts = [" ".join([*prose(k, 200), *shared]) for k in (1, 2)]
    assert bool(_found(texts, min_shared_keys=least)[0]) == found


@settings(max_examples=15)
@given(st.lists(st.lists(st.integers(0, 5), max_size=5), max_size=8))
def test_candidates_are_ordered_distinct_pairs(choices):
    """Left < right, ascending, each pair once, with the channels that found it."""
    blocks = [prose(k, 25) for k in range(6)]
    pairs, _ = _found([" ".join(word for k in choice for word in blocks[k]) for choice in choices])
    assert list(pairs) == sorted(pairs)
    assert all(left < right for left, right in pairs)
    assert all(row["channels"] in {1, 2, 3} and row["n_shared"] > 0 for row in pairs.values())
