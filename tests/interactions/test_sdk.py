"""The public CloudEvents SDK as the client: what it writes is taken as it comes."""

from datetime import UTC, datetime
from typing import Any

import pytest
import requests
from cloudevents.core.bindings.http import HTTPMessage, to_structured_event
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from pytest_django.live_server_helper import LiveServer

from interactions.keys import make_key
from interactions.models import Event, Source

pytestmark = pytest.mark.django_db(transaction=True)

SHOP = "/shop"
BATCH = "application/cloudevents-batch+json"


@pytest.fixture
def key() -> str:
    source = Source.objects.create(name=SHOP)
    return make_key(name="shop", scopes=["events:write"], source=source)[1]


def made(number: int, **changes: Any) -> CloudEvent:
    """A promise of the shop, as its programmer writes it with the SDK."""
    attributes = {
        "id": f"e-{number}",
        "source": SHOP,
        "type": "promise.made",
        "specversion": "1.0",
        "subject": f"order-{number}",
        "time": datetime(2026, 3, 2, 9, 30, tzinfo=UTC),
        "datacontenttype": "application/json",
        **changes,
    }
    data = {
        "kind": "delivery",
        "customer": {"id": "c-9", "name": "Ada Lovelace"},
        "team": "fulfilment",
        "due_at": "2026-03-06",
        "statement": "Arrives by Friday 6 March",
    }
    return CloudEvent(attributes, data)


def post(server: LiveServer, key: str, message: HTTPMessage) -> requests.Response:
    return requests.post(
        f"{server.url}/api/v1/events",
        data=message.body,
        headers={"Authorization": f"Bearer {key}", **message.headers},
        timeout=10,
    )


def batch(*events: CloudEvent) -> HTTPMessage:
    """The batch form of the specification, of the SDK's own JSON; it has no function for it."""
    items = [JSONFormat().write(event) for event in events]
    return HTTPMessage({"content-type": BATCH}, b"[" + b",".join(items) + b"]")


def test_one_event_of_the_sdk_is_taken_once(live_server: LiveServer, key: str) -> None:
    answers = [post(live_server, key, to_structured_event(made(1))) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [202, 202]
    assert [answer.json()["accepted"] for answer in answers] == [1, 0]
    event = Event.objects.get()
    assert (event.event_id, event.subject) == ("e-1", "order-1")
    assert event.occurred_at == datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def test_a_batch_of_the_sdk_gets_a_verdict_for_each(live_server: LiveServer, key: str) -> None:
    events = [made(number) for number in range(50)]
    answer = post(live_server, key, batch(*events, made(1), made(51, type="promise.imagined")))
    assert answer.status_code == 202, answer.text
    found = answer.json()
    assert (found["accepted"], found["duplicate"], found["rejected"]) == (50, 1, 1)
    assert found["results"][-1]["pointer"] == "#/type"
    assert Event.objects.count() == 50


def test_extension_attributes_of_the_sdk_are_allowed(live_server: LiveServer, key: str) -> None:
    traced = made(1, traceparent="00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
    assert post(live_server, key, to_structured_event(traced)).json()["accepted"] == 1


def test_an_event_that_is_wrong_is_a_problem_with_a_pointer(
    live_server: LiveServer, key: str
) -> None:
    answer = post(live_server, key, to_structured_event(made(1, source="/other")))
    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["errors"][0]["pointer"] == "#/source"
