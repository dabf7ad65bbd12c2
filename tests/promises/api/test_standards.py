"""Standards over the API: made, read, edited, tried; refused with a pointer."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from promises.models import Promise
from promises.services.counting import count_pending
from tests.events import NOW, store
from tests.promises.api.clients import assert_problem, client, reader
from tests.standards import office, received, standard

pytestmark = pytest.mark.django_db
STANDARDS = "/api/v1/standards"
ANSWER = {
    "name": "First answer",
    "cycle": "reply",
    "kind": "response",
    "event_type": "contact.received",
    "amount": 240,
    "unit": "minutes",
    "statement": "We answer {customer} by {due}",
}


@pytest.fixture
def admin() -> Client:
    return client("admin")


def send(who: Client, address: str, body: Any, method: str = "post") -> Any:
    return getattr(who, method)(address, body, content_type="application/json")


def test_what_was_made_is_read_back_and_edited(admin: Client) -> None:
    office()
    more = {
        "conditions": [{"field": "channel", "operator": "is not", "value": "fax"}],
        "tags": ["urgent"],
        "unit": "business minutes",
        "calendar": "office",
        "valid_from": "2026-01-01",
    }
    answer = send(admin, STANDARDS, ANSWER | more | {"reason": "the first"})
    assert answer.status_code == 201, answer.content
    assert answer["Location"] == f"{STANDARDS}/first-answer"
    read = reader().get(f"{STANDARDS}/first-answer").json()
    assert read == answer.json()
    assert more.items() <= read["terms"].items()
    assert (read["made"]["promises"], read["made"]["kept_rate"]) == (0, None)
    edit = read["terms"] | {"amount": 60, "version": 1}
    edited = send(admin, f"{STANDARDS}/first-answer", edit, "put")
    assert edited.status_code == 200, edited.content
    assert (edited.json()["version"], edited.json()["terms"]["amount"]) == (2, 60)
    assert_problem(send(admin, f"{STANDARDS}/first-answer", edit, "put"), 409)
    old = reader().get(f"{STANDARDS}/first-answer?version=1").json()
    assert old["terms"] == read["terms"]
    (line,) = reader().get(STANDARDS).json()["results"]
    assert (line["id"], line["version"], line["is_on"]) == ("first-answer", 2, True)


@pytest.mark.parametrize(
    ("more", "pointer"),
    [
        ({"statement": "by {noon}"}, "#/statement"),
        ({"statement": "by {due"}, "#/statement"),
        ({"cycle": "event", "event_type": "promise.made", "statement": "x"}, "#/event_type"),
        ({"event_type": "contact.lost"}, "#/event_type"),
        ({"conditions": [{"field": "colour", "operator": "is"}]}, "#/conditions/0/field"),
        ({"conditions": [{"field": "channel", "operator": "like"}]}, "#/conditions/0/operator"),
        ({"calendar": "none"}, "#/calendar"),
        ({"unit": "business days"}, "#/calendar"),
        ({"stake": 3}, "#/stake"),
        ({"amount": 0}, "#/amount"),
        ({"id": "No Id"}, "#/id"),
        ({"name": "a\u0007"}, "#/name"),
        ({"valid_from": "2026-02-30"}, "#/valid_from"),
        ({"colour": "red"}, "#"),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_pointer(
    admin: Client, more: dict[str, Any], pointer: str
) -> None:
    assert_problem(send(admin, STANDARDS, ANSWER | more), 400, pointer)
    assert reader().get(STANDARDS).json()["results"] == []


def test_who_may_and_what_is_not_there(admin: Client) -> None:
    standard("answer")
    assert_problem(send(reader(), STANDARDS, ANSWER), 403)
    assert_problem(send(reader(), f"{STANDARDS}/answer/dry-run", {}), 403)
    assert_problem(client("events:write", source="/s").get(STANDARDS), 403)
    for address in ("none", "answer?version=9", "%00"):
        assert_problem(reader().get(f"{STANDARDS}/{address}"), 404)
    assert_problem(reader().get(f"{STANDARDS}/answer?version=x"), 400, "#/version")
    assert_problem(send(admin, f"{STANDARDS}/none", ANSWER | {"version": 1}, "put"), 404)
    assert_problem(send(admin, f"{STANDARDS}/none/dry-run", {}), 404)


def test_a_dry_run(admin: Client) -> None:
    standard("answer")
    at = timezone.now() - timedelta(days=2)
    store(received(at))
    address = f"{STANDARDS}/answer/dry-run"
    tried = send(admin, address, {}).json()
    assert (tried["made"], tried["overdue"], tried["is_whole"]) == (1, 1, True)
    other = send(admin, address, {"terms": ANSWER | {"statement": "x", "amount": 4000}}).json()
    assert (other["made"], other["waiting"]) == (1, 1)
    assert other["examples"][0]["statement"] == "x"
    wrong = {"terms": ANSWER | {"statement": "{x}"}}
    assert_problem(send(admin, address, wrong), 400, "#/terms/statement")


def test_a_promise_names_the_standard_that_made_it() -> None:
    standard("answer")
    store(received(NOW))
    count_pending()
    row = Promise.objects.get()
    body = reader().get(f"/api/v1/promises/{row.pk}").json()
    assert (body["standard"], body["standard_version"]) == ("answer", 1)
    (recent,) = reader().get(f"{STANDARDS}/answer").json()["recent"]
    assert (recent["id"], recent["reference"]) == (str(row.pk), row.reference)
