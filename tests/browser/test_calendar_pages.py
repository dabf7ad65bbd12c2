"""Calendars in Chromium: made, edited with a preview, and clean on every screen."""

from datetime import datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from playwright.sync_api import expect

from interactions.models import Membership
from promises.models import Promise
from promises.services.calendars import make_calendar
from promises.services.counting import count_pending
from tests.browser.conftest import Reader
from tests.events import made, store
from tests.promises.services.calendars.drafts import BERLIN, MARCH_1, draft
from tests.promises.views.world import World

pytestmark = [pytest.mark.browser]


def office(world: World) -> datetime:
    """Alice is an admin, the office is open in Berlin, and an answer is due in its hours."""
    Membership.objects.filter(user=world.alice).update(role=Membership.Role.ADMIN)
    make_calendar("office", draft(zone="Europe/Berlin", holidays=BERLIN), now=MARCH_1, by="Ada")
    now = timezone.now()
    # The second Wednesday from now, at the close.
    days = (2 - now.weekday()) % 7 + 7
    due = (now + timedelta(days=days)).replace(hour=15, minute=0, second=0, microsecond=0)
    target = {
        "amount": 480,
        "unit": "business minutes",
        "calendar": "office",
        "calendar_version": 1,
    }
    store(made("in-office", at=now, due=due, kind="response", target=target))
    count_pending()
    return due


def test_a_calendar_is_made_and_edited_and_open_promises_stay(reader: Reader, world: World) -> None:
    office(world)
    before = Promise.objects.get(reference="in-office").due
    page = reader.page
    reader.sign_in("alice")
    reader.open("/settings/calendars/")
    page.get_by_role("link", name="New calendar").click()
    page.get_by_label("Name", exact=True).fill("Night shift")
    page.get_by_label("Monday", exact=True).fill("22:00-06:00")
    page.get_by_label("Tuesday", exact=True).fill("at night")
    page.get_by_role("button", name="Make the calendar").click()
    expect(page.get_by_text("Something has to be corrected below.")).to_be_visible()
    expect(page.get_by_label("Monday", exact=True)).to_have_value("22:00-06:00")
    page.get_by_label("Tuesday", exact=True).fill("")
    page.get_by_role("button", name="Make the calendar").click()
    expect(page.get_by_role("heading", name="Night shift")).to_be_visible()

    reader.open("/settings/calendars/office")
    page.get_by_label("Monday", exact=True).fill("")
    page.get_by_label("Tuesday", exact=True).fill("12:00-13:00")
    page.get_by_role("button", name="See what this would change").click()
    expect(page.get_by_role("heading", name="What this edit would do")).to_be_visible()
    page.get_by_label("Reason").fill("Fewer people")
    page.get_by_role("button", name="Store the edit").click()
    expect(page.get_by_text("Fewer people")).to_be_visible()
    expect(page.get_by_text("Version 2", exact=True)).to_be_visible()
    assert Promise.objects.get(reference="in-office").due == before
    assert [text for text in reader.complaints if "422" not in text] == []
    assert User.objects.count() == 3
