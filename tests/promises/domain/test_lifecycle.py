"""The fold against a plain second reading of the rules, for any set in any order."""

from collections import Counter
from datetime import datetime
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from promises.domain.lifecycle import Fact, NoteCode, PromiseState, fold
from tests.promises.domain.offices import calendars
from tests.promises.domain.reference import micros, reference
from tests.promises.domain.strategies import (
    TYPES,
    ZONE,
    deliveries,
    moments,
    parameters,
    random_facts,
)

many = settings(
    max_examples=1_000,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
some = settings(many, max_examples=400)


def folded(facts: list[Fact], as_of: datetime | None = None) -> PromiseState | None:
    return fold(facts, zone=ZONE, parameters=parameters, calendars=calendars, as_of=as_of)


def maybe(moment: datetime | None) -> int | None:
    return None if moment is None else micros(moment)


def comparable(state: PromiseState) -> dict[str, Any]:
    return {
        "made": (state.made_source, state.made_id, micros(state.made_at)),
        "given_due": micros(state.given_due),
        "first_due": micros(state.first_due),
        "due": micros(state.due),
        "matures_at": maybe(state.matures_at),
        "state": state.state,
        "settled_at": maybe(state.settled_at),
        "stopped_at": maybe(state.stopped_at),
        "shares": (state.quality_loss, state.fraction, state.measured_value),
        "slips": (state.slips_announced, state.slips_unannounced),
        "chain": [
            (micros(c.asked_at), micros(c.due), micros(c.previous), c.kind, c.source, c.id)
            for c in state.date_chain
        ],
        "notes": [(str(n.code), n.source, n.id) for n in state.notes],
        "verdict": state.verdict,
        "retro": state.retro,
        "paused": round(state.paused_seconds * 1_000_000),
        "pauses": [(micros(start), maybe(end)) for start, end in state.pauses],
        "eventful": state.eventful,
    }


@many
@given(data=st.data())
def test_it_reads_any_set_in_any_order_as_the_reference_does(data: st.DataObject) -> None:
    facts = data.draw(random_facts())
    as_of = data.draw(st.none() | moments)
    ledger: dict[tuple[str, str], Fact] = {}
    arrivals: list[Fact] = []
    for batch in data.draw(deliveries(facts)):
        arrivals += batch
        ledger |= {(fact.source, fact.id): fact for fact in batch}

    state = folded(facts, as_of)

    assert folded(arrivals, as_of) == state
    assert folded(list(ledger.values()), as_of) == state
    expected = reference(arrivals, ZONE, as_of)
    assert (None if state is None else comparable(state)) == expected


@some
@given(facts=random_facts(), as_of=moments)
def test_it_cuts_at_as_of_as_if_the_rest_had_never_been_heard(
    facts: list[Fact], as_of: datetime
) -> None:
    before = [fact for fact in facts if fact.occurred_at <= as_of]

    assert folded(facts, as_of) == folded(before, as_of)


@some
@given(facts=random_facts(made_always=True, max_size=5))
def test_it_calls_eventful_whatever_a_row_with_one_outcome_cannot_answer(
    facts: list[Fact],
) -> None:
    """A promise that is not eventful must be readable at any past moment from its row alone."""
    state = folded(facts)
    assert state is not None
    if state.eventful:
        return
    for as_of in sorted({fact.occurred_at for fact in facts}):
        then = folded(facts, as_of)
        if as_of < state.made_at:
            assert then is None
            continue
        assert then is not None
        assert (then.first_due, then.due, then.matures_at) == (
            state.first_due,
            state.due,
            state.matures_at,
        )
        settled = state.settled_at is not None and state.settled_at <= as_of
        assert then.state == (state.state if settled else "open")
        assert then.settled_at == (state.settled_at if settled else None)
        assert then.retro == (state.retro and settled)
        assert then.fraction == (state.fraction if settled else 0)


def test_the_random_sets_meet_every_branch() -> None:
    """Without this the tests above could pass by never asking."""
    states: Counter[str] = Counter()
    notes: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    other: Counter[str] = Counter()

    @settings(many, max_examples=1_000, database=None, derandomize=True)
    @given(facts=random_facts())
    def meet(facts: list[Fact]) -> None:
        state = folded(facts)
        if state is None:
            states["none"] += 1
            return
        states[state.state] += 1
        notes.update({str(note.code) for note in state.notes})
        kinds.update({change.kind for change in state.date_chain})
        other["stopped"] += state.stopped_at is not None
        other["pausing"] += state.matures_at is None
        other["paused"] += state.paused_seconds > 0
        other["retro"] += state.retro
        other["verdict"] += state.verdict is not None
        other["uneventful"] += not state.eventful
        by_the_wall = fold(facts, zone=ZONE, parameters=parameters)
        other["open hours"] += by_the_wall != state

    meet()

    assert set(states) == {"none", "open", "kept", "late", "partial", "failed", "withdrawn"}
    assert set(notes) == {str(code) for code in NoteCode} - {"unknown_type"}
    assert set(kinds) == {"first", "slip_announced", "slip_unannounced", "earlier", "customer"}
    assert all(other.values())
    assert min(states.values()) >= 5
    assert len(set(TYPES)) == 11
