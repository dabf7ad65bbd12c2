"""The whole road of one promise: pushed over REST, counted by a real worker, shown on the pages.

Every flow ends with `ledger_check`.
"""

import json
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client

from interactions.keys import make_key
from interactions.models import Membership, Source
from promises.models import Promise
from promises.projection import pending_count
from tests.faults.test_worker_killed import wait_until
from tests.workers import Worker

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.real_worker,
    pytest.mark.timeout(600),
]

NOW = datetime.now(UTC).replace(microsecond=0)
DAY = timedelta(days=1)


def cloudevent(kind: str, id: str, at: datetime, data: dict[str, Any]) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": id,
        "source": "/shop",
        "type": kind,
        "subject": "order-1001",
        "time": at.isoformat(),
        "data": data,
    }


MADE = cloudevent(
    "promise.made",
    "e-1",
    NOW - 10 * DAY,
    {
        "kind": "delivery",
        "customer": {"id": "c-9", "name": "Ada Lovelace"},
        "team": "fulfilment",
        "due_at": (NOW - 6 * DAY).isoformat(),
        "statement": "Arrives by Friday",
    },
)
FULFILLED = cloudevent("promise.fulfilled", "e-2", NOW - 3 * DAY, {})


class Shop:
    """A REST client with its keys."""

    def __init__(self) -> None:
        source = Source.objects.create(name="/shop")
        self.write = make_key(name="w", scopes=["events:write"], source=source)[1]
        self.read = make_key(name="r", scopes=["read"])[1]

    def push(self, *events: dict[str, Any]) -> list[str]:
        response = Client().post(
            "/api/v1/events",
            json.dumps(events),
            content_type="application/cloudevents-batch+json",
            headers={"Authorization": f"Bearer {self.write}"},
        )
        assert response.status_code == 202, response.content
        return [result["status"] for result in response.json()["results"]]

    def team(self) -> dict[str, Any]:
        response = Client().get(
            "/api/v1/scores?scope=team&window=28d",
            headers={"Authorization": f"Bearer {self.read}"},
        )
        (row,) = response.json()["results"]
        return row


def manager() -> Client:
    user = User.objects.create_user("mia")
    Membership.objects.create(user=user, role=Membership.Role.MANAGER)
    client = Client()
    client.force_login(user)
    return client


def wait_until_counted() -> None:
    # What is on its way into the cells is in every figure; the clock, which is not here, folds it.
    wait_until(lambda: pending_count() == 0)


def check() -> dict[str, Any]:
    out = StringIO()
    call_command("ledger_check", "--json", stdout=out)
    return json.loads(out.getvalue())


def test_from_a_push_to_the_page_and_back_to_the_event(celery_worker: Worker) -> None:
    shop = Shop()
    assert shop.push(MADE) == ["accepted"]
    wait_until_counted()
    overdue = shop.team()
    assert (overdue["n"], overdue["open_overdue"]) == (1, 1)
    # Late, out of order and twice: the outcome settles it at the moment at which it happened.
    assert shop.push(FULFILLED, MADE, FULFILLED) == ["accepted", "duplicate", "duplicate"]
    wait_until_counted()
    late = shop.team()
    assert (late["n"], late["late"], late["open_overdue"]) == (1, 1, 0)
    assert late["gap_raw"] == pytest.approx(62.5, abs=1e-4)
    page = manager()
    assert "Arrives by Friday" in page.get("/customers/c-9").content.decode()
    promise = Promise.objects.get()
    shown = page.get(f"/promises/{promise.pk}").content.decode()
    assert "0.6250" in shown
    assert "e-2" in shown
    report = check()
    assert (report["ok"], report["received"], report["applied"]) == (True, 2, 2)


def test_an_outcome_before_its_promise_waits_and_is_counted_when_it_arrives(
    celery_worker: Worker,
) -> None:
    shop = Shop()
    shop.push(FULFILLED)
    wait_until_counted()
    assert check()["waiting"] == 1
    shop.push(MADE)
    wait_until_counted()
    assert shop.team()["late"] == 1
    assert check()["waiting"] == 0
