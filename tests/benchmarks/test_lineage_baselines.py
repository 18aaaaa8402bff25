"""The baselines of lineage.py do what they are named after."""

import itertools

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

words = st.lists(st.sampled_from("abc"), max_size=12)


def slow_distance(left, right):
    """Levenshtein's table."""
    row = list(range(len(right) + 1))
    for i, one in enumerate(left, start=1):
        diagonal, row[0] = row[0], i
        for j, other in enumerate(right, start=1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (one != other))
    return row[-1]


def articles(*texts, dates=None):
    """Articles a, b, c... with these texts."""
    from histories import Article

    dates = dates or [None] * len(texts)
    return [Article("abcdefghij"[at], text, published_at=dates[at]) for at, text in enumerate(texts)]


def parents(claims):
    """The parent of each child."""
    return {claim.child: claim.parent for claim in claims}


@given(words, words)
def test_the_edit_distance_is_levenshteins(left, right):
    """The bits count what the table counts."""
    from ancestry import edit_distance

    assert edit_distance(left, right) == slow_distance(left, right)


def test_a_long_text_has_no_overflow():
    """Texts longer than a machine word."""
    from ancestry import edit_distance

    text = [str(n % 97) for n in range(500)]
    assert edit_distance(text, text[100:200] + text[:0]) == 400
    assert edit_distance(text, text) == 0


@given(st.integers(2, 7), st.randoms(use_true_random=False))
def test_the_spanning_tree_is_the_least_and_its_root_the_middle(n, chance):
    """Its cost is that of networkx, and no other root has cheaper paths."""
    from ancestry import spanning_tree

    cost = np.zeros((n, n))
    for one, other in itertools.combinations(range(n), 2):
        cost[one, other] = cost[other, one] = chance.random()
    own = articles(*["text"] * n)
    names = [article.id for article in own]
    found = parents(spanning_tree(own, cost))
    tree = nx.Graph()
    for child, parent in found.items():
        if parent is not None:
            tree.add_edge(child, parent, weight=cost[names.index(child), names.index(parent)])
    whole = nx.Graph()
    for one, other in itertools.combinations(range(n), 2):
        whole.add_edge(names[one], names[other], weight=cost[one, other])
    assert tree.size("weight") == pytest.approx(nx.minimum_spanning_tree(whole).size("weight"))
    sums = {name: sum(nx.single_source_dijkstra_path_length(tree, name).values()) for name in names}
    (root,) = [child for child, parent in found.items() if parent is None]
    assert sums[root] == pytest.approx(min(sums.values()))


def test_rules_of_dates_and_lengths():
    """The earliest is everybody's parent, or the nearest of those before; undated ones come last."""
    from ancestry import costs, earliest, longer_first, nearest_earlier, shorter_first

    own = articles(
        "one two three",
        "one two",
        "one two four five",
        "one",
        dates=["2020-02-01T13:00", "2020-02-01", "2020-02-01T13:00:31", None],
    )
    cost = costs(own)
    assert parents(earliest(own)) == {"a": "b", "b": None, "c": "b", "d": "b"}
    assert parents(nearest_earlier(own, cost)) == {"a": "b", "b": None, "c": "a", "d": "b"}
    assert parents(shorter_first(own, cost)) == {"d": None, "b": "d", "a": "b", "c": "a"}
    assert parents(longer_first(own, cost)) == {"c": None, "a": "c", "b": "a", "d": "b"}


@given(st.integers(1, 8), st.integers(0, 5))
def test_what_is_drawn_is_a_tree(n, seed):
    """One root, no cycle, and the same each time."""
    from ancestry import drawn

    own = articles(*["text"] * n)
    found = parents(drawn(own, seed))
    assert found == parents(drawn(own, seed))
    assert sum(parent is None for parent in found.values()) == 1
    for child in found:
        seen, above = {child}, found[child]
        while above is not None:
            assert above not in seen
            seen.add(above)
            above = found[above]
