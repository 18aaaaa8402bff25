"""Piles: what comes out is what went in, by key, however little of it is held in memory."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dedup.engine import piles
from dedup.engine.local import LocalEngine
from dedup.engine.piles import LocalPile
from dedup.kernels.scatter import MIX
from dedup.store import TEMPORARY
from tests.strategies import u64

GREATEST = 2**64 - 1
_keys = st.one_of(st.integers(0, 4), st.sampled_from([GREATEST, GREATEST - 1, 2**63, 2**32]), st.integers(0, GREATEST))
_values = st.sampled_from([0, 1, 7, 2**40, GREATEST])
_additions = st.lists(st.lists(st.tuples(_keys, _values), max_size=25), max_size=8)


def _add(pile, entries):
    pile.add(pile.deal(u64([key for key, _ in entries]), u64([value for _, value in entries])))


def _parts(pile):
    """The entries of every part."""
    parts = [pile.part(number) for number in range(pile.n_parts)]
    return [list(zip(part.keys.tolist(), part.values.tolist(), strict=True)) for part in parts]


def _mixed(entry):
    return entry[0] * int(MIX) % 2**64


@settings(max_examples=60)
@given(_additions, st.sampled_from([0, 100, 500, 1 << 20]))
@example([[(0, 0), (GREATEST, 1)], [(GREATEST, 0), (0, 1)], [(0, 2), (GREATEST, 2)]], 0)
def test_a_pile_is_a_stable_sort(additions, limit):
    """In memory or in many runs, all entries come back by mixed key, equal ones as they were added, no key divided."""
    entries = [entry for added in additions for entry in added]
    with tempfile.TemporaryDirectory() as name:
        pile = LocalPile("some", limit, lambda: Path(name))
        for added in additions:
            _add(pile, added)
        parts = _parts(pile)
        runs = list(Path(name).iterdir())
        assert (len(runs) > 0) == (limit < 16 * len(entries))
        if limit == 0:
            assert len(runs) == len([added for added in additions if added])
        assert pile.n_entries == len(entries)
        pile.clear()
        assert pile.n_entries == 0
        assert list(Path(name).iterdir()) == []
    assert [entry for part in parts for entry in part] == sorted(entries, key=_mixed)
    assert sum(len({key for key, _ in part}) for part in parts) == len({key for key, _ in entries})


def test_a_pile_of_one_part_is_sorted_too(tmp_path):
    """Keys that agree in all the bits that a fast sort looks at are told apart, and equal ones keep their order."""
    mixed = (np.repeat(np.arange(300, dtype=np.uint64), 3)[::-1]) | np.uint64(5 << 56)
    keys = mixed * np.uint64(pow(int(MIX), -1, 1 << 64))
    pile = LocalPile("some", 5_000, lambda: tmp_path)
    for begin in range(0, len(keys), 100):
        pile.add(pile.deal(keys[begin : begin + 100], np.arange(begin, begin + 100, dtype=np.uint64)))
    (part,) = (pile.part(number) for number in range(pile.n_parts))
    assert len(list(tmp_path.iterdir())) > 1
    assert (part.keys * MIX).tolist() == np.sort(mixed).tolist()
    assert part.values.tolist() == np.argsort(mixed, kind="stable").tolist()


def test_a_large_pile_is_read_in_parts(monkeypatch, tmp_path):
    """However many parts it is read in, in memory or from runs, the entries are the same, in one order."""
    random = np.random.default_rng(1)
    keys, values = random.integers(0, 500, 3000).astype(np.uint64), np.arange(3000, dtype=np.uint64)
    seen = []
    for per_part, limit in ((1 << 17, 1 << 20), (100, 1 << 20), (1, 1 << 20), (100, 9_000), (1, 9_000)):
        monkeypatch.setattr(piles, "_PER_PART", per_part)
        pile = LocalPile("some", limit, lambda: tmp_path)
        for begin in range(0, 3000, 250):
            pile.add(pile.deal(keys[begin : begin + 250], values[begin : begin + 250]))
        parts = _parts(pile)
        assert len(parts) == {1 << 17: 1, 100: 32, 1: 256}[per_part]
        seen.append([entry for part in parts for entry in part])
        pile.clear()
    assert all(one == seen[0] for one in seen)


def test_a_pile_holds_no_more_than_its_limit(tmp_path):
    """A run is written whenever the entries exceed the limit, under the prefix that marks temporary files."""
    pile = LocalPile("keys", 16_000, lambda: tmp_path)
    numbers = np.arange(500, dtype=np.uint64)
    for k in range(20):
        pile.add(pile.deal(numbers, numbers))
        assert len(list(tmp_path.iterdir())) == (k + 1) // 3
    assert all(path.name.startswith(f"{TEMPORARY}keys-") for path in tmp_path.iterdir())


def test_runs_are_packed(tmp_path):
    """On disk entries like those of the flow (a hash, a document) take less than in memory."""
    n = 200_000
    keys = np.random.default_rng(1).integers(0, 2**64, n, np.uint64)
    pile = LocalPile("keys", 0, lambda: tmp_path)
    pile.add(pile.deal(keys, np.arange(n, dtype=np.uint64) // np.uint64(20)))
    (run,) = tmp_path.iterdir()
    assert run.stat().st_size < 0.75 * 16 * n


def test_a_pile_may_be_filled_again(tmp_path):
    """After ``clear`` a pile gives nothing of what was in it."""
    pile = LocalPile("some", 0, lambda: tmp_path)
    _add(pile, [(1, 2), (3, 4)])
    pile.clear()
    _add(pile, [(1, 5)])
    assert [entry for part in _parts(pile) for entry in part] == [(1, 5)]


def test_no_folder_before_it_is_needed():
    """A pile that fits in memory asks for no folder."""

    def never():
        raise AssertionError("a folder was asked for")

    pile = LocalPile("some", 1 << 10, never)
    _add(pile, [(1, 2)])
    assert sum(map(len, _parts(pile))) == 1


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("limit", [0, 1 << 20])
def test_group_gives_every_key_once_and_leaves_nothing(threads, limit, tmp_path):
    """All entries of a key are in one part, parts come in one order on any number of threads, the files are gone."""
    keys = np.random.default_rng(2).integers(0, 50, 900, np.uint64)
    with LocalEngine(threads, scratch=tmp_path) as engine:
        pile = LocalPile("some", limit, lambda: tmp_path)
        for begin in range(0, 900, 100):
            pile.add(pile.deal(keys[begin : begin + 100], np.arange(begin, begin + 100, dtype=np.uint64)))
        parts = list(engine.group(pile, lambda part: part))
    assert list(tmp_path.iterdir()) == []
    found = [(key, value) for part in parts for key, value in zip(*map(np.ndarray.tolist, part), strict=True)]
    assert found == sorted(zip(keys.tolist(), range(900), strict=True), key=_mixed)


def test_group_of_nothing_is_one_empty_part():
    """The function sees an empty pile once, so that what it returns has its type."""
    with LocalEngine(1) as engine:
        (part,) = engine.group(engine.pile("none"), lambda part: part)
    assert (part.keys.dtype, part.keys.size, part.values.dtype, part.values.size) == (np.uint64, 0, np.uint64, 0)
