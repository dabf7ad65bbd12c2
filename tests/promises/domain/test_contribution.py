"""What a promise adds to its cell: integers that sum to what the promises say one by one (R12)."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from promises.domain.clock import day_end, day_of
from promises.domain.lifecycle import Fact, PromiseState, fold
from promises.domain.loss import NANO, Contribution, contribution, loss_terms, open_loss
from promises.domain.survival import MAX_BUCKET, bucket_of
from tests.promises.domain.making import DAY, DUE, HOUR, MADE_AT, fact, made, state_of
from tests.promises.domain.strategies import PARAMETERS, ZONE, parameters, random_facts, text

many = settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def end_of(moment: datetime) -> datetime:
    return day_end(day_of(moment, ZONE), ZONE)


def counted(state: PromiseState) -> Contribution:
    part = contribution(state, PARAMETERS[state.kind], end_of(state.matures_at or DUE))
    assert part is not None
    return part


@st.composite
def _overdue(draw: st.DrawFn, kind: str, day: datetime) -> PromiseState:
    """An open promise that matures within one local day, with slips and a weight of its own."""
    due = day + timedelta(microseconds=draw(st.integers(0, 86_400_000_000 - 1)))
    facts = [
        made(
            kind=kind,
            due_at=text(due),
            stake=draw(st.sampled_from((0.5, 1, 2, 4))),
            paid_in_advance=draw(st.booleans()),
            explicit=draw(st.booleans()),
            confidence=draw(st.floats(0.01, 1)),
        )
    ]
    for slip in range(draw(st.integers(0, 4))):
        later = text(due + (slip + 1) * DAY)
        told = draw(st.sampled_from((None, text(MADE_AT))))
        at = MADE_AT + HOUR
        facts.append(fact("rescheduled", at, id_=f"s{slip}", due_at=later, told_at=told))
    return state_of(*facts)


@many
@given(data=st.data(), kind=st.sampled_from(sorted(PARAMETERS)))
def test_it_ages_a_whole_cell_by_two_numbers(data: st.DataObject, kind: str) -> None:
    params = PARAMETERS[kind]
    # Midnight in New York, a week after its clocks changed: this day and the next have 24 hours.
    day = datetime(2026, 3, 15, 4, tzinfo=UTC)
    states = data.draw(st.lists(_overdue(kind, day), min_size=1, max_size=30))
    after = data.draw(st.floats(0, 400 * 86_400))
    ends = {end_of(state.matures_at) for state in states if state.matures_at}
    assert len(ends) == 1
    parts = [counted(state) for state in states]
    as_of = ends.pop() + timedelta(seconds=after)

    total = open_loss(
        sum(part.open_weight for part in parts),
        sum(part.open_residual for part in parts),
        after,
        params.half_life_seconds,
    )

    one_by_one = [loss_terms(state, params, as_of) for state in states]
    direct = sum(terms.weight * terms.loss for terms in one_by_one)
    assert total / NANO == pytest.approx(direct, rel=1e-7, abs=2e-9 * len(states))


@many
@given(facts=random_facts())
def test_it_adds_integers_that_say_what_the_promise_says(facts: list[Fact]) -> None:
    state = fold(facts, zone=ZONE, parameters=parameters)
    if state is None:
        return
    params = PARAMETERS[state.kind]
    part = contribution(state, params, end_of(state.matures_at or DUE))
    if state.state == "withdrawn":
        assert part == Contribution(withdrawn=1)
        return
    if state.matures_at is None:
        assert part is None
        return
    assert part is not None
    for name, value in part._asdict().items():
        assert type(value) is int or (value is None and "bucket" in name)
    assert part.n == 1 == part.kept + part.late + part.partial + part.failed + part.open
    assert getattr(part, state.state) == 1
    assert (part.slips, part.retro) == (state.slips, int(state.retro))

    terms = loss_terms(state, params, state.matures_at + 2000 * DAY)
    assert part.weight == round(terms.weight * NANO)
    assert part.weight_squared == round(terms.weight**2 * NANO)
    growing = state.state == "open" and state.stopped_at is None
    assert part.loss == (0 if growing else round(terms.weight * terms.loss * NANO))
    assert part.open_weight == (part.weight if growing else 0)
    assert 0 <= part.open_residual <= part.open_weight
    assert (part.bucket is not None) == (state.state in ("kept", "late", "partial"))
    assert (part.censored_bucket is not None) == (
        state.state == "failed" or (state.stopped_at is not None and state.state == "open")
    )


def test_it_files_lateness_by_how_it_ended() -> None:
    late = counted(state_of(made(), fact("fulfilled", DUE + HOUR)))
    early = counted(state_of(made(), fact("fulfilled", DUE - HOUR)))
    failed = counted(state_of(made(), fact("failed", DUE - HOUR, reason="lost")))
    gone = counted(state_of(made(), fact("withdrawn", DUE + HOUR, by="customer")))
    waiting = counted(state_of(made()))

    assert (late.bucket, late.censored_bucket) == (bucket_of(3600), None)
    assert (early.bucket, early.kept) == (bucket_of(-3600), 1)
    assert (failed.bucket, failed.censored_bucket) == (None, MAX_BUCKET)
    assert (gone.bucket, gone.censored_bucket, gone.open) == (None, bucket_of(3600), 1)
    assert (gone.open_weight, gone.open_residual) == (0, 0)
    assert gone.loss == late.loss
    assert (waiting.bucket, waiting.censored_bucket) == (None, None)


def test_it_adds_the_seconds_that_were_paused() -> None:
    state = state_of(made(), fact("paused", MADE_AT), fact("resumed", MADE_AT + HOUR))

    assert counted(state).paused_seconds == 3600
