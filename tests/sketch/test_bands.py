"""The banding that is chosen finds what is asked, and no steeper one does."""

from __future__ import annotations

import json
import math
from fractions import Fraction

import datasketch
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.config import Config
from dedup.errors import ConfigError
from dedup.sketch.bands import choose, probability, tuning

shares = st.integers(1, 999).map(lambda thousandths: thousandths / 1000)


@given(jaccard=shares, bands=st.integers(1, 40), rows=st.integers(1, 15))
def test_probability_is_the_textbook_formula(jaccard: float, bands: int, rows: int) -> None:
    """The stable form equals 1 - (1 - J^r)^b in exact arithmetic."""
    exact = 1 - (1 - Fraction(jaccard) ** rows) ** bands
    assert math.isclose(probability(jaccard, bands, rows), float(exact), rel_tol=1e-12)


@pytest.mark.parametrize(("jaccard", "expected"), [(0.0, 0.0), (1.0, 1.0)])
def test_the_curve_runs_from_never_to_always(jaccard: float, expected: float) -> None:
    """Disjoint sets never meet, equal ones always do."""
    assert probability(jaccard, 17, 4) == expected


@settings(max_examples=30)
@given(jaccard=shares, recall=shares, num_perm=st.integers(1, 160))
def test_choice_is_the_steepest_that_finds_enough(jaccard: float, recall: float, num_perm: int) -> None:
    """Among all bandings that fit and find enough, the choice has most rows, then fewest bands; or there is none."""
    fitting = [
        (rows, -bands)
        for rows in range(1, num_perm + 1)
        for bands in range(1, num_perm // rows + 1)
        if probability(jaccard, bands, rows) >= recall
    ]
    if fitting:
        chosen = choose(jaccard, recall, num_perm)
        assert (chosen.rows, -chosen.bands) == max(fitting)
        assert chosen.slots == chosen.rows * chosen.bands <= num_perm
    else:
        with pytest.raises(ConfigError):
            choose(jaccard, recall, num_perm)


def test_defaults_give_seventeen_bands_of_four() -> None:
    """The default settings' banding is the one that the documentation names."""
    config = Config()
    chosen = choose(config.min_jaccard, config.recall, config.num_perm)
    assert (chosen.bands, chosen.rows) == (17, 4)


@settings(max_examples=30)
@given(jaccard=st.integers(10, 300).map(lambda n: n / 1000), num_perm=st.integers(1, 8))
def test_hint_names_settings_that_do(jaccard: float, num_perm: int) -> None:
    """What the hint proposes where no banding fits does fit, and one slot fewer would not."""
    with pytest.raises(ConfigError) as caught:
        choose(jaccard, 0.99, num_perm)
    words = caught.value.hint.replace(",", "").split()
    needed = int(words[words.index("num_perm") + 2])
    assert choose(jaccard, 0.99, needed).rows == 1
    with pytest.raises(ConfigError):
        choose(jaccard, 0.99, needed - 1)
    assert choose(jaccard, float(words[words.index("recall") + 2]), num_perm).slots <= num_perm


def test_hint_never_names_more_slots_than_a_signature_may_have() -> None:
    """Where even the longest signature is too short, the hint does not send the user to one."""
    with pytest.raises(ConfigError) as caught:
        choose(0.0001, 0.99, 128)
    assert "num_perm" not in caught.value.hint
    assert "recall of 0.012 or less" in caught.value.hint


def test_datasketch_is_shown_at_its_own_optimum() -> None:
    """The column of datasketch holds the banding that its index chooses for the threshold."""
    index = datasketch.MinHashLSH(threshold=0.8, num_perm=128)
    peers = {peer.name: (peer.bands, peer.rows) for peer in tuning(Config(min_jaccard=0.8)).peers}
    assert peers == {"datatrove": (14, 8), "NeMo": (20, 13), "datasketch": (index.b, index.r)}


def test_peers_without_a_banding_are_left_out() -> None:
    """No banding of datasketch has a threshold of 1: the others are shown all the same."""
    assert [peer.name for peer in tuning(Config(min_jaccard=1.0)).peers] == ["datatrove", "NeMo"]


def test_tuning_as_data_agrees_with_the_formula() -> None:
    """Each number of the curve, ours and the peers', is the probability at its point; all of it is JSON."""
    found = json.loads(json.dumps(tuning(Config()).to_dict()))
    for banding in (found, *found["peers"]):
        for point in banding["curve"]:
            assert point["probability"] == probability(point["jaccard"], banding["bands"], banding["rows"])
    assert found["found"] >= found["recall"]
    assert found["slots_per_shingle"] == found["bands"] * found["rows"]
    assert found["bytes_per_document"] == 8 * found["keys_per_document"]


def test_text_never_claims_certainty_that_is_not() -> None:
    """Only identical sets are found with 100 %; the line of the threshold itself is shown."""
    lines = tuning(Config(min_jaccard=0.75)).text().splitlines()
    certain = [line for line in lines if "100.0 %" in line]
    assert len(certain) == 1
    assert certain[0].split()[0] == "1"
    assert any(line.split()[:1] == ["0.75"] for line in lines)
