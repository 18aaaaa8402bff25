"""What tells a parent from a sibling or a grandparent."""

from __future__ import annotations

from difflib import SequenceMatcher
from itertools import combinations
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.kernels import readings as columns
from dedup.kernels.readings import duels, readings
from dedup.lineage import kinship
from dedup.lineage.kinship import DUELS, NAMES, choices, relatives, weigh
from dedup.lineage.network import Rounds
from tests import naive_graph
from tests.naive_graph import Relative


def _ranges(n):
    """Stretches of a text of n words, apart from each other, each with a number of repeats."""
    places = st.lists(st.integers(0, n), max_size=8, unique=True).map(sorted)
    return places.flatmap(
        lambda at: st.tuples(
            *(st.tuples(st.just(a), st.just(b), st.integers(1, 3)) for a, b in zip(at[::2], at[1::2], strict=False))
        )
    ).map(list)


@st.composite
def _texts(draw):
    """Up to four texts, and of each some others as its relatives."""
    n_words = draw(st.lists(st.integers(0, 30), min_size=1, max_size=4))
    weight = st.sampled_from([0.1, 0.3, 0.5, 0.9])
    others = [
        draw(st.lists(st.sampled_from([t for t in range(4) if t != text]), unique=True)) for text in range(len(n_words))
    ]
    n_words += [0] * (4 - len(n_words))
    others += [[]] * (4 - len(others))
    return n_words, [
        [Relative(other, draw(weight), draw(_ranges(n))) for other in theirs]
        for n, theirs in zip(n_words, others, strict=True)
    ]


def _arrays(texts, n_words):
    """The arguments of the kernel: each edge is a pair of its own, and its texts by turns left and right."""
    edges = [relative for relatives in texts for relative in relatives]
    side = np.arange(len(edges)) % 2
    runs = [
        (begin, 7, end - begin, repeats) if s == 0 else (7, begin, end - begin, repeats)
        for edge, s in zip(edges, side, strict=True)
        for begin, end, repeats in edge.runs
    ]

    def offsets(sizes):
        return np.concatenate(([0], np.cumsum(sizes))).astype(np.int64)

    return (
        offsets([len(relatives) for relatives in texts]),
        np.array([edge.text for edge in edges], np.int64),
        np.arange(len(edges)),
        side,
        np.array([edge.weight for edge in edges], np.float64),
        np.array(n_words, np.int64),
        offsets([len(edge.runs) for edge in edges]),
        np.array(runs, np.int64).reshape(-1, 4),
    )


@settings(max_examples=300, deadline=None)
@given(_texts())
def test_readings_equal_those_counted_with_sets(case):
    """The kernel's columns are those that sets of joints give."""
    n_words, texts = case
    found = readings(*_arrays(texts, n_words))
    slow = naive_graph.readings(texts, n_words)
    assert found.shape == (len(slow), columns.N_COLUMNS)
    np.testing.assert_allclose(found, np.array(slow).reshape(found.shape), atol=1e-12)


@settings(max_examples=300, deadline=None)
@given(_texts(), st.tuples(st.integers(0, 4), st.integers(0, 4)))
def test_duels_equal_those_fought_with_sets(case, cuts):
    """The kernel compares two relatives as sets of joints do, block by block."""
    n_words, texts = case
    begin, end = sorted(cuts)
    arrays = _arrays(texts, n_words)
    found = np.concatenate([duels(*arrays, *block) for block in ((0, begin), (begin, end), (end, 4))])
    slow = naive_graph.duels(texts, n_words)
    np.testing.assert_allclose(found, np.array(slow).reshape(len(slow), 3), atol=1e-12)


def _story(texts):
    """Members and pairs of texts, all tied to all, with the words that difflib finds equal."""
    n = len(texts)
    left, right = (np.array(side, np.int64) for side in zip(*combinations(range(n), 2), strict=True))
    runs = [
        [
            (a, b, size, 1)
            for a, b, size in SequenceMatcher(None, texts[i], texts[j], autojunk=False).get_matching_blocks()
        ]
        for i, j in zip(left, right, strict=True)
    ]
    runs = [[run for run in pair if run[2]] for pair in runs]
    equal = np.array([sum(run[2] for run in pair) for pair in runs], np.float64)
    sizes = np.array([len(text) for text in texts], np.int64)
    pairs = SimpleNamespace(
        left=left,
        right=right,
        relation=["partial"] * len(left),
        coverage_left=equal / sizes[left],
        coverage_right=equal / sizes[right],
        jaccard=equal / (sizes[left] + sizes[right] - equal),
        first_run=np.concatenate(([0], np.cumsum([len(pair) for pair in runs]))).astype(np.int64),
        runs=np.array([run for pair in runs for run in pair], np.int64).reshape(-1, 4),
        reference=np.zeros(len(left)),
    )
    nothing = np.zeros(n, np.int64)
    members = SimpleNamespace(
        n_words=sizes, text=np.arange(n), dated=nothing > 0, begin=nothing, end=nothing, title=[None] * n
    )
    return members, pairs


def _said(scores):
    """Evidence of texts alone."""
    return {"time": 0.0 * scores, "attribution": 0.0 * scores, "growth": scores}


def _seen(texts, score):
    """Features of all edges of a story by (parent, child), for a log-odds by which each earlier text precedes."""
    members, pairs = _story(texts)
    scores = np.full(pairs.left.size, score)
    edges = relatives(pairs, scores)
    rows = choices(members, pairs, edges, _said(scores), np.arange(len(texts))).features
    ends = zip(edges.parent.tolist(), edges.child.tolist(), strict=True)
    return {end: dict(zip(NAMES, row, strict=True)) for end, row in zip(ends, rows.tolist(), strict=True)}


_SOURCE = [f"w{i}" for i in range(60)]


def _changed(text, **words):
    """A text with some words replaced: by place, as ``w7="x"``."""
    return [words.get(word, word) for word in text]


def test_a_sibling_that_shares_more_is_contradicted_by_the_source():
    """Two texts in one style are more alike than the source, but each lacks what the other has of it."""
    style = {f"w{i}": "per cent" for i in range(5, 45, 10)}
    first = _changed(_SOURCE, **style, w50="a", w57="b")
    second = _changed(_SOURCE, **style, w20="c", w30="d")
    seen = _seen([_SOURCE, first, second], 3.0)
    assert seen[1, 2]["missing"] < seen[0, 2]["missing"]
    assert seen[1, 2]["lost_short"] > 0.5
    assert seen[0, 2]["lost_short"] < 0.2


def test_a_grandparent_lacks_what_came_between():
    """A copy of a copy has the readings of the copy; the parent is not contradicted, the grandparent is."""
    middle = _changed(_SOURCE, w10="a", w11="b", w12="c", w13="d", w30="e")
    last = _changed(middle, w45="f")
    seen = _seen([_SOURCE, middle, last], 3.0)
    assert seen[1, 2]["against"] < 0.1
    assert seen[0, 2]["against"] > 1.5
    assert seen[0, 2]["late"] > seen[0, 2]["lost"]
    assert seen[1, 2]["tied_short"] > 0


def test_what_comes_after_the_child_does_not_speak_against_its_source():
    """A text that took the child's words agrees with it against its source; that counts only as far as it precedes."""
    child = _changed(_SOURCE, w10="a", w20="b", w30="c")
    later = _changed(child, w40="d")
    texts = [_SOURCE, child, later]
    told, guessed = _seen(texts, 4.0)[0, 1]["against"], _seen(texts, 0.0)[0, 1]["against"]
    assert told < 0.1 * guessed


def test_only_the_best_relatives_of_a_text_are_looked_at(monkeypatch):
    """A text that is related to a whole story is compared with those that explain most of it."""
    monkeypatch.setattr(kinship, "MAX_RELATIVES", 2)
    texts = [_SOURCE[i:] + [f"x{i}{j}" for j in range(i)] for i in (0, 5, 10, 40)]
    _, pairs = _story(texts)
    edges = relatives(pairs, np.zeros(pairs.left.size))
    assert sorted(edges.parent[edges.child == 0].tolist()) == [1, 2]


def test_a_story_without_pairs_has_nothing_to_choose():
    """Nothing in, nothing out."""
    members, _ = _story([_SOURCE, _SOURCE])
    none = np.zeros(0, np.int64)
    empty = SimpleNamespace(left=none, right=none, first_run=np.zeros(1, np.int64), runs=np.zeros((0, 4), np.int64))
    empty.coverage_left = empty.coverage_right = np.zeros(0)
    told = choices(members, empty, relatives(empty, np.zeros(0)), _said(np.zeros(0)), np.arange(2))
    assert told.features.shape == (0, len(NAMES))
    assert weigh(told).tolist() == []


def test_a_duel_tells_what_either_has_beyond_the_other():
    """The source lacks two changes that a middle version has; it is told so, and the middle version the reverse."""
    middle = _changed(_SOURCE, w10="a", w11="b", w12="c", w13="d", w30="e")
    texts = [_SOURCE, middle, _changed(middle, w45="f")]
    members, pairs = _story(texts)
    scores = np.full(pairs.left.size, 3.0)
    edges = relatives(pairs, scores)
    told = choices(members, pairs, edges, _said(scores), np.arange(3))
    rounds = Rounds.of(told.bounds)
    rows = told.duels(0, 3, rounds)
    assert rows.shape == (len(rounds.own), len(DUELS))
    ends = [edges.parent[rounds.own], edges.parent[rounds.rival], edges.child[rounds.own]]
    of = dict(zip(zip(*(end.tolist() for end in ends), strict=True), rows.tolist(), strict=True))
    source, copy = (dict(zip(DUELS, of[end], strict=True)) for end in ((0, 1, 2), (1, 0, 2)))
    assert (source["rival_short"], source["rival_long"]) == pytest.approx((np.log1p(1), np.log1p(5)))
    assert (source["own_short"], source["own_long"]) == (0.0, 0.0)
    assert source["lead"] == pytest.approx(-copy["lead"])
    assert (copy["own_long"], copy["rival_long"]) == (source["rival_long"], 0.0)
    assert source["related"] == 1.0
    assert source["rival_before"] < 0 < copy["rival_before"]


def test_a_duel_tells_what_child_and_rival_lack():
    """A source has ten words that its copy lacks, and a copy of that one, too: of the copy nothing is missing."""
    cut = _SOURCE[:50]
    texts = [_SOURCE, cut, _changed(cut, w45="f")]
    members, pairs = _story(texts)
    edges = relatives(pairs, np.zeros(3))
    told = choices(members, pairs, edges, _said(np.zeros(3)), np.arange(3))
    rounds = Rounds.of(told.bounds)
    ends = [edges.parent[rounds.own], edges.parent[rounds.rival], edges.child[rounds.own]]
    rows = dict(zip(zip(*(end.tolist() for end in ends), strict=True), told.duels(0, 3, rounds).tolist(), strict=True))
    source, copy = (dict(zip(DUELS, rows[end], strict=True)) for end in ((0, 1, 2), (1, 0, 2)))
    assert (source["own_only"], source["own_only_places"]) == pytest.approx((np.log1p(10), np.log1p(1)))
    assert (copy["rival_only"], copy["rival_only_places"]) == pytest.approx((np.log1p(10), np.log1p(1)))
    assert (copy["own_only"], source["rival_only"]) == (0.0, 0.0)
    assert source["both"] == copy["both"] == pytest.approx(np.log1p(2))  # the joints of the word that was replaced
    assert source["both_places"] == copy["both_places"] == pytest.approx(np.log1p(1))


def test_titles_are_as_like_as_their_words():
    """Case and signs are nothing; without a title on either side nothing is said."""
    members, pairs = _story([_SOURCE, _SOURCE[1:], _SOURCE[2:]])
    members.title = ["Oil up, gold down", "OIL UP", None]
    edges = relatives(pairs, np.zeros(3))
    rows = choices(members, pairs, edges, _said(np.zeros(3)), np.arange(3)).features
    title, titled = rows[:, NAMES.index("title")], rows[:, NAMES.index("titled")]
    of = {end: k for k, end in enumerate(zip(edges.parent.tolist(), edges.child.tolist(), strict=True))}
    assert (title[of[0, 1]], titled[of[0, 1]]) == (0.5, 1.0)
    assert (title[of[0, 2]], titled[of[0, 2]]) == (0.0, 0.0)


def test_duels_are_the_same_block_by_block():
    """A range of texts gives the rows of these texts."""
    texts = [_SOURCE, _changed(_SOURCE, w3="a"), _changed(_SOURCE, w9="b"), _SOURCE[10:]]
    members, pairs = _story(texts)
    scores = np.zeros(pairs.left.size)
    told = choices(members, pairs, relatives(pairs, scores), _said(scores), np.arange(4))
    whole = told.duels(0, 4, Rounds.of(told.bounds))
    parts = [told.duels(at, at + 2, Rounds.of(told.bounds[at : at + 3])) for at in (0, 2)]
    np.testing.assert_array_equal(np.concatenate(parts), whole)
