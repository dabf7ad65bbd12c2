"""What can still be done to a promise, at the edges of the rules."""

from promises.domain.acts import Act, possible_acts
from tests.promises.domain.making import DAY, DUE, HOUR, MADE_AT, MICROSECOND, fact, made, state_of

OPEN = (Act.FULFIL, Act.RESCHEDULE, Act.PAUSE, Act.WITHDRAW, Act.FAIL)
OVERDUE = (Act.FULFIL, Act.RESCHEDULE, Act.WITHDRAW, Act.FAIL)
WAITING = (Act.FULFIL, Act.RESCHEDULE, Act.RESUME, Act.WITHDRAW, Act.FAIL)


def test_a_pause_is_offered_for_as_long_as_it_moves_a_date() -> None:
    state = state_of(made())

    assert possible_acts(state, DUE) == OPEN
    assert possible_acts(state, DUE + MICROSECOND) == OVERDUE


def test_a_wait_that_runs_can_end_also_one_that_moves_nothing() -> None:
    in_time = state_of(made(), fact("paused", DUE - HOUR))
    too_late = state_of(made(), fact("paused", DUE + HOUR))

    assert possible_acts(in_time, DUE + DAY) == possible_acts(too_late, DUE + DAY) == WAITING
    over = state_of(made(), fact("paused", DUE - HOUR), fact("resumed", DUE))
    assert possible_acts(over, DUE + HOUR) == OPEN


def test_it_can_be_reopened_for_14_days_and_promised_again_after() -> None:
    state = state_of(made(), fact("fulfilled", DUE))

    assert possible_acts(state, DUE + 14 * DAY) == (Act.REOPEN,)
    assert possible_acts(state, DUE + 14 * DAY + MICROSECOND) == (Act.REPEAT,)


def test_of_a_part_the_rest_is_open() -> None:
    state = state_of(made(), fact("fulfilled", MADE_AT + DAY, fraction=0.5))

    assert possible_acts(state, MADE_AT + DAY) == (*OPEN, Act.REOPEN)
    assert possible_acts(state, MADE_AT + 16 * DAY) == OVERDUE


def test_what_has_ended_for_good_has_ended() -> None:
    failed = state_of(made(), fact("failed", DUE))
    withdrawn = state_of(made(), fact("withdrawn", DUE, by="customer"))
    broken = state_of(made(), fact("withdrawn", DUE + DAY, by="customer"))

    assert possible_acts(failed, DUE) == (Act.REPEAT,)
    assert possible_acts(withdrawn, DUE) == ()
    assert (broken.state, possible_acts(broken, DUE + DAY)) == ("open", ())
