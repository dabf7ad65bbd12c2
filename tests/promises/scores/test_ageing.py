"""Open promises age by themselves: two numbers of a cell give their loss at any moment (R12)."""

from datetime import datetime, timedelta

import pytest

from promises.domain.loss import loss_terms
from promises.models import Cell, Promise
from promises.projection import folded_at, kind_parameters
from promises.scores import Scope, tallies
from tests.events import START, event, fulfilled, made, store
from tests.promises.asking import ask, count

pytestmark = pytest.mark.django_db(transaction=True)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
QUALITY = {"target": 99.9, "comparator": ">=", "unit": "%", "scale": 2}
MOMENTS = [0, 1, 5, 12, 26, 24 * 3, 24 * 10, 24 * 40, 24 * 364, 24 * 4_000]


@pytest.fixture(autouse=True)
def open_promises() -> None:
    """Open ones of every kind, weight, lateness and slip, and some that are not."""
    events = []
    for number in range(36):
        reference, at = f"order-{number}", START + number * 5 * HOUR
        kind = ("delivery", "response", "quality")[number % 3]
        more = {"stake": (0.5, 1, 2, 4)[number % 4], "explicit": number % 5 > 0}
        if kind == "quality":
            more["quality"] = QUALITY
        events.append(made(reference, at=at, due=at + number % 7 * 3 * HOUR, kind=kind, **more))
        if number % 4 == 1:
            due = {"due_at": (at + 3 * DAY).isoformat()}
            events.append(event("promise.rescheduled", reference, at + HOUR, due))
        if number % 6 == 2:
            measured = {"value": 99.0} if kind == "quality" else {"fraction": 0.25}
            events.append(fulfilled(reference, at + 2 * HOUR, **measured))
        if number % 9 == 4:
            events.append(fulfilled(reference, at + DAY))
        if number % 12 == 5:
            events.append(event("promise.withdrawn", reference, at + 5 * DAY, {"by": "customer"}))
    store(*events)
    count()


def directly(as_of: datetime) -> float:
    """Every promise by itself, as its page reckons it."""
    parameters, total = kind_parameters(), 0.0
    keys = list(Promise.objects.values_list("source_id", "reference"))
    for state in folded_at(keys, as_of=None).values():
        if state.matures_at is None or state.matures_at >= as_of or state.state == "withdrawn":
            continue
        terms = loss_terms(state, parameters(state.kind, state.made_at), as_of)
        total += terms.weight * terms.loss
    return total


@pytest.mark.parametrize("hours", MOMENTS)
@pytest.mark.parametrize("by", ["cells", "customers"])
def test_the_score_at_any_moment_is_the_direct_sum(hours: int, by: str) -> None:
    as_of = START + 14 * DAY + hours * HOUR
    scope = Scope.COMPANY if by == "cells" else Scope.CUSTOMER
    (tally,) = tallies(ask(as_of), scope).values()
    assert tally.sums.n > 0
    assert tally.sums.loss == pytest.approx(directly(as_of), abs=1e-7)


def test_no_job_touches_a_promise_while_it_ages() -> None:
    before = list(Cell.objects.order_by("day", "kind").values_list())
    losses = [
        tallies(ask(START + (20 + days) * DAY), Scope.COMPANY)[""].sums.loss for days in range(5)
    ]
    assert losses == sorted(set(losses)), "it grows with every day"
    assert list(Cell.objects.order_by("day", "kind").values_list()) == before
