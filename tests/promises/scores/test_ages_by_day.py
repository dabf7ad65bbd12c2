"""How old open promises are is told day by day, and comes out as if each were looked at (R13)."""

import random
from collections import Counter
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as trials
from hypothesis import strategies as st
from pytest_django import Settings

from promises.domain.clock import day_of
from promises.domain.survival import bucket_of
from promises.models import Promise
from promises.scores import CUSTOM, Question, Scope
from promises.scores.ageing import ageing_of
from promises.scores.lateness import _histograms
from tests.events import NOW, event, made, store
from tests.promises.asking import count

pytestmark = pytest.mark.django_db(transaction=True)

HOUR, DAY, YEAR = timedelta(hours=1), timedelta(days=1), timedelta(days=365)
ZONES = ("UTC", "Europe/Berlin", "Asia/Kathmandu")
QUALITY = {"target": 99.9, "comparator": ">=", "unit": "%", "scale": 2}
NUMBER = 400


@pytest.fixture(params=ZONES)
def zone(request: pytest.FixtureRequest, settings: Settings) -> ZoneInfo:
    """The installation's zone."""
    settings.TIME_ZONE = request.param
    return ZoneInfo(request.param)


def some_promises() -> None:
    """Open for minutes to a year and a half, of two teams and all kinds; one in seven stopped."""
    chance, events = random.Random(11), []
    for number in range(NUMBER):
        age = 2 ** chance.uniform(0, 9.2) * DAY - DAY + chance.uniform(0, 1) * DAY
        reference, due = f"order-{number}", NOW - age
        kind = ("delivery", "response", "quality")[number % 3]
        more = {"quality": QUALITY} if kind == "quality" else {}
        team = ("north", "south")[number % 2]
        events.append(made(reference, at=due - 4 * DAY, due=due, kind=kind, team=team, **more))
        if number % 7 == 0 and age > 6 * DAY:
            stopped = due + 4 * DAY + (age - 4 * DAY) * chance.random()
            events.append(event("promise.withdrawn", reference, stopped, {"by": "customer"}))
    store(*events)


def one_by_one(question: Question) -> dict[tuple[str, str], Counter[int]]:
    """The same from the promises themselves."""
    found: dict[tuple[str, str], Counter[int]] = {}
    promises = Promise.objects.filter(state="open", matures_at__lt=question.as_of)
    for promise in promises.select_related("team"):
        assert promise.matures_at is not None
        day = day_of(promise.matures_at, question.zone)
        if (question.first_day or date.min) <= day <= (question.last_day or question.today):
            until = min(promise.stopped_at or question.as_of, question.as_of)
            bucket = bucket_of((until - promise.first_due).total_seconds())
            found.setdefault((promise.team.reference, promise.kind), Counter())[bucket] += 1
    return found


def asked(zone: ZoneInfo, window: str, as_of: datetime) -> Question:
    if window != CUSTOM:
        return Question(as_of=as_of, is_now=True, zone=zone, window=window)
    since, until = (as_of - 130 * DAY).date(), (as_of - 12 * DAY).date()
    return Question(as_of, True, zone, CUSTOM, since=since, until=until)


@pytest.mark.parametrize("fold", [True, False], ids=["folded", "on the way"])
def test_ages_are_what_each_promise_says(zone: ZoneInfo, fold: bool) -> None:
    some_promises()
    count(fold=fold)
    for window in ("7d", "28d", "90d", "365d", "all", CUSTOM):
        for later in (timedelta(0), 5 * HOUR, 9 * DAY, 40 * DAY):
            question = asked(zone, window, NOW + later)
            found = {
                key: Counter({bucket: n for bucket, n in one.censored.items() if n})
                for key, one in _histograms(question, Scope.TEAM, by_kind=True).items()
            }
            plain = one_by_one(question)
            assert found == plain, (window, later)
            company = _histograms(question, Scope.COMPANY)["", ""].censored
            assert +Counter(company) == sum(plain.values(), Counter()), (window, later)


@trials(max_examples=60, deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(minutes=st.integers(0, 1_580_000), window=st.sampled_from(["28d", "90d", "365d"]))
def test_days_are_told_whole_or_not_at_all(zone: ZoneInfo, minutes: int, window: str) -> None:
    question = asked(zone, window, NOW + timedelta(minutes=minutes, microseconds=minutes))
    ageing = ageing_of(question)
    for homes in ageing.homes.values():
        assert len(homes) == (ageing.last_day - ageing.first_day).days + 1
    assert day_of(ageing.alone_from, zone) == ageing.last_day + DAY
    # What is looked at one by one is much less than all of it.
    apart = sum((one.until - one.since for one in ageing.slices), timedelta(0)) / 2
    assert apart <= 0.3 * min(YEAR, ageing.alone_from - (question.starts_at or NOW - 9 * YEAR))
    assert all(one.bucket != one.home for one in ageing.slices)
