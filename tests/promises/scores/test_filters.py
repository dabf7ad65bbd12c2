"""Figures under filters: the fine grain of cells, and windows of one's own, against adding up every
promise by itself."""

import math
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from interactions.models import Touchpoint
from promises.domain.clock import day_of
from promises.domain.loss import loss_terms
from promises.models import Promise
from promises.projection import folded_at, kind_parameters
from promises.scores import (
    CUSTOM,
    Question,
    Scope,
    Tally,
    company_row,
    customer_rows,
    one_reading,
    read_together,
    tallies,
    touchpoint_rows,
)
from tests.events import NOW, START, event, fulfilled, made, retracted, store
from tests.promises.asking import ask, count, team_ids

pytestmark = pytest.mark.django_db(transaction=True)

DAY = timedelta(days=1)
TOUCHPOINTS = ("webshop", "phone", "counter")
SEGMENTS = ("gold", "", "basic")


@pytest.fixture(autouse=True)
def promises() -> None:
    """Every outcome at every touchpoint, stated or not, to customers of every segment."""
    events = []
    for number in range(90):
        reference, at = f"order-{number}", START + number % 23 * DAY
        making = made(
            reference,
            at=at,
            kind=("delivery", "response")[number % 2],
            team=f"team-{number % 3}",
            touchpoint=TOUCHPOINTS[number % 7 % 3],
            explicit=number % 5 > 0,
            customer=f"c-{number % 4}",
            segment=SEGMENTS[number % 11 % 3],
            stake=(0.5, 1, 2, 4)[number % 4],
        )
        events.append(making)
        if number % 7 == 0:
            due = {"due_at": (at + 5 * DAY).isoformat()}
            events.append(event("promise.rescheduled", reference, at + DAY, due))
        match number % 8:
            case 0 | 1 | 2:
                events.append(fulfilled(reference, at + number % 6 * DAY))
            case 3:
                events.append(fulfilled(reference, at + 2 * DAY, fraction=0.5))
            case 4:
                events.append(event("promise.failed", reference, at + DAY))
            case 5:
                by = {"by": ("customer", "us")[number % 2]}
                events.append(event("promise.withdrawn", reference, at + number % 9 * DAY, by))
            case 6:
                events.append(event("promise.paused", reference, at + DAY, {"cause": "agreed"}))
        if number % 13 == 0:
            events.append(retracted(making, at + 6 * DAY))
    store(*events)
    count(fold=False)


def touchpoint_ids(*references: str) -> frozenset[int]:
    found = Touchpoint.objects.filter(reference__in=references)
    return frozenset(found.values_list("pk", flat=True))


def by_hand(
    question: Question, asked: dict[str, Any], as_of: datetime, *, is_now: bool
) -> dict[str, float]:
    """Every promise folded by itself, looked at and added up."""
    parameters = kind_parameters()
    keys = set(Promise.objects.values_list("source_id", "reference"))
    keys |= {(key[0], f"order-{number}") for key in list(keys)[:1] for number in range(90)}
    sums: dict[str, float] = dict.fromkeys(("n", "kept", "weight", "loss", "ahead"), 0)
    for state in folded_at(sorted(keys), as_of=None if is_now else as_of).values():
        if asked["kind"] not in ("", state.kind) or asked["team"] not in (None, state.team):
            continue
        if asked["touchpoint"] not in (None, state.touchpoint):
            continue
        if asked["segment"] not in (None, state.segment):
            continue
        if asked["explicit"] not in (None, state.explicit):
            continue
        day = None if state.matures_at is None else day_of(state.matures_at, question.zone)
        if not within(day, asked["since"], asked["until"], question.today):
            continue
        if state.matures_at is None or state.matures_at >= as_of:
            sums["ahead"] += state.state == "open" and state.stopped_at is None
            continue
        if state.state == "withdrawn":
            continue
        terms = loss_terms(state, parameters(state.kind, state.made_at), as_of)
        sums["n"] += 1
        sums["kept"] += state.state == "kept"
        sums["weight"] += terms.weight
        sums["loss"] += terms.weight * terms.loss
    return sums


def within(day: date | None, since: date | None, until: date | None, today: date) -> bool:
    """Days that lie ahead belong to a window unless it has ended before today."""
    ended = until is not None and until < today
    if day is None:
        return not ended
    return (since is None or day >= since) and (not ended or until is None or day <= until)


questions = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["", "delivery", "response"]),
        "team": st.sampled_from([None, None, "team-0", "team-1"]),
        "touchpoint": st.sampled_from([None, *TOUCHPOINTS]),
        "segment": st.sampled_from([None, *SEGMENTS]),
        "explicit": st.sampled_from([None, None, True, False]),
        "since": st.none() | st.integers(-2, 30).map(lambda n: START.date() + n * DAY),
        "until": st.none() | st.integers(0, 40).map(lambda n: START.date() + n * DAY),
    }
)


@pytest.mark.parametrize("is_now", [True, False], ids=["now", "then"])
def test_any_filter_gives_what_the_promises_add_up_to(is_now: bool) -> None:
    teams = {name: team_ids(name) for name in ("team-0", "team-1")}
    places = {name: touchpoint_ids(name) for name in TOUCHPOINTS}

    @settings(max_examples=35, deadline=None)
    @given(asked=questions, hours=st.integers(0, 24 * 31))
    def hold(asked: dict[str, Any], hours: int) -> None:
        # Now is not cut (R4), so that it is asked at a moment after all that happened.
        as_of = NOW if is_now else START + timedelta(hours=hours)
        if asked["since"] and asked["since"] > as_of.date():
            asked["since"] = None
        question = ask(
            as_of,
            is_now=is_now,
            window=CUSTOM,
            kind=asked["kind"],
            team_ids=teams.get(asked["team"]),
            touchpoint_ids=places.get(asked["touchpoint"]),
            segment=asked["segment"],
            explicit=asked["explicit"],
            since=asked["since"],
            until=asked["until"],
        )
        sums = by_hand(question, asked, as_of, is_now=is_now)
        for found in (
            tallies(question, Scope.COMPANY).get("", Tally()),
            sum(tallies(question, Scope.TOUCHPOINT).values(), Tally()),
            sum(tallies(question, Scope.CUSTOMER).values(), Tally()),
        ):
            assert (found.sums.n, found.sums.kept, found.not_yet_due) == (
                sums["n"],
                sums["kept"],
                sums["ahead"],
            )
            assert math.isclose(found.sums.weight, sums["weight"], rel_tol=1e-6, abs_tol=1e-6)
            assert math.isclose(found.sums.loss, sums["loss"], rel_tol=1e-6, abs_tol=1e-6)

    hold()


def test_the_fine_grain_tells_no_lateness_of_the_company() -> None:
    assert company_row(ask()).lateness_median_hours is not None
    row = company_row(ask(explicit=True))
    assert row.n > 20
    assert (row.lateness_median_hours, row.lateness_over_hours) == (None, None)


def test_a_customer_s_lateness_is_told_under_a_filter() -> None:
    rows = customer_rows(ask(touchpoint_ids=touchpoint_ids("webshop"), window="all"))
    assert len(rows) == 4
    everything = {row.id: row.n for row in customer_rows(ask())}
    assert all(0 < row.n < everything[row.id] for row in rows)


@pytest.mark.parametrize("is_now", [True, False])
def test_touchpoints_add_up_to_the_company(is_now: bool) -> None:
    rows = touchpoint_rows(ask(is_now=is_now))
    assert {row.id for row in rows} == set(TOUCHPOINTS)
    assert sum(row.n for row in rows) == company_row(ask(is_now=is_now)).n


@pytest.mark.parametrize("is_now", [True, False])
def test_the_lateness_of_a_window_that_has_ended_is_of_its_promises_only(is_now: bool) -> None:
    last = START.date() + 12 * DAY
    whole = company_row(ask(is_now=is_now, window=CUSTOM))
    part = company_row(ask(is_now=is_now, window=CUSTOM, until=last))
    assert whole.lateness_median_hours == company_row(ask(is_now=is_now)).lateness_median_hours
    assert 20 < part.n < whole.n
    ended = company_row(ask(START + 13 * DAY - timedelta(hours=9), is_now=False, window="all"))
    assert part.n == ended.n


@pytest.mark.parametrize("is_now", [True, False])
@pytest.mark.parametrize("filters", [{}, {"explicit": True}, {"kind": "response"}])
def test_what_is_read_together_is_what_is_read_one_by_one(
    filters: dict[str, Any], is_now: bool
) -> None:
    question = ask(is_now=is_now, **filters)
    scopes = [Scope.COMPANY, Scope.TEAM, Scope.KIND, Scope.DAY]
    alone = {scope: tallies(question, scope) for scope in scopes}
    with one_reading():
        read_together(question)
        with CaptureQueriesContext(connection) as queries:
            together = {scope: tallies(question, scope) for scope in scopes}
    assert len(queries) == 0
    for scope in scopes:
        assert alone[scope].keys() == together[scope].keys()
        for key, tally in alone[scope].items():
            other = together[scope][key]
            assert tally.sums.n == other.sums.n
            assert tally.not_yet_due == other.not_yet_due
            assert math.isclose(tally.sums.loss, other.sums.loss, rel_tol=1e-9, abs_tol=1e-9)
