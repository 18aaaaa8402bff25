"""Which pairs become candidates: everything that is alike, and no more than the caps allow."""

from __future__ import annotations

import random

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.config import Config
from dedup.lexicon import FUNCTION, MUTABLE, english
from dedup.match.candidates import ANCHOR, CHANNELS, MAX_LINKS, PASSAGE, STYLE, SURFACE, candidates
from dedup.sketch import FEATURES, sketch
from tests import naive_channels
from tests.match.corpus import corpus, firsts, prose, records


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


def _words(kind):
    known = english()
    return [word for word, its in zip(known.texts.to_pylist(), known.kinds.tolist(), strict=True) if its == kind]


_FUNCTION, _MUTABLE = _words(FUNCTION), _words(MUTABLE)


def _story(seed, wording, n):
    """That many words: every third a function word and every sixth a name, both by the seed; the others by wording."""
    frame, other, names = random.Random(seed), random.Random(f"{seed} {wording}"), prose(seed, n)
    kinds = ["function", "mutable", "mutable", "function", "name", "mutable"]
    made = {
        "function": [frame.choice(_FUNCTION) for _ in range(n)],
        "mutable": [other.choice(_MUTABLE) for _ in range(n)],
        "name": names,
    }
    return [made[kinds[k % len(kinds)]][k] for k in range(n)]


@pytest.mark.parametrize(("many", "n"), [(1, 60), (20, 60), (20, 300)])
def test_a_reworded_text_meets_its_source(many, n):
    """Where every word that has synonyms is another, function words and names find the pair: only with rewrites."""
    texts = [" ".join(_story(seed, wording, n)) for wording in (1, 2) for seed in range(many)]
    pairs, _ = _found(texts)
    assert list(pairs) == [(seed, many + seed) for seed in range(many)]
    assert {row["channels"] for row in pairs.values()} == {STYLE | ANCHOR}
    assert _found(texts, detect=("copies", "excerpts"))[0] == {}


@pytest.mark.parametrize(("n", "found"), [(120, True), (3000, False)])
def test_the_longer_two_texts_the_more_of_their_wording_they_share(n, found):
    """Two long texts may be worded alike in one place; in short ones that is much."""
    shared = [_story(0, wording, 50) for wording in (1, 2)]
    texts = [" ".join([*_story(k + 1, k, n), *shared[k]]) for k in (0, 1)]
    assert bool(_found(texts)[0]) == found


def test_wording_in_too_many_texts_pairs_nobody_and_is_no_boilerplate():
    """Of keys that are dropped only shingles are told: verification asks for those."""
    texts = [" ".join(_story(0, wording, 90)) for wording in range(7)]
    pairs, boilerplate = _found(texts, max_key_documents=6)
    assert (pairs, len(boilerplate)) == ({}, 0)
    assert len(_found(texts, max_key_documents=7)[0]) == 21


def test_candidates_of_all_features_are_capped_together():
    """Of copied passages and of reworded texts the same few best stay."""
    source = [_story(seed, 1, 90) for seed in range(8)]
    texts = [[word for story in source for word in story]]
    texts += [[*_story(seed, 2 if seed % 2 else 1, 90), *prose(70 + seed, 20)] for seed in range(8)]
    pairs, _ = _found([" ".join(text) for text in texts])
    assert len(pairs) == 8
    assert {row["channels"] & (PASSAGE | STYLE) for row in pairs.values()} == {PASSAGE | STYLE, STYLE}
    few, _ = _found([" ".join(text) for text in texts], max_candidates=3)
    assert len(few) == 3
    assert few.items() <= pairs.items()
    assert all(row["channels"] & PASSAGE for row in few.values())


_PARTS = [" ".join(_story(seed, wording, 30)) for seed in range(3) for wording in range(2)] + [" ".join(prose(9, 30))]


@settings(max_examples=40)
@given(st.lists(st.lists(st.sampled_from(_PARTS), min_size=1, max_size=4).map(" ".join), unique=True, max_size=9))
def test_features_join_as_the_twin_does(texts):
    """Texts of few parts, put together in any way: every pair by its channels, the same as when each key is counted."""
    config = Config(max_key_documents=4, min_shared_keys=3)
    made = sketch(records(texts), config)
    keys = {name: [set() for _ in texts] for name in FEATURES}
    for key, value in zip(*map(np.ndarray.tolist, made.features), strict=True):
        keys[FEATURES[value >> 32]][value % 2**32].add(key)
    features = [{name: keys[name][doc] for name in FEATURES} for doc in range(len(texts))]
    n_words = [len(text.split()) for text in texts]
    with corpus(texts, config) as (gathered, engine):
        rows = candidates(gathered, firsts(texts), config, engine).pairs.to_pylist()
    bits = {(row["left"], row["right"]): row["channels"] & ~SURFACE for row in rows}
    named = {pair: {name for k, name in enumerate(CHANNELS) if mask >> k & 1} for pair, mask in bits.items() if mask}
    assert named == naive_channels.found_by(features, n_words, 4, 3)


@settings(max_examples=15)
@given(st.permutations(range(12)))
def test_the_order_of_the_input_changes_no_pair(order):
    """Whichever text comes first, the same ones meet, by the same channels."""
    texts = [" ".join(_story(seed, wording, 90)) for seed in range(4) for wording in range(3)]
    texts[1] = texts[0] + " by " + texts[4]
    pairs, _ = _found(texts)
    moved, _ = _found([texts[k] for k in order])
    named = {tuple(sorted((order[left], order[right]))): row["channels"] for (left, right), row in moved.items()}
    assert named == {pair: row["channels"] for pair, row in pairs.items()}


@settings(max_examples=15)
@given(st.lists(st.lists(st.integers(0, 5), max_size=5), max_size=8))
def test_candidates_are_ordered_distinct_pairs(choices):
    """Left < right, ascending, each pair once, with the channels that found it."""
    blocks = [prose(k, 25) for k in range(6)]
    pairs, _ = _found([" ".join(word for k in choice for word in blocks[k]) for choice in choices])
    assert list(pairs) == sorted(pairs)
    assert all(left < right for left, right in pairs)
    assert all(
        row["channels"] in {SURFACE, PASSAGE, SURFACE | PASSAGE} and row["n_shared"] > 0 for row in pairs.values()
    )
