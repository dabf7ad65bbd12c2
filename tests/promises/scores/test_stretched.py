"""The usual windows, read from stretches of days, are what every day adds up to (R7, R12)."""

import math
import random
from dataclasses import fields, replace
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from interactions.models import Team
from promises.cells import begin_day
from promises.models import CellDelta, CellStretch, Promise
from promises.scores import (
    Question,
    Scope,
    Tally,
    one_reading,
    overdue_counts,
    read_together,
    tallies,
)
from promises.scores.stretched import can_answer
from tests.events import NOW, START, event, fulfilled, made, store
from tests.promises.asking import ask, count, team_ids

pytestmark = pytest.mark.django_db(transaction=True)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SCOPES = (Scope.COMPANY, Scope.TEAM, Scope.KIND, Scope.DAY)
QUALITY = {"target": 99.9, "comparator": ">=", "unit": "%", "scale": 2}


def store_some(first: int, number: int) -> None:
    """Promises of three teams due from two and a half years before NOW to two weeks after it."""
    chance, events = random.Random(first), []
    for place in range(first, first + number):
        reference, due = f"order-{place}", NOW + chance.uniform(-900, 14) * DAY
        if place % 3:
            due = NOW + chance.uniform(-100, 2) * DAY
        kind = ("delivery", "response", "quality")[place % 3]
        more = {"quality": QUALITY} if kind == "quality" else {}
        more["stake"] = chance.choice((0.5, 1, 2, 4))
        team = f"team-{chance.randrange(3)}"
        point = f"point-{place % 4}"
        events.append(
            made(
                reference, at=due - 5 * DAY, due=due, kind=kind, team=team, touchpoint=point, **more
            )
        )
        end, at = chance.random(), due + chance.uniform(-60, 200) * HOUR
        if at < NOW and end < 0.5:
            measured = {"value": 99.0} if kind == "quality" else {}
            events.append(fulfilled(reference, at, **measured))
        elif at < NOW and end < 0.6:
            events.append(event("promise.withdrawn", reference, at, {"by": "customer"}))
        elif end < 0.65:
            events.append(event("promise.paused", reference, due - DAY, {"cause": "agreed"}))
    store(*events)


def the_same(one: Tally, other: Tally) -> bool:
    for field in fields(one.sums):
        here, there = getattr(one.sums, field.name), getattr(other.sums, field.name)
        if not math.isclose(here, there, rel_tol=1e-9, abs_tol=1e-9):
            return False
    return replace(one, sums=other.sums) == other


def compare(question: Question) -> None:
    """What is read together, against every scope read day by day."""
    assert can_answer(question)
    every = replace(question, team_ids=frozenset(Team.objects.values_list("pk", flat=True)))
    assert not can_answer(every)
    with one_reading():
        read_together(question)
        with CaptureQueriesContext(connection) as queries:
            found = {scope: tallies(question, scope) for scope in SCOPES}
        assert len(queries) == 0
    for scope in SCOPES:
        plain = {k: t for k, t in tallies(every, scope).items() if t != Tally()}
        ours = {k: t for k, t in found[scope].items() if t != Tally()}
        assert ours.keys() == plain.keys(), scope
        for key, tally in ours.items():
            assert the_same(tally, plain[key]), (scope, key, tally, plain[key])


@pytest.mark.parametrize("base", [NOW, NOW - 3 * DAY, None], ids=["today", "behind", "none"])
def test_stretches_add_up_to_their_days(base: datetime | None) -> None:
    store_some(0, 250)
    count()
    if base is not None:
        begin_day(base.date())
        assert CellStretch.objects.exists()
    # Some are filed by the base, and some are still on their way.
    store_some(250, 60)
    count()
    store_some(310, 40)
    count(fold=False)
    assert CellDelta.objects.exists()
    for window in ("28d", "90d", "365d", "all"):
        for kind in ("", "quality"):
            for later in (timedelta(0), 7 * HOUR, 5 * DAY):
                compare(ask(NOW + later, window=window, kind=kind))


def counted(question: Question) -> tuple[int, int]:
    """The same from the promises."""
    promises = Promise.objects.filter(state="open", stopped_at=None)
    if question.kind:
        promises = promises.filter(kind=question.kind)
    if question.team_ids is not None:
        promises = promises.filter(team_id__in=question.team_ids)
    overdue = promises.filter(matures_at__lt=question.as_of)
    today = promises.filter(matures_at__lt=question.today_ends_at)
    return overdue.count(), today.count() - overdue.count()


@pytest.mark.parametrize("base", [NOW, NOW - 3 * DAY, None], ids=["today", "behind", "none"])
def test_what_is_overdue_is_counted_from_the_cells(base: datetime | None) -> None:
    store_some(0, 200)
    count()
    if base is not None:
        begin_day(base.date())
    store_some(200, 60)
    count(fold=False)
    for kind in ("", "quality"):
        for teams in (None, team_ids("team-1", "team-2"), frozenset[int]()):
            for later in (timedelta(0), 7 * HOUR, 5 * DAY):
                question = ask(NOW + later, window="7d", kind=kind, team_ids=teams)
                assert overdue_counts(question) == counted(question)
    with pytest.raises(ValueError, match="segments"):
        overdue_counts(ask(segment="gold"))


def counted_then(question: Question) -> tuple[int, int]:
    """The same at a past moment, from the promises whose rows tell how they stood."""
    as_of, overdue, due_today = question.as_of, 0, 0
    for one in Promise.objects.exclude(matures_at=None):
        told = one.made_at <= as_of and (not one.eventful or one.last_event_at <= as_of)
        since = not one.eventful and one.settled_at is not None and one.settled_at > as_of
        assert one.matures_at is not None
        if told and one.matures_at < as_of:
            overdue += since or (one.state == "open" and one.stopped_at is None)
        elif told and one.matures_at < question.today_ends_at:
            due_today += since or one.state == "open"
    return overdue, due_today


@pytest.mark.parametrize("base", [NOW, NOW - 3 * DAY, None], ids=["today", "behind", "none"])
def test_what_was_overdue_is_counted_from_the_cells(base: datetime | None) -> None:
    store_some(0, 200)
    count()
    if base is not None:
        begin_day(base.date())
    store_some(200, 60)
    count(fold=False)
    for days in (0.01, 0.4, 1, 2.7, 9, 40, 99, 200, 899, 1_000):
        question = ask(NOW - days * DAY, is_now=False)
        assert overdue_counts(question) == counted_then(question), days


@pytest.mark.parametrize("window", ["1d", "7d"])
def test_short_windows_are_read_day_by_day(window: str) -> None:
    assert not can_answer(ask(NOW, window=window))


def test_the_past_and_filters_are_read_day_by_day() -> None:
    assert not can_answer(ask(NOW, is_now=False))
    assert not can_answer(ask(NOW, explicit=True))
    assert not can_answer(ask(NOW, since=START.date()))
