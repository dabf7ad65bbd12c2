"""Sums of several windows at once, against the plain sums of the promises."""

import json
from dataclasses import astuple
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from interactions.decode import NewEvent
from promises.cells import begin_day
from promises.domain.score import Sums
from promises.scores import Scope, tallies
from promises.scores.span_sums import DIMENSIONS, span_sums
from promises.scores.spans import BEFORE, NOW, YEAR, spans_of
from tests.alike import alike
from tests.events import NOW as MOMENT
from tests.events import event, fulfilled, store
from tests.promises.asking import ask, count, team_ids

pytestmark = pytest.mark.django_db(transaction=True)

GROUPINGS = ((), *((name,) for name in DIMENSIONS), ("team", "kind"))
TEAMS, POINTS = ("north", "south"), ("shop", "phone")
STAKES = (0.5, 1, 2, 4)


def story(*, fold: bool = True) -> None:
    """Promises of two years, some kept, late, partial, slipped, failed, called off or open."""
    events: list[NewEvent] = []
    for number in range(240):
        due = MOMENT - timedelta(days=2 * number, hours=number % 7)
        at, name = due - timedelta(days=5), f"o-{number}"
        events.append(event("promise.made", name, at, _making(number, due)))
        events.extend(_end(number, name, due))
    store(*events)
    count(fold=fold)


def _making(number: int, due: datetime) -> dict[str, Any]:
    implicit = number % 6 == 0
    data: dict[str, Any] = {
        "kind": ("delivery", "response")[number % 5 == 0],
        "customer": {"id": f"c-{number % 9}", "segment": ("", "gold")[number % 4 == 0]},
        "team": TEAMS[number % 2],
        "touchpoint": POINTS[number % 3 == 0],
        "due_at": due.isoformat(),
        "statement": f"o-{number} arrives in time",
        "stake": STAKES[number % 4],
        "explicit": not implicit,
        "confidence": 0.5 if implicit else 1.0,
    }
    if number % 8 == 0:
        data |= {"standard": "gold", "standard_version": 1}
    return data


def _end(number: int, name: str, due: datetime) -> list[NewEvent]:
    match number % 7:
        case 0 | 1:
            return [fulfilled(name, due - timedelta(hours=3))]
        case 2:
            return [fulfilled(name, min(MOMENT, due + timedelta(days=number % 40)))]
        case 3:
            return [fulfilled(name, min(MOMENT, due + timedelta(hours=9)), fraction=0.5)]
        case 4:
            at = due - timedelta(days=1)
            later = (due + timedelta(days=3)).isoformat()
            return [event("promise.rescheduled", name, at, {"due_at": later, "reason": "late"})]
        case 5:
            at = min(MOMENT, due + timedelta(days=2))
            return [event("promise.failed", name, at, {"reason": "lost"})]
    if number % 14 == 6:
        data = {"by": "customer", "reason": "changed my mind"}
        return [event("promise.withdrawn", name, due - timedelta(days=2), data)]
    return []


@pytest.mark.parametrize("is_now", [True, False])
@pytest.mark.parametrize("window", ["28d", "90d", "365d"])
@pytest.mark.parametrize("base", [0, 3, None])
def test_every_grouping_adds_up_to_the_same_sums(
    window: str, is_now: bool, base: int | None
) -> None:
    story()
    if base is not None:
        begin_day(MOMENT.date() - timedelta(days=base))
    question = ask(window=window, is_now=is_now)
    found = span_sums(question, spans_of(question), GROUPINGS)
    for span in (NOW, BEFORE, YEAR):
        (whole,) = found[()][span].values() or (Sums(),)
        assert whole.n > 0
        for grouping in GROUPINGS:
            added = sum(found[grouping][span].values(), Sums())
            assert astuple(added) == pytest.approx(astuple(whole), rel=1e-12)
            keys = found[grouping][span].keys()
            assert all(len(key) == len(grouping) for key in keys)


@pytest.mark.parametrize("kind", ["", "delivery"])
def test_now_and_then_agree_on_every_part(kind: str) -> None:
    story()
    now, then = (
        span_sums(question, spans_of(question), GROUPINGS)
        for question in (
            ask(window="90d", kind=kind, team_ids=team_ids("north")),
            ask(window="90d", kind=kind, is_now=False, team_ids=team_ids("north")),
        )
    )
    for grouping in GROUPINGS:
        for span in (NOW, BEFORE, YEAR):
            assert now[grouping][span].keys() == then[grouping][span].keys()
            for key, sums in now[grouping][span].items():
                assert astuple(then[grouping][span][key]) == pytest.approx(astuple(sums), rel=1e-7)
    assert set(now[("standard",)][NOW]) == {("",), ("gold",)}
    assert set(now[("team",)][NOW]) == {("north",)}


def test_deltas_on_their_way_count_as_cells_do() -> None:
    story(fold=False)
    question = ask(window="90d")
    waiting = span_sums(question, spans_of(question), GROUPINGS)
    count()
    folded = span_sums(question, spans_of(question), GROUPINGS)
    assert alike(waiting) == alike(folded)


def test_the_three_windows_have_as_many_days() -> None:
    question = ask(datetime(2024, 2, 29, 12, tzinfo=UTC), window="28d")
    now, before, year = spans_of(question)
    assert (now.first_day, now.last_day) == (date(2024, 2, 2), date(2024, 2, 29))
    assert (before.first_day, before.last_day) == (date(2024, 1, 5), date(2024, 2, 1))
    assert (year.first_day, year.last_day) == (date(2023, 2, 1), date(2023, 2, 28))
    with pytest.raises(ValueError, match="no earlier"):
        spans_of(ask(window="all"))


def test_dimensions_of_different_grains_cannot_be_asked_for_together() -> None:
    question = ask(window="28d")
    with pytest.raises(ValueError, match="no cells"):
        span_sums(question, spans_of(question), [("stake", "touchpoint")])


def test_no_statement_scans_the_promises() -> None:
    """Where there are many promises, they are read by an index that bounds their maturity: that of
    their teams, or, for all teams, either of the two of the moment alone."""
    story()
    question = ask(window="90d")
    with CaptureQueriesContext(
        connection,
    ) as queries:
        span_sums(question, spans_of(question), GROUPINGS)
    with connection.cursor() as cursor:
        cursor.execute("SET enable_seqscan = off")
        for query in queries.captured_queries:
            if "promises_promise" not in query["sql"]:
                continue
            cursor.execute("EXPLAIN (FORMAT JSON) " + query["sql"])
            (plan,) = cursor.fetchone()
            read = plan if isinstance(plan, str) else json.dumps(plan)
            # Of a few rows the server may skip through the customers' as well.
            assert "_matures" in read
        cursor.execute("RESET enable_seqscan")


@pytest.mark.parametrize("past_days", [0, 3, 40])
def test_this_window_is_what_the_scores_say(past_days: int) -> None:
    """Also where the ledger is folded for a past moment."""
    story()
    as_of = MOMENT - timedelta(days=past_days)
    question = ask(as_of, window="90d", is_now=not past_days)
    found = span_sums(question, spans_of(question)[:1], [("team",), ("kind",)])
    for grouping, scope in ((("team",), Scope.TEAM), (("kind",), Scope.KIND)):
        scored = {key: tally.sums for key, tally in tallies(question, scope).items()}
        assert {key for (key,) in found[grouping][NOW]} == {k for k, s in scored.items() if s.n}
        for (key,), sums in found[grouping][NOW].items():
            assert astuple(sums) == pytest.approx(astuple(scored[key]), rel=1e-12)


@pytest.mark.parametrize("window", ["7d", "28d", "90d", "365d"])
@pytest.mark.parametrize("base", [0, 3, None])
@pytest.mark.parametrize("kind", ["", "response"])
def test_stretches_say_what_cells_say(window: str, base: int | None, kind: str) -> None:
    """Also of promises of today, and with deltas on their way."""
    story(fold=base != 3)
    if base is not None:
        begin_day(MOMENT.date() - timedelta(days=base))
    by = ("team", "kind")
    question = ask(window=window, kind=kind)
    spans = spans_of(question)
    # Of touchpoints no stretches know: the cells are read for both.
    from_cells = span_sums(question, spans, [by, ("touchpoint",)])[by]
    for place, name in enumerate((NOW, BEFORE)):
        found = span_sums(question, spans[place : place + 1], [by])[by][name]
        assert found.keys() == from_cells[name].keys()
        for key, sums in found.items():
            assert astuple(sums) == pytest.approx(astuple(from_cells[name][key]), rel=1e-9)
