"""Agreements of two texts against a third, against the twin."""

from __future__ import annotations

import itertools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.kernels.latent import agreements
from tests import naive_unseen


@st.composite
def _collated(draw):
    """Some texts, each pair with runs of equal words in the same order on both sides."""
    n_words = draw(st.lists(st.integers(1, 14), min_size=3, max_size=4))
    runs = {}
    for pair in itertools.combinations(range(len(n_words)), 2):
        at, runs[pair] = (0, 0), []
        for left, right, n in draw(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(1, 4)))):
            begin, other = at[0] + left, at[1] + right
            if begin + n > n_words[pair[0]] or other + n > n_words[pair[1]]:
                break
            runs[pair].append((begin, other, n))
            at = begin + n, other + n
    return n_words, runs, draw(st.integers(1, 5))


def _laid_out(n_words, runs):
    """The arguments of the kernel for all pairs and triples of some texts."""
    pairs = sorted(runs)
    at, places, held = [], [], [[0] * n for n in n_words]
    for pair in pairs:
        starts = []
        for text, other in (pair, pair[::-1]):
            starts.append(len(places))
            found = naive_unseen.places(text, other, runs, n_words)
            places += [-1 if place is None else place for place in found]
            held[text] = [h + (place is not None) for h, place in zip(held[text], found, strict=True)]
        at.append(starts)
    triples = list(itertools.combinations(range(len(n_words)), 3))
    rows = [[pairs.index((a, b)), pairs.index((a, c)), pairs.index((b, c))] for a, b, c in triples]
    first = np.cumsum([0, *n_words[:-1]])
    left = np.array([pair[0] for pair in pairs])
    arrays = np.array(triples), np.array(rows), left, np.array(at), np.array(places, np.int32), np.array(n_words)
    return triples, (*arrays, first, np.concatenate([np.array(h, np.int64) for h in held]))


@settings(max_examples=200, deadline=None)
@given(_collated())
def test_agreements_equal_the_twin(collated):
    """The kernel counts the same places as the twin, for every text of every triple."""
    n_words, runs, long = collated
    triples, laid_out = _laid_out(n_words, runs)
    found = agreements(*laid_out, long)
    wanted = [
        [
            naive_unseen.agreements(three[(k + 1) % 3], three[(k + 2) % 3], three[k], runs, n_words, long)
            for k in range(3)
        ]
        for three in triples
    ]
    assert found.tolist() == wanted
