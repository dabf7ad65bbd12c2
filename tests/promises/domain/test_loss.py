"""How badly one promise was missed: the check values, the bounds, and what may never help."""

from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from promises.domain.lifecycle import Fact, fold
from promises.domain.loss import (
    DEFAULT_PARAMETERS,
    loss_terms,
    quality_loss,
    slip_loss,
    time_loss,
    weight,
)
from tests.promises.domain.making import DAY, DUE, HOUR, MADE_AT, fact, made, state_of
from tests.promises.domain.strategies import (
    MOMENTS,
    PARAMETERS,
    ZONE,
    moments,
    parameters,
    random_facts,
    text,
)

DELIVERY = PARAMETERS["delivery"]
many = settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
seconds = st.floats(-1e8, 1e8)


def test_the_parameters_that_come_with_it_are_those_of_the_rules() -> None:
    assert DEFAULT_PARAMETERS == PARAMETERS


@pytest.mark.parametrize(
    ("overrun", "loss"),
    [
        (HOUR, 0.2572),
        (DAY, 0.4047),
        (3 * DAY, 0.6250),
        (7 * DAY, 0.8512),
        (30 * DAY, 0.9993),
    ],
)
def test_it_gives_the_check_values_of_lateness(overrun: timedelta, loss: float) -> None:
    state = state_of(made(), fact("fulfilled", DUE + overrun))

    assert round(loss_terms(state, DELIVERY, DUE).time, 4) == loss
    assert round(loss_terms(state, DELIVERY, DUE).loss, 4) == loss
    assert round(loss_terms(state_of(made()), DELIVERY, DUE + overrun).loss, 4) == loss


def test_it_counts_lateness_of_a_measured_value_from_its_tolerance() -> None:
    quality = {"target": 4, "comparator": "<=", "unit": "h", "scale": 8}
    state = state_of(
        made(kind="quality", quality=quality), fact("fulfilled", DUE + 4 * DAY, value=6)
    )

    terms = loss_terms(state, PARAMETERS["quality"], DUE)

    assert (terms.lateness_seconds, terms.overrun_seconds) == (4 * 86_400, 86_400)
    assert round(terms.time, 4) == 0.4047
    assert terms.quality == 0.25
    assert round(terms.loss, 4) == round(1 - (1 - 0.40472) * 0.75, 4)


def test_it_multiplies_what_slips_leave() -> None:
    assert slip_loss(0, 0) == 0
    assert slip_loss(1, 0) == pytest.approx(0.1)
    assert slip_loss(2, 1) == pytest.approx(1 - 0.81 * 0.8)


def test_it_measures_a_shortfall_in_both_directions() -> None:
    assert quality_loss(99.4, 99.9, ">=", 1) == pytest.approx(0.5)
    assert quality_loss(5, 4, "<=", 4) == 0.25
    assert quality_loss(50, 4, "<=", 4) == 1
    assert quality_loss(100, 99.9, ">=", 1) == quality_loss(1, 4, "<=", 4) == 0


@pytest.mark.parametrize(("comparator", "scale"), [("=", 1.0), (">=", 0.0), ("<=", -1.0)])
def test_it_refuses_a_measure_without_meaning(comparator: str, scale: float) -> None:
    with pytest.raises(ValueError, match=r"comparator|scale"):
        quality_loss(1, 2, comparator, scale)


def test_it_refuses_a_half_life_of_nothing() -> None:
    with pytest.raises(ValueError, match="half_life"):
        time_loss(1, base_loss=0.25, half_life_seconds=0)


def test_it_weighs_by_stake_money_and_confidence() -> None:
    assert weight(2, paid_in_advance=False, explicit=True, confidence=0.5) == 2
    assert weight(2, paid_in_advance=True, explicit=True, confidence=0.5) == 3
    assert weight(2, paid_in_advance=True, explicit=False, confidence=0.5) == 1.5
    # What an earlier gate let in counts as much as what it would be let in with now.
    assert weight(2, paid_in_advance=False, explicit=False, confidence=1e-10) == 0.02
    assert weight(2, paid_in_advance=False, explicit=True, confidence=1e-10) == 2


@many
@given(one=seconds, other=seconds, half_life=st.floats(1, 1e7), base=st.floats(0, 1))
def test_it_never_loses_less_by_being_later(
    one: float, other: float, half_life: float, base: float
) -> None:
    early, late = sorted((one, other))

    first = time_loss(early, base_loss=base, half_life_seconds=half_life)
    second = time_loss(late, base_loss=base, half_life_seconds=half_life)

    assert 0 <= first <= second <= 1
    assert first == 0 or early > 0


@many
@given(facts=random_facts(), as_of=moments)
def test_it_stays_between_none_and_all_and_is_none_when_kept(
    facts: list[Fact], as_of: datetime
) -> None:
    state = fold(facts, zone=ZONE, parameters=parameters, as_of=as_of)
    if state is None:
        return
    terms = loss_terms(state, PARAMETERS[state.kind], as_of)

    assert 0 <= terms.loss <= 1
    assert terms.loss == 1 - (1 - terms.time) * (1 - terms.quality) * (1 - terms.slips)
    assert terms.weight > 0
    if state.state in ("kept", "withdrawn"):
        assert terms.loss == 0
    if state.state == "failed":
        assert terms.loss == 1
    if state.state == "late":
        assert terms.loss >= terms.time >= 0.25
    if state.state == "partial":
        assert terms.loss >= terms.quality > 0


@many
@given(facts=random_facts(), one=moments, other=moments)
def test_it_never_shrinks_while_time_passes(
    facts: list[Fact], one: datetime, other: datetime
) -> None:
    state = fold(facts, zone=ZONE, parameters=parameters)
    if state is None:
        return
    early, late = sorted((one, other))

    before = loss_terms(state, PARAMETERS[state.kind], early).loss
    after = loss_terms(state, PARAMETERS[state.kind], late).loss

    assert before <= after
    if not state.grows and early >= (state.stopped_at or early):
        assert before == after


@many
@given(
    facts=random_facts(made_always=True, max_size=2),
    one=moments,
    other=moments,
    fraction=st.sampled_from((0.25, 0.5, 1.0)),
)
def test_it_never_pays_to_be_later_nor_costs_to_be_early(
    facts: list[Fact], one: datetime, other: datetime, fraction: float
) -> None:
    """The same history with one outcome, only its moment differs."""
    early, late = sorted((one, other))
    untold = [f for f in facts if f.type in ("promise.made", "promise.confirmed")]

    def lost(at: datetime) -> float:
        state = state_of(*untold, fact("fulfilled", at, id_="done", fraction=fraction))
        return loss_terms(state, PARAMETERS[state.kind], MOMENTS[-1]).loss

    assert lost(early) <= lost(late)


def test_it_costs_nothing_to_have_warned_when_the_first_date_is_kept() -> None:
    warned = fact("rescheduled", MADE_AT, due_at=text(DUE + DAY), told_at=text(MADE_AT))

    kept = loss_terms(state_of(made(), warned, fact("fulfilled", DUE)), DELIVERY, DUE)
    late = loss_terms(state_of(made(), warned, fact("fulfilled", DUE + DAY)), DELIVERY, DUE)

    assert (kept.slips, kept.loss) == (0, 0)
    assert late.slips == pytest.approx(0.1)
    assert late.loss == pytest.approx(1 - (1 - 0.4047246) * 0.9, abs=1e-6)


def test_it_stops_growing_where_the_customer_gave_up() -> None:
    gone = fact("withdrawn", DUE + DAY, by="customer", reason="enough")
    state = state_of(made(), gone)

    assert loss_terms(state, DELIVERY, DUE + 9 * DAY) == loss_terms(state, DELIVERY, DUE + DAY)
    assert round(loss_terms(state, DELIVERY, DUE + 9 * DAY).loss, 4) == 0.4047


def test_it_has_nothing_to_measure_while_it_waits_or_once_it_failed() -> None:
    waiting = state_of(made(), fact("paused", MADE_AT))
    failed = state_of(made(), fact("failed", DUE, reason="lost"))

    for state in (waiting, failed):
        assert loss_terms(state, DELIVERY, DUE + DAY).lateness_seconds is None
    assert loss_terms(waiting, DELIVERY, DUE + DAY).loss == 0
