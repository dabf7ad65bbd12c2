"""No body gets more than its verdict: never a 5xx, nothing of it stored, and the next one is
served."""

import json
from typing import Any

import pytest
from django.test import Client

from interactions.keys import make_key
from interactions.models import Event, Source
from tests.interactions import hostile

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(120, func_only=True)]

ONE = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
LINES = "application/x-ndjson"
GOOD = json.dumps(hostile.event(99)).encode()


@pytest.fixture
def key() -> str:
    source = Source.objects.create(name=hostile.SHOP)
    return make_key(name="shop", scopes=["events:write"], source=source)[1]


def post(body: bytes, key: str, media: str, headers: dict[str, str] | None = None) -> Any:
    # post() of the test client would encode the body anew, by the charset that is lied about.
    return Client(raise_request_exception=False).generic(
        "POST",
        "/api/v1/events",
        body,
        content_type=media,
        headers={"Authorization": f"Bearer {key}", **(headers or {})},
    )


def check_problem(response: Any, status: int) -> dict[str, Any]:
    assert response.status_code == status, response.content[:500]
    assert response["Content-Type"] == "application/problem+json"
    found: dict[str, Any] = response.json()
    assert found["status"] == status
    assert found["title"]
    assert found["detail"]
    assert len(response.content) < 2_000, "the answer repeats the body"
    return found


def check_rejected(result: dict[str, Any]) -> None:
    assert result["status"] == "rejected", result
    assert result["pointer"].startswith("#")
    assert result["reason"]
    assert len(json.dumps(result)) < 1_000, "the reason repeats the body"


def check_that_it_still_answers(key: str, stored: int) -> None:
    assert Event.objects.count() == stored
    response = post(json.dumps(hostile.event(77)).encode(), key, ONE)
    assert (response.status_code, response.json()["accepted"]) == (202, 1)


def test_the_list_is_long_enough() -> None:
    assert len(hostile.REFUSED) + len(hostile.BODIES) >= 60


@pytest.mark.parametrize("name", hostile.REFUSED)
def test_as_the_only_event_it_is_a_problem_with_a_pointer(key: str, name: str) -> None:
    found = check_problem(post(hostile.REFUSED[name], key, ONE), 400)
    (error,) = found["errors"]
    assert error["pointer"].startswith("#")
    assert error["detail"]
    check_that_it_still_answers(key, 0)


@pytest.mark.parametrize("name", hostile.POINTERS)
def test_a_character_that_cannot_be_stored_is_pointed_at(key: str, name: str) -> None:
    body = hostile.REFUSED[name]
    (error,) = check_problem(post(body, key, ONE), 400)["errors"]
    assert error["pointer"] == f"#{hostile.POINTERS[name]}"
    (result,) = post(b"[" + body + b"]", key, BATCH).json()["results"]
    assert (result["status"], result["pointer"]) == ("rejected", error["pointer"])


@pytest.mark.parametrize("names", [("é", "e\u0301"), ("\u212b", "\u00c5")])
def test_ids_that_only_look_the_same_are_two(key: str, names: tuple[str, str]) -> None:
    """Ids are compared as they were sent: nothing is normalized behind a sender's back."""
    bodies = [json.dumps(hostile.event(id=f"e-{name}", subject=name)).encode() for name in names]
    for again in ("accepted", "duplicate"):
        results = post(b"[" + b",".join(bodies) + b"]", key, BATCH).json()["results"]
        assert [result["status"] for result in results] == [again, again]
    stored = Event.objects.order_by("pk").values_list("event_id", "subject")
    assert sorted(stored) == sorted((f"e-{name}", name) for name in names)


@pytest.mark.parametrize("name", hostile.REFUSED)
@pytest.mark.parametrize("media", [BATCH, LINES])
def test_among_others_it_is_refused_alone_or_the_body_is(key: str, name: str, media: str) -> None:
    bad = hostile.REFUSED[name]
    between = b"\n" if media == LINES else b","
    body = between.join((GOOD, bad))
    response = post(body if media == LINES else b"[" + body + b"]", key, media)
    if response.status_code != 202:
        # Where the items cannot be told apart, nothing of the body is taken.
        check_problem(response, 400)
        check_that_it_still_answers(key, 0)
        return
    good, refused = response.json()["results"]
    assert good["status"] == "accepted"
    check_rejected(refused)
    check_that_it_still_answers(key, 1)


@pytest.mark.parametrize("name", hostile.TAKEN)
@pytest.mark.parametrize("media", [ONE, BATCH, LINES])
def test_what_is_only_strange_is_stored_as_it_was_sent(key: str, name: str, media: str) -> None:
    body = hostile.TAKEN[name]
    response = post(b"[" + body + b"]" if media == BATCH else body, key, media)
    assert response.status_code == 202, response.content
    assert response.json()["accepted"] == 1, response.json()
    sent, stored = json.loads(body), Event.objects.get()
    assert stored.event_id == sent["id"]
    for field, value in sent["data"].items():
        assert stored.data[field] == value, field


# Far below the time of the others: whatever is over a limit is refused without being read.
@pytest.mark.timeout(30, func_only=True)
@pytest.mark.parametrize("name", hostile.BODIES)
def test_a_body_as_a_whole_gets_its_status(key: str, name: str) -> None:
    body, media, headers, status = hostile.BODIES[name]
    check_problem(post(body, key, media, headers), status)
    check_that_it_still_answers(key, 0)


@pytest.mark.parametrize(
    "attribute", [str(2**64), "1" * 4_000, "-" + "9" * 40, "1e400", "0.1e-400"]
)
def test_a_number_is_stored_exactly_or_refused(key: str, attribute: str) -> None:
    body = hostile.raw(attribute, data_attributes={"x": hostile.HERE})
    response = post(body, key, ONE)
    if response.status_code == 202:
        assert Event.objects.get().data["attributes"] == json.loads(body)["data"]["attributes"]
    else:
        check_problem(response, 400)
        check_that_it_still_answers(key, 0)
