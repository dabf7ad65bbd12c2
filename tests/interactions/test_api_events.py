"""The door for REST clients: every body gets its verdict, nothing is counted twice."""

import gzip
import json
import weakref
from typing import Any

import pytest
from django.test import Client, RequestFactory

from interactions.api import EventsApi
from interactions.bodies import MAX_BYTES
from interactions.event_data import SCHEMAS
from interactions.keys import make_key
from interactions.models import Event, Source
from interactions.todo import pending_count
from tests.interactions.items import NEEDED

pytestmark = pytest.mark.django_db

SHOP = "/shop"
ONE = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
LINES = "application/x-ndjson"


def cloudevent(number: int = 1, **changes: Any) -> dict[str, Any]:
    event = {
        "specversion": "1.0",
        "id": f"e-{number}",
        "source": SHOP,
        "type": "promise.made",
        "subject": f"order-{number}",
        "time": "2026-03-02T09:30:00Z",
        "data": {
            "kind": "delivery",
            "customer": {"id": "c-9", "name": "Ada Lovelace", "preferred_name": "Ada"},
            "team": "fulfilment",
            "due_at": "2026-03-06",
            "statement": "Arrives by Friday 6 March",
        },
    }
    return {key: value for key, value in (event | changes).items() if value is not None}


@pytest.fixture
def key() -> str:
    source = Source.objects.create(name=SHOP)
    return make_key(name="shop", scopes=["events:write"], source=source)[1]


def post(body: Any, key: str, media: str = ONE, **headers: str) -> Any:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Client(raise_request_exception=False).post(
        "/api/v1/events",
        raw,
        content_type=media,
        headers={"Authorization": f"Bearer {key}", **headers},
    )


def statuses(response: Any) -> list[str]:
    assert response.status_code == 202, response.content
    return [result["status"] for result in response.json()["results"]]


def test_it_takes_one_event_once(key: str) -> None:
    assert statuses(post(cloudevent(), key)) == ["accepted"]
    assert statuses(post(cloudevent(), key, "application/json")) == ["duplicate"]
    assert Event.objects.count() == pending_count() == 1


@pytest.mark.parametrize("media", [BATCH, "application/json"])
def test_one_bad_item_never_costs_the_others(key: str, media: str) -> None:
    bad = cloudevent(2)
    bad["data"]["due_at"] = "soon"
    answer = post([cloudevent(1), bad, cloudevent(3), cloudevent(1)], key, media).json()
    assert [r["status"] for r in answer["results"]] == [
        "accepted",
        "rejected",
        "accepted",
        "duplicate",
    ]
    assert answer["results"][1]["pointer"] == "#/data/due_at"
    assert (answer["accepted"], answer["duplicate"], answer["rejected"]) == (2, 1, 1)


def test_it_takes_lines_and_gzip(key: str) -> None:
    body = b"\n".join(json.dumps(cloudevent(n)).encode() for n in range(3)) + b"\n\n"
    response = post(gzip.compress(body), key, LINES, **{"Content-Encoding": "gzip"})
    assert statuses(response) == ["accepted"] * 3


def test_a_bad_line_is_named(key: str) -> None:
    body = json.dumps(cloudevent()).encode() + b"\n{]\n"
    assert statuses(post(body, key, LINES)) == ["accepted", "rejected"]


def test_a_key_writes_under_its_own_source_only(key: str) -> None:
    response = post([cloudevent(source="/other")], key, BATCH)
    assert response.json()["results"][0]["pointer"] == "#/source"
    assert not Event.objects.exists()


def test_speaking_of_another_sources_promise_takes_its_own_scope(key: str) -> None:
    foreign = cloudevent(type="promise.fulfilled", data={"promise_source": "/other"})
    assert statuses(post([foreign], key, BATCH)) == ["rejected"]
    source = Source.objects.get(name=SHOP)
    any_key = make_key(name="any", scopes=["events:write:any"], source=source)[1]
    assert statuses(post([foreign], any_key, BATCH)) == ["accepted"]


SPEAKING = [kind for kind in SCHEMAS if "promise_source" in SCHEMAS[kind].__struct_fields__]


@pytest.mark.parametrize("kind", SPEAKING)
def test_a_key_speaks_of_its_own_promises_whatever_it_says(key: str, kind: str) -> None:
    def said(number: int, source: str) -> dict[str, Any]:
        about = {} if kind.startswith("promise.") else {"promise": "order-1"}
        about |= {"attributes": {'"promise_source":': 'x"promise_source":"y'}}
        data = NEEDED.get(kind, {}) | about | {"promise_source": source}
        return cloudevent(number, type=kind, subject="order-1", data=data)

    body = [said(1, "/other"), said(2, SHOP), said(3, "")]
    first, *others = post(body, key, BATCH).json()["results"]
    assert first["pointer"] == "#/data/promise_source"
    assert "events:write:any" in first["reason"]
    assert [one["status"] for one in others] == ["accepted", "accepted"]
    alone = post(body[0], key)
    assert (alone.status_code, alone.json()["errors"][0]["pointer"]) == (400, first["pointer"])
    source = Source.objects.get(name=SHOP)
    any_key = make_key(name="any", scopes=["events:write:any"], source=source)[1]
    assert statuses(post(body, any_key, BATCH)) == ["accepted", "duplicate", "duplicate"]


def test_every_type_that_may_speak_of_a_promise_is_looked_at() -> None:
    assert len(SPEAKING) > 15


@pytest.mark.parametrize(
    ("body", "media", "headers", "status"),
    [
        (b"   ", BATCH, {}, 400),
        (b"null", "application/json", {}, 400),
        (b'"text"', ONE, {}, 400),
        (b"{", ONE, {}, 400),
        (b"[" * 100_000, "application/json", {}, 400),
        (b"\xff\xfe{\x00}\x00", ONE, {}, 400),
        (b"{}", "text/plain", {}, 415),
        (b"{}", "application/json; charset=utf-16", {}, 415),
        (b"{}", ONE, {"Content-Encoding": "br"}, 415),
        (b"{}", ONE, {"Content-Encoding": "gzip"}, 400),
        (gzip.compress(b"{}", mtime=0)[:-4], ONE, {"Content-Encoding": "gzip"}, 400),
        (gzip.compress(b" " * (MAX_BYTES + 1), mtime=0), ONE, {"Content-Encoding": "gzip"}, 413),
        (b" " * (MAX_BYTES + 1), ONE, {}, 413),
        (b"[" + b"0," * 10_000 + b"0]", BATCH, {}, 413),
    ],
)
def test_a_body_that_cannot_be_taken_gets_a_problem(
    key: str, body: bytes, media: str, headers: dict[str, str], status: int
) -> None:
    response = post(body, key, media, **headers)
    assert response.status_code == status, response.content
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json()["detail"]
    if status == 400:
        assert [error["pointer"] for error in response.json()["errors"]] == ["#"]
    assert not Event.objects.exists()


def test_a_single_event_that_is_wrong_is_pointed_at(key: str) -> None:
    response = post(cloudevent(time="2026-03-02"), key)
    assert response.status_code == 400
    assert response.json()["errors"][0]["pointer"] == "#/time"


def test_a_read_key_cannot_write() -> None:
    _, read = make_key(name="r", scopes=["read"])
    assert post(cloudevent(), read).status_code == 403


def test_nobody_writes_without_a_key() -> None:
    response = Client().post("/api/v1/events", b"{}", content_type=ONE)
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_key_that_occurs_twice_is_refused_and_costs_no_other(key: str) -> None:
    twice = json.dumps(cloudevent(1)).encode().replace(b'"kind":', b'"kind": "quality", "kind":')
    assert post(twice, key).status_code == 400
    good = json.dumps(cloudevent(2)).encode()
    response = post(b"[" + twice + b"," + good + b"]", key, BATCH)
    assert statuses(response) == ["rejected", "accepted"]
    assert "'kind' occurs twice" in response.json()["results"][0]["reason"]
    third = json.dumps(cloudevent(3)).encode()
    assert statuses(post(twice + b"\n" + third, key, LINES)) == ["rejected", "accepted"]


def test_nothing_but_the_server_holds_an_answer(rf: RequestFactory) -> None:
    view = EventsApi()
    request = rf.post("/api/v1/events", b"[]", content_type="application/json")
    view.setup(request)
    answer = weakref.ref(view.dispatch(request))
    assert answer() is None
