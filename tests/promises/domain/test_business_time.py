"""Business time against walking minute by minute, and the laws that it must keep (R15, R16)."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from promises.domain.business_time import Unit, business_seconds, due, elapsed
from promises.domain.calendars import Calendar, calendar_from
from promises.domain.expansion import OutOfReach
from tests.promises.domain.minutes import DAY, MINUTE, Slow

# Days on which the clock jumps: by an hour and by half of one, at two o'clock and at midnight, on
# both halves of the globe; and one zone that never jumps and is half an hour off.
JUMPS = (
    ("America/New_York", date(2026, 3, 8)),
    ("America/New_York", date(2026, 11, 1)),
    ("Europe/Berlin", date(2026, 3, 29)),
    ("Europe/Berlin", date(2026, 10, 25)),
    ("Australia/Adelaide", date(2026, 4, 5)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),
    ("Australia/Lord_Howe", date(2026, 10, 4)),
    ("America/Santiago", date(2026, 4, 5)),
    ("America/Santiago", date(2026, 9, 6)),
    ("America/Havana", date(2026, 11, 1)),
    ("America/Havana", date(2026, 3, 8)),
    ("Asia/Kolkata", date(2026, 6, 15)),
)
OFFICE = {day: ["09:00-17:00"] for day in ("mon", "tue", "wed", "thu", "fri")}
WEEKS = (
    OFFICE,
    {day: ["08:30-12:00", "13:15-17:00"] for day in ("mon", "tue", "thu", "fri", "sat", "sun")},
    # Shifts over midnight, through the hours that are skipped and repeated.
    {day: ["22:00-06:00"] for day in ("mon", "wed", "thu", "fri", "sat", "sun")},
    {day: ["00:00-24:00"] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")},
    # Openings and closings inside the jump, and a day of a few minutes.
    {"sat": ["23:30-01:30"], "sun": ["01:45-02:15", "02:30-03:10", "23:45-00:20"], "wed": ["0"]},
    {"sun": ["00:00-00:30", "00:45-01:15", "01:30-02:00", "02:15-24:00"], "mon": ["00:00-00:05"]},
)


@st.composite
def cases(draw: st.DrawFn) -> tuple[Calendar, Slow]:
    """A calendar with exceptions around a jump, fast and slow."""
    zone, middle = draw(st.sampled_from(JUMPS))
    week = {
        day: [hours if hours != "0" else "12:00-12:07" for hours in texts]
        for day, texts in draw(st.sampled_from(WEEKS)).items()
    }
    days = st.integers(-5, 5).map(lambda n: middle + n * DAY)
    other = draw(st.dictionaries(days, st.sampled_from(([], ["10:00-11:30"])), max_size=3))
    calendar = calendar_from(zone, week, other)
    return calendar, Slow(calendar, middle)


def starts(slow: Slow) -> st.SearchStrategy[datetime]:
    """Whole minutes within some days of the jump."""
    midnight = datetime(slow.middle.year, slow.middle.month, slow.middle.day, tzinfo=UTC)
    return st.integers(-3_000, 3_000).map(lambda n: midnight + n * MINUTE)


pauses_of = st.lists(st.tuples(st.integers(-3_000, 4_000), st.integers(1, 2_000)), max_size=3)
slow_settings = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


@slow_settings
@given(case=cases(), data=st.data(), amount=st.integers(-700, 700), gaps=pauses_of)
def test_it_equals_walking_minute_by_minute(
    case: tuple[Calendar, Slow], data: st.DataObject, amount: int, gaps: list[tuple[int, int]]
) -> None:
    calendar, slow = case
    start = data.draw(starts(slow))
    midnight = datetime(slow.middle.year, slow.middle.month, slow.middle.day, tzinfo=UTC)
    pauses = [
        (midnight + begin * MINUTE, midnight + (begin + length) * MINUTE) for begin, length in gaps
    ]
    paused = {n for a, b in pauses for n in range(slow.number(a), slow.number(b))}
    end = data.draw(starts(slow))

    with _in_sight():
        walked, walked_on = (
            slow.due_minutes(start, amount, waiting) for waiting in (set(), paused)
        )
    plain = due(start, amount, Unit.BUSINESS_MINUTES, calendar)
    assert plain == walked
    assert elapsed(start, end, Unit.BUSINESS_MINUTES, calendar, pauses) == (
        slow.elapsed_minutes(start, end, paused)
        if start <= end
        else -slow.elapsed_minutes(end, start, paused)
    )
    # A pause that begins at the very moment at which it is due pushes it, also a moment that is the
    # start itself: the walk does not know.
    assume(amount != 0 or not pauses)
    assume(all(plain not in (a, b) and not _touches(slow, walked, amount, a, b) for a, b in pauses))
    assert due(start, amount, Unit.BUSINESS_MINUTES, calendar, pauses) == walked_on


@contextmanager
def _in_sight() -> Iterator[None]:
    """Give a case up where the walk would leave the weeks that it knows."""
    try:
        yield
    except IndexError:
        assume(False)


def _touches(slow: Slow, walked: datetime, amount: int, begin: datetime, end: datetime) -> bool:
    """Whether only closed minutes lie between a due moment and a pause."""
    reached = slow.number(walked)
    edge = slow.number(begin if amount > 0 else end)
    low, high = min(reached, edge), max(reached, edge)
    return not any(n in slow.open for n in range(low, high))


@slow_settings
@given(case=cases(), data=st.data(), days=st.integers(-4, 4), same_time=st.booleans())
def test_business_days_equal_walking_from_day_to_day(
    case: tuple[Calendar, Slow], data: st.DataObject, days: int, same_time: bool
) -> None:
    calendar, slow = case
    start = data.draw(starts(slow))
    with _in_sight():
        walked = slow.due_days(start, days, same_time=same_time)

    assert due(start, days, Unit.BUSINESS_DAYS, calendar, same_time=same_time) == walked


units = st.sampled_from(list(Unit))
moments = st.datetimes(datetime(2024, 1, 1), datetime(2027, 1, 1)).map(  # noqa: DTZ001
    lambda wall: wall.replace(tzinfo=UTC)
)


@st.composite
def pauses_near(draw: st.DrawFn, start: datetime) -> list[tuple[datetime, datetime]]:
    """Some pauses around a start."""
    gaps = draw(st.lists(st.tuples(st.integers(-9_000, 9_000), st.integers(1, 4_000)), max_size=3))
    return [(start + begin * MINUTE, start + (begin + length) * MINUTE) for begin, length in gaps]


@settings(max_examples=150, deadline=None)
@given(
    case=cases(),
    start=moments,
    unit=units,
    amount=st.integers(-5_000, 5_000),
    same_time=st.booleans(),
    data=st.data(),
)
def test_what_has_elapsed_when_it_is_due_is_the_amount(
    case: tuple[Calendar, Slow],
    start: datetime,
    unit: Unit,
    amount: int,
    same_time: bool,
    data: st.DataObject,
) -> None:
    calendar = case[0]
    if unit in (Unit.DAYS, Unit.BUSINESS_DAYS):
        amount //= 50
    pauses = data.draw(pauses_near(start))

    moment = due(start, amount, unit, calendar, pauses, same_time=same_time)

    passed = elapsed(start, moment, unit, calendar, pauses, same_time=same_time)
    if passed != amount:
        # A close and the opening after it, no open time between them, pushed by one pause to one
        # moment: then the further of the two has been reached.
        assert unit is Unit.BUSINESS_DAYS
        assert same_time
        assert pauses
        assert due(start, passed, unit, calendar, pauses, same_time=same_time) == moment


@settings(max_examples=150, deadline=None)
@given(case=cases(), start=moments, first=st.integers(0, 9_000), second=st.integers(0, 9_000))
def test_amounts_and_stretches_of_time_add_up(
    case: tuple[Calendar, Slow], start: datetime, first: int, second: int
) -> None:
    calendar, unit = case[0], Unit.BUSINESS_MINUTES
    middle = due(start, first, unit, calendar)
    end = due(middle, second, unit, calendar)

    assert end == due(start, first + second, unit, calendar)
    assert elapsed(start, middle, unit, calendar) + elapsed(middle, end, unit, calendar) == (
        elapsed(start, end, unit, calendar)
    )
    before = due(start, -first, unit, calendar)
    assert due(before, -second, unit, calendar) == due(start, -first - second, unit, calendar)
    assert elapsed(end, start, unit, calendar) == -elapsed(start, end, unit, calendar)


@settings(max_examples=150, deadline=None)
@given(
    case=cases(),
    start=moments,
    later=st.integers(0, 5_000),
    unit=units,
    amounts=st.tuples(st.integers(-60, 60), st.integers(-60, 60)).map(sorted),
    same_time=st.booleans(),
)
def test_more_is_later_and_a_later_start_is_due_no_earlier(
    case: tuple[Calendar, Slow],
    start: datetime,
    later: int,
    unit: Unit,
    amounts: list[int],
    same_time: bool,
) -> None:
    calendar, (less, more) = case[0], amounts

    def reached(at: datetime, amount: int) -> datetime:
        return due(at, amount, unit, calendar, same_time=same_time)

    assert reached(start, less) <= reached(start, more)
    if unit in (Unit.MINUTES, Unit.BUSINESS_MINUTES) or (
        unit is Unit.BUSINESS_DAYS and not same_time
    ):
        # At the same time of day this does not hold in an hour that comes twice.
        assert reached(start, more) <= reached(start + later * MINUTE, more)
    far = start + 10 * DAY
    assert elapsed(start, far, unit, calendar, same_time=same_time) <= (
        elapsed(start, far + later * MINUTE, unit, calendar, same_time=same_time)
    )


@pytest.fixture(params=["Pacific/Auckland", "America/St_Johns"])
def machine_zone(request: pytest.FixtureRequest) -> Iterator[str]:
    """The machine's own zone, changed for a moment."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = request.param
    time.tzset()
    yield request.param
    if before is None:
        del os.environ["TZ"]
    else:
        os.environ["TZ"] = before
    time.tzset()


def test_the_machines_own_zone_changes_nothing(machine_zone: str) -> None:
    assert time.tzname != ("UTC", "UTC"), machine_zone
    berlin = calendar_from("Europe/Berlin", OFFICE)

    # Friday before the clocks go forward, 16:00 in Berlin.
    start = datetime(2026, 3, 27, 15, 0, tzinfo=UTC)
    assert due(start, 120, Unit.BUSINESS_MINUTES, berlin) == datetime(2026, 3, 30, 8, tzinfo=UTC)
    assert due(start, 3, Unit.DAYS, berlin) == datetime(2026, 3, 30, 14, tzinfo=UTC)
    assert due(start, 1, Unit.BUSINESS_DAYS, berlin) == datetime(2026, 3, 30, 15, tzinfo=UTC)
    assert elapsed(start, start + 3 * DAY, Unit.BUSINESS_MINUTES, berlin) == 60 + 8 * 60


def _utc(text: str) -> datetime:
    return datetime.fromisoformat(text + ":00+00:00")


@pytest.mark.parametrize(
    ("start", "amount", "unit", "same_time", "wanted"),
    [
        # Monday 1 June 2026; the office is open 09:00-17:00 in UTC.
        ("2026-06-01T16:30", 30, Unit.BUSINESS_MINUTES, False, "2026-06-01T17:00"),
        ("2026-06-01T16:30", 31, Unit.BUSINESS_MINUTES, False, "2026-06-02T09:01"),
        ("2026-06-05T18:00", 1, Unit.BUSINESS_MINUTES, False, "2026-06-08T09:01"),
        ("2026-06-08T09:00", -1, Unit.BUSINESS_MINUTES, False, "2026-06-05T16:59"),
        ("2026-06-06T12:00", 0, Unit.BUSINESS_MINUTES, False, "2026-06-06T12:00"),
        ("2026-06-01T10:00", 1, Unit.BUSINESS_DAYS, False, "2026-06-02T17:00"),
        ("2026-06-01T10:00", 0, Unit.BUSINESS_DAYS, False, "2026-06-01T17:00"),
        ("2026-06-06T10:00", 1, Unit.BUSINESS_DAYS, False, "2026-06-09T17:00"),
        ("2026-06-06T10:00", 1, Unit.BUSINESS_DAYS, True, "2026-06-09T09:00"),
        ("2026-06-05T10:00", 1, Unit.BUSINESS_DAYS, True, "2026-06-08T10:00"),
        ("2026-06-05T17:00", 1, Unit.BUSINESS_DAYS, True, "2026-06-09T09:00"),
        ("2026-06-08T10:00", -1, Unit.BUSINESS_DAYS, True, "2026-06-05T10:00"),
        ("2026-06-08T10:00", -1, Unit.BUSINESS_DAYS, False, "2026-06-05T17:00"),
        # The 24th closes at noon.
        ("2026-12-23T15:00", 1, Unit.BUSINESS_DAYS, True, "2026-12-24T12:00"),
        ("2026-12-23T15:00", 2, Unit.BUSINESS_DAYS, True, "2026-12-28T15:00"),
        # Years.
        ("2026-06-01T09:00", 261 * 480 * 20, Unit.BUSINESS_MINUTES, False, "2046-06-05T14:00"),
        ("2026-06-01T10:00", 3_650, Unit.DAYS, False, "2036-05-29T10:00"),
    ],
)
def test_cases_that_people_would_check(
    start: str, amount: int, unit: Unit, same_time: bool, wanted: str
) -> None:
    other = {date(2026, 12, 24): ["09:00-12:00"], date(2026, 12, 25): []}
    office = calendar_from("UTC", OFFICE, other)

    assert due(_utc(start), amount, unit, office, same_time=same_time) == _utc(wanted)


def test_a_pause_counts_only_the_open_hours_in_it() -> None:
    office = calendar_from("UTC", OFFICE)
    start, weekend = _utc("2026-06-05T10:00"), (_utc("2026-06-05T16:00"), _utc("2026-06-08T10:00"))

    assert due(start, 1, Unit.BUSINESS_DAYS, office, [weekend]) == _utc("2026-06-09T11:00")
    assert due(start, 1, Unit.DAYS, office, [weekend]) == _utc("2026-06-09T04:00")
    # It begins after the moment at which it was due.
    assert due(start, 60, Unit.BUSINESS_MINUTES, office, [weekend]) == _utc("2026-06-05T11:00")
    # Two that overlap are one; a start within one waits for its end.
    twice = [weekend, (_utc("2026-06-05T09:00"), _utc("2026-06-05T17:00"))]
    assert due(start, 60, Unit.BUSINESS_MINUTES, office, twice) == _utc("2026-06-08T11:00")


def test_it_reckons_in_seconds_too() -> None:
    office = calendar_from("UTC", OFFICE)

    assert business_seconds(_utc("2026-06-05T16:59"), _utc("2026-06-08T09:01"), office) == 120
    assert business_seconds(_utc("2026-06-08T09:01"), _utc("2026-06-05T16:59"), office) == -120
    start = datetime(2026, 6, 1, 9, 0, 0, 1, tzinfo=UTC)
    assert due(start, 0.5, Unit.BUSINESS_MINUTES, office) == start + timedelta(seconds=30)


def test_it_refuses_parts_of_days_and_what_is_out_of_reach() -> None:
    office = calendar_from("UTC", OFFICE)
    start = _utc("2026-06-01T10:00")

    with pytest.raises(ValueError, match="whole"):
        due(start, 1.5, Unit.BUSINESS_DAYS, office)
    for unit, amount in ((Unit.BUSINESS_MINUTES, 10**9), (Unit.BUSINESS_DAYS, 10**6)):
        with pytest.raises(OutOfReach):
            due(start, amount, unit, office)
    with pytest.raises(OutOfReach):
        due(start, 10**7, Unit.DAYS, office)
    with pytest.raises(OutOfReach):
        due(start, 10**15, Unit.MINUTES, office)
    with pytest.raises(OutOfReach):
        due(datetime(1950, 1, 1, tzinfo=UTC), 1, Unit.BUSINESS_MINUTES, office)


def test_a_question_costs_a_binary_search_once_the_years_are_known() -> None:
    asked: list[date] = []
    office = calendar_from("Europe/Berlin", OFFICE)
    hours = office.open_hours
    original = hours._hours_of

    def counted(day: date) -> object:
        asked.append(day)
        return original(day)

    hours._hours_of = counted  # type: ignore[assignment]
    start = _utc("2026-06-01T10:00")
    end = due(start, 480 * 2_600, Unit.BUSINESS_MINUTES, office)
    expanded = len(asked)
    assert expanded == len(set(asked))
    for n in range(200):
        due(start + n * DAY, 480 * 1_000 + n, Unit.BUSINESS_MINUTES, office)
        elapsed(start, end, Unit.BUSINESS_DAYS, office)
    assert len(asked) == expanded
