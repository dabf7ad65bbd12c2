"""Pauses of promises that pin a calendar: they move a date by the open hours in them (R15, R16)."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promises.domain.business_time import Unit, due
from promises.domain.calendars import WEEKDAYS, Calendar, calendar_from
from promises.domain.lifecycle import Fact, PromiseState, fold
from tests.promises.domain.making import DAY, HOUR, codes, fact, made
from tests.promises.domain.strategies import ZONE, parameters, text

OFFICE = calendar_from("UTC", {day: ["09:00-17:00"] for day in WEEKDAYS[:5]})
MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
FRIDAY = datetime(2026, 3, 6, 17, 0, tzinfo=UTC)
# The Monday after.
NEXT = MONDAY + 7 * DAY


def calendars(reference: str, version: int) -> Calendar | None:
    return OFFICE if (reference, version) == ("office", 1) else None


def target(unit: str = "business days", amount: float = 4, version: int = 1) -> dict[str, Any]:
    return {
        "amount": amount,
        "unit": unit,
        "calendar": "office",
        "calendar_version": version,
    }


def promise(**more: Any) -> Fact:
    """Made on Monday at opening, due on Friday at the close."""
    usual = {"kind": "response", "due_at": text(FRIDAY), "target": target()}
    return made(MONDAY, **usual | more)


def state_of(*facts: Fact, as_of: datetime | None = None) -> PromiseState:
    state = fold(facts, zone=ZONE, parameters=parameters, calendars=calendars, as_of=as_of)
    assert state is not None
    return state


def pause(start: datetime, end: datetime, key: str = "") -> tuple[Fact, Fact]:
    return (
        fact("paused", start, id_=f"begin {key}", pause=key),
        fact("resumed", end, id_=f"end {key}", pause=key),
    )


def test_a_weekend_moves_nothing() -> None:
    state = state_of(promise(), *pause(FRIDAY, NEXT))

    assert (state.first_due, state.due, state.matures_at) == (FRIDAY, FRIDAY, FRIDAY)
    assert (state.paused_seconds, codes(state)) == (0, [])
    assert state.pauses == ((FRIDAY, NEXT),)


def test_a_night_and_an_hour_move_an_hour() -> None:
    state = state_of(promise(), *pause(MONDAY + 8 * HOUR, MONDAY + 25 * HOUR))

    assert (state.due, state.paused_seconds) == (NEXT + HOUR, 3600)


@pytest.mark.parametrize("unit", ["days", "minutes"])
def test_days_of_the_clock_are_moved_by_the_clock(unit: str) -> None:
    days = promise(target=target(unit))

    assert state_of(days, *pause(FRIDAY - HOUR, NEXT)).due == NEXT + HOUR


def test_without_a_target_or_with_one_that_nobody_knows_the_clock_counts() -> None:
    weekend = pause(FRIDAY, NEXT)
    bare = made(MONDAY, kind="response", due_at=text(FRIDAY))

    assert state_of(bare, *weekend).due == NEXT
    assert state_of(promise(target=target(version=7)), *weekend).due == NEXT


def test_it_waits_through_closed_hours_as_long_as_the_pause_runs() -> None:
    waiting = [promise(), fact("paused", FRIDAY - HOUR)]

    for later in (HOUR, 30 * HOUR, 63 * HOUR):
        state = state_of(*waiting, as_of=FRIDAY + later)
        assert (state.matures_at, state.state) == (None, "open")
        assert state.due == NEXT + HOUR
    gone = fact("withdrawn", FRIDAY + DAY, by="customer")
    assert state_of(*waiting, gone).state == "withdrawn"


def test_a_date_of_ours_goes_on_in_the_hours_that_were_pinned() -> None:
    moved = fact("rescheduled", MONDAY, due_at=text(NEXT + 3 * HOUR))
    state = state_of(promise(), moved, *pause(FRIDAY, NEXT + HOUR))

    assert (state.first_due, state.due) == (NEXT + HOUR, NEXT + 4 * HOUR)


def test_a_date_outside_the_years_of_calendars_is_moved_by_the_clock() -> None:
    far = datetime(2300, 1, 1, tzinfo=UTC)
    state = state_of(promise(due_at=text(far)), *pause(MONDAY, MONDAY + HOUR))

    assert state.due == far + HOUR


@st.composite
def waits(draw: st.DrawFn) -> list[tuple[datetime, datetime]]:
    hours = st.integers(0, 24 * 12)
    pairs = draw(st.lists(st.tuples(hours, hours), max_size=4))
    return [(MONDAY + min(a, b) * HOUR, MONDAY + max(a, b) * HOUR) for a, b in pairs]


@settings(deadline=None)
@given(pauses=waits(), data=st.data())
def test_it_is_due_when_business_time_says(
    pauses: list[tuple[datetime, datetime]], data: st.DataObject
) -> None:
    """The dates of the fold are those of `due(..., pauses)`, in any order of arrival."""
    unit, amount = data.draw(
        st.sampled_from([(Unit.BUSINESS_DAYS, 1.0), (Unit.BUSINESS_MINUTES, 700.0)])
    )
    reckoned = due(MONDAY, amount, unit, OFFICE)
    facts = [promise(due_at=text(reckoned), target=target(unit.value, amount))]
    for number, (start, end) in enumerate(pauses):
        if end > start:
            facts += pause(start, end, str(number))

    state = state_of(*data.draw(st.permutations(facts)), *facts[:2])

    ended = [pause for pause in pauses if pause[1] > pause[0]]
    expected = due(MONDAY, amount, unit, OFFICE, ended)
    assert (state.first_due, state.due) == (expected, expected)
