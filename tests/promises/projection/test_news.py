"""What is published when promises change, and what is not."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from interactions.ledger import record
from interactions.models import Source
from promises.models import OpenPromise, Promise, Watermark, WebhookDelivery, WebhookEndpoint
from promises.projection import outbox
from promises.projection.outbox import PayloadTooLarge, forget_wanted
from promises.services.counting import count_pending
from promises.services.rebuilding import rebuild_scores
from promises.services.ticking import TICK, tick
from promises.services.webhooks import publish
from promises.services.webhooks.endpoints import make_endpoint
from tests.events import event, fulfilled, made, retracted

pytestmark = pytest.mark.django_db(transaction=True)
HOUR = timedelta(hours=1)
ALL = [f"promise.{name}" for name in ("made", "kept", "late", "partial", "failed", "withdrawn")]
ALL += ["promise.rescheduled", "promise.overdue", "alert.raised"]


@pytest.fixture(autouse=True)
def nobody_wants_anything() -> None:
    forget_wanted()


@pytest.fixture
def endpoint() -> WebhookEndpoint:
    row, _ = make_endpoint(url="https://hooks.example.com/", description="", event_types=ALL)
    return row


def tell(*events: Any, **how: Any) -> None:
    record(events, recorded_at=timezone.now(), **how)
    count_pending()


def told() -> list[str]:
    rows = WebhookDelivery.objects.order_by("pk").values_list("type", flat=True)
    return [kind.removeprefix("promise.") for kind in rows]


@pytest.fixture
def now() -> datetime:
    return timezone.now()


def test_a_promise_is_told_from_making_to_keeping(endpoint: WebhookEndpoint, now: datetime) -> None:
    tell(made("p", at=now - HOUR, due=now + HOUR, customer="c-9"))
    tell(fulfilled("p", now - HOUR / 2))
    assert told() == ["made", "kept"]
    body = json.loads(WebhookDelivery.objects.get(type="promise.kept").body)
    promise = Promise.objects.get()
    assert body["type"] == "promise.kept"
    assert datetime.fromisoformat(body["timestamp"]) == now - HOUR / 2
    assert body["data"] == {
        "promise": str(promise.pk),
        "reference": "p",
        "source": "/shop",
        "team": "fulfilment",
        "customer": "c-9",
        "kind": "delivery",
        "statement": "p arrives in time",
        "first_due": body["data"]["due"],
        "due": body["data"]["due"],
        "state": "kept",
        "moment": body["timestamp"],
    }
    assert datetime.fromisoformat(body["data"]["due"]) == now + HOUR


def test_each_outcome_has_its_type(endpoint: WebhookEndpoint, now: datetime) -> None:
    tell(*(made(name, at=now - 3 * HOUR, due=now + HOUR) for name in "abcde"))
    tell(made("late", at=now - 3 * HOUR, due=now - 2 * HOUR))
    WebhookDelivery.objects.all().delete()
    tell(
        fulfilled("a", now - HOUR, fraction=0.5),
        event("promise.failed", "b", now - HOUR, {"reason": "lost"}),
        event("promise.withdrawn", "c", now - HOUR, {"by": "customer"}),
        event("promise.rescheduled", "d", now - HOUR, {"due_at": (now + 9 * HOUR).isoformat()}),
        event("promise.paused", "e", now - HOUR, {"cause": "customer"}),
        fulfilled("late", now - HOUR),
    )
    assert sorted(told()) == sorted(["partial", "failed", "withdrawn", "rescheduled", "late"])


def test_nothing_is_told_twice_and_a_rebuild_tells_nothing(
    endpoint: WebhookEndpoint, now: datetime
) -> None:
    tell(made("p", at=now - HOUR, due=now + HOUR), fulfilled("p", now - HOUR / 2))
    assert sorted(told()) == ["kept", "made"]
    rebuild_scores()
    Promise.objects.all().delete()
    OpenPromise.objects.all().delete()
    rebuild_scores()
    assert sorted(told()) == ["kept", "made"]


def test_history_is_no_news(endpoint: WebhookEndpoint, now: datetime) -> None:
    old = now - timedelta(days=8)
    tell(made("old", at=old, due=old + HOUR), fulfilled("old", old + HOUR))
    yesterday = now - timedelta(hours=30)
    tell(made("late news", at=yesterday, due=now + HOUR))
    assert told() == ["made"]
    imported = made("imported", at=yesterday, due=now + HOUR, source="/file")
    tell(imported, door=Source.Door.IMPORT)
    assert told() == ["made"]


def test_the_sample_is_never_told(endpoint: WebhookEndpoint, now: datetime) -> None:
    Source.objects.create(name="/shop", is_sample=True)
    tell(made("p", at=now - HOUR, due=now + HOUR))
    assert told() == []


def test_an_endpoint_is_not_told_what_was_known_before_it(now: datetime) -> None:
    record([made("p", at=now - HOUR, due=now + HOUR)], recorded_at=timezone.now())
    make_endpoint(url="https://hooks.example.com/", description="", event_types=ALL)
    count_pending()
    assert told() == []


def test_only_who_wants_a_type_and_is_on_is_told(now: datetime) -> None:
    for types in (["promise.made"], ["promise.kept"], ALL):
        make_endpoint(url="https://hooks.example.com/", description="", event_types=types)
    WebhookEndpoint.objects.filter(event_types=ALL).update(enabled=False)
    tell(made("p", at=now - HOUR, due=now + HOUR))
    assert WebhookDelivery.objects.get().endpoint.event_types == ["promise.made"]


def test_what_is_taken_back_and_told_again_is_news(
    endpoint: WebhookEndpoint, now: datetime
) -> None:
    tell(made("p", at=now - 3 * HOUR, due=now + HOUR))
    outcome = fulfilled("p", now - 2 * HOUR)
    tell(outcome)
    tell(retracted(outcome, now - HOUR))
    tell(event("promise.fulfilled", "p", now - 2 * HOUR, {}, id="again"))
    assert told() == ["made", "kept", "kept"]


def test_overdue_is_told_once_by_the_tick(endpoint: WebhookEndpoint, now: datetime) -> None:
    tell(made("p", at=now - HOUR, due=now + HOUR))
    tick(now=now)
    later = now + 2 * HOUR
    tick(now=later)
    tick(now=later + timedelta(seconds=1))
    Watermark.objects.filter(name=TICK).update(moment=now)
    tick(now=later + timedelta(seconds=2))
    assert told() == ["made", "overdue"]
    body = json.loads(WebhookDelivery.objects.get(type="promise.overdue").body)
    assert datetime.fromisoformat(body["data"]["moment"]) == now + HOUR


def test_what_is_overdue_when_it_is_heard_is_told_at_once(
    endpoint: WebhookEndpoint, now: datetime
) -> None:
    tell(made("p", at=now - 2 * HOUR, due=now - HOUR))
    assert told() == ["made", "overdue"]
    tick(now=now)
    assert told() == ["made", "overdue"]


def test_withdrawn_after_it_was_due_is_told_too(endpoint: WebhookEndpoint, now: datetime) -> None:
    tell(made("p", at=now - 3 * HOUR, due=now - 2 * HOUR))
    tell(event("promise.withdrawn", "p", now - HOUR, {"by": "customer"}))
    assert told() == ["made", "overdue", "withdrawn"]


def test_without_endpoints_there_is_no_row_and_hardly_a_question(now: datetime) -> None:
    tell(made("p", at=now - HOUR, due=now + HOUR))
    with CaptureQueriesContext(connection) as asked:
        tell(made("q", at=now - HOUR, due=now + HOUR))
    about = [query["sql"] for query in asked if "webhook" in query["sql"]]
    assert len(about) <= 1
    assert not WebhookDelivery.objects.exists()


def test_the_largest_promise_fits(endpoint: WebhookEndpoint, now: datetime) -> None:
    tell(
        made(
            "\U0001f600" * 255,
            id="largest",
            at=now - HOUR,
            due=now + HOUR,
            customer="\U0001f600" * 255,
            team="\U0001f600" * 255,
            statement="\x01\U0001f600" * 2_000,
        )
    )
    assert len(WebhookDelivery.objects.get().body.encode()) < outbox.MOST_BYTES


def test_others_publish_in_their_own_transaction_once(endpoint: WebhookEndpoint) -> None:
    with transaction.atomic():
        publish("alert.raised", {"rule": "7", "nul": "\0"}, key="rule-7:1")
        transaction.set_rollback(True)
    assert told() == []
    for _ in range(2):
        publish("alert.raised", {"rule": "7"}, key="rule-7:1")
    assert told() == ["alert.raised"]
    with pytest.raises(PayloadTooLarge):
        publish("alert.raised", {"text": "x" * 20_000}, key="rule-7:2")
    with pytest.raises(ValueError, match="no type"):
        publish("promise.broken", {}, key="x")
    with pytest.raises(ValueError, match="key"):
        publish("alert.raised", {}, key="")
