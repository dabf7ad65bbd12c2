"""What is drawn of a promise's clock: its stretches, marks, thresholds and closed hours."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import given, settings

from promises.domain.calendars import WEEKDAYS, Calendar, calendar_from
from promises.domain.facts import Fact
from promises.domain.hours import CalendarsOf, no_calendars
from promises.domain.lifecycle import fold
from promises.selectors.clock import PromiseClock, promise_clock
from tests.promises.domain.making import DAY, DUE, HOUR, MADE_AT, fact, made
from tests.promises.domain.offices import calendars as any_calendar
from tests.promises.domain.strategies import ZONE, parameters, random_facts, text

NOW = DUE + 30 * DAY
OFFICE = calendar_from("UTC", {day: ["09:00-12:00", "13:00-17:00"] for day in WEEKDAYS[:5]})


def office(_reference: str, _version: int) -> Calendar:
    return OFFICE


def clock_of(
    *facts: Fact, as_of: datetime = NOW, calendars: CalendarsOf = no_calendars
) -> PromiseClock:
    state = fold(facts, zone=ZONE, parameters=parameters, calendars=calendars, as_of=as_of)
    assert state is not None
    return promise_clock(state, as_of, calendars)


def stretches(clock: PromiseClock) -> list[tuple[str, datetime, datetime]]:
    return [(stretch.kind, stretch.start, stretch.end) for stretch in clock.stretches]


def marks(clock: PromiseClock) -> list[tuple[str, datetime]]:
    return [(mark.kind, mark.at) for mark in clock.marks]


def test_before_its_date_it_runs_and_the_rest_lies_ahead() -> None:
    now = MADE_AT + DAY
    clock = clock_of(made(), as_of=now)

    assert stretches(clock) == [("running", MADE_AT, now), ("ahead", now, DUE)]
    assert marks(clock) == [("made", MADE_AT), ("now", now), ("first_due", DUE)]
    assert (clock.start, clock.end, clock.closed, clock.shading) == (MADE_AT, DUE, (), "")
    assert [(t.percent, t.at) for t in clock.thresholds] == [
        (50, MADE_AT + 2 * DAY),
        (75, MADE_AT + 3 * DAY),
    ]


def test_past_its_date_it_is_overdue() -> None:
    clock = clock_of(made())

    assert stretches(clock) == [("running", MADE_AT, DUE), ("overdue", DUE, NOW)]
    assert clock.length("overdue") == 30 * DAY


def test_it_ends_where_it_was_settled() -> None:
    late = clock_of(made(), fact("fulfilled", DUE + DAY))
    early = clock_of(made(), fact("fulfilled", DUE - DAY))

    assert stretches(late) == [("running", MADE_AT, DUE), ("overdue", DUE, DUE + DAY)]
    assert stretches(early) == [("running", MADE_AT, DUE - DAY)]
    assert marks(early)[1:] == [("settled", DUE - DAY), ("first_due", DUE)]


def test_the_tolerance_is_not_overdue() -> None:
    quality = {"target": 9.0, "comparator": ">=", "unit": "%", "scale": 1.0}
    clock = clock_of(made(kind="quality", quality=quality), as_of=DUE + 4 * DAY)

    assert stretches(clock)[1] == ("overdue", DUE + 3 * DAY, DUE + 4 * DAY)


def test_a_wait_stands_out_and_pushes_what_comes_after_it() -> None:
    wait = (fact("paused", MADE_AT + DAY), fact("resumed", MADE_AT + 2 * DAY))
    clock = clock_of(made(), *wait, as_of=MADE_AT + 3 * DAY)

    assert [kind for kind, _, _ in stretches(clock)] == ["running", "paused", "running", "ahead"]
    assert clock.length("paused") == DAY
    assert clock.end == DUE + DAY
    assert [t.at for t in clock.thresholds] == [MADE_AT + 3 * DAY, MADE_AT + 4 * DAY]


def test_a_wait_that_runs_reaches_until_now() -> None:
    now = DUE + 9 * DAY
    clock = clock_of(made(), fact("paused", MADE_AT + DAY), as_of=now)

    assert stretches(clock)[1:] == [
        ("paused", MADE_AT + DAY, now),
        ("ahead", now, now + 3 * DAY),
    ]


def test_all_dates_are_marked_the_replaced_ones_too() -> None:
    slips = [
        fact("rescheduled", MADE_AT + n * HOUR, due_at=text(DUE + n * DAY)) for n in range(1, 9)
    ]
    clock = clock_of(made(), *slips, as_of=MADE_AT + DAY)

    kinds = [kind for kind, _ in marks(clock)]
    assert kinds == ["made", "now", "first_due", *["replaced"] * 4, "due"]
    assert clock.end == DUE + 8 * DAY


TARGET = {
    "amount": 4.0,
    "unit": "business days",
    "calendar": "office",
    "calendar_version": 1,
}


def test_closed_hours_are_shaded() -> None:
    clock = clock_of(made(target=TARGET), as_of=MADE_AT + DAY, calendars=office)

    assert clock.shading == "hours"
    noon, five = MADE_AT + 3 * HOUR, MADE_AT + 8 * HOUR
    assert clock.closed[:2] == ((noon, noon + HOUR), (five, MADE_AT + DAY))
    assert all(clock.start <= a < b <= clock.end for a, b in clock.closed)


def test_thresholds_count_open_hours() -> None:
    clock = clock_of(made(target=TARGET), as_of=MADE_AT + DAY, calendars=office)

    # 28 open hours until the date: 14 of them are over when the second day closes.
    assert [t.at for t in clock.thresholds] == [
        MADE_AT + DAY + 8 * HOUR,
        MADE_AT + 2 * DAY + 8 * HOUR,
    ]


def test_of_a_long_time_whole_days_are_shaded_and_of_a_very_long_one_none() -> None:
    some = clock_of(made(target=TARGET), as_of=MADE_AT + 20 * DAY, calendars=office)
    many = clock_of(made(target=TARGET), as_of=MADE_AT + 200 * DAY, calendars=office)

    saturday = datetime(2026, 3, 7, tzinfo=UTC)
    assert some.shading == "days"
    weekends = [(saturday + n * 7 * DAY, saturday + (n * 7 + 2) * DAY) for n in range(2)]
    assert some.closed == (*weekends, (saturday + 14 * DAY, some.end))
    assert (many.closed, many.shading) == ((), "too_long")


def test_dates_that_no_calendar_reaches_are_drawn_without_it() -> None:
    far = text(datetime(2400, 1, 1, tzinfo=UTC))
    clock = clock_of(made(target=TARGET, due_at=far), as_of=MADE_AT + DAY, calendars=office)
    assert clock.shading == "too_long"
    old = datetime(1950, 1, 1, tzinfo=UTC)
    ancient = made(old, target=TARGET, due_at=text(old + DAY))
    assert clock_of(ancient, as_of=old + HOUR, calendars=office).shading == ""


@settings(max_examples=300, deadline=None)
@given(facts=random_facts(made_always=True))
def test_whatever_happened_it_has_no_gap_and_lies_within_its_ends(facts: list[Fact]) -> None:
    as_of = MADE_AT + timedelta(days=31)
    found: Any = fold(facts, zone=ZONE, parameters=parameters, calendars=any_calendar, as_of=as_of)
    clock = promise_clock(found, as_of, any_calendar)

    assert clock.start < clock.end
    parts = clock.stretches
    assert all(a.end == b.start for a, b in pairwise(parts))
    assert all(clock.start <= part.start < part.end <= clock.end for part in parts)
    assert all(clock.start <= mark.at <= clock.end for mark in clock.marks)
    assert all(clock.start <= a < b <= clock.end for a, b in clock.closed)
    if parts:
        assert parts[0].start == found.made_at
