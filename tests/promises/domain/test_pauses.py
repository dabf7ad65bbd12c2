"""Pauses: which count, how far they move a date, and what they cannot move (R16)."""

from promises.domain.lifecycle import NoteCode
from tests.promises.domain.making import (
    DAY,
    DUE,
    HOUR,
    MADE_AT,
    MICROSECOND,
    codes,
    fact,
    made,
    state_of,
)
from tests.promises.domain.strategies import text


def test_it_moves_both_dates_by_the_union_of_the_pauses() -> None:
    state = state_of(
        made(),
        fact("paused", MADE_AT + DAY),
        fact("paused", MADE_AT + 36 * HOUR, pause="legal"),
        fact("resumed", MADE_AT + 2 * DAY),
        fact("resumed", MADE_AT + 3 * DAY, pause="legal"),
    )

    assert state.pauses == ((MADE_AT + DAY, MADE_AT + 3 * DAY),)
    assert (state.first_due, state.due) == (DUE + 2 * DAY, DUE + 2 * DAY)
    assert state.matures_at == DUE + 2 * DAY
    assert (state.given_due, state.paused_seconds) == (DUE, 2 * 86_400)


def test_it_counts_a_pause_that_begins_at_the_last_moment_and_none_after() -> None:
    last = state_of(made(), fact("paused", DUE), fact("resumed", DUE + DAY))
    after = state_of(made(), fact("paused", DUE + MICROSECOND), fact("resumed", DUE + DAY))

    assert last.first_due == DUE + DAY
    assert (after.first_due, after.paused_seconds, len(after.pauses)) == (DUE, 0, 1)
    assert codes(after) == [NoteCode.PAUSED_AFTER_DUE]


def test_it_lets_an_earlier_pause_make_room_for_a_later_one() -> None:
    state = state_of(
        made(),
        fact("paused", MADE_AT),
        fact("resumed", MADE_AT + 2 * DAY),
        fact("paused", DUE + DAY),
        fact("resumed", DUE + 3 * DAY),
    )

    assert (state.first_due, codes(state)) == (DUE + 4 * DAY, [])


def test_it_does_not_mature_while_it_is_paused_before() -> None:
    waiting = [made(), fact("paused", DUE - HOUR)]

    assert state_of(*waiting).matures_at is None
    assert state_of(*waiting, as_of=DUE + 30 * DAY).matures_at is None
    assert state_of(*waiting, as_of=DUE + 30 * DAY).first_due == DUE + 30 * DAY + HOUR
    assert state_of(made(), fact("paused", DUE + HOUR)).matures_at == DUE


def test_it_is_kept_while_it_is_paused_and_the_waiting_ends() -> None:
    state = state_of(
        made(),
        fact("paused", DUE - HOUR),
        fact("fulfilled", DUE + 5 * DAY),
        fact("resumed", DUE + 9 * DAY),
    )

    assert (state.state, state.matures_at) == ("kept", DUE + 5 * DAY + HOUR)
    assert codes(state) == [NoteCode.AFTER_SETTLED]


def test_it_gives_no_credit_for_the_time_between_fulfilment_and_reopening() -> None:
    state = state_of(
        made(),
        fact("paused", MADE_AT + DAY),
        fact("fulfilled", MADE_AT + 2 * DAY),
        fact("reopened", MADE_AT + 9 * DAY),
    )

    assert (state.state, state.matures_at) == ("open", DUE + DAY)


def test_it_does_not_move_a_date_given_later_by_what_was_paused_before() -> None:
    paused = (fact("paused", MADE_AT), fact("resumed", MADE_AT + 2 * DAY))
    slip = fact("rescheduled", MADE_AT + DAY, due_at=text(DUE + 9 * DAY))
    change = fact(
        "rescheduled",
        MADE_AT + DAY,
        due_at=text(DUE + 9 * DAY),
        customer_request={"who": "Ada", "at": text(MADE_AT + DAY)},
    )

    ours, theirs = state_of(made(), *paused, slip), state_of(made(), *paused, change)

    assert (ours.first_due, ours.due) == (DUE + 2 * DAY, DUE + 10 * DAY)
    assert (theirs.first_due, theirs.due) == (DUE + 10 * DAY, DUE + 10 * DAY)
    assert ours.paused_seconds == theirs.paused_seconds == 2 * 86_400


def test_it_notes_a_pause_that_runs_already_and_an_end_of_none() -> None:
    state = state_of(
        made(),
        fact("resumed", MADE_AT),
        fact("paused", MADE_AT + HOUR),
        fact("paused", MADE_AT + 2 * HOUR),
        fact("resumed", MADE_AT + 3 * HOUR, pause="legal"),
    )

    assert codes(state) == [NoteCode.NOT_PAUSED, NoteCode.ALREADY_PAUSED, NoteCode.NOT_PAUSED]


def test_it_counts_no_pause_before_the_making() -> None:
    state = state_of(made(), fact("paused", MADE_AT - DAY), fact("resumed", MADE_AT + HOUR))

    assert state.pauses == ((MADE_AT, MADE_AT + HOUR),)
    assert state.first_due == DUE + HOUR


def test_it_goes_on_after_a_part_was_delivered_during_a_pause() -> None:
    facts = [
        made(),
        fact("paused", DUE - HOUR),
        fact("fulfilled", DUE + DAY, fraction=0.5),
        fact("resumed", DUE + 2 * DAY),
    ]

    assert state_of(*facts[:3]).matures_at is None
    state = state_of(*facts)
    assert (state.state, state.first_due) == ("partial", DUE + 2 * DAY + HOUR)
