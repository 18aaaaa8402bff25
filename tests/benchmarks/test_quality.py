"""The questions of quality.py: their figures are what they claim to be."""

import itertools

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

scored = st.lists(st.tuples(st.sampled_from([-1.0, 0.0, 0.25, 0.5, 1.0]), st.booleans()), min_size=2, max_size=20)


@given(scored)
def test_the_area_counts_pairs(pairs):
    """It is the share of (spun, original) pairs in which the spun has the higher score; a tie counts half."""
    from questions.lone import area

    scores, spun = np.array([score for score, _ in pairs]), np.array([label for _, label in pairs])
    if spun.all() or not spun.any():
        return
    wins = [(a > b) + (a == b) / 2 for a, b in itertools.product(scores[spun], scores[~spun])]
    assert area(scores, spun) == pytest.approx(np.mean(wins))


@given(st.lists(st.integers(0, 30), min_size=1, max_size=400), st.integers(0, 30))
def test_few_originals_are_flagged(originals, threshold):
    """No threshold that flags as few originals finds more of the spun."""
    from questions.lone import ALARMS, recall_at

    scores = np.array([*originals, *range(31)], float)
    spun = np.arange(len(scores)) >= len(originals)
    flagged = np.mean(np.array(originals) > threshold)
    if flagged <= ALARMS:
        assert recall_at(scores, spun) >= np.mean(np.arange(31) > threshold)


def test_intervals_are_drawn_by_group():
    """A statistic of rows that never change has no width; groups that hang together widen the interval."""
    import bootstrap

    values = np.array([0.0, 1.0] * 50)
    groups = list(range(100))
    mean = lambda rows: float(values[rows].mean())  # noqa: E731
    assert bootstrap.interval(lambda _: 0.5, groups) == (0.5, 0.5)
    low, high = bootstrap.interval(mean, groups)
    assert 0.35 < low < 0.5 < high < 0.65
    assert bootstrap.interval(mean, groups) == (low, high)
    assert bootstrap.interval(mean, [at % 2 for at in groups]) == (0, 1)


def test_what_a_run_does_not_tell_is_not_known(tmp_path):
    """A column that a table lacks is None in each row, and its figure is shown as not known."""
    import quality
    from questions import Run, row

    pq.write_table(pa.table({"left_id": ["a"], "right_id": ["b"], "accepted": [True]}), tmp_path / "pairs.parquet")
    pairs = Run(tmp_path, {}).pairs(["accepted", "spin_score"])
    assert pairs == {key: {"accepted": True, "spin_score": None} for key in (("a", "b"), ("b", "a"))}
    rows = [row("one", None, least=0.5), row("two", 0.4, least=0.5, interval=(0.3, 0.5)), row("three", 0.4, most=0.5)]
    assert [own["met"] for own in rows] == [None, False, True]
    shown = quality.table([*rows, {"row": "four", "failed": "no luck", "met": False}])
    assert "| one | not known |  | >= 0.5 |  |" in shown
    assert "| two | 0.4 | 0.3–0.5 | >= 0.5 | NO |" in shown
    assert "| four | no luck |  |  | NO |" in shown


def test_the_halves_share_no_story(data):
    """Originals are long, have a text of their own, and are in one half only; what is made of them is younger."""
    import newswire

    halves = [newswire.originals(half) for half in ("dev", "test")]
    ids = [{story.doc_id for story in half} for half in halves]
    assert ids[0].isdisjoint(ids[1])
    assert min(map(len, ids)) > 3000
    texts = [story.text for half in halves for story in half]
    assert len(set(texts)) == len(texts)
    story = halves[0][0]
    made = story.made("other words", "spun")
    assert made.published_at > story.published_at
    assert (made.doc_id, made.made_from, made.how) == (f"{story.doc_id}-spun", story.doc_id, "spun")
    other = newswire.neighbour(story)
    assert other.topics & story.topics
    assert other.doc_id != story.doc_id


def test_a_run_of_words_is_a_run():
    """Fifteen words in a row are seen, fourteen are not."""
    from newswire import Story
    from questions.events import _share_a_run

    def story(words):
        return Story("s", " ".join(words), None)

    words = [f"w{at}" for at in range(20)]
    assert _share_a_run(story(words), story(["a", *words[:15], "b"]))
    assert not _share_a_run(story(words), story(["a", *words[:14], "b", *words[15:]]))
    assert not _share_a_run(story(words[:3]), story(words[:3]))


def test_given_pairs_are_aligned():
    """The passages of a given pair are those of the library, in characters of the texts."""
    from questions.pan import aligned

    shared = " ".join(f"shared{at}" for at in range(40))
    documents = {"a": f"one two three. {shared}. four", "b": f"{shared}!", "c": "nothing of the kind is in here"}
    (found,), (nothing,) = aligned([("a", "b")], documents), aligned([("a", "c")], documents)
    begin, end, source_begin, source_end = found[0]
    assert documents["a"][begin:end] == documents["b"][source_begin:source_end] == shared
    assert nothing == []
