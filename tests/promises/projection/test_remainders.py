"""Promises fulfilled in part: their rests stand in a narrow table, whatever came in which order."""

import itertools
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from interactions.models import Source
from interactions.models.party import NOT_STATED
from promises.domain.lifecycle import Fact
from promises.models import Promise, Remainder
from promises.projection import drain, forget_source
from promises.projection.facts import installation_zone
from promises.services.checking import check_ledger
from promises.services.rebuilding import rebuild_scores
from tests.events import NOW, START, event, fulfilled, made, retracted, store
from tests.promises.domain import strategies
from tests.promises.domain.reference import reference
from tests.promises.projection.test_any_order import belonging, deliver

pytestmark = pytest.mark.django_db(transaction=True)

DAY = timedelta(days=1)
UPTIME = {"target": 99.9, "comparator": ">=", "unit": "%", "scale": 1.0}
_numbers = itertools.count()


def hear(*events: Any) -> None:
    store(*events)
    while drain():
        pass


def owed() -> list[str]:
    """The promises whose rest is owed, by their references."""
    found = Remainder.objects.order_by("promise__reference")
    return list(found.values_list("promise__reference", flat=True))


def test_a_rest_is_owed_until_everything_is_there() -> None:
    hear(made("p", made_by="bob"), fulfilled("p", START + DAY, fraction=0.4))
    rest = Remainder.objects.get()
    assert (rest.promise.fraction, rest.team.reference, rest.made_by, rest.due) == (
        0.4,
        "fulfilment",
        "bob",
        START + 3 * DAY,
    )
    hear(fulfilled("p", START + 2 * DAY, fraction=0.7))
    assert owed() == ["p"]
    hear(event("promise.rescheduled", "p", START + 2 * DAY, {"due_at": "2026-03-20T12:00:00Z"}))
    assert Remainder.objects.get().due == datetime(2026, 3, 20, 12, tzinfo=UTC)
    whole = fulfilled("p", START + 9 * DAY)
    hear(whole)
    assert owed() == []
    hear(retracted(whole, NOW))
    assert owed() == ["p"]


def test_what_has_ended_owes_no_rest() -> None:
    part = {"fraction": 0.5}
    ends = {
        "failed": event("promise.failed", "failed", START + 2 * DAY),
        "by-us": event("promise.withdrawn", "by-us", START + 2 * DAY, {"by": "us"}),
        "early": event("promise.withdrawn", "early", START + 2 * DAY, {"by": "customer"}),
        "after": event("promise.withdrawn", "after", START + 9 * DAY, {"by": "customer"}),
        "again": event("promise.reopened", "again", START + 2 * DAY),
        "gone": retracted(made("gone"), NOW),
    }
    for name in ends:
        hear(made(name), fulfilled(name, START + DAY, **part))
    assert owed() == sorted(ends)
    hear(*ends.values())
    assert owed() == []
    hear(made("all"), *ends.values(), fulfilled("all", START + DAY, **part))
    assert owed() == ["all"]


def test_a_value_below_its_target_has_no_rest_a_share_of_it_has() -> None:
    for name, told in (("measured", {"value": 99.5}), ("told", {"fraction": 0.5})):
        hear(made(name, kind="quality", quality=UPTIME), fulfilled(name, START + DAY, **told))
    assert set(Promise.objects.values_list("state", flat=True)) == {"partial"}
    assert owed() == ["told"]
    hear(fulfilled("told", START + 2 * DAY, value=99.7))
    assert owed() == []


def test_while_a_pause_runs_no_moment_is_named() -> None:
    hear(made("p"), fulfilled("p", START + DAY, fraction=0.5))
    hear(event("promise.paused", "p", START + 2 * DAY, {"cause": "customer"}))
    assert Remainder.objects.get().due is None
    hear(event("promise.resumed", "p", START + 6 * DAY))
    assert Remainder.objects.get().due == START + 7 * DAY


def test_a_batch_without_parts_asks_nothing_of_the_table() -> None:
    store(made("p"), made("q"), fulfilled("q", START + DAY))
    with CaptureQueriesContext(connection) as queries:
        drain()
    assert Promise.objects.count() == 2
    assert not [q["sql"] for q in queries if "promises_remainder" in q["sql"]]


def test_a_source_that_is_forgotten_leaves_no_rest() -> None:
    hear(made("p"), fulfilled("p", START + DAY, fraction=0.5))
    assert forget_source(Source.objects.get(name="/shop").pk) == 1
    assert not Remainder.objects.exists()


def test_the_migration_agrees_with_the_projection() -> None:
    some = (
        ("part", "delivery", {"fraction": 0.5}),
        ("whole", "delivery", {}),
        ("told", "quality", {"fraction": 0.5}),
        ("measured", "quality", {"value": 99.5}),
        ("paused", "delivery", {"fraction": 0.5}),
        ("ended", "delivery", {"fraction": 0.5}),
    )
    for name, kind, told in some:
        goal = {"quality": UPTIME} if kind == "quality" else {}
        hear(made(name, kind=kind, made_by="bob", **goal), fulfilled(name, START + DAY, **told))
    hear(event("promise.paused", "paused", START + 2 * DAY, {"cause": "agreed"}))
    hear(event("promise.withdrawn", "ended", START + 9 * DAY, {"by": "customer"}))
    rows = set(Remainder.objects.values_list())
    assert owed() == ["part", "paused", "told"]
    Remainder.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute(import_module("promises.migrations.0082_remainders").FILL)
    assert set(Remainder.objects.values_list()) == rows


def expected(facts: list[Fact]) -> tuple[str, str, datetime | None] | None:
    """What a plain second reading of the rules says: the team, by whom, when; None: no rest."""
    # This installation has no calendars: every pause counts by the wall clock.
    plain = [fact._replace(data={**fact.data, "target": None}) for fact in facts]
    state = reference(plain, installation_zone(), None)
    if state is None or state["state"] != "partial" or state["stopped_at"] is not None:
        return None
    gap, _share, value = state["shares"]
    assert gap > 0
    if value is not None:
        return None
    source, id, _at = state["made"]
    making = next(fact for fact in facts if (fact.source, fact.id) == (source, id))
    due = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=state["due"])
    return (
        making.data.get("team", ""),
        making.data.get("made_by", ""),
        None if state["matures_at"] is None else due,
    )


@settings(
    max_examples=30,
    deadline=None,
    # The ledger grows from example to example, so that a failing one cannot be made smaller.
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_the_table_is_a_function_of_the_set_of_events(data: st.DataObject) -> None:
    """Any order, repetition and batching; and the same after everything is rebuilt."""
    known: dict[str, list[Fact]] = {}
    for _ in range(4):
        number = next(_numbers)
        facts = belonging(data.draw(strategies.random_facts(made_always=True)), number)
        if not facts:
            continue
        batches = data.draw(strategies.deliveries(facts))
        deliver(batches, f"promise-{number}")
        known[f"promise-{number}"] = facts
    rests = {name: expected(facts) for name, facts in known.items()}
    assert stored(known) == {name: rest for name, rest in rests.items() if rest is not None}
    if data.draw(st.integers(0, 5)) == 0:
        before = set(Remainder.objects.values_list())
        Remainder.objects.all().delete()
        rebuild_scores()
        assert set(Remainder.objects.values_list()) == before
    assert check_ledger().remainders_different == 0


def stored(names: dict[str, list[Fact]]) -> dict[str, tuple[str, str, datetime | None]]:
    rows = Remainder.objects.filter(promise__reference__in=names).values_list(
        "promise__reference", "team__reference", "made_by", "due"
    )
    return {
        name: ("" if team == NOT_STATED else team, made_by, due)
        for name, team, made_by, due in rows
    }
