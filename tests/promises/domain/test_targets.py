"""Which calendar a promise pins: that of the latest date that was reckoned in one (R15, R18)."""

from datetime import timedelta
from itertools import permutations
from typing import Any

from promises.domain.business_time import Unit
from promises.domain.facts import MADE, RESCHEDULED, Fact
from promises.domain.lifecycle import PromiseState, fold
from promises.domain.loss import DEFAULT_PARAMETERS
from promises.domain.targets import TimeTarget
from tests.promises.domain.strategies import MADE_AT, ZONE, text

FOUR_HOURS = {"amount": 240.0, "unit": "business minutes", "calendar": "o", "calendar_version": 1}
DUE = MADE_AT + timedelta(days=1)


def made(**more: Any) -> Fact:
    data = {"kind": "response", "customer": {"id": "c"}, "statement": "Soon", "due_at": text(DUE)}
    return Fact(MADE, "/s", "m", MADE_AT, MADE_AT, data | more)


def moved(id: str, hours: int, **more: Any) -> Fact:
    at = MADE_AT + timedelta(hours=hours)
    return Fact(
        RESCHEDULED, "/s", id, at, at, {"due_at": text(DUE + timedelta(hours=hours))} | more
    )


def folded(*facts: Fact) -> PromiseState:
    states = {
        fold(order, zone=ZONE, parameters=lambda kind, _: DEFAULT_PARAMETERS[kind])
        for order in permutations(facts)
    }
    (state,) = states
    assert state is not None
    return state


def test_it_pins_what_it_was_made_with() -> None:
    state = folded(made(target=FOUR_HOURS))

    wanted = TimeTarget(240.0, Unit.BUSINESS_MINUTES, "o", 1, False)
    assert (state.time_target, state.reckoned) == (wanted, True)
    assert (folded(made()).time_target, folded(made()).reckoned) == (None, False)


def test_a_date_that_somebody_gave_keeps_the_calendar_but_does_not_follow_it() -> None:
    asked = {"who": "Ada", "at": text(MADE_AT)}
    for given in (moved("a", 2), moved("a", 2, customer_request=asked)):
        state = folded(made(target=FOUR_HOURS), given)
        assert state.time_target is not None
        assert (state.time_target.calendar_version, state.reckoned) == (1, False)


def test_a_date_that_was_reckoned_anew_pins_its_version() -> None:
    second = FOUR_HOURS | {"calendar_version": 2}
    state = folded(made(target=FOUR_HOURS), moved("a", 2), moved("b", 3, target=second))

    assert state.time_target is not None
    assert (state.time_target.calendar_version, state.reckoned) == (2, True)
