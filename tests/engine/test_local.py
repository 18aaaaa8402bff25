"""The verbs of the local engine: what they return never depends on how the work was divided."""

from __future__ import annotations

import threading
import time

import numpy as np
import pyarrow as pa
import pytest

from dedup.engine import local
from dedup.engine.local import LocalEngine


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


def test_what_is_wanted_soon_is_begun_at_once():
    """A function is called beside what goes on, unless there is but one thread: then whoever needs it does the work."""
    called = threading.Event()
    with LocalEngine(2) as engine:
        engine.soon(called.set)
        assert called.wait(timeout=10)
    called.clear()
    with LocalEngine(1) as engine:
        engine.soon(called.set)
    assert not called.is_set()


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


def _names(docs, texts):
    return pa.table({"doc": docs, "name": texts})


def _part(pairs, _):
    return (pairs,)


class _Texts:
    held = True
    """Texts that are the numbers of their documents."""

    @staticmethod
    def read(docs):
        yield docs, pa.array([str(doc) for doc in docs.tolist()], pa.large_string())


@pytest.mark.parametrize(("pairs_per_part", "threads"), [(1, 1), (2, 3), (7, 2), (100, 1)])
def test_join_keeps_the_order_of_few_pairs(monkeypatch, pairs_per_part, threads):
    """Parts of any size on any number of threads: the results of texts that fit come in the order of the pairs."""
    monkeypatch.setattr(local, "_PAIRS_PER_PART", pairs_per_part)
    sizes = []

    def named(pairs, known):
        sizes.append(len(pairs))
        ends = [known.column("name").take(pairs.column(side)) for side in ("left", "right")]
        return (pa.table(ends, ["left", "right"]),)

    left, right = np.array([8, 1, 5, 1, 1, 7, 8, 0]), np.array([9, 2, 3, 9, 2, 6, 9, 4])
    with LocalEngine(threads) as engine:
        (made,) = engine.join(pa.table({"left": left, "right": right}), np.ones(10, np.int32), _Texts, _names, named)
    assert made.column("left").to_pylist() == [str(doc) for doc in left.tolist()]
    assert made.column("right").to_pylist() == [str(doc) for doc in right.tolist()]
    assert sorted(sizes) == sorted(min(pairs_per_part, 8 - begin) for begin in range(0, 8, pairs_per_part))


def test_join_prepares_what_pairs_name():
    """No text is read that no pair names, and none twice."""
    seen = []

    def prepare(docs, texts):
        seen.extend(docs.tolist())
        return _names(docs, texts)

    pairs = pa.table({"left": np.array([3, 3, 70]), "right": np.array([5, 70, 99])})
    with LocalEngine(2) as engine:
        engine.join(pairs, np.ones(100, np.int32), _Texts, prepare, _part)
    assert sorted(seen) == [3, 5, 70, 99]


def test_join_of_no_pairs_has_the_columns():
    """Without a pair the function is asked once, for tables of no rows."""
    none = np.zeros(0, np.int64)
    pairs = pa.table({"left": none, "right": none})
    with LocalEngine(1) as engine:
        (made,) = engine.join(pairs, np.zeros(0, np.int32), _Texts, _names, _part)
    assert made.equals(pairs)


def test_temporary_files_have_a_folder_of_their_own():
    """Without a folder given one of the system's is made when it is needed, and gone when the engine has ended."""
    with LocalEngine(1) as engine:
        pile = engine.pile("some")
        folder = engine._folder()
        assert folder == pile._scratch()
        assert folder.is_dir()
    assert not folder.exists()


@pytest.mark.parametrize(("memory", "data"), [(0, None), (256 << 20, 64 << 20), (2 << 30, (2 << 30) - (400 << 20))])
def test_memory_is_shared_out(memory, data):
    """What is given, or half of the machine's, less what the machinery takes; a quarter at least is for the data."""
    with LocalEngine(1, memory) as engine:
        assert engine.memory == (memory or local.machine_memory() // 2)
        assert data in {None, engine._data}
        shares = engine.pile("some")._limit, engine.texts(_Texts.read)._limit
    assert 2 * shares[0] + shares[1] <= engine._data
