"""Histograms kept by stretches, with the ages of open promises, are what each promise says (R13),
whatever was folded, however old the ages are, and wherever the base is."""

import random
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from hypothesis import HealthCheck, example, given
from hypothesis import settings as trials
from hypothesis import strategies as st
from pytest_django import Settings

from interactions.decode import NewEvent
from interactions.ledger import record
from promises.cells import cell_differences, fold_deltas, let_ages_grow, rebuild_cells
from promises.domain.clock import day_of
from promises.domain.survival import bucket_of
from promises.models import Promise
from promises.projection import drain
from promises.scores import Question, Scope
from promises.scores.lateness import _histograms
from promises.services.counting import keep_today
from tests.events import NOW, event, fulfilled, made, retracted

pytestmark = pytest.mark.django_db(transaction=True)

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
QUALITY = {"target": 99.9, "comparator": ">=", "unit": "%", "scale": 2}
WINDOWS = ("28d", "90d", "365d", "all")
Told = dict[tuple[str, str], tuple[Counter[int], Counter[int]]]


def one_by_one(question: Question) -> Told:
    """Settled and not, bucket by bucket, by team and kind, from the promises themselves."""
    found: Told = {}
    promises = Promise.objects.exclude(state="withdrawn").filter(matures_at__lt=question.as_of)
    for one in promises.select_related("team"):
        assert one.matures_at is not None
        if day_of(one.matures_at, question.zone) < (question.first_day or date.min):
            continue
        settled, censored = found.setdefault((one.team.reference, one.kind), (Counter(), Counter()))
        if one.bucket is not None:
            settled[one.bucket] += 1
        elif one.censored_bucket is not None:
            censored[one.censored_bucket] += 1
        else:
            censored[bucket_of((question.as_of - one.first_due).total_seconds())] += 1
    return found


def told(question: Question, scope: Scope, *, by_kind: bool) -> Told:
    found = {}
    for key, one in _histograms(question, scope, by_kind=by_kind).items():
        settled, censored = Counter(one.settled), Counter(one.censored)
        assert min([*settled.values(), *censored.values()]) >= 0
        if +settled or +censored:
            found[key] = +settled, +censored
    return found


def together(plain: Told, key: Callable[[str, str], tuple[str, str]]) -> Told:
    found: Told = {}
    for (team, kind), (settled, censored) in plain.items():
        had = found.setdefault(key(team, kind), (Counter(), Counter()))
        had[0].update(settled)
        had[1].update(censored)
    return found


def check(now: datetime, zone: ZoneInfo) -> None:
    """Every window of now, by teams and kinds, by teams, and of the company by kinds."""
    while drain():
        pass
    for window in WINDOWS:
        question = Question(as_of=now, is_now=True, zone=zone, window=window)
        plain = one_by_one(question)
        assert told(question, Scope.TEAM, by_kind=True) == plain, window
        by_team = together(plain, lambda team, _: (team, ""))
        assert told(question, Scope.TEAM, by_kind=False) == by_team, window
        by_kind = together(plain, lambda _, kind: ("", kind))
        assert told(question, Scope.COMPANY, by_kind=True) == by_kind, window
    assert {table: found for table, found in cell_differences().items() if found} == {}


class World:
    """Things that happen to promises while time goes by."""

    def __init__(self, chance: random.Random, now: datetime) -> None:
        self.chance, self.now, self.number = chance, now, 0
        self.open: dict[str, tuple[str, datetime]] = {}
        self.outcomes: dict[str, NewEvent] = {}

    def make(self, number: int) -> None:
        """Some are due soon, some long ago, some in days."""
        events = []
        for _ in range(number):
            self.number += 1
            reference = f"order-{self.number}"
            kind = self.chance.choice(("delivery", "response", "quality"))
            due = self.now + self.chance.choice(
                (
                    self.chance.uniform(-3, 3) * HOUR,
                    self.chance.uniform(-3, 3) * DAY,
                    -(2 ** self.chance.uniform(0, 9.2)) * DAY,
                )
            )
            more = {"quality": QUALITY} if kind == "quality" else {}
            team = self.chance.choice(("north", "south"))
            at = min(self.now, due - HOUR)
            events.append(made(reference, at=at, due=due, kind=kind, team=team, **more))
            self.open[reference] = kind, at
        self.record(events)

    def act(self, number: int) -> None:
        """Some come to an end, and some that did are taken up again."""
        events = []
        for reference in self.chance.sample(sorted(self.open), min(number, len(self.open))):
            kind, at = self.open[reference]
            what = self.chance.choice(("kept", "withdrawn", "failed", "paused", "rescheduled"))
            moment = max(at, self.now - self.chance.uniform(0, 3) * HOUR)
            if what == "kept":
                measured = {"value": 99.0} if kind == "quality" else {}
                done = fulfilled(reference, moment, **measured)
                self.outcomes[reference] = done
                events.append(done)
                del self.open[reference]
            elif what == "withdrawn":
                by = self.chance.choice(("customer", "us"))
                events.append(event("promise.withdrawn", reference, moment, {"by": by}))
                del self.open[reference]
            elif what == "failed":
                events.append(event("promise.failed", reference, moment, {"reason": "lost"}))
                del self.open[reference]
            elif what == "paused":
                events.append(event("promise.paused", reference, moment, {"cause": "agreed"}))
            else:
                due = (self.now + self.chance.uniform(-2, 2) * DAY).isoformat()
                asked = {"customer_request": {"who": "Ada", "at": moment.isoformat()}}
                data = {"due_at": due, **self.chance.choice((asked, {}))}
                events.append(event("promise.rescheduled", reference, moment, data))
        for reference in self.chance.sample(sorted(self.outcomes), min(2, len(self.outcomes))):
            events.append(retracted(self.outcomes.pop(reference), self.now))
        self.record(events)

    def record(self, events: list[NewEvent]) -> None:
        """Record them as of now, two of a kind once."""
        once = {(one.source, one.id): one for one in events}
        record(list(once.values()), recorded_at=self.now)

    def wait(self, steps: int) -> None:
        """Minutes or days go by."""
        self.now += self.chance.choice((7 * MINUTE, 5 * HOUR, DAY, 40 * DAY)) * steps


STEPS = ("make", "act", "count", "fold", "grow", "wait", "today", "today", "rebuild")


@pytest.mark.parametrize("zone", ["UTC", "Asia/Kathmandu"])
@trials(max_examples=14, deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@example(seed=1, steps=["today", "act", "count", "wait", "grow", "wait", "fold", "today"])
@example(seed=4, steps=["today", "act", "count", "wait", "grow", "make", "act", "count", "today"])
@given(seed=st.integers(0, 10_000), steps=st.lists(st.sampled_from(STEPS), min_size=3, max_size=11))
def test_any_steps_leave_what_each_promise_says(
    zone: str, settings: Settings, monkeypatch: pytest.MonkeyPatch, seed: int, steps: list[str]
) -> None:
    settings.TIME_ZONE = zone
    with transaction.atomic():
        world = World(random.Random(seed), NOW)
        monkeypatch.setattr("django.utils.timezone.now", lambda: world.now)
        world.make(40)
        for step in ["count", *steps]:
            if step == "make":
                world.make(8)
            elif step == "act":
                world.act(8)
            elif step == "count":
                drain()
            elif step == "fold":
                fold_deltas()
            elif step == "grow":
                let_ages_grow(world.now)
            elif step == "wait":
                world.wait(1)
            elif step == "today":
                keep_today(now=world.now)
            else:
                rebuild_cells()
        check(world.now, ZoneInfo(zone))
        transaction.set_rollback(True)
