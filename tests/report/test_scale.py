from __future__ import annotations

import datetime as dt
import itertools

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from dedup.report.draw.scale import DAY, HOUR, YEAR, Linear, Log, duration, time_scale

ORDERS = st.floats(1e-3, 1e9)
SECONDS = st.integers(int(-1e9), int(4e9))


def _ascending(values):
    return all(one < other for one, other in itertools.pairwise(values))


@given(st.floats(-1e6, 1e6), ORDERS, st.integers(4, 12))
def test_ticks_of_a_linear_scale_lie_inside_are_few_and_ascend(low, span, most):
    """Ticks lie between the ends, ascend, and are as few as asked for."""
    assume(low + span > low * (1 + 1e-9) if low > 0 else True)
    scale = Linear(low, low + span, 0, 100)
    values = [tick.value for tick in scale.ticks(most)]
    assert 1 <= len(values) <= most
    assert _ascending(values)
    assert all(-1e-6 <= scale(value) <= 100 + 1e-6 for value in values)


def test_ticks_of_a_linear_scale_are_round():
    """From 0 to 1 and from 0 to 4,321 a person would put the same ticks."""
    assert [tick.label for tick in Linear(0, 1, 0, 1).ticks(6)] == ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]
    assert [tick.label for tick in Linear(0, 4321, 0, 1).ticks(5)] == ["0", "2,000", "4,000"]


@given(ORDERS, st.floats(1.5, 1e9), st.integers(4, 12))
def test_ticks_of_a_logarithmic_scale_lie_inside_are_few_and_ascend(low, ratio, most):
    """Ticks lie between the ends, ascend, and are as few as asked for; equal ratios are equal distances."""
    scale = Log(low, low * ratio, 0, 100)
    values = [tick.value for tick in scale.ticks(most)]
    assert 1 <= len(values) <= most
    assert _ascending(values)
    assert all(-1e-6 <= scale(value) <= 100 + 1e-6 for value in values)
    assert scale(low * ratio**0.25) == pytest.approx(25)


@given(st.lists(st.tuples(SECONDS, st.integers(0, 10**7)), min_size=1, max_size=30), st.sampled_from([1, 60, DAY]))
def test_a_time_axis_goes_from_left_to_right(spans, finest):
    """Later is never further left; all lies between the ends; ticks lie in their stretches and ascend."""
    spans = [(begin, begin + length) for begin, length in spans]
    scale = time_scale(spans, 40, 700, finest)
    seconds = sorted({second for span in spans for second in span})
    pixels = [scale(second) for second in seconds]
    assert pixels == sorted(pixels)
    assert pixels[0] >= 40
    assert pixels[-1] <= 700 + 1e-6
    marks = [tick.value for tick in scale.ticks()]
    assert marks
    assert _ascending(marks)
    assert all(any(part.begin <= mark <= part.end for part in scale.stretches) for mark in marks)
    assert all(mark % finest == 0 or mark in {part.begin for part in scale.stretches} for mark in marks)


@given(st.lists(SECONDS, min_size=2, max_size=30, unique=True))
def test_a_time_axis_is_linear_within_each_stretch(seconds):
    """Equal times are equal distances, but where the axis is broken."""
    scale = time_scale([(second, second) for second in seconds], 0, 900)
    for part in scale.stretches:
        middle = scale((part.begin + part.end) / 2)
        assert middle == pytest.approx((scale(part.begin) + scale(part.end)) / 2, abs=1e-3)


def test_bursts_years_apart_are_broken_apart():
    """Three bursts of some hours, years apart: two breaks with their lengths in words, and the hours can be seen."""
    bursts = [burst + hour * HOUR for burst in (0, 9 * YEAR, 21 * YEAR) for hour in (0, 3, 5)]
    scale = time_scale([(second, second) for second in bursts], 0, 800)
    assert [words for _, _, words in scale.breaks()] == ["9 years", "12 years"]
    assert scale(3 * HOUR) - scale(0) > 80


def test_documents_an_even_time_apart_stand_on_one_axis():
    """Without bursts there is nothing to break."""
    assert not time_scale([(day * DAY, day * DAY) for day in range(9)], 0, 800).breaks()
    assert not time_scale([(0, 0), (20 * YEAR, 20 * YEAR)], 0, 800).breaks()


@pytest.mark.parametrize(
    ("span", "labels"),
    [
        (40, ["00:00:00", "00:00:15", "00:00:30"]),
        (3 * HOUR, ["00:00", "01:00", "02:00", "03:00"]),
        (3 * DAY, ["1 Jan", "2 Jan", "3 Jan", "4 Jan"]),
        (28 * DAY, ["5 Jan", "12 Jan", "19 Jan", "26 Jan"]),
        (100 * DAY, ["Jan", "Feb", "Mar", "Apr"]),
        (40 * YEAR, ["1970", "1980", "1990", "2000"]),
    ],
)
def test_ticks_of_time_are_those_of_the_calendar(span, labels):
    """Seconds, hours, days, Mondays, months and years, as they suit the time shown."""
    scale = time_scale([(0, span)], 0, 330)
    assert [tick.label for tick in scale.ticks()][:4] == labels


def test_ticks_are_no_finer_than_the_dates():
    """Dates that are known to the day have no ticks of hours."""
    assert [tick.label for tick in time_scale([(0, 2 * DAY)], 0, 800, DAY).ticks()] == ["1 Jan", "2 Jan", "3 Jan"]


def test_years_before_1970_are_told():
    """The calendar reaches back as far as dates do."""
    begin = dt.datetime(1890, 1, 1, tzinfo=dt.UTC).timestamp()
    end = dt.datetime(1914, 7, 28, tzinfo=dt.UTC).timestamp()
    assert [tick.label for tick in time_scale([(begin, end)], 0, 400).ticks()] == [
        "1890",
        "1895",
        "1900",
        "1905",
        "1910",
    ]


def test_durations_are_in_the_largest_unit_that_they_fill():
    """From seconds to years, in the singular where it is one."""
    assert [duration(n) for n in (1, 59, 60, 7_000, 90_000)] == [
        "1 second",
        "59 seconds",
        "1 minute",
        "2 hours",
        "1 day",
    ]
    assert duration(45 * DAY) == "1 month"
    assert duration(2.6 * YEAR) == "3 years"
