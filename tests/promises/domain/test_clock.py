"""Moments, local days and their ends, also where the clock jumps at midnight."""

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promises.domain.clock import day_end, day_of, due_moment, end_of_date, parse_moment
from tests.promises.domain.strategies import text

NEW_YORK = ZoneInfo("America/New_York")


@pytest.mark.parametrize(
    ("day", "zone", "end"),
    [
        # An ordinary one, one of 23 hours and one of 25.
        ("2026-06-01", "Europe/Berlin", "2026-06-01T22:00:00Z"),
        ("2026-03-29", "Europe/Berlin", "2026-03-29T22:00:00Z"),
        ("2026-10-25", "Europe/Berlin", "2026-10-25T23:00:00Z"),
        # 15 October 2017 has no midnight: the day before ends where 01:00 begins.
        ("2017-10-14", "America/Sao_Paulo", "2017-10-15T03:00:00Z"),
        ("2017-10-15", "America/Sao_Paulo", "2017-10-16T02:00:00Z"),
        # The clock goes from 24:00 back to 23:00, so the day has 25 hours and one midnight.
        ("2017-02-18", "America/Sao_Paulo", "2017-02-19T03:00:00Z"),
        ("2022-03-26", "Asia/Beirut", "2022-03-26T22:00:00Z"),
        ("2022-10-29", "Asia/Beirut", "2022-10-29T22:00:00Z"),
        # Half an hour, at two in the morning.
        ("2026-04-05", "Australia/Lord_Howe", "2026-04-05T13:30:00Z"),
        ("2026-10-04", "Australia/Lord_Howe", "2026-10-04T13:00:00Z"),
        # From 01:00 back to 00:00: two midnights, the first ends the day.
        ("2022-11-05", "America/Havana", "2022-11-06T04:00:00Z"),
        # From 23:30 on to 00:30: the jump begins before the midnight that it swallows.
        ("1919-03-30", "America/Toronto", "1919-03-31T04:30:00Z"),
        # 30 December 2011 did not happen.
        ("2011-12-29", "Pacific/Apia", "2011-12-30T10:00:00Z"),
        ("2011-12-30", "Pacific/Apia", "2011-12-30T10:00:00Z"),
    ],
)
def test_it_ends_a_day_where_the_next_begins(day: str, zone: str, end: str) -> None:
    here = ZoneInfo(zone)

    assert day_end(date.fromisoformat(day), here) == datetime.fromisoformat(end)
    assert end_of_date(date.fromisoformat(day), here) == (
        datetime.fromisoformat(end) - timedelta(microseconds=1)
    )
    assert day_end(date.fromisoformat(day), here).tzinfo is UTC


@settings(max_examples=500, deadline=None)
@given(
    day=st.dates(date(1950, 1, 1), date(2100, 1, 1)),
    zone=st.sampled_from(
        ("America/Sao_Paulo", "Asia/Beirut", "Europe/Berlin", "Australia/Lord_Howe", "UTC")
    ),
)
def test_it_finds_the_last_microsecond_of_every_day(day: date, zone: str) -> None:
    here = ZoneInfo(zone)
    last = end_of_date(day, here)

    assert day_of(last, here) == day
    assert day_of(last + timedelta(microseconds=1), here) == day + timedelta(days=1)
    assert timedelta(hours=22) < day_end(day, here) - day_end(day - timedelta(days=1), here)


@settings(deadline=None)
@given(
    micros=st.integers(-2_200_000_000_000_000, 220_000_000_000_000_000),
    minutes=st.integers(-14 * 60, 14 * 60),
)
def test_it_reads_back_any_moment_in_any_offset(micros: int, minutes: int) -> None:
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=micros)
    local = moment.astimezone(timezone(timedelta(minutes=minutes)))

    assert parse_moment(local.isoformat()) == moment
    assert parse_moment(text(moment)).tzinfo is UTC


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-03-02T09:30:00Z", "2026-03-02T09:30:00+00:00"),
        ("2026-03-02t09:30:00z", "2026-03-02T09:30:00+00:00"),
        ("2026-03-02 09:30:00.5-05:00", "2026-03-02T14:30:00.500000+00:00"),
        ("2026-03-02T09:30:00.1234567899Z", "2026-03-02T09:30:00.123456+00:00"),
        ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00+00:00"),
        ("2016-12-31T23:59:60.7Z", "2017-01-01T00:00:00+00:00"),
    ],
)
def test_it_reads_what_rfc_3339_allows(written: str, meant: str) -> None:
    assert parse_moment(written).isoformat() == meant


@pytest.mark.parametrize(
    "written",
    [
        "", "soon", "2026-03-02", "2026-03-02T09:30:00", "2026-03-02T09:30Z", "20260302T093000Z",
        "2026-02-30T09:30:00Z", "2026-03-02T25:00:00Z", "2026-03-02T09:30:00+25:00",
        "2026-W10-1T09:30:00Z", "2026-03-02T09:30:00Z ", "2026-03-02T09:30:00.Z",
        "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:60Z", "٢٠٢٦-03-02T09:30:00Z",
    ],
)  # fmt: skip
def test_it_refuses_what_is_not_a_moment(written: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_moment(written)


def test_it_takes_a_due_date_as_a_day_or_a_moment() -> None:
    assert text(due_moment("2026-03-06", NEW_YORK)) == "2026-03-07T04:59:59.999999Z"
    assert text(due_moment("2026-03-06T12:00:00-05:00", NEW_YORK)) == "2026-03-06T17:00:00Z"


@pytest.mark.parametrize(
    "written", ["2026-02-30", "9999-12-31", "1066-10-14", "20260306", "2026-W10-5"]
)
def test_it_refuses_a_due_date_that_is_none(written: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        due_moment(written, NEW_YORK)
