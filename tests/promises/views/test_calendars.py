"""The pages of calendars: admins write them, see what an edit would move, and move it."""

import html
import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from interactions.models import Membership, Team
from promises.models import Calendar, Promise
from promises.projection import folded_at
from promises.selectors.calendars import calendar_at, calendar_read
from promises.services.calendars import Draft, make_calendar, move_some
from promises.services.counting import count_pending
from tests.events import event, store

pytestmark = pytest.mark.django_db
CALENDARS, NEW = "/settings/calendars/", "/settings/new-calendar/"
OFFICE = f"{CALENDARS}office"
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")
DAY = timedelta(days=1)


def signed_in(role: str) -> Client:
    user = User.objects.create_user(f"some {role}")
    if role == Membership.Role.AGENT:
        Membership.objects.create(user=user, role=role, team=Team.objects.create(reference="t"))
    else:
        Membership.objects.create(user=user, role=role)
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def admin() -> Client:
    return signed_in("admin")


@pytest.fixture
def office() -> None:
    """Open all day on all days, so that no test depends on the hour of its run."""
    week = {day: ["00:00-24:00"] for day in (*WEEKDAYS, "sat", "sun")}
    make_calendar("office", Draft("Office", "UTC", week), now=timezone.now(), by="Ada")


def form(**more: Any) -> dict[str, Any]:
    usual = {"name": "Office", "zone": "UTC"}
    usual |= {f"week_{day}": "00:00-24:00" for day in (*WEEKDAYS, "sat", "sun")}
    return usual | more


def words(answer: Any) -> str:
    return str(answer.content.decode())


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found
    return html.unescape(found[1])


def promise(reference: str) -> datetime:
    """A promise due in two days, reckoned in the office; answers when."""
    at = timezone.now() - DAY
    due = at + 3 * DAY
    target = {
        "amount": 3 * 1_440,
        "unit": "business minutes",
        "calendar": "office",
        "calendar_version": 1,
    }
    data = {
        "kind": "response",
        "customer": {"id": "c-1"},
        "team": "t",
        "due_at": due.isoformat(),
        "statement": f"{reference} is answered",
        "target": target,
    }
    store(event("promise.made", reference, at, data))
    count_pending()
    return due


def test_a_calendar_is_made_with_its_holidays_and_edited_by_row(admin: Client) -> None:
    sent = form(
        name="Büro Berlin",
        zone="Europe/Berlin",
        week_mon="09:00-12:30, 13:15-17:00",
        country="DE",
        subdivision="be",
        first_year="2026",
        last_year="2026",
    )
    sent |= {"new-0-date": "2026-12-24", "new-0-name": "Eve", "new-0-hours": "09:00-12:00"}
    made = admin.post(NEW, sent, follow=True)
    address = f"{CALENDARS}buro-berlin"
    assert made.redirect_chain == [(address, 302)]
    page = words(made)
    assert "Thu 24 Dec 2026" in page
    assert "Women" in page
    read = calendar_read("buro-berlin")
    assert read.week["mon"] == ["09:00-12:30", "13:15-17:00"]
    assert read.versions[0].made_by == "some admin"

    rows = {f"{day.date}-hours": ", ".join(day.hours) for day in read.days}
    rows |= {f"{day.date}-on": "1" for day in read.days if day.date.isoformat() != "2026-05-01"}
    rows["2026-12-25-hours"] = "10:00-11:00"
    sent = {name: value for name, value in sent.items() if not name.startswith("new")}
    preview = words(admin.post(address, sent | rows))
    assert "Nothing is stored yet" in preview
    assert calendar_read("buro-berlin").latest == 1
    back = words(
        admin.post(address, {"action": "edit", "draft": hidden(preview, "draft"), "base": "1"})
    )
    assert 'name="2026-12-25-hours" value="10:00-11:00"' in back
    saved = admin.post(
        address, {"action": "save", "draft": hidden(preview, "draft"), "base": "1"}, follow=True
    )
    assert "Version 2 holds from now on." in words(saved)
    days = {day.date.isoformat(): day for day in calendar_read("buro-berlin").days}
    assert (days["2026-05-01"].is_on, days["2026-12-25"].hours) == (False, ("10:00-11:00",))
    assert len(days) == len(read.days)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"name": ""}, "required"),
        ({"zone": "Mars/Base"}, "no time zone"),
        ({"week_tue": "9-5"}, "Hours are written like"),
        ({"week_tue": "09:00-17:00, 16:00-18:00"}, "overlap"),
        ({"week_tue": "22:00-06:00"}, "night before runs into"),
        ({f"week_{day}": "" for day in (*WEEKDAYS, "sat", "sun")}, "never open"),
        ({"country": "DE"}, "Say of which years"),
        ({"country": "DE", "first_year": "2026", "last_year": "1"}, "Years go from"),
        (
            {"country": "DE", "subdivision": "XX", "first_year": "2026", "last_year": "2026"},
            "holidays are not known",
        ),
        ({"country": "ZZ"}, "valid choice"),
        ({"new-0-date": "soon"}, "Give the date"),
        ({"new-0-name": "A day without a date"}, "Give the date"),
        ({"new-0-date": "2026-12-24", "new-1-date": "2026-12-24"}, "twice"),
        ({"new-1-date": "2026-12-24", "new-1-hours": "noon"}, "Hours are written like"),
        ({"new-0-date": "1850-12-24"}, "Only the years"),
        ({"name": "日本"}, "small letters"),
    ],
)
def test_what_makes_no_sense_is_answered_beside_its_field(
    admin: Client, more: dict[str, str], said: str
) -> None:
    answer = admin.post(NEW, form() | more)
    assert answer.status_code == 422
    assert said in words(answer)
    assert not Calendar.objects.exists()


def test_an_edit_moves_open_promises_only_where_it_is_asked_for(
    admin: Client, office: None
) -> None:
    due = promise("p1")
    # The day after tomorrow is closed, whatever day it is.
    closed = (timezone.now() + DAY).date().isoformat()
    preview = words(admin.post(OFFICE, form(**{"new-0-date": closed, "new-0-name": "Move"})))
    assert "1 would be due later" in preview
    assert "p1 is answered" in preview
    sent = {"action": "save", "draft": hidden(preview, "draft"), "base": "1"}

    refused = admin.post(OFFICE, sent | {"apply": "open", "reason": " "}, follow=True)
    assert "needs a reason" in words(refused)
    assert calendar_read("office").latest == 1
    admin.post(OFFICE, sent | {"apply": "new"})
    assert Promise.objects.get().due == due

    page = words(admin.get(f"{OFFICE}/apply"))
    assert "1 would be due later" in page
    assert admin.post(f"{OFFICE}/apply", {"reason": ""}).status_code == 422
    asked = admin.post(f"{OFFICE}/apply", {"reason": "We move house"})
    assert "It counts what is to be done." in words(admin.get(asked["Location"]))
    again = admin.post(f"{OFFICE}/apply", {"reason": "We move house"}, follow=True)
    assert "are being moved already" in words(again)
    assert not move_some()
    told = words(admin.get(asked["Location"]))
    assert 'href="/settings/calendars/office">office</a>' in told
    assert "1 of 1 open promises got another date." in told
    row = Promise.objects.get()
    assert (row.due, row.first_due, row.slips_unannounced) == (due + DAY, due, 1)
    assert "0 would be due later" in words(admin.get(f"{OFFICE}/apply"))
    page = words(admin.get(f"/promises/{row.pk}"))
    assert "calendar edited: We move house" in page


def test_the_promise_page_shows_its_lateness_in_business_time(admin: Client, office: None) -> None:
    promise("p1")
    row = Promise.objects.get()
    key = (row.source_id, row.reference)
    assert folded_at([key], as_of=None)[key].time_target is not None
    page = words(admin.get(f"/promises/{row.pk}"))
    assert "lateness in business time" in page
    assert "calendar office, version 1" in page
    assert calendar_at("office", 1).zone == "UTC"


def test_an_edit_that_changes_nothing_makes_no_version(admin: Client, office: None) -> None:
    answer = admin.post(OFFICE, form(), follow=True)
    assert "Nothing was changed." in words(answer)
    assert calendar_read("office").latest == 1


def test_an_edit_of_an_old_version_is_refused(admin: Client, office: None) -> None:
    preview = words(admin.post(OFFICE, form(zone="Europe/Berlin")))
    sent = {"action": "save", "draft": hidden(preview, "draft"), "base": "1"}
    admin.post(OFFICE, sent)
    answer = admin.post(OFFICE, sent, follow=True)
    assert "Somebody else edited it meanwhile" in words(answer)
    assert calendar_read("office").latest == 2


@pytest.mark.parametrize("draft", ["", "{}", "[1]", "\x00", '{"name": 1}', "\ud800"])
def test_a_draft_that_is_none_is_no_server_error(admin: Client, office: None, draft: str) -> None:
    sent = {"action": "save", "draft": draft.encode("utf-8", "replace"), "base": "1"}
    assert admin.post(OFFICE, sent).status_code == 400


@pytest.mark.parametrize("role", ["agent", "manager"])
def test_only_admins_come_here(office: None, role: str) -> None:
    client = signed_in(role)
    for address in (CALENDARS, NEW, OFFICE, f"{OFFICE}/apply"):
        assert client.get(address).status_code == 403
        assert Client().get(address).status_code == 302


def test_what_is_not_there_is_not_found(admin: Client) -> None:
    assert "There is none yet." in words(admin.get(CALENDARS))
    for address in (OFFICE, f"{OFFICE}/apply"):
        assert admin.get(address).status_code == 404


def test_all_that_is_wrong_with_a_calendar_is_told_at_once(admin: Client) -> None:
    wrong = form(
        zone="Mars/Olympus",
        week_mon="nine",
        week_tue="17:00-17:00",
        **{"new-0-date": "2026-12-24", "new-0-hours": "soon"},
    )
    page = words(admin.post(NEW, wrong))
    assert "This is no time zone of the tz database." in page
    assert page.count("Hours are written like 09:00-17:00") == 2
    assert "It closes when it opens." in page
    # Also where a date is missing.
    page = words(admin.post(NEW, form(week_mon="nine", **{"new-0-hours": "09:00-12:00"})))
    assert "Give the date, such as 2026-12-24." in page
    assert "Hours are written like 09:00-17:00" in page
