"""Quiet hours and digest days, in zones whose clocks change, against minutes counted one by one."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promises.domain.local_times import latest_digest, local_moment, quiet_until

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
ZONES = ("Europe/Berlin", "America/New_York", "Australia/Adelaide", "America/Santiago", "UTC")
zones = st.sampled_from(ZONES).map(ZoneInfo)
moments = st.integers(0, 365 * 24 * 60).map(
    lambda n: datetime(2026, 1, 1, tzinfo=UTC) + n * timedelta(minutes=1)
)
times = st.times().map(lambda at: at.replace(second=0, microsecond=0))
BERLIN = ZoneInfo("Europe/Berlin")


@given(moments, zones, times, times)
def test_quiet_hours_end_when_the_clock_says_so(
    moment: datetime, zone: ZoneInfo, start: time, end: time
) -> None:
    until = quiet_until(moment, zone, start, end)
    wall = moment.astimezone(zone).time()
    quiet = start <= wall < end if start < end else wall >= start or wall < end
    if until is None:
        # Where the clock jumps over or repeats an hour, either reading of it will do.
        changes = zone.utcoffset((moment - DAY).replace(tzinfo=None)) != zone.utcoffset(
            (moment + DAY).replace(tzinfo=None)
        )
        assert not quiet or start == end or changes
    else:
        assert moment < until <= moment + timedelta(hours=25)
        assert quiet_until(until, zone, start, end) is None or start == end


def test_quiet_hours_over_midnight() -> None:
    at = datetime(2026, 5, 1, 21, 30, tzinfo=UTC)  # 23:30 in Berlin
    assert quiet_until(at, BERLIN, time(22), time(7)) == datetime(2026, 5, 2, 5, tzinfo=UTC)
    assert quiet_until(at + timedelta(hours=5), BERLIN, time(22), time(7)) == datetime(
        2026, 5, 2, 5, tzinfo=UTC
    )
    assert quiet_until(at - timedelta(hours=2), BERLIN, time(22), time(7)) is None
    assert quiet_until(datetime(2026, 5, 2, 5, tzinfo=UTC), BERLIN, time(22), time(7)) is None


def test_a_time_that_the_clock_skips_moves_forward() -> None:
    assert local_moment(date(2026, 3, 29), time(2, 30), BERLIN) == datetime(
        2026, 3, 29, 1, 30, tzinfo=UTC
    )


@pytest.mark.parametrize("name", [*ZONES, "Asia/Kathmandu"])
def test_every_local_day_of_a_year_has_one_digest_at_eight(name: str) -> None:
    zone = ZoneInfo(name)
    now, found = datetime(2026, 1, 1, 12, tzinfo=UTC), set()
    while now < datetime(2027, 1, 1, 12, tzinfo=UTC):
        found.add(latest_digest(now, zone))
        now += 30 * MINUTE
    days = sorted(found)
    assert [one.day for one in days] == [days[0].day + n * DAY for n in range(len(days))]
    assert {one.moment.astimezone(zone).time() for one in days} == {time(8)}
    assert len(days) in (366, 367)


def test_a_day_that_does_not_exist_has_none() -> None:
    apia = ZoneInfo("Pacific/Apia")  # had no 30 December 2011
    seen = {
        latest_digest(datetime(2011, 12, 28, tzinfo=UTC) + n * timedelta(hours=1), apia).day
        for n in range(24 * 6)
    }
    assert date(2011, 12, 30) not in seen
    assert {date(2011, 12, 29), date(2011, 12, 31)} <= seen


@given(moments, zones, st.integers(0, 6))
def test_a_weekly_digest_is_the_last_such_day(now: datetime, zone: ZoneInfo, weekday: int) -> None:
    found = latest_digest(now, zone, weekday=weekday)
    assert found.day.weekday() == weekday
    assert found.moment <= now < local_moment(found.day + 7 * DAY, time(8), zone)
