"""Data health for programs: the figures, single events, replaying."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from interactions.keys import make_key
from interactions.models import PendingEvent
from promises.projection.drain import MAX_ATTEMPTS, drain
from promises.services.counting import count_pending
from tests.events import fulfilled, made, store
from tests.promises.projection.test_poison import poison

pytestmark = pytest.mark.django_db(transaction=True)

DATA, EVENTS, REPLAY = (f"/api/v1/health/{name}" for name in ("data", "events", "replay"))


def caller(*scopes: str) -> Client:
    _, key = make_key(name="k", scopes=list(scopes))
    return Client(headers={"Authorization": f"Bearer {key}"})


@pytest.fixture
def reader() -> Client:
    return caller("read")


@pytest.fixture
def admin() -> Client:
    return caller("admin")


def post(client: Client, body: Any) -> Any:
    return client.post(REPLAY, body, content_type="application/json")


def test_the_figures(reader: Client) -> None:
    store(made("a"), made("b"), fulfilled("unknown", timezone.now()))
    count_pending()
    answer = reader.get(DATA)
    found = answer.json()
    assert (found["received"], found["applied"], found["waiting"]["count"]) == (3, 2, 1)
    assert found["lag_seconds"] == 0
    assert found["sources"][0]["last_type"] == "promise.fulfilled"
    assert [party["what"] for party in found["new_parties"]] == [
        "customers",
        "teams",
        "touchpoints",
    ]
    assert answer["Cache-Control"] == "no-store"


def test_what_waits_comes_in_pages(reader: Client) -> None:
    store(*(fulfilled(f"unknown-{n}", timezone.now()) for n in range(5)))
    count_pending()
    first = reader.get(EVENTS, {"limit": "2"}).json()
    second = reader.get(first["next"]).json()
    third = reader.get(second["next"]).json()
    shown = [one for page in (first, second, third) for one in page["results"]]
    assert [one["awaits"]["reference"] for one in shown] == [f"unknown-{n}" for n in range(5)]
    assert {one["awaits"]["source"] for one in shown} == {"/shop"}
    assert third["next"] is None
    assert reader.get(EVENTS, {"state": "set_aside"}).json() == {"results": [], "next": None}


@pytest.mark.parametrize(
    "query", [{"state": "pending"}, {"limit": "501"}, {"cursor": "x"}, {"page": "2"}]
)
def test_a_parameter_that_cannot_be_read_is_refused(reader: Client, query: dict[str, str]) -> None:
    answer = reader.get(EVENTS, query)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == f"#/{next(iter(query))}"


def test_a_cursor_of_another_list_is_refused(reader: Client) -> None:
    store(made("a", team="t-1"), made("b", team="t-2"))
    count_pending()
    following = reader.get("/api/v1/teams", {"limit": "1"}).json()["next"]
    cursor = following.partition("cursor=")[2]
    assert reader.get(f"{EVENTS}?cursor={cursor}").status_code == 400


def test_replaying_takes_the_scope_admin(reader: Client) -> None:
    assert post(reader, {"all": True}).status_code == 403
    assert post(caller("events:write"), {"all": True}).status_code == 403
    assert post(Client(), {"all": True}).status_code == 401


def test_one_or_all_are_replayed(admin: Client) -> None:
    bad = poison("bad")
    store(fulfilled("unknown", timezone.now()))
    for _ in range(MAX_ATTEMPTS):
        drain()
    held = admin.get(EVENTS, {"state": "set_aside"}).json()["results"]
    assert [(one["number"], one["attempts"]) for one in held] == [(bad, MAX_ATTEMPTS)]
    assert "customer" in held[0]["reason"]
    assert held[0]["event"]["subject"] == "bad"
    waiting = PendingEvent.objects.get(state="waiting").event_id
    assert post(admin, {"events": [waiting, 10**9]}).json() == {"replayed": 0}
    assert post(admin, {"events": [bad]}).json() == {"replayed": 1}
    assert post(admin, {"all": True}).json() == {"replayed": 0}
    PendingEvent.objects.filter(event_id=bad).update(state="set aside")
    assert post(admin, {"all": True}).json() == {"replayed": 1}


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "#/events"),
        ({"events": [1], "all": True}, "#/events"),
        ({"events": [0]}, "#/events/0"),
        ({"events": [2**63]}, "#/events/0"),
        ({"events": ["1"]}, "#/events/0"),
        ({"events": list(range(1, 1_002))}, "#/events"),
        ({"event": [1]}, "#"),
        ([1], "#"),
    ],
)
def test_a_body_that_cannot_be_taken_is_pointed_at(admin: Client, body: Any, pointer: str) -> None:
    answer = post(admin, body)
    assert answer.status_code == 400, answer.content
    assert answer.json()["errors"][0]["pointer"].startswith(pointer)
