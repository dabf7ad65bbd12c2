"""Histograms of how long promises took: against a plain count of the same promises."""

from collections import Counter
from datetime import datetime, timedelta

import pytest

from promises.domain.settling import WHOLE, Curve, share_bucket, time_bucket
from promises.domain.survival import MAX_BUCKET
from promises.models import Promise, SettlingCell, Watermark
from promises.models.settling import Measure
from promises.selectors.settling import Scope, all_curves, counted_at
from promises.services.settling import count_all, count_latest
from tests.events import NOW, event, fulfilled, made, store
from tests.promises.asking import count

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


def store_all_sorts() -> None:
    """Promises of two teams and kinds over 15 months, of every outcome, some paused or moved."""
    events = []
    for number in range(240):
        reference, at = f"p-{number}", NOW - number * 1.9 * DAY - timedelta(minutes=number)
        more = {"standard": "gold", "standard_version": 1} if number % 5 == 0 else {}
        kind = ("delivery", "response")[number % 2]
        team = ("north", "south", "west")[number % 3]
        events.append(made(reference, at=at, kind=kind, team=team, **more))
        took = timedelta(hours=0.3 + number * 7.7 % 150)
        if number % 11 == 3:
            events.append(event("promise.paused", reference, at + HOUR, {"cause": "customer"}))
            events.append(event("promise.resumed", reference, at + 9 * HOUR))
        if number % 13 == 4:
            events.append(event("promise.failed", reference, at + DAY, {"reason": "lost"}))
        elif number % 13 == 5:
            events.append(event("promise.withdrawn", reference, at + 2 * HOUR, {"by": "customer"}))
        elif number % 13 == 6:
            events.append(event("promise.withdrawn", reference, at + 5 * DAY, {"by": "customer"}))
        elif number % 13 == 7:
            events.append(fulfilled(reference, at + took, fraction=0.5))
        elif number % 4 and at + took < NOW:
            events.append(fulfilled(reference, at + took))
    store(*[one for one in events if one.occurred_at <= NOW])
    count()


def plainly(measure: str, now: datetime, since: datetime) -> dict[Scope, list[Counter[int]]]:
    """The same, promise by promise."""
    found: dict[Scope, list[Counter[int]]] = {}
    for promise in Promise.objects.exclude(state="withdrawn"):
        if not since <= promise.made_at <= now:
            continue
        settles = promise.state in ("kept", "late")
        until = min(now, (promise.settled_at if settles else promise.stopped_at) or now)
        if measure == Measure.TIME:
            took = (until - promise.made_at).total_seconds() - promise.paused_seconds
            bucket = time_bucket(took)
        elif promise.matures_at is None:
            continue
        else:
            share = (until - promise.made_at) / (promise.matures_at - promise.made_at)
            bucket = share_bucket(share, in_time=until <= promise.matures_at)
        if promise.state in ("failed", "partial"):
            bucket = MAX_BUCKET
        scopes = {
            Scope(promise.kind),
            Scope(promise.kind, promise.team_id),
            Scope(promise.kind, promise.team_id, promise.standard or ""),
        }
        for scope in scopes:
            counts = found.setdefault(scope, [Counter(), Counter()])
            counts[0 if settles else 1][bucket] += 1
    return found


@pytest.mark.parametrize("measure", Measure.values)
def test_they_are_what_a_plain_count_says(measure: str) -> None:
    store_all_sorts()
    count_all(now=NOW)

    expected = plainly(measure, NOW, datetime.fromisoformat("2025-03-01T00:00:00+00:00"))
    found: dict[Scope, list[Counter[int]]] = {}
    for cell in SettlingCell.objects.filter(measure=measure):
        counts = found.setdefault(
            Scope(cell.kind, cell.team_id, cell.standard), [Counter(), Counter()]
        )
        counts[0] += Counter({cell.bucket: cell.settled})
        counts[1] += Counter({cell.bucket: cell.censored})
    assert found == expected
    assert len({cell.month for cell in SettlingCell.objects.all()}) == 13
    read = all_curves(measure)
    assert read.keys() == expected.keys()
    for scope, (settled, censored) in expected.items():
        curve = Curve(settled, censored)
        assert read[scope].cases == curve.cases
        for time in (600.0, WHOLE, 86_400.0, 1e6):
            assert read[scope].unsettled(time) == curve.unsettled(time)


def test_every_hour_the_latest_months_are_counted_anew() -> None:
    store_all_sorts()
    count_all(now=NOW)
    assert counted_at() == NOW
    before = total()
    store(made("new", at=NOW - DAY, team="north"), made("old", at=NOW - 200 * DAY, team="north"))
    count()
    later = NOW + HOUR

    count_latest(now=later)
    assert total() == before + 1
    assert counted_at() == later
    count_all(now=later)
    assert total() == before + 2


def test_a_month_that_is_too_long_ago_is_forgotten() -> None:
    store(made("one", at=NOW - 2 * DAY))
    count()
    count_all(now=NOW)
    assert total() == 1

    count_all(now=NOW + 360 * DAY)
    assert total() == 1
    count_all(now=NOW + 400 * DAY)
    assert total() == 0
    assert Watermark.objects.get(name="settling").moment == NOW + 400 * DAY


def total() -> int:
    """How many promises all curves of companies hold."""
    return sum(
        curve.cases for scope, curve in all_curves(Measure.TIME).items() if not scope.team_id
    )
