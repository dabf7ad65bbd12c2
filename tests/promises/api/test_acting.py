"""Recording without CloudEvents: one event each, once, and the promise as the answer."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from interactions.models import Event, Source
from promises.models import Promise
from tests.events import SHOP, START, fulfilled, made, store, uncounted
from tests.promises.api.clients import DAY, PROMISES, assert_problem, client, id_of, reader, shop
from tests.promises.asking import count
from tests.threads import together

pytestmark = pytest.mark.django_db

MADE = {
    "kind": "delivery",
    "customer": {"id": "c-9", "name": "Ada Lovelace"},
    "due_at": "2026-03-06",
    "statement": "Arrives by Friday",
    "made_at": "2026-03-02T09:30:00Z",
}
ACTIONS: dict[str, dict[str, Any]] = {
    "fulfilment": {"fraction": 0.5},
    "reschedule": {"due_at": "2026-03-09"},
    "withdrawal": {"by": "us"},
    "failure": {"reason": "lost"},
    "reopening": {"by": "Ada"},
    "pause": {"cause": "agreed", "reason": "Ada is away"},
    "resume": {"pause": "legal"},
}


def post(by: Client, rest: str, body: Any, key: str | None = None, **headers: str) -> Any:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    if key is not None:
        headers["Idempotency-Key"] = key
    return by.post(PROMISES + rest, raw, content_type="application/json", headers=headers)


def stored(reference: str = "order-1") -> str:
    store(made(reference))
    count()
    return id_of(reference)


def test_a_promise_is_made_and_counted_at_once() -> None:
    answer = post(shop(), "", MADE | {"reference": "order-1"})
    assert answer.status_code == 201, answer.content
    body = answer.json()
    assert (body["reference"], body["source"], body["state"]) == ("order-1", SHOP, "open")
    assert body["made_at"] == "2026-03-02T09:30:00Z"
    assert answer["Location"] == f"{PROMISES}/{body['id']}"
    assert answer["Cache-Control"] == "no-store"
    assert (Event.objects.count(), uncounted()) == (1, 0)
    assert reader().get(answer["Location"]).json() == body


def test_what_is_not_said_is_made_up() -> None:
    before, writer = timezone.now(), shop()
    short = {name: value for name, value in MADE.items() if name != "made_at"}
    one, two = (post(writer, "", short).json() for _ in range(2))
    assert one["reference"] != two["reference"]
    assert before <= datetime.fromisoformat(one["made_at"]) <= timezone.now()


@pytest.mark.parametrize("action", ACTIONS)
def test_each_action_records_its_event(action: str) -> None:
    id = stored()
    body = ACTIONS[action] | {"occurred_at": "2026-03-03T10:00:00+01:00"}
    answer = post(shop(), f"/{id}/{action}", body, "once")
    assert answer.status_code == 201, answer.content
    event = Event.objects.get(event_id="once")
    assert (event.subject, event.source.name) == ("order-1", SHOP)
    assert event.occurred_at == datetime.fromisoformat("2026-03-03T09:00:00Z")
    assert event.data == ACTIONS[action]
    assert not uncounted()


def test_an_outcome_shows_in_the_answer() -> None:
    answer = post(shop(), f"/{stored()}/fulfilment", b"")
    assert (answer.status_code, answer.json()["state"]) == (201, "late")


def test_an_outcome_may_come_before_its_promise() -> None:
    store(fulfilled("order-1", START + DAY))
    count()
    answer = post(shop(), "", MADE | {"reference": "order-1"})
    assert (answer.status_code, answer.json()["state"]) == (201, "kept")
    assert not uncounted()


@pytest.mark.parametrize("said", [True, False])
def test_the_same_again_is_the_same_answer(said: bool) -> None:
    writer = shop()
    body = MADE if said else {k: v for k, v in MADE.items() if k != "made_at"}
    first, again = (post(writer, "", body, "key-1") for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert "Idempotency-Replayed" not in first
    assert again["Idempotency-Replayed"] == "true"
    assert again.json() == first.json()
    # Also after something else has happened, and in another spelling.
    assert post(writer, f"/{first.json()['id']}/failure", {}).status_code == 201
    later = post(writer, "", json.dumps(body, indent=3).encode(), "key-1")
    assert (later.status_code, later.json()) == (200, first.json())
    assert Event.objects.count() == 2


@pytest.mark.parametrize(
    "change",
    [
        {"statement": "Another"},
        {"due_at": "2026-03-07"},
        {"reference": "order-2"},
        {"made_at": "2026-03-02T09:31:00Z"},
        {"made_at": None},
        {"stake": 2},
    ],
)
def test_the_same_key_with_another_body_is_refused(change: dict[str, Any]) -> None:
    writer = shop()
    assert post(writer, "", MADE, "key-1").status_code == 201
    other = {name: value for name, value in (MADE | change).items() if value is not None}
    assert_problem(post(writer, "", other, "key-1"), 422)
    assert Event.objects.count() == 1


def test_a_key_stands_for_one_address() -> None:
    one, two, writer = stored("order-1"), stored("order-2"), shop()
    assert post(writer, f"/{one}/failure", {}, "key-1").status_code == 201
    assert_problem(post(writer, f"/{two}/failure", {}, "key-1"), 422)
    assert_problem(post(writer, f"/{one}/fulfilment", {}, "key-1"), 422)
    assert post(client("events:write", source="/x"), "", MADE, "key-1").status_code == 201


@pytest.mark.parametrize("key", ["", " ", "x" * 256, "a\tb", "é"])
def test_a_key_is_printable(key: str) -> None:
    assert_problem(post(shop(), "", MADE, key), 400, "#/Idempotency-Key")


@pytest.mark.parametrize("action", ACTIONS)
def test_another_sources_promise_takes_its_own_scope(action: str) -> None:
    id = stored()
    carrier = client("events:write", source="/carrier")
    stranger = post(carrier, f"/{id}/{action}", ACTIONS[action])
    unknown = post(carrier, f"/{10**9}/{action}", ACTIONS[action])
    assert_problem(stranger, 404)
    assert stranger.content == unknown.content
    with_eyes = client("events:write", "read", source="/carrier")
    assert_problem(post(with_eyes, f"/{id}/{action}", ACTIONS[action]), 403)
    anybody = client("events:write:any", source="/carrier")
    assert post(anybody, f"/{id}/{action}", ACTIONS[action]).status_code == 201
    event = Event.objects.get(source__name="/carrier")
    assert event.subject_source == Source.objects.get(name=SHOP)


def test_keys_that_may_not_write_are_refused() -> None:
    id = stored()
    for by in (reader(), client("admin")):
        assert_problem(post(by, "", MADE), 403)
        assert_problem(post(by, f"/{id}/failure", {}), 403)
    assert_problem(post(Client(), "", MADE), 401)


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"due_at": "soon"}, "#/due_at"),
        ({"due_at": None}, "#/due_at"),
        ({"made_at": "2026-03-02"}, "#/made_at"),
        ({"made_at": "2026-03-02T09:30:00"}, "#/made_at"),
        ({"made_at": 5}, "#/made_at"),
        ({"made_at": "2999-01-01T00:00:00Z"}, "#/made_at"),
        ({"made_at": "9999-12-31T23:59:59Z"}, "#/made_at"),
        ({"reference": ""}, "#/reference"),
        ({"reference": "x" * 256}, "#/reference"),
        ({"reference": "a\0b"}, "#/reference"),
        ({"statement": 7}, "#/statement"),
        ({"statement": "a\0b"}, "#/statement"),
        ({"customer": {"id": "c", "nmae": "x"}}, "#/customer"),
        ({"customer": "c-1"}, "#/customer"),
        ({"stake": 3}, "#/stake"),
        ({"satke": 1}, "#/satke"),
        ({"a/b~c": 1}, "#/a~1b~0c"),
        ({"promise_source": "/x"}, "#/promise_source"),
    ],
)
def test_a_field_that_is_wrong_is_pointed_at(change: dict[str, Any], pointer: str) -> None:
    assert_problem(post(shop(), "", MADE | change), 400, pointer)
    assert not Event.objects.exists()


@pytest.mark.parametrize("name", ["kind", "customer", "due_at", "statement"])
def test_a_field_that_is_missing_is_pointed_at(name: str) -> None:
    assert_problem(post(shop(), "", {k: v for k, v in MADE.items() if k != name}), 400, f"#/{name}")


RAW = json.dumps(MADE).encode()[:-1]


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"null",
        b"[]",
        b'"text"',
        b"[" * 60_000,
        b'{"attributes":' + b"[" * 60_000,
        RAW + b',"stake":1e999}',
        RAW + b',"stake":' + b"9" * 5_000 + b"}",
        RAW + b',"team":"\\ud800"}',
        RAW + b',"team":"\xff"}',
        RAW + b',"kind":"delivery"}',
        RAW + b',"attributes":{"a":1,"a":2}}',
        RAW + b"} trailing",
        "{}".encode("utf-16"),
    ],
)
def test_a_hostile_body_is_a_problem(body: bytes) -> None:
    assert_problem(post(shop(), "", body), 400)
    assert not Event.objects.exists()


def test_the_form_of_the_body() -> None:
    writer = shop()
    assert_problem(post(writer, "", b" " * (64 * 1024 + 1)), 413)
    assert_problem(writer.post(PROMISES, b"{}", content_type="text/plain"), 415)
    utf16 = writer.post(PROMISES, b"{}", content_type="application/json; charset=utf-16")
    assert_problem(utf16, 415)
    assert_problem(writer.put(PROMISES, b"{}", content_type="application/json"), 405)
    assert_problem(post(writer, "?reference=x", MADE), 400, "#/reference")


@pytest.mark.parametrize("id", ["0", "9" * 30, "x", "%00"])
def test_nothing_happens_to_what_is_not_there(id: str) -> None:
    assert_problem(post(shop(), f"/{id}/failure", {}), 404)


@pytest.mark.django_db(transaction=True)
def test_two_at_once_are_one_event() -> None:
    keys = [shop() for _ in range(4)]
    answers = together(*(lambda by=by: post(by, "", MADE, "key-1") for by in keys))
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 201]
    assert len({answer.content for answer in answers}) == 1
    assert (Event.objects.count(), Promise.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_two_bodies_at_once_under_one_key_are_one_event() -> None:
    bodies = [MADE | {"statement": f"Number {n}"} for n in range(3)]
    writers = [(shop(), body) for body in bodies]
    answers = together(*(lambda w=w, b=b: post(w, "", b, "key-1") for w, b in writers))
    assert sorted(answer.status_code for answer in answers) == [201, 422, 422]
    assert Event.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_different_outcomes_at_once_are_all_counted() -> None:
    id, writers = stored(), [shop() for _ in range(4)]
    works = [
        lambda by=by, n=n: post(
            by,
            f"/{id}/fulfilment",
            {"fraction": n / 4, "occurred_at": (START + timedelta(hours=n)).isoformat()},
        )
        for n, by in enumerate(writers, 1)
    ]
    assert [answer.status_code for answer in together(*works)] == [201] * 4
    assert (Promise.objects.get().state, Promise.objects.get().events_count) == ("kept", 5)
