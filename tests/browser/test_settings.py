"""Settings and the customer's card in Chromium: everybody can read them; a person is let in."""

import pytest
from playwright.sync_api import expect

from interactions.models import Membership
from tests.browser.conftest import Reader
from tests.promises.views.world import World

pytestmark = [pytest.mark.browser]
PASSWORD = "correct horse battery staple"


@pytest.fixture
def told(world: World) -> World:
    """Alice is an admin."""
    Membership.objects.filter(user=world.alice).update(role="admin")
    return world


def test_somebody_is_invited_and_comes_in(reader: Reader, told: World) -> None:
    page = reader.page
    reader.sign_in("alice")
    page.locator("summary", has_text="Settings").click()
    page.get_by_role("link", name="People and roles").click()
    page.get_by_label("Name to sign in with").fill("alice")
    page.get_by_label("Team", exact=True).select_option(label="fulfilment")
    page.get_by_role("button", name="Make the account").click()
    expect(page.get_by_text("Somebody has this name already")).to_be_visible()
    page.get_by_label("Name to sign in with").fill("dora")
    page.get_by_role("button", name="Make the account").click()
    link = page.locator("#new-link").inner_text()
    page.get_by_role("link", name="I have it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("dora")
    reader.open("/settings/changes/")
    expect(page.locator(".change").nth(1)).to_contain_text("person dora invited")
    page.context.clear_cookies()
    page.goto(link)
    page.get_by_label("New password", exact=True).fill(PASSWORD)
    page.get_by_label("New password confirmation").fill(PASSWORD)
    page.get_by_role("button", name="Set the password").click()
    page.get_by_label("Username").fill("dora")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator(".lead-sentence")).to_contain_text("9 of 12 promises")
    assert [text for text in reader.complaints if "422" not in text] == []
