"""Thresholds of an open promise against a plain reference: every moment listed, then picked."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from promises.domain.hours import OpenClock
from promises.domain.thresholds import (
    Crossing,
    Threshold,
    Warnings,
    Watched,
    crossings,
    next_moment,
    warnings,
)
from tests.promises.domain.offices import OFFICES, calendars, office_spans, open_length
from tests.promises.domain.reference import micros

MADE = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SPAN = 40

moments = st.integers(-20 * 24 * 60, SPAN * 24 * 60).map(lambda n: MADE + n * timedelta(minutes=1))


def micros_of(length: timedelta) -> int:
    """A length in microseconds."""
    return length // timedelta(microseconds=1)


@st.composite
def watched_promises(draw: st.DrawFn) -> Watched:
    due = draw(moments)
    found = warnings(made_at=MADE, due=due, paused=draw(st.integers(0, 100)) * HOUR)
    matures_at = draw(st.one_of(st.just(due), moments))
    return Watched(due, matures_at, found.half, found.three_quarters)


def all_of(watched: Watched) -> list[Crossing]:
    """Every threshold for longer than the tests look."""
    assert watched.matures_at is not None
    found = [
        Crossing(threshold, 0, moment, watched.due)
        for threshold, moment in (
            (Threshold.HALF, watched.half_at),
            (Threshold.THREE_QUARTERS, watched.three_quarters_at),
        )
        if moment is not None
    ]
    found.append(Crossing(Threshold.DUE, 0, watched.matures_at, watched.matures_at))
    found += [
        Crossing(Threshold.OVER, n, watched.matures_at + n * DAY, watched.matures_at)
        for n in range(1, 3 * SPAN)
    ]
    return sorted(found, key=lambda one: one.moment)


@given(watched_promises(), moments, moments)
def test_what_is_passed_is_what_lies_between(
    watched: Watched, since: datetime, until: datetime
) -> None:
    expected = [one for one in all_of(watched) if since <= one.moment < until]
    assert crossings(watched, since, until) == expected


@given(watched_promises(), moments)
def test_the_next_check_is_the_first_that_is_left(watched: Watched, since: datetime) -> None:
    assert next_moment(watched, since) == min(
        one.moment for one in all_of(watched) if one.moment >= since
    )


@given(watched_promises(), st.lists(moments, min_size=2, max_size=9))
def test_looking_at_any_moments_passes_each_once(watched: Watched, looks: list[datetime]) -> None:
    looks.sort()
    check = next_moment(watched, looks[0])
    found = []
    for now in looks:
        assert check is not None
        if check < now:
            found += crossings(watched, check, now)
            check = next_moment(watched, now)
    assert found == crossings(watched, looks[0], looks[-1])


def test_the_warnings_are_shares_of_the_time_that_there_is() -> None:
    assert warnings(made_at=MADE, due=MADE + 8 * HOUR, paused=0 * HOUR) == Warnings(
        MADE + 4 * HOUR, MADE + 6 * HOUR
    )


def test_a_pause_takes_no_share() -> None:
    # Made at 0, two hours paused from 3 to 5, due at 10: half of the eight hours is over at 6.
    assert warnings(made_at=MADE, due=MADE + 10 * HOUR, paused=2 * HOUR) == Warnings(
        MADE + 6 * HOUR, MADE + 8 * HOUR
    )


def test_without_time_there_is_no_warning() -> None:
    for due, paused in ((MADE, 0), (MADE - HOUR, 0), (MADE + HOUR, 1)):
        assert warnings(made_at=MADE, due=due, paused=paused * HOUR) == Warnings(None, None)


office_hours = st.tuples(st.sampled_from(sorted(OFFICES)), moments, moments)


@given(office_hours, st.integers(0, 20))
def test_in_office_hours_the_shares_are_of_open_time(
    drawn: tuple[tuple[str, int], datetime, datetime], paused: int
) -> None:
    office, made, due = drawn
    spans, calendar = office_spans(office), calendars(*office)
    assert spans is not None
    assert calendar is not None
    found = warnings(made_at=made, due=due, paused=paused * HOUR, hours=OpenClock(calendar))

    if made >= due or open_length(micros(made), micros(due), spans) <= micros_of(paused * HOUR):
        assert found == Warnings(None, None)
        return
    left = open_length(micros(made), micros(due), spans) - micros_of(paused * HOUR)
    for moment, share in zip(found, (2, 4), strict=True):
        assert moment is not None
        assert open_length(micros(moment), micros(due), spans) == left // share
        # The last such moment: any later one leaves less.
        assert open_length(micros(moment) + 1, micros(due), spans) < left // share


def test_nothing_is_passed_while_a_pause_runs() -> None:
    watched = Watched(MADE + DAY, None, MADE + HOUR, MADE + 2 * HOUR)
    assert next_moment(watched, MADE) is None
    assert crossings(watched, MADE, MADE + 9 * DAY) == []


def test_a_day_over_has_24_hours_also_where_the_clock_changes() -> None:
    watched = Watched(MADE, MADE, None, None)
    found = crossings(watched, MADE, MADE + 30 * DAY)
    assert [one.day for one in found] == list(range(30))
    assert {b.moment - a.moment for a, b in pairwise(found)} == {DAY}
