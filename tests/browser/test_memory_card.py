"""What people record about a customer, in Chromium: by keyboard, and without scripts."""

import pytest
from playwright.sync_api import expect

from interactions.models import Customer, Event
from tests.browser.conftest import Reader
from tests.browser.test_acts import plain_reader, press_to
from tests.browser.test_pages import barriers
from tests.promises.views.world import World

__all__ = ["plain_reader"]

pytestmark = [pytest.mark.browser]


def test_how_to_reach_somebody_is_changed_by_keyboard_and_taken_back(
    reader: Reader, world: World
) -> None:
    reader.sign_in("charlie")
    reader.open("/customers/c-2")
    page = reader.page
    press_to(page, "Record how to reach them", role="link")
    # The form comes, and one writes at once.
    expect(page.locator("#describe-preferred_name")).to_be_focused()
    assert barriers(reader) == []
    page.keyboard.type("Bo")
    page.keyboard.press("Enter")
    expect(page.locator("#memory .memory-name").first).to_have_text("Bo")
    expect(page.get_by_text("For a day it can be taken back in the timeline.")).to_be_visible()
    assert Customer.objects.get(reference="c-2").preferred_name == "Bo"
    page.get_by_role("button", name="Take back").click()
    expect(page.get_by_text("Taken back.")).to_be_attached()
    expect(page.locator("#memory .memory-name").first).not_to_have_text("Bo")
    assert Event.objects.filter(type="event.retracted").count() == 1
    assert reader.complaints == []


def test_without_scripts_the_form_is_on_the_page(plain_reader: Reader, world: World) -> None:
    plain_reader.sign_in("charlie")
    plain_reader.open("/customers/c-2")
    page = plain_reader.page
    page.locator("#rest").get_by_role("link", name="Show all of it").click()
    page.get_by_role("link", name="Record what came from them").click()
    page.locator("#hear-what").select_option("feedback.given")
    page.locator("#hear-score").select_option("2")
    page.get_by_role("button", name="Record it").click()
    page.locator("#rest").get_by_role("link", name="Show all of it").click()
    expect(page.locator("#timeline").get_by_text("The customer gave feedback")).to_be_visible()
    assert Event.objects.get(type="feedback.given", source__name="promise-gap/people").data == {
        "score": 2
    }
