"""What tells a parent from a sibling or a grandparent."""

from __future__ import annotations

from difflib import SequenceMatcher
from itertools import combinations
from types import SimpleNamespace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.kernels import readings as columns
from dedup.kernels.readings import duels, readings
from dedup.lineage import kinship
from dedup.lineage.kinship import NAMES, features, relatives, weigh
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
@given(_texts())
def test_duels_equal_those_fought_with_sets(case):
    """The kernel compares two relatives as sets of joints do."""
    n_words, texts = case
    first, _, *others = _arrays(texts, n_words)
    found = duels(first, *others)
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
    members = SimpleNamespace(n_words=sizes, text=np.arange(n), dated=nothing > 0, begin=nothing, end=nothing)
    return members, pairs


def _said(scores):
    """Evidence of texts alone."""
    return {"time": 0.0 * scores, "attribution": 0.0 * scores, "growth": scores}


def _seen(texts, score):
    """Features of all edges of a story by (parent, child), for a log-odds by which each earlier text precedes."""
    members, pairs = _story(texts)
    scores = np.full(pairs.left.size, score)
    edges = relatives(pairs, scores)
    rows = features(members, pairs, edges, _said(scores), np.arange(len(texts)))
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


def test_a_story_without_pairs_has_no_features():
    """Nothing in, nothing out."""
    members, _ = _story([_SOURCE, _SOURCE])
    empty = SimpleNamespace(left=np.zeros(0, np.int64), right=np.zeros(0, np.int64))
    empty.coverage_left = empty.coverage_right = np.zeros(0)
    edges = relatives(empty, np.zeros(0))
    assert features(members, empty, edges, _said(np.zeros(0)), np.arange(2)).shape == (0, len(NAMES))


def test_weights_are_taken_by_name():
    """A feature that the file does not name weighs nothing."""
    rows = np.eye(len(NAMES))[:2]
    assert weigh(rows, {"always": {NAMES[1]: 2.0, "bias": 0.5}}).tolist() == [0.5, 2.5]


def test_what_a_feature_weighs_depends_on_the_edge():
    """Beside what it always weighs stands what it weighs by likeness, and what it weighs between dates."""
    rows = np.zeros((3, len(NAMES)))
    rows[:, NAMES.index("missing")] = 1.0
    rows[1, NAMES.index("jaccard")] = 0.5
    rows[2, NAMES.index("dated")] = 1.0
    told = weigh(rows, {"always": {"missing": -1.0}, "alike": {"missing": -4.0}, "dated": {"bias": 0.25}})
    assert told.tolist() == [-1.0, -3.0, -0.75]


def test_a_text_that_something_surely_precedes_is_not_the_first():
    """How likely a text is the first of its relatives is told of child and parent."""
    seen = _seen([_SOURCE, _changed(_SOURCE, w10="a"), _changed(_SOURCE, w20="b")], 3.0)
    assert seen[0, 1]["parent_first"] > -0.2
    assert seen[0, 2]["first"] < seen[0, 1]["first"] < -2.0
    assert seen[0, 1]["preceded"] > -0.1 > -2.0 > seen[1, 0]["preceded"]


def test_dates_that_overlap_tell_no_order():
    """A day and a minute of the same day overlap; the lag between their middles is given in hours."""
    members, pairs = _story([_SOURCE, _changed(_SOURCE, w10="a")])
    members.dated = np.array([True, True])
    members.begin, members.end = np.array([0, 50_000]), np.array([86_400, 50_060])
    scores = np.zeros(1)
    edges = relatives(pairs, scores)
    rows = features(members, pairs, edges, _said(scores), np.arange(2))
    told = dict(zip(NAMES, rows[edges.parent == 0][0].tolist(), strict=True))
    assert (told["overlap"], told["dated"]) == (1.0, 1.0)
    assert np.isclose(told["lag"], np.log1p((50_030 - 43_200) / 3600))
