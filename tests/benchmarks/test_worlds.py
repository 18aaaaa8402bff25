"""Worlds of the simulator: rates that differ, and are rates."""

from __future__ import annotations

import importlib

import pytest

SHARES = (
    "from_root", "from_copies", "also_cut", "also_styled", "also_edited", "also_noisy", "inner_cuts", "shared_guide",
    "own_lines", "residue", "dateline_kept", "attributed", "second_root", "running", "hidden",
)  # fmt: skip


@pytest.fixture
def world():
    """Where the script runs, its folder is on the path; ``conftest.py`` sees to that here."""
    return importlib.import_module("syndication.worlds").world


def test_a_world_is_told_by_its_number(world):
    """The same number gives the same rates, another one others."""
    assert world(3) == world(3)
    assert len({(own.from_root, own.lag) for own in map(world, range(50))}) == 50


def test_all_rates_are_rates(world):
    """Shares lie between 0 and 1, weights and lags above 0, and no date is both wrong and missing."""
    for own in map(world, range(100)):
        assert all(0 <= getattr(own, name) <= 1 for name in SHARES)
        assert all(weight > 0 for weight in own.kinds.values())
        assert own.wrong_dates + own.missing_dates < 1
        assert own.lag > 0
        assert own.spin_least < own.spin_most
        assert own.least <= own.median <= own.most


def test_some_worlds_have_sound_clocks_and_some_hide_nothing(world):
    """What is learned sees both."""
    worlds = [world(number) for number in range(100)]
    assert 0.3 < sum(own.wrong_dates == 0 for own in worlds) / 100 < 0.9
    assert 0.3 < sum(own.hidden == 0 for own in worlds) / 100 < 0.7
