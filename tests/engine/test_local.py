"""The verbs of the local engine: what they return never depends on how the work was divided."""

from __future__ import annotations

import threading
import time
from collections import defaultdict

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dedup.engine import local
from dedup.engine.local import LocalEngine

any_parts = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])


def test_map_keeps_the_order_of_the_items():
    """Results come in the order of the items, though the first take longest."""

    def slow_at_first(item):
        time.sleep(0.02 if item < 3 else 0)
        return item * item

    with LocalEngine(3) as engine:
        assert list(engine.map(range(12), slow_at_first)) == [item * item for item in range(12)]


@pytest.mark.parametrize("threads", [1, 3])
def test_map_holds_few_items_at_a_time(threads):
    """Of an endless source no more is taken than two items a thread ahead of what has been given out."""
    taken = 0

    def source():
        nonlocal taken
        while True:
            taken += 1
            yield taken

    with LocalEngine(threads) as engine:
        results = engine.map(source(), lambda item: item)
        for given_out in range(1, 20):
            assert next(results) == given_out
            assert taken - given_out < 2 * threads


def test_map_runs_on_its_threads():
    """Two items that wait for each other get done on two threads."""
    meeting = threading.Barrier(2, timeout=10)
    with LocalEngine(2) as engine:
        assert sorted(engine.map(range(2), lambda _: meeting.wait())) == [0, 1]


def test_map_hands_on_errors():
    """What fails in a thread is raised where the result is asked for."""

    def fail(item):
        raise ValueError(f"item {item}")

    with LocalEngine(2) as engine, pytest.raises(ValueError, match="item 0"):
        list(engine.map(range(5), fail))


def test_no_threads_means_one_per_core():
    """A number of threads is taken as it is, 0 as what this process may use."""
    with LocalEngine(0) as engine, LocalEngine(5) as other:
        assert engine.threads >= 1
        assert other.threads == 5


def _groups(table):
    """Each key once, with all its values in their order."""
    made = defaultdict(list)
    for row in table.to_pylist():
        made[row["key"]].append(row["value"])
    return pa.table(
        {"key": pa.array(list(made), pa.uint64()), "values": pa.array(list(made.values()), pa.list_(pa.int64()))}
    )


@any_parts
@given(st.lists(st.integers(0, 6), max_size=40), st.integers(1, 12), st.integers(1, 3))
def test_group_equals_a_dict_of_lists(monkeypatch, keys, rows_per_part, threads):
    """No group is split, rows keep their order, groups come in the order of the keys; parts of any size."""
    monkeypatch.setattr(local, "_ROWS_PER_PART", rows_per_part)
    wanted = defaultdict(list)
    for value, key in enumerate(keys):
        wanted[key].append(value)
    table = pa.table({"key": pa.array(keys, pa.uint64()), "value": pa.array(range(len(keys)), pa.int64())})
    with LocalEngine(threads) as engine:
        made = engine.group(table, "key", _groups).to_pylist()
    assert made == [{"key": key, "values": wanted[key]} for key in sorted(wanted)]


@pytest.mark.parametrize("rows_per_part", [1, 10, 100])
def test_group_gives_parts_of_about_the_size(monkeypatch, rows_per_part):
    """A part ends with the first group that fills it."""
    monkeypatch.setattr(local, "_ROWS_PER_PART", rows_per_part)
    seen = []

    def look(part):
        seen.append(part.num_rows)
        return part

    table = pa.table({"key": pa.array(np.repeat(np.arange(20), 3).astype(np.uint64))})
    with LocalEngine(1) as engine:
        assert engine.group(table, "key", look).num_rows == 60
    assert sum(seen) == 60
    assert max(seen) < rows_per_part + 3


_documents = st.integers(0, 9)
_pairs = st.lists(st.tuples(_documents, _documents), max_size=25)


def _describe(pairs, sketches):
    """What the pairs name, and how many rows there were to name it in."""
    names = sketches.column("name").to_pylist()
    ends = zip(pairs.column("left").to_pylist(), pairs.column("right").to_pylist(), strict=True)
    named = [f"{names[left]}-{names[right]}" for left, right in ends]
    first = pa.table({"named": pa.array(named, pa.string()), "score": pairs.column("score")})
    return first, first.filter(pa.array([k % 2 == 0 for k in pairs.column("score").to_pylist()], pa.bool_()))


@any_parts
@given(_pairs, st.integers(1, 8), st.integers(1, 3))
def test_join_equals_a_direct_call(monkeypatch, pairs, pairs_per_part, threads):
    """Each part sees the documents that it names, and the results are those of one call on everything."""
    monkeypatch.setattr(local, "_PAIRS_PER_PART", pairs_per_part)
    sketches = pa.table({"name": [f"d{k}" for k in range(10)]})
    left, right = (pa.array([pair[side] for pair in pairs], pa.int64()) for side in (0, 1))
    table = pa.table({"left": left, "right": right, "score": pa.array(range(len(pairs)), pa.int64())})
    with LocalEngine(threads) as engine:
        made = engine.join(table, sketches, _describe)
    for mine, direct in zip(made, _describe(table, sketches), strict=True):
        assert mine.to_pylist() == direct.to_pylist()


def test_join_gives_a_part_only_what_it_names(monkeypatch):
    """A part of few pairs does not carry the whole corpus."""
    monkeypatch.setattr(local, "_PAIRS_PER_PART", 2)
    seen = []

    def look(pairs, sketches):
        seen.append(sketches.num_rows)
        return (pairs,)

    ends = np.arange(8)
    table = pa.table({"left": ends, "right": ends + 1})
    with LocalEngine(1) as engine:
        engine.join(table, pa.table({"name": [str(k) for k in range(1000)]}), look)
    assert seen == [3, 3, 3, 3]
