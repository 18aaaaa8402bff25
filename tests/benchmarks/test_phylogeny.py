"""The metrics of lineage.py say what their definitions say."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

chances = st.lists(st.sampled_from([0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 1.0]), min_size=1, max_size=60)


def story(parents, texts, hidden=(), how=None):
    """A story of these texts by id."""
    from histories import Article, Story

    articles = [Article(name, text) for name, text in texts.items()]
    return Story("s", "test", articles, parents, frozenset(hidden), how or {})


def claims(**parents):
    """Primary parents by child, each with the same confidence."""
    from phylogeny import Claim

    return [Claim(child, parent, 1, 0.8) for child, parent in parents.items()]


TEXTS = {name: f"text of {name}" for name in "abcde"}
CHAIN = {"b": ["a"], "c": ["b"], "d": ["b"], "e": ["d"]}


def test_the_true_tree_is_faultless():
    """A lineage that is the true one has 1 everywhere, and no depth."""
    from phylogeny import shape, truth

    found = claims(a=None, b="a", c="b", d="b", e="d")
    assert shape(truth(story(CHAIN, TEXTS)), found) == (1.0, 1.0, 1.0, 1.0, 1.0, 0.0)


def test_a_tree_upside_down_has_its_edges_but_not_their_direction():
    """Hung from the leaf e: two edges stand as they should, two the other way round."""
    from phylogeny import shape, truth

    found = shape(truth(story(CHAIN, TEXTS)), claims(e=None, d="e", b="d", a="b", c="b"))
    assert found.root == 0.0
    assert found.dir_edges == 1 / 4
    assert found.ind_edges == 1.0
    assert found.leaves == pytest.approx(1 / 3)  # c of a, c, e
    assert found.ancestry == pytest.approx(1 / (8 + 9 - 1))  # b stands above c in both
    assert found.depth == 3.0


def test_the_nearest_visible_ancestor_is_the_parent():
    """A hidden parent is passed over; below a hidden root there is none, and none is right."""
    from phylogeny import Claim, truth

    true = truth(story(CHAIN, {name: TEXTS[name] for name in "ace"}, hidden="bd"))
    assert true.parents == {"a": (), "c": ("a",), "e": ("a",)}
    assert true.orphans == {"c", "e"}
    rootless = truth(story(CHAIN, {name: TEXTS[name] for name in "bc"}, hidden="ade"))
    assert rootless.parents == {"b": (), "c": ("b",)}
    assert rootless.verdict(Claim("b", None, 1, 0.9)) is True
    assert rootless.verdict(Claim("b", "c", 1, 0.9)) is False
    assert rootless.verdict(Claim("b", None, 1, 0.9, unseen="u")) is True


def test_a_copy_of_the_hidden_source_is_neither_right_nor_wrong():
    """It has the very text of the source, and no more can be asked for."""
    from phylogeny import Claim, truth

    true = truth(story({"b": ["a"], "c": ["a"]}, {"b": "x y", "c": "x z"}, hidden="a", how={"b": "copy", "c": "cut"}))
    assert true.verdict(Claim("c", "b", 1, 0.9)) is None
    assert true.verdict(Claim("b", "c", 1, 0.9)) is False


def test_a_text_and_its_copies_are_one_node():
    """Without metadata the copy stands for the founder, and its own children for the founder's."""
    from phylogeny import by_text, claims_by_text, shape, truth

    parents = {"b": ["a"], "c": ["b"], "d": ["c"]}
    true, node = by_text(truth(story(parents, {"a": "one", "b": "Two!", "c": "two", "d": "three"})))
    assert node == {"a": "a", "b": "b", "c": "b", "d": "d"}
    assert true.parents == {"a": (), "b": ("a",), "d": ("b",)}
    found = claims_by_text(claims(a=None, b="c", c="a", d="c"), node)
    assert {claim.child: claim.parent for claim in found} == {"a": None, "b": "a", "d": "b"}
    assert shape(true, found).dir_edges == 1.0


def test_one_of_the_copies_of_a_text_without_a_source_is_the_first():
    """So that each has none with its share of the probability that the text has none."""
    from phylogeny import Claim, claims_by_text

    node = {"a": "a", "b": "a", "c": "a"}
    none = [Claim("a", None, 1, 0.5), Claim("b", None, 1, 0.25), Claim("c", None, 1, None)]
    assert claims_by_text(none, node) == [Claim("a", None, 1, 0.75)]
    assert claims_by_text(none[2:], node) == [Claim("a", None, 1, None)]
    assert claims_by_text([*none, Claim("c", "d", 1, 0.1)], node | {"d": "d"}) == [Claim("a", "d", 1, 0.1)]


def test_with_dates_a_copy_of_the_parent_is_as_good():
    """But not where it descends from the child."""
    from phylogeny import truth

    parents = {"b": ["a"], "c": ["b"], "d": ["c"]}
    true = truth(story(parents, {"a": "one", "b": "one", "c": "two", "d": "one"}))
    assert true.right("c", "a")
    assert true.right("c", "b")
    assert not true.right("c", "d")
    assert not true.right("b", "d")


def test_hidden_sources_are_matched_by_their_families():
    """Of two hidden documents with families, one is inferred rightly; a second name for it is wrong."""
    from phylogeny import Claim, unseen

    parents = {child: ["h"] for child in "abcd"} | {"h": [], "i": ["h"], "e": ["i"], "f": ["i"], "j": ["h"], "g": ["j"]}
    visible = {name: f"text of {name}" for name in "abcdefg"}
    hidden = story(parents, visible, hidden="hij")
    named = {"a": "u", "b": "u", "c": "u", "d": "v", "e": "w", "f": "w"}
    found = [Claim(child, None, 1, 0.9, unseen=name) for child, name in named.items()]
    assert unseen(hidden, found) == (3, 2, 2)  # v has one document; j has one line only
    assert unseen(hidden, []) == (0, 0, 2)


def test_a_hidden_source_with_a_copy_is_seen():
    """Its text is in the pile."""
    from phylogeny import unseen

    parents = {"a": ["h"], "b": ["h"]}
    assert unseen(story(parents, {"a": "x", "b": "y"}, hidden="h", how={"a": "copy", "b": "cut"}), []).present == 0
    assert unseen(story(parents, {"a": "x", "b": "y"}, hidden="h", how={"a": "cut", "b": "cut"}), []).present == 1


@given(chances)
def test_accuracy_counts_what_is_surely_right(values):
    """At full coverage it is the share above one half; coverage never takes the less certain first."""
    from phylogeny import accuracy

    assert accuracy(values) == pytest.approx(np.mean(np.array(values) > 0.5))
    certain = sorted(values, key=lambda value: -round(abs(value - 0.5), 6))
    n = max(1, len(values) // 2)
    border = round(abs(certain[n - 1] - 0.5), 6)
    if sum(round(abs(value - 0.5), 6) == border for value in values) == 1:
        assert accuracy(values, n / len(values)) == pytest.approx(np.mean(np.array(certain[:n]) > 0.5))


def test_accuracy_takes_its_part_of_a_tie():
    """Four of five: the sure one, and three quarters of the four that are as sure as one another."""
    from phylogeny import accuracy

    assert accuracy([0.9, 0.7, 0.7, 0.3, 0.3], 0.8) == pytest.approx((1 + 3 * 0.5) / 4)


@given(chances)
def test_what_is_said_as_often_as_it_is_so_has_no_error(values):
    """The calibration error of each probability, met in its share of many cases, is none; Brier's is its variance."""
    from phylogeny import brier, calibration_error

    said = np.repeat(values, 10)
    true = np.concatenate([np.arange(10) < round(10 * value) for value in values])
    assert calibration_error(said, true) == pytest.approx(0.0, abs=1e-9)
    assert brier(said, true) == pytest.approx(np.mean([value * (1 - value) for value in values]))


def test_calibration_error_weighs_bins_by_their_cases():
    """Half of the cases are said at 0.9 and never so, half at 0.1 and never so."""
    from phylogeny import both_ways, calibration_error

    assert calibration_error(np.array([0.9] * 5 + [0.1] * 5), np.zeros(10, bool)) == pytest.approx(0.5)
    assert calibration_error(*both_ways([1.0, 1.0, 1.0])) == 0.0
    assert calibration_error(*both_ways([0.9, 0.9])) == pytest.approx(0.1)
