"""The rules of a promise's life, one example each."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from promises.domain.facts import Fact
from promises.domain.lifecycle import NoteCode, fold
from tests.promises.domain.making import (
    DAY,
    DUE,
    HOUR,
    MADE_AT,
    MICROSECOND,
    codes,
    fact,
    kinds,
    made,
    state_of,
)
from tests.promises.domain.strategies import ZONE, parameters, text

FIVE_MINUTES = timedelta(minutes=5)


def test_it_waits_for_the_making() -> None:
    assert fold([fact("fulfilled", DUE)], zone=ZONE, parameters=parameters) is None


def test_it_is_kept_at_the_last_microsecond_and_late_at_the_next() -> None:
    assert state_of(made(), fact("fulfilled", DUE)).state == "kept"
    assert state_of(made(), fact("fulfilled", DUE + MICROSECOND)).state == "late"


def test_it_gives_a_quality_promise_its_tolerance() -> None:
    quality = {"target": 99.9, "comparator": ">=", "unit": "%", "scale": 1}
    promise = made(kind="quality", quality=quality)
    last = DUE + 3 * DAY

    assert state_of(promise).matures_at == last
    assert state_of(promise, fact("fulfilled", last, value=99.95)).state == "kept"
    assert state_of(promise, fact("fulfilled", last + MICROSECOND, value=99.95)).state == "late"


def test_it_reads_a_date_in_the_zone_of_the_customer_else_of_the_installation() -> None:
    here = made(due_at="2026-03-06")
    there = made(due_at="2026-03-06", customer={"id": "c-9", "zone": "Asia/Kolkata"})

    assert text(state_of(here).first_due) == "2026-03-07T04:59:59.999999Z"
    assert text(state_of(there).first_due) == "2026-03-06T18:29:59.999999Z"
    assert state_of(there, fact("rescheduled", MADE_AT, due_at="2026-03-07")).due == (
        state_of(there).due + DAY
    )


@pytest.mark.parametrize("first_id", ["a", "é"])
def test_it_takes_the_first_of_two_makings_by_time_then_bytes(first_id: str) -> None:
    other_id = {"a": "b", "é": "\uff5a"}[first_id]
    state = state_of(made(id_=other_id, team="b"), made(id_=first_id, team="a"))

    assert (state.team, state.made_id) == ("a", first_id)
    assert [(note.code, note.id) for note in state.notes] == [(NoteCode.SECOND_MADE, other_id)]
    assert state.eventful


def test_it_counts_the_share_so_far_and_not_its_increments() -> None:
    half = fact("fulfilled", MADE_AT + DAY, fraction=0.5)
    less = fact("fulfilled", MADE_AT + 2 * DAY, fraction=0.4)
    again = fact("fulfilled", MADE_AT + 3 * DAY, fraction=0.5)

    state = state_of(made(), half, less, again)

    assert (state.state, state.fraction, state.quality_loss) == ("partial", 0.5, 0.5)
    assert state.settled_at == half.occurred_at
    assert codes(state) == [NoteCode.NOT_MORE_THAN_BEFORE] * 2
    assert state_of(made(), half, less, fact("fulfilled", DUE)).state == "kept"


def test_it_measures_quality_by_the_least_shortfall() -> None:
    quality = {"target": 4, "comparator": "<=", "unit": "h", "scale": 8}
    promise = made(kind="quality", quality=quality)
    worst = fact("fulfilled", DUE, value=20)
    bad = fact("fulfilled", DUE + HOUR, value=6)

    assert state_of(promise, worst).quality_loss == 1
    state = state_of(promise, worst, bad, fact("fulfilled", DUE + DAY, value=8))
    assert (state.state, state.quality_loss, state.measured_value) == ("partial", 0.25, 6)
    assert state.settled_at == bad.occurred_at
    assert (state.target, state.comparator, state.unit, state.scale) == (4, "<=", "h", 8)


def test_it_fails_when_declared_or_withdrawn_by_us_until_it_is_fulfilled() -> None:
    failed = fact("failed", MADE_AT + DAY, reason="lost")
    ours = fact("withdrawn", MADE_AT + DAY, by="us", reason="no stock")
    full = fact("fulfilled", MADE_AT + HOUR)

    for end in (failed, ours):
        assert state_of(made(), end).state == "failed"
        assert state_of(made(), end).settled_at == end.occurred_at
        assert state_of(made(), end, fact("fulfilled", DUE)).state == "failed"
        assert state_of(made(), full, end).state == "kept"
        assert codes(state_of(made(), full, end)) == [NoteCode.AFTER_SETTLED]


def test_it_lets_the_customer_withdraw_until_it_matures() -> None:
    in_time = fact("withdrawn", DUE, by="customer", reason="changed my mind")
    too_late = fact("withdrawn", DUE + MICROSECOND, by="customer", reason="enough")
    half = fact("fulfilled", MADE_AT + DAY, fraction=0.5)

    assert state_of(made(), half, in_time).state == "withdrawn"
    state = state_of(made(), too_late, fact("fulfilled", DUE + DAY))
    assert (state.state, state.stopped_at) == ("open", too_late.occurred_at)
    assert not state.grows
    assert codes(state) == [NoteCode.WITHDRAWN_AFTER_DUE, NoteCode.AFTER_SETTLED]
    assert state_of(made(), half, too_late).state == "partial"


def test_it_never_moves_the_first_date_for_our_own_slips() -> None:
    told = fact("rescheduled", DUE - DAY, due_at=text(DUE + DAY), told_at=text(DUE))
    untold = fact("rescheduled", DUE, due_at=text(DUE + 2 * DAY))
    told_late = fact(
        "rescheduled",
        DUE + HOUR,
        due_at=text(DUE + 3 * DAY),
        told_at=text(DUE + 2 * DAY + MICROSECOND),
    )

    state = state_of(made(), told, untold, told_late)

    assert (state.given_due, state.first_due, state.due) == (DUE, DUE, DUE + 3 * DAY)
    assert kinds(state) == ["first", "slip_announced", "slip_unannounced", "slip_unannounced"]
    assert (state.slips_announced, state.slips_unannounced, state.chronic) == (1, 2, True)
    assert [change.previous for change in state.date_chain] == [DUE, DUE, DUE + DAY, DUE + 2 * DAY]


def test_it_takes_an_earlier_date_as_no_slip_and_the_same_as_a_note() -> None:
    earlier = fact("rescheduled", MADE_AT, id_="1", due_at=text(DUE - DAY))
    same = fact("rescheduled", MADE_AT, id_="2", due_at=text(DUE - DAY))

    state = state_of(made(), earlier, same)

    assert (state.first_due, state.due, state.slips) == (DUE, DUE - DAY, 0)
    assert kinds(state) == ["first", "earlier"]
    assert codes(state) == [NoteCode.SAME_DATE]


def test_it_moves_the_first_date_for_the_customer_who_asks_in_time() -> None:
    def asked(at: str) -> Fact:
        return fact(
            "rescheduled",
            DUE + HOUR,
            due_at=text(DUE + 7 * DAY),
            customer_request={"who": "Ada", "at": at},
        )

    moved = state_of(made(), asked(text(DUE)))
    assert (moved.first_due, moved.due, moved.given_due) == (DUE + 7 * DAY, DUE + 7 * DAY, DUE)
    assert (moved.slips, kinds(moved)) == (0, ["first", "customer"])
    assert moved.date_chain[1].who == "Ada"

    unmoved = state_of(made(), asked(text(DUE + MICROSECOND)))
    assert (unmoved.first_due, unmoved.due, kinds(unmoved)) == (DUE, DUE, ["first"])
    assert codes(unmoved) == [NoteCode.CUSTOMER_CHANGE_TOO_LATE]


def test_a_request_before_the_making_spares_no_break() -> None:
    def asked(at: datetime, new: datetime = DUE + 7 * DAY, **more: Any) -> Fact:
        request = {"who": "Ada", "at": text(at)}
        return fact("rescheduled", DUE + DAY, due_at=text(new), customer_request=request, **more)

    early = MADE_AT - FIVE_MINUTES - MICROSECOND
    ours = state_of(made(), asked(early))
    assert (ours.first_due, ours.due) == (DUE, DUE + 7 * DAY)
    assert (ours.slips_unannounced, kinds(ours)) == (1, ["first", "slip_unannounced"])
    assert codes(ours) == [NoteCode.CUSTOMER_CHANGE_BEFORE_MADE]
    assert codes(state_of(made(), asked(early, DUE))) == [NoteCode.SAME_DATE]
    told = state_of(made(), asked(early, told_at=text(DUE)))
    assert (told.slips_announced, told.slips_unannounced) == (1, 0)

    theirs = state_of(made(), asked(MADE_AT - FIVE_MINUTES))
    assert (theirs.first_due, theirs.slips, codes(theirs)) == (DUE + 7 * DAY, 0, [])


def test_nobody_is_told_of_another_date_before_the_making() -> None:
    def moved(told: datetime, new: datetime = DUE + 7 * DAY, **more: Any) -> Fact:
        return fact("rescheduled", DUE - DAY, due_at=text(new), told_at=text(told), **more)

    early = MADE_AT - FIVE_MINUTES - MICROSECOND
    ours = state_of(made(), moved(early))
    assert (ours.slips_announced, ours.slips_unannounced) == (0, 1)
    assert codes(ours) == [NoteCode.TOLD_BEFORE_MADE]
    assert ours.date_chain[1].told_at is None

    sooner = state_of(made(), moved(early, DUE - HOUR))
    assert (kinds(sooner), codes(sooner)) == (["first", "earlier"], [NoteCode.TOLD_BEFORE_MADE])
    request = {"who": "Ada", "at": text(MADE_AT)}
    theirs = state_of(made(), moved(early, customer_request=request))
    assert (theirs.first_due, theirs.date_chain[1].told_at) == (DUE + 7 * DAY, None)
    assert codes(theirs) == [NoteCode.TOLD_BEFORE_MADE]
    assert codes(state_of(made(), moved(early, DUE))) == [NoteCode.SAME_DATE]

    # Of two clocks that differ.
    told = state_of(made(), moved(MADE_AT - FIVE_MINUTES))
    assert (told.slips_announced, told.slips_unannounced, codes(told)) == (1, 0, [])


def test_it_takes_a_fulfilment_back_within_fourteen_days_without_credit() -> None:
    done = fact("fulfilled", DUE - HOUR)
    within = fact("reopened", DUE - HOUR + 14 * DAY, reason="broken")
    after = fact("reopened", DUE - HOUR + 14 * DAY + MICROSECOND, reason="broken")

    again = state_of(made(), done, within)
    assert (again.state, again.settled_at, again.first_due) == ("open", None, DUE)
    assert state_of(made(), done, within, fact("fulfilled", DUE + 20 * DAY)).state == "late"

    stands = state_of(made(), done, after)
    assert (stands.state, codes(stands)) == ("kept", [NoteCode.REOPENED_TOO_LATE])
    assert codes(state_of(made(), within)) == [NoteCode.REOPENED_NOT_FULFILLED]


def test_it_leaves_a_retracted_event_out_but_never_a_retraction() -> None:
    done = fact("fulfilled", DUE)
    undo = fact("event.retracted", DUE + HOUR, id_="undo", source="/shop", id=done.id)
    undo_undo = fact("event.retracted", DUE + DAY, source="/shop", id="undo")

    state = state_of(undo_undo, undo, done, made())

    assert (state.state, state.eventful) == ("open", True)
    assert codes(state) == [NoteCode.RETRACTION_STANDS]
    assert state_of(undo, done, made(), as_of=DUE).state == "kept"
    assert codes(state_of(undo, made())) == [NoteCode.RETRACTS_NOTHING]


def test_it_knows_the_second_making_once_the_first_is_retracted() -> None:
    undo = fact("event.retracted", DUE, source="/shop", id="made")

    state = state_of(made(), made(MADE_AT + HOUR, id_="corrected", team="right"), undo)

    assert (state.made_id, state.team, codes(state)) == ("corrected", "right", [])


def test_it_counts_outcomes_and_dates_before_the_making_and_notes_them() -> None:
    state = state_of(made(due_at=text(MADE_AT - HOUR)), fact("fulfilled", MADE_AT - 2 * HOUR))

    assert state.state == "kept"
    assert codes(state) == [NoteCode.OUTCOME_BEFORE_MADE, NoteCode.DUE_BEFORE_MADE]


@pytest.mark.parametrize(
    ("person", "heard_after", "retro"),
    [(True, HOUR, True), (True, timedelta(0), False), (False, HOUR, False)],
)
def test_it_shows_what_a_person_recorded_after_its_outcome(
    person: bool, heard_after: timedelta, retro: bool
) -> None:
    late = made(person=person)
    heard = Fact(late.type, late.source, late.id, MADE_AT, DUE + heard_after, late.data, person)

    assert state_of(heard, fact("fulfilled", DUE)).retro is retro
    assert state_of(heard, fact("failed", DUE, reason="lost")).retro is retro
    assert not state_of(heard, fact("withdrawn", DUE, by="customer")).retro


def test_it_keeps_the_last_word_of_the_customer() -> None:
    said = [made(), fact("fulfilled", DUE), fact("confirmed", DUE + DAY)]

    assert state_of(*said).verdict == "confirmed"
    assert state_of(*said, fact("disputed", DUE + 2 * DAY)).verdict == "disputed"


def test_it_is_not_eventful_for_one_outcome() -> None:
    assert not state_of(made(), fact("fulfilled", DUE), fact("confirmed", DUE)).eventful
    assert state_of(made(), fact("fulfilled", DUE), fact("failed", DUE)).eventful


def test_it_notes_what_it_does_not_know() -> None:
    assert codes(state_of(made(), fact("sung", DUE))) == [NoteCode.UNKNOWN_TYPE]


def test_it_carries_what_was_said_at_the_making() -> None:
    state = state_of(
        made(
            customer={"id": "c-9", "name": "Ada L", "preferred_name": "Ada", "segment": "gold"},
            team="fulfilment",
            touchpoint="webshop",
            stake=2,
            paid_in_advance=True,
            explicit=False,
            confidence=0.8,
            made_by="Bob",
            claim_source="checkout",
            repeat_of="order-1",
        )
    )

    assert (state.customer_id, state.customer_name, state.preferred_name, state.segment) == (
        "c-9", "Ada L", "Ada", "gold",
    )  # fmt: skip
    assert (state.team, state.touchpoint, state.made_by) == ("fulfilment", "webshop", "Bob")
    assert (state.claim_source, state.repeat_of) == ("checkout", "order-1")
    assert (state.stake, state.paid_in_advance, state.explicit, state.confidence) == (
        2, True, False, 0.8,
    )  # fmt: skip
    assert (state.kind, state.statement) == ("delivery", "Arrives by Friday")
    assert ZoneInfo("America/New_York") is ZONE
