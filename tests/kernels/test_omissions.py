"""What relatives of a text have, and the text has not."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.kernels.omissions import N_COLUMNS, omissions
from tests import naive_graph


@st.composite
def _stories(draw):
    """Four texts, who is related to whom, and what any two share: stretches that may stand in another order."""
    n_words = draw(st.lists(st.integers(0, 24), min_size=4, max_size=4))
    runs = {}
    for a, b in combinations(range(4), 2):
        sides = [_cut(draw, n_words[text]) for text in (a, b)]
        places = draw(st.permutations(sides[1]))
        made = [
            (begin, at, min(n, room), draw(st.integers(1, 3)))
            for (begin, n), (at, room) in zip(sides[0], places, strict=False)
        ]
        runs[a, b] = made
        runs[b, a] = sorted((at, begin, n, repeats) for begin, at, n, repeats in made)
    relatives = [draw(st.lists(st.sampled_from([t for t in range(4) if t != own]), unique=True)) for own in range(4)]
    return relatives, n_words, runs


def _cut(draw, n):
    """Stretches of a text of n words, apart from each other: begin and length."""
    at = sorted(draw(st.lists(st.integers(0, n), max_size=6, unique=True)))
    return [(begin, end - begin) for begin, end in zip(at[::2], at[1::2], strict=False)]


def _arrays(relatives, n_words, runs):
    """The arguments of the kernel: of two texts the lower one is on the left."""
    pairs = sorted(pair for pair in runs if pair[0] < pair[1])
    edges = [(text, other) for text, theirs in enumerate(relatives) for other in theirs]
    return (
        np.concatenate(([0], np.cumsum([len(theirs) for theirs in relatives]))).astype(np.int64),
        np.array([other for _, other in edges], np.int64),
        np.array([pairs.index((min(edge), max(edge))) for edge in edges], np.int64),
        np.array([int(text > other) for text, other in edges], np.int64),
        np.array(n_words, np.int64),
        np.concatenate(([0], np.cumsum([len(runs[pair]) for pair in pairs]))).astype(np.int64),
        np.array([run for pair in pairs for run in runs[pair]], np.int64).reshape(-1, 4),
    )


@settings(max_examples=300, deadline=None)
@given(_stories(), st.tuples(st.integers(0, 4), st.integers(0, 4)))
def test_omissions_equal_those_counted_with_sets(story, cuts):
    """The kernel counts as sets of joints do, block by block."""
    begin, end = sorted(cuts)
    arrays = _arrays(*story)
    found = np.concatenate([omissions(*arrays, *block) for block in ((0, begin), (begin, end), (end, 4))])
    slow = naive_graph.omissions(*story)
    np.testing.assert_allclose(found, np.array(slow).reshape(len(slow), N_COLUMNS), atol=1e-12)


def test_what_a_cut_copy_lacks_its_own_copy_lacks_too():
    """A source of ten words, a copy that lacks the last four, and a copy of that: of the source only those four."""
    runs = {(0, 1): [(0, 0, 6, 1)], (0, 2): [(0, 0, 6, 1)], (1, 2): [(0, 0, 6, 1)]}
    runs |= {(b, a): [(y, x, n, r) for x, y, n, r in own] for (a, b), own in runs.items()}
    found = omissions(*_arrays([[1, 2], [0, 2], [0, 1]], [10, 6, 6], runs), 2, 3)
    of_source, of_copy = found[1], found[2]  # text 2: source against copy, copy against source
    assert of_source.tolist() == [4.0, 1.0, 0.0, 0.0]
    assert of_copy.tolist() == [0.0, 0.0, 0.0, 0.0]
