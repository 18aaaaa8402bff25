"""Dates."""

import gzip
import json
import os
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.read import parse_time

DATA = Path(os.environ.get("DEDUP_DATA", "../shared/data"))


@pytest.mark.parametrize(
    ("written", "time", "precision"),
    [
        ("2022-02-26", (2022, 2, 26), "day"),
        ("2022-02-26T15:01Z", (2022, 2, 26, 15, 1), "minute"),
        ("2022-02-26T15:01:01.79+01:00", (2022, 2, 26, 14, 1, 1), "second"),
        ("2022-02-26 15:01:01 UTC", (2022, 2, 26, 15, 1, 1), "second"),
        ("2022-02", (2022, 2, 1), "month"),
        ("2022", (2022, 1, 1), "year"),
        (2022, (2022, 1, 1), "year"),
        ("20220226", (2022, 2, 26), "day"),
        ("20220226150101", (2022, 2, 26, 15, 1, 1), "second"),
        ("February 25, 2022", (2022, 2, 25), "day"),
        ("28 February 2022", (2022, 2, 28), "day"),
        ("Feb. 28, 2022", (2022, 2, 28), "day"),
        ("February 2022", (2022, 2, 1), "month"),
        ("Sat, 26 Feb 2022 15:01:01 +0100", (2022, 2, 26, 14, 1, 1), "second"),
        ("Sat, 26 Feb 2022 10:01 EST", (2022, 2, 26, 15, 1), "minute"),
        ("25/02/2022", (2022, 2, 25), "day"),
        ("26-FEB-1987 15:01:01.79", (1987, 2, 26, 15, 1, 1), "second"),
        ("27-MAR-1987 00:02:59.13RM", (1987, 3, 27, 0, 2, 59), "second"),
        ("27-MAR-1987 08:45:34.42C G T M", (1987, 3, 27, 8, 45, 34), "second"),
        ("3-MAR-1987  09:15:05.40", (1987, 3, 3, 9, 15, 5), "second"),
        ("31-MAR-1987 605:12:19.12", (1987, 3, 31), "day"),
        ("9-APR-1987 00:00:00.00    # date added as guesswork", (1987, 4, 9), "second"),
        ("1645887661", (2022, 2, 26, 15, 1, 1), "second"),
        (1645887661, (2022, 2, 26, 15, 1, 1), "second"),
        (1645887661.5, (2022, 2, 26, 15, 1, 1), "second"),
        (1645887661000, (2022, 2, 26, 15, 1, 1), "second"),
        (1645887661000000000, (2022, 2, 26, 15, 1, 1), "second"),
        (date(2022, 2, 26), (2022, 2, 26), "day"),
        (datetime(2022, 2, 26, 15, 1, 1), (2022, 2, 26, 15, 1, 1), "second"),
        (datetime(2022, 2, 26, 15, 1, tzinfo=timezone(timedelta(hours=-5))), (2022, 2, 26, 20, 1), "second"),
    ],
)
def test_times_as_they_are_written(written, time, precision):
    """Each way of writing gives the time in UTC and the precision that was written."""
    assert parse_time(written) == (datetime(*time, tzinfo=UTC), precision)


@pytest.mark.parametrize(
    "written",
    [
        *(None, "", " ", "soon", "Friday", "26", "10:30", "February 26", "May", "1.5", 17, 0, -1, True, float("nan")),
        *("2022-13-01", "2022-02-30", "31-FEB-1987", "0999-01-01", "2201-01-01", 10**30, "9" * 5000, "x" * 10**6),
        *(
            "26-FEB-1987 or so 7",
            "2022-02-26T15:01+99:99",
            [],
            {},
            datetime.max.replace(tzinfo=timezone(timedelta(hours=-5))),
        ),
    ],
    ids=lambda value: str(value)[:30],
)
def test_what_is_no_time(written):
    """What lacks a year, is out of range or makes no sense is no time, and no error."""
    assert parse_time(written) == (None, None)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60) | st.floats() | st.integers())
def test_hostile_values_never_raise(value):
    """Whatever comes, the answer is a time in range with its precision, or nothing."""
    time, precision = parse_time(value)
    assert (time is None) == (precision is None)
    assert time is None or 1000 <= time.year <= 2200


@settings(max_examples=100, deadline=None)
@given(st.datetimes(datetime(1000, 1, 2), datetime(2200, 12, 30)).map(lambda t: t.replace(microsecond=0)))
def test_iso_and_wire_agree_with_the_calendar(time):
    """Written as ISO 8601, as RFC 2822 and as the wire did, a time reads as itself."""
    expected = (time.replace(tzinfo=UTC), "second")
    assert parse_time(time.isoformat()) == expected
    month = "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split()[time.month - 1]
    assert parse_time(f"{time.day}-{month}-{time.year:04} {time:%H:%M:%S}.07") == expected
    if time.year >= 1900:
        assert parse_time(f"{time:%a, %d %b %Y %H:%M:%S} +0000") == expected


def test_machine_zone_has_no_say(monkeypatch):
    """What the machine calls its own zone changes nothing."""
    monkeypatch.setattr("time.tzname", ("XYZ", "XYZ"))
    assert parse_time("Feb 26 2022 10:00 XYZ")[0] == datetime(2022, 2, 26, 10, tzinfo=UTC)


@pytest.mark.skipif(not (DATA / "reuters-21578.jsonl.gz").exists(), reason=f"no Reuters-21578 in {DATA} (DEDUP_DATA)")
def test_every_date_of_reuters():
    """All 21,578 dates of the newswire are understood, and all but one to the second."""
    with gzip.open(DATA / "reuters-21578.jsonl.gz", "rt") as lines:
        precisions = [parse_time(json.loads(line)["date"])[1] for line in lines]
    assert len(precisions) == 21578
    assert precisions.count("second") == 21577
    assert precisions.count("day") == 1
