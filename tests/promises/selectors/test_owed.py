"""Whom a team owes most, now and at a past moment, against going through all its promises."""

import random
from collections import defaultdict
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from interactions.models import Team, Touchpoint
from promises.models import Promise
from promises.selectors.asked import asked_from_query
from promises.selectors.pages import Filters
from promises.selectors.teams import owed_customers
from tests.events import NOW, fulfilled, made, store
from tests.promises.asking import count

pytestmark = pytest.mark.django_db

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ALL = 1_000


@pytest.fixture
def team() -> Team:
    """A team with promises of all sorts; another one has some, too."""
    chance, events = random.Random(7), []
    for place in range(160):
        reference, due = f"order-{place}", NOW + chance.uniform(-60, 20) * DAY
        events.append(
            made(
                reference,
                at=min(due - chance.uniform(1, 30) * DAY, NOW - HOUR),
                due=due,
                kind=chance.choice(("delivery", "response")),
                team=chance.choice(("ours", "ours", "theirs")),
                customer=f"c-{chance.randrange(12)}",
                touchpoint=chance.choice(("webshop", "phone")),
            )
        )
        if chance.random() < 0.6 and (at := due + chance.uniform(-40, 700) * HOUR) < NOW:
            events.append(fulfilled(reference, at))
    store(*events)
    count()
    return Team.objects.get(reference="ours")


def plain(team: Team, as_of: datetime, **only: Any) -> dict[str, tuple[int, int, datetime]]:
    """By customer: how many are open, how many of these overdue, and the earliest date."""
    found: dict[str, list[Promise]] = defaultdict(list)
    for one in Promise.objects.filter(team=team, made_at__lte=as_of, **only):
        if one.settled_at is None or one.settled_at > as_of:
            found[one.customer.reference].append(one)
    return {
        customer: (
            len(promises),
            sum(one.matures_at is not None and one.matures_at < as_of for one in promises),
            min(one.due for one in promises),
        )
        for customer, promises in found.items()
    }


def asked(as_of: datetime, **query: str) -> Any:
    moment = {} if as_of == NOW else {"as_of": as_of.isoformat()}
    return asked_from_query(query | moment, now=NOW)


@pytest.mark.parametrize("days", [0, 2, 17, 45])
@pytest.mark.parametrize("kind", ["", "response"])
def test_all_that_is_owed_is_told(team: Team, days: int, kind: str) -> None:
    as_of = NOW - days * DAY
    rows = owed_customers(team, asked(as_of, kind=kind), limit=ALL)
    only = {"kind": kind} if kind else {}
    assert {row.customer_id: (row.open, row.overdue, row.oldest_due) for row in rows} == plain(
        team, as_of, **only
    )
    keys = [(-row.overdue, row.oldest_due) for row in rows]
    assert keys == sorted(keys)


@pytest.mark.parametrize("days", [0, 17])
def test_a_filter_narrows_what_is_told(team: Team, days: int) -> None:
    as_of, phone = NOW - days * DAY, Touchpoint.objects.get(reference="phone")
    narrowed = replace(asked(as_of), filters=Filters(touchpoint="phone", touchpoint_id=phone.pk))
    rows = owed_customers(team, narrowed, limit=ALL)
    told = plain(team, as_of, touchpoint=phone)
    assert {row.customer_id: (row.open, row.overdue, row.oldest_due) for row in rows} == told
    assert all(row.ahead == row.open - row.overdue for row in rows)


@pytest.mark.parametrize("days", [0, 17])
def test_those_that_are_owed_most_come_first(team: Team, days: int) -> None:
    as_of = NOW - days * DAY
    few = owed_customers(team, asked(as_of), limit=3)
    told = plain(team, as_of)
    assert len(few) == 3
    assert all((row.open, row.overdue, row.oldest_due) == told[row.customer_id] for row in few)
    least = min(row.overdue for row in few)
    left_out = [told[customer][1] for customer in told.keys() - {r.customer_id for r in few}]
    assert least >= max(left_out) > 0
