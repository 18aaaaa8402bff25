"""The network that weighs the relatives of a text."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.lineage import network as module
from dedup.lineage.kinship import DUELS, FILE, NAMES, shipped
from dedup.lineage.network import Network, Rounds, log_odds, network, to_text
from tests import naive_network

_N, _M, _H, _Q, _Z = 3, 2, 4, 3, 5
_SHAPES = {
    "mean": (_N,), "scale": (_N,), "hidden": (_N, _H), "hidden_bias": (_H,), "duel": (_M, _Q), "duel_own": (_H, _Q),
    "duel_rival": (_H, _Q), "duel_bias": (_Q,), "sum": (_H, _Z), "sum_best": (_H, _Z), "sum_mean": (_Q, _Z),
    "sum_most": (_Q, _Z), "sum_bias": (_Z,), "score": (_Z,), "score_bias": (1,), "none": (_H,),
}  # fmt: skip


def _network(seed):
    chance = np.random.default_rng(seed)
    made = {name: chance.standard_normal(shape) for name, shape in _SHAPES.items()}
    return Network(**made | {"scale": np.abs(made["scale"]) + 0.1})


def _texts(seed, sizes):
    """Features and duels of texts with so many relatives each."""
    chance = np.random.default_rng(seed)
    bounds = np.concatenate(([0], np.cumsum(sizes))).astype(np.int64)
    rows = np.concatenate(([0], np.cumsum(np.square(sizes)))).astype(np.int64)
    features, told = chance.standard_normal((bounds[-1], _N)), chance.standard_normal((rows[-1], _M))
    return features, bounds, lambda begin, end, _: told[rows[begin] : rows[end]]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 99), st.lists(st.integers(1, 5), min_size=1, max_size=6))
def test_log_odds_equal_those_of_one_number_at_a_time(seed, sizes):
    """All texts at once are weighed as each one alone is."""
    features, bounds, duels = _texts(seed, sizes)
    found = log_odds(features, bounds, duels, _network(seed))
    slow = []
    for text, k in enumerate(sizes):
        own = duels(text, text + 1, None).reshape(k, k, _M).tolist()
        slow += naive_network.log_odds(features[bounds[text] : bounds[text + 1]].tolist(), own, _network(seed))
    np.testing.assert_allclose(found, slow, atol=1e-9)


@pytest.mark.parametrize("rows", [1, 7, 30])
def test_blocks_do_not_matter(monkeypatch, rows):
    """A story is weighed alike, however many duels are held at once."""
    told = _texts(3, [2, 3, 1, 4, 2])
    whole = log_odds(*told, _network(3))
    monkeypatch.setattr(module, "_ROWS", rows)
    np.testing.assert_allclose(log_odds(*told, _network(3)), whole, atol=1e-12)


def test_no_texts_have_no_log_odds():
    """Nothing in, nothing out."""
    assert log_odds(*_texts(1, []), _network(1)).tolist() == []


@given(st.lists(st.integers(1, 5), min_size=1, max_size=5))
def test_rounds_name_all_ordered_pairs_of_a_text(sizes):
    """Each relative meets each of its text once, and the row turned is that of the two the other way round."""
    bounds = 10 + np.concatenate(([0], np.cumsum(sizes)))
    rounds = Rounds.of(bounds)
    pairs = list(zip(rounds.own.tolist(), rounds.rival.tolist(), strict=True))
    edges = [range(begin - 10, end - 10) for begin, end in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True)]
    assert pairs == [(own, rival) for text in edges for own in text for rival in text]
    assert [pairs[row] for row in rounds.turned.tolist()] == [(rival, own) for own, rival in pairs]
    assert [pairs[row][0] for row in rounds.first.tolist()] == list(range(sum(sizes)))


def test_weights_are_read_as_they_were_written(tmp_path):
    """By the names of features and of what is told of duels, whatever their order."""
    made, file = _network(5), tmp_path / "weights.json"
    file.write_text(to_text(made._asdict(), ("a", "b", "c"), ("x", "y"), digits=17), encoding="utf-8")
    for read, written in zip(network(file, ("a", "b", "c"), ("x", "y")), made, strict=True):
        np.testing.assert_array_equal(read, written)
    turned = network(file, ("c", "a", "b"), ("y", "x"))
    np.testing.assert_array_equal(turned.hidden, made.hidden[[2, 0, 1]])
    np.testing.assert_array_equal(turned.duel, made.duel[::-1])
    with pytest.raises(KeyError, match="unheard of"):
        network(file, ("a", "unheard of"), ("x", "y"))


def test_the_shipped_weights_are_for_these_features():
    """One row for each feature and each number of a duel; nothing is infinite."""
    own = shipped()
    assert own.hidden.shape == (len(NAMES), own.hidden_bias.size)
    assert own.duel.shape == (len(DUELS), own.duel_bias.size)
    assert own.score_bias.shape == (1,)
    assert all(np.isfinite(array).all() for array in own)
    assert FILE.stat().st_size < 200_000
