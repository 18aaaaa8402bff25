"""How the weights of the spin score are fitted, and the file that they stand in."""

from __future__ import annotations

import numpy as np
import pytest


@pytest.fixture(scope="module")
def fit_spin():
    """The script, where what it needs is installed."""
    return pytest.importorskip("fit_spin", exc_type=ImportError)


def test_a_fit_finds_the_weights_that_made_the_data(fit_spin):
    """Of plenty of data the weights come out, but for the ridge and the odds."""
    chance = np.random.default_rng(0)
    features = chance.normal(size=(4000, 3)) * [1.0, 2.0, 0.5]
    truth = features @ [2.0, -1.0, 0.0] + 0.5
    spun = chance.random(4000) < 1 / (1 + np.exp(-truth))
    weights, _ = fit_spin.fit(features, spun, np.full(4000, "made"))
    assert weights == pytest.approx([2.0, -1.0, 0.0], abs=0.15)


def test_kinds_of_pairs_count_alike_however_many_there_are(fit_spin):
    """A kind that was made a hundred times weighs as much as one that was made once."""
    features = np.array([[0.0], [1.0], [2.0]])
    spun, hows = np.array([False, False, True]), np.array(["update", "style", "spun"])
    few = fit_spin.fit(features, spun, hows)
    many = fit_spin.fit(features[[0] * 100 + [1, 2]], spun[[0] * 100 + [1, 2]], hows[[0] * 100 + [1, 2]])
    assert few[0] == pytest.approx(many[0])
    assert few[1] == pytest.approx(many[1])


def test_weights_are_written_as_the_score_reads_them(fit_spin, tmp_path, monkeypatch):
    """The file that the script writes is the one that is read."""
    model = fit_spin.model
    weights = np.arange(len(model.NAMES)) / 8
    fit_spin.write(tmp_path / "spin.toml", weights, -1.25)
    monkeypatch.setattr(model, "WEIGHTS", tmp_path / "spin.toml")
    read, bias = model._model.__wrapped__()
    assert read.tolist() == weights.tolist()
    assert bias == -1.25
