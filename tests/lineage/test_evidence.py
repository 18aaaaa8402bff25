"""What speaks for a direction, kind by kind."""

from __future__ import annotations

import math
import tomllib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.lineage.evidence import (
    METADATA,
    MOST_TEXTUAL,
    OUTLIER_SHARE,
    said_by_texts,
    textual,
    time_log_odds,
    weigh,
    weights,
)
from dedup.lineage.model import FEATURES, FILE, GENRES
from dedup.lineage.names import by_text, spellings
from dedup.lineage.sentences import SEEN, clue
from dedup.lineage.views import Members, Pairs, covered
from dedup.match.clues import CLUES
from dedup.match.collation import RELATIONS
from tests.lineage.corpus import node, pair, tables

BOUND = math.log((1 - OUTLIER_SHARE) / OUTLIER_SHARE)


def _time(left, right):
    members = Members.of(tables([node(0, left), node(1, right)], [])[0])
    return float(time_log_odds(members, np.array([0]), np.array([1]))[0])


def _weigh(nodes, pairs, kind):
    made = tables(nodes, pairs)
    members = Members.of(made[0])
    found = Pairs.of(members, made[1], 15)
    said = said_by_texts(members, found)
    return weigh(members, by_text(members), found, np.arange(len(nodes)), said)[kind].tolist()


def test_a_day_apart_speaks_clearly():
    """One day by dates alone is worth odds of thirty or more to one, but no certainty."""
    assert 3.4 <= _time("2022-02-25", "2022-02-26") <= 3.9


def test_dates_that_may_be_equal_say_nothing():
    """A missing date, and one day twice, are no evidence."""
    assert _time(None, "2022-02-26") == 0.0
    assert _time("2022-02-26", "2022-02-26") == 0.0


def test_an_hour_of_a_day_says_as_much_as_the_share_of_the_day_before_it():
    """Noon says nothing against its own day; an evening comes after most of it, but never surely."""
    assert _time("2022-02-26", "2022-02-26T12:00:00") == pytest.approx(0.0, abs=1e-3)
    evening = _time("2022-02-26", "2022-02-26T21:00:00")
    assert 0.0 < _time("2022-02-26", "2022-02-26T15:00:00") < evening < np.log(7)


def test_lags_that_no_newsroom_has_say_less():
    """A second, and a century, speak less than an hour."""
    hour = _time("2022-02-26T10:00:00", "2022-02-26T11:00:00")
    assert 0.0 < _time("2022-02-26T10:00:00", "2022-02-26T10:00:01") < hour
    assert 0.0 < _time("1922-02-26T10:00:00", "2022-02-26T10:00:00") < hour


def test_months_and_years_end_where_the_calendar_says():
    """February ends before March begins; a year overlaps its own months."""
    months = [node(0, "2022-02-01", published_precision="month"), node(1, "2022-03-01", published_precision="month")]
    year = [node(2, "2022-01-01", published_precision="year")]
    members = Members.of(tables(months + year, [])[0])
    said = time_log_odds(members, np.array([0, 0]), np.array([1, 2])).tolist()
    assert said[0] > said[1] > 0.0
    assert said[1] < np.log(10.5 / 1.5)  # so much of the year is still to come in the middle of February


_STAMPS = st.one_of(st.none(), st.datetimes().map(lambda time: time.replace(microsecond=0).isoformat()))


@settings(max_examples=100, deadline=None)
@given(_STAMPS, _STAMPS)
def test_time_is_antisymmetric_and_bounded(left, right):
    """Swapped texts turn the sign, and no lag says more than the share of wrong clocks allows."""
    assert _time(left, right) == -_time(right, left)
    assert abs(_time(left, right)) <= BOUND + 1e-9


def test_attribution_points_to_the_publisher_that_is_named():
    """B names A's publisher: A first. Both name each other, or B names itself: nothing."""
    times = {"publisher": "The Moscow Times", "url": "https://www.themoscowtimes.com/2022/02/25/putin"}
    shared = [pair(0, 1, "partial", (0, 0, 50))]
    said = _weigh([node(0, **times), node(1, cues=["themoscowtimes.com"])], shared, "attribution")
    linked = _weigh([node(0, **times), node(1, cues=["themoscowtimes.com/2022/02/25/putin"])], shared, "attribution")
    assert 0.0 < said[0] < linked[0]
    assert _weigh([node(0, cues=["the moscow times"]), node(1, **times)], shared, "attribution") == [-said[0]]
    assert _weigh([node(0), node(1, cues=["themoscowtimes.com"], **times)], shared, "attribution") == [0.0]
    assert _weigh([node(0, **times), node(1, cues=["the moscow times"], **times)], shared, "attribution") == [0.0]
    both = [node(0, publisher="AP", cues=["reuters"]), node(1, publisher="Reuters", cues=["ap"])]
    assert _weigh(both, shared, "attribution") == [0.0]
    kept = ["the moscow times"]  # a line of the house that was left standing
    own = {"publisher": "The Day", "publishers_named": [*kept, "the day"]}
    assert _weigh([node(0, publishers_named=kept, **times), node(1, **own)], shared, "attribution") == said


@pytest.mark.parametrize(
    ("one", "other", "meet"),
    [
        ("Reuters", "https://www.reuters.com/world/1", True),
        ("The Moscow Times", "themoscowtimes.com", True),
        ("BBC", "https://news.bbc.co.uk/2/hi", True),
        ("Reuters", "reuters staff", False),
        ("co", "https://news.bbc.co.uk/2/hi", False),
        ("http://[broken", "broken", False),
        ("", "", False),
        (None, "none", False),
    ],
)
def test_spellings_meet_where_the_name_is_the_same(one, other, meet):
    """Publishers, hosts and addresses meet by the site's name; what is no name meets nothing."""
    assert bool(spellings(one) & spellings(other)) is meet


_SAID = st.lists(st.floats(-50.0, 50.0), min_size=len(FEATURES), max_size=len(FEATURES))


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.tuples(_SAID, st.sampled_from(np.eye(3).tolist()), st.sampled_from(RELATIONS)), min_size=1, max_size=5)
)
def test_what_texts_say_is_antisymmetric_and_bounded(rows):
    """With the sides exchanged each kind is negated; all together never pass the most that texts may say."""
    said = np.array([row for row, _, _ in rows])
    weight = weights(np.array([genre for _, genre, _ in rows]), [name for _, _, name in rows])
    there, back = textual(said * weight), textual(-said * weight)
    assert all(np.allclose(there[kind], -back[kind]) for kind in there)
    assert (np.abs(sum(there.values())) <= MOST_TEXTUAL + 1e-9).all()


def test_silent_texts_say_nothing():
    """Where no feature speaks, no kind does, and the probability is one half."""
    kinds = textual(np.zeros((4, len(FEATURES))))
    assert all(not values.any() for values in kinds.values())
    assert set(kinds).isdisjoint(METADATA)


def test_the_weights_name_known_features():
    """Each weight of the file belongs to a feature that is read."""
    told = tomllib.loads(FILE.read_text(encoding="utf-8"))
    assert set(told["direction"]) == set(GENRES)
    assert all(set(own) <= set(FEATURES) for own in told["direction"].values())
    assert set(told["trust"]) == set(RELATIONS)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 10)), max_size=5), max_size=5))
def test_covered_words_are_counted_once(groups):
    """Words in overlapping passages count once, as a set of words tells."""
    first = np.concatenate(([0], np.cumsum([len(group) for group in groups]))).astype(np.int64)
    spans = np.array([(begin, begin + n) for group in groups for begin, n in group], np.int64).reshape(-1, 2)
    expected = [len({word for begin, n in group for word in range(begin, begin + n)}) for group in groups]
    assert covered(first, spans).tolist() == expected


def test_every_clue_has_its_sentence():
    """Each clue can be told in words, for and against, naming both texts."""
    assert set(SEEN) == set(CLUES)
    for name in CLUES:
        there, back = clue(name, 1.0, 0.5), clue(name, -1.0, -0.5)
        assert there != back
        assert back.startswith("against it: ")
        assert "this text" in there or "the source" in there
