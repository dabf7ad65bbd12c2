"""Calendars over the API: made, read, edited and reckoned in; refused with a pointer."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from promises.models import Promise
from promises.services.calendars import move_some
from promises.services.counting import count_pending
from tests.events import START, fulfilled, made, store
from tests.promises.api.clients import assert_problem, client, reader

pytestmark = pytest.mark.django_db
CALENDARS = "/api/v1/calendars"
WEEK = {day: ["09:00-17:00"] for day in ("mon", "tue", "wed", "thu", "fri")}
OFFICE = {"name": "Office", "zone": "UTC", "week": WEEK}


@pytest.fixture
def admin() -> Client:
    return client("admin")


def send(who: Client, address: str, body: Any, method: str = "post") -> Any:
    return getattr(who, method)(address, body, content_type="application/json")


def office(admin: Client, **more: Any) -> dict[str, Any]:
    answer = send(admin, CALENDARS, OFFICE | more)
    assert answer.status_code == 201, answer.content
    assert answer["Location"] == f"{CALENDARS}/office"
    made_body: dict[str, Any] = answer.json()
    return made_body


def test_what_was_made_is_read_back_and_can_be_sent_again(admin: Client) -> None:
    place = {"country": "US", "subdivision": "MA", "first_year": 2026, "last_year": 2027}
    eve = {"date": "2026-12-24", "name": "Christmas Eve", "hours": ["09:00-12:00"]}
    body = office(admin, holidays=place, days=[eve], reason="the first")

    read = reader().get(f"{CALENDARS}/office").json()
    assert read == body
    assert (read["id"], read["version"], read["week"], read["holidays"]) == (
        "office",
        1,
        WEEK,
        place,
    )
    days = {day["date"]: day for day in read["days"]}
    assert days["2026-12-24"] == eve | {"on": True, "origin": "added"}
    assert days["2026-07-04"]["origin"] == "holidays"
    assert [v["reason"] for v in read["versions"]] == ["the first"]
    assert read["versions"][0]["made_by"] == "key a key"

    days["2026-07-04"] = days["2026-07-04"] | {"on": False}
    again = {name: read[name] for name in ("name", "zone", "week", "holidays", "version")}
    edited = send(admin, f"{CALENDARS}/office", again | {"days": list(days.values())}, "put")
    assert edited.status_code == 200, edited.content
    assert edited.json()["version"] == 2
    assert {day["date"]: day for day in edited.json()["days"]} == days
    assert reader().get(f"{CALENDARS}/office?version=1").json()["days"] == read["days"]
    (line,) = reader().get(CALENDARS).json()["results"]
    assert (line["id"], line["version"], line["open_promises"]) == ("office", 2, 0)


@pytest.mark.parametrize(
    ("more", "pointer"),
    [
        ({"zone": "Europe/Atlantis"}, "#/zone"),
        ({"week": {}}, "#/week"),
        ({"week": {"mon": ["09:00-17:00", "10:00-11:00"]}}, "#/week/mon/1"),
        ({"week": {"mon": ["soon"]}}, "#/week/mon/0"),
        ({"week": {"monday": []}}, "#/week"),
        ({"days": [{"date": "2026-12-24", "hours": ["9"]}]}, "#/days/0/hours/0"),
        ({"days": [{"date": "2026-12-24", "hours": ["9"], "on": False}]}, "#/days/0/hours/0"),
        ({"days": [{"date": "2026-13-24"}]}, "#/days/0/date"),
        ({"days": [{"date": "2026-12-24"}] * 2}, "#/days/1/date"),
        (
            {"holidays": {"country": "ZZ", "first_year": 2026, "last_year": 2026}},
            "#/holidays/country",
        ),
        ({"id": "No Id"}, "#/id"),
        ({"name": "\x00"}, "#/name"),
        ({"colour": "red"}, "#"),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_pointer(
    admin: Client, more: dict[str, Any], pointer: str
) -> None:
    assert_problem(send(admin, CALENDARS, OFFICE | more), 400, pointer)
    assert reader().get(CALENDARS).json()["results"] == []


def test_keys_that_read_do_not_write(admin: Client) -> None:
    office(admin)
    assert_problem(send(reader(), CALENDARS, OFFICE), 403)
    assert_problem(send(reader(), f"{CALENDARS}/office", OFFICE | {"version": 1}, "put"), 403)
    assert_problem(client("events:write", source="/s").get(CALENDARS), 403)


def test_an_edit_of_an_old_version_is_a_conflict(admin: Client) -> None:
    office(admin)
    body = OFFICE | {"version": 1}
    assert send(admin, f"{CALENDARS}/office", body, "put").status_code == 200
    assert_problem(send(admin, f"{CALENDARS}/office", body, "put"), 409)
    assert_problem(send(admin, f"{CALENDARS}/none", body, "put"), 404)
    for address in ("none", "office?version=9", "%00"):
        assert_problem(reader().get(f"{CALENDARS}/{address}"), 404)
    assert_problem(reader().get(f"{CALENDARS}/office?version=x"), 400, "#/version")


def test_open_promises_are_moved_only_where_it_is_asked_for_with_a_reason(admin: Client) -> None:
    office(admin)
    # Sunday 1 March 2026: due on Monday at noon.
    target = {
        "amount": 180,
        "unit": "business minutes",
        "calendar": "office",
        "calendar_version": 1,
    }
    due = START + timedelta(days=1, hours=3)
    store(made("p", due=due, target=target))
    count_pending()
    later = OFFICE | {"week": WEEK | {"mon": ["10:00-17:00"]}}
    address = f"{CALENDARS}/office"

    unasked = send(admin, address, later | {"version": 1}, "put").json()
    assert (unasked["version"], unasked["restatement"]) == (2, None)
    assert Promise.objects.get().due == due
    asking = later | {"version": 2, "apply_to_open": True}
    assert_problem(send(admin, address, asking, "put"), 400, "#/reason")
    asked = send(admin, address, asking | {"reason": "late start"}, "put").json()
    assert asked["version"] == 3
    again = send(admin, address, asking | {"version": 3, "reason": "later"}, "put")
    assert_problem(again, 409)
    assert "Version 4 is stored" in again.json()["detail"]
    assert not move_some()
    job = admin.get(f"/api/v1/restatements/{asked['restatement']}").json()
    assert (job["calendar"], job["state"], job["done"], job["moved"]) == ("office", "done", 1, 1)
    moved = Promise.objects.get()
    assert (moved.due, moved.calendar_version) == (due + timedelta(hours=1), 3)


def reckon(body: dict[str, Any]) -> Any:
    return send(reader(), f"{CALENDARS}/office/due", body)


FRIDAY = {"start": "2026-03-06T16:00:00Z"}


@pytest.mark.parametrize(
    ("body", "name", "value"),
    [
        ({"unit": "business minutes", "amount": 90}, "due", "2026-03-09T09:30:00Z"),
        ({"unit": "business minutes", "amount": -90}, "due", "2026-03-06T14:30:00Z"),
        ({"unit": "minutes", "amount": 90.5}, "due", "2026-03-06T17:30:30Z"),
        ({"unit": "days", "amount": 2}, "due", "2026-03-08T16:00:00Z"),
        ({"unit": "business days", "amount": 1}, "due", "2026-03-09T17:00:00Z"),
        (
            {"unit": "business days", "amount": 1, "same_time": True},
            "due",
            "2026-03-09T16:00:00Z",
        ),
        (
            {
                "unit": "business minutes",
                "amount": 90,
                "pauses": [{"since": "2026-03-06T16:30:00Z", "until": "2026-03-09T10:00:00Z"}],
            },
            "due",
            "2026-03-09T11:00:00Z",
        ),
        ({"unit": "business minutes", "end": "2026-03-09T09:30:00Z"}, "elapsed", 90),
        ({"unit": "business days", "end": "2026-03-10T18:00:00Z"}, "elapsed", 2),
    ],
)
def test_it_reckons(admin: Client, body: dict[str, Any], name: str, value: Any) -> None:
    office(admin)
    answer = reckon(FRIDAY | body)
    assert answer.status_code == 200, answer.content
    assert answer.json()[name] == value
    assert answer.json()["version"] == 1


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"unit": "business days"}, "#/amount"),
        ({"unit": "business days", "amount": 1, "end": "2026-03-10T18:00:00Z"}, "#/amount"),
        ({"unit": "business days", "amount": 1.5}, "#/amount"),
        ({"unit": "weeks", "amount": 1}, "#/unit"),
        ({"unit": "business days", "amount": 5_000_000}, "#/amount"),
        ({"unit": "days", "amount": 5_000_000}, "#/amount"),
        ({"unit": "days", "amount": 1e30}, "#/amount"),
        ({"unit": "days", "amount": 1, "start": "yesterday"}, "#/start"),
        ({"unit": "days", "amount": 1, "start": "1850-01-01T00:00:00Z"}, "#/start"),
        ({"unit": "days", "amount": 1, "version": 2}, "#/version"),
        (
            {
                "unit": "days",
                "amount": 1,
                "pauses": [{"since": "2026-03-09T10:00:00Z", "until": "2026-03-06T16:30:00Z"}],
            },
            "#/pauses/0/until",
        ),
    ],
)
def test_what_cannot_be_reckoned_is_refused(
    admin: Client, body: dict[str, Any], pointer: str
) -> None:
    office(admin)
    assert_problem(reckon(FRIDAY | body), 400, pointer)


def test_a_promise_is_answered_with_its_target_and_lateness_in_business_time(
    admin: Client,
) -> None:
    office(admin)
    target = {
        "amount": 180.0,
        "unit": "business minutes",
        "calendar": "office",
        "calendar_version": 1,
    }
    due = START + timedelta(days=1, hours=3)
    store(made("p", due=due, target=target), fulfilled("p", due + timedelta(days=1)), made("q"))
    count_pending()
    found = {
        name: reader().get(f"/api/v1/promises/{Promise.objects.get(reference=name).pk}").json()
        for name in ("p", "q")
    }
    assert found["p"]["target"] == target | {"same_time": False}
    assert found["p"]["lateness_seconds"] == 86_400
    assert found["p"]["business_lateness_seconds"] == 8 * 3_600
    assert (found["q"]["target"], found["q"]["business_lateness_seconds"]) == (None, None)
