"""Settings and the customer's card in Chromium: everybody can read them; a person is let in."""

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import expect

from interactions.ledger import record
from interactions.models import Membership, Team
from promises.services.counting import count_pending
from tests.browser.conftest import Reader
from tests.browser.test_pages import barriers, is_wider_than_its_window
from tests.events import event
from tests.promises.views.world import DAY, HOSTILE, World

pytestmark = [pytest.mark.browser]
PASSWORD = "correct horse battery staple"


@pytest.fixture
def told(world: World) -> World:
    """Alice is an admin, and hostile texts stand wherever one can be entered."""
    Membership.objects.filter(user=world.alice).update(role="admin")
    User.objects.filter(pk=world.bob.pk).update(first_name=HOSTILE)
    Team.objects.filter(reference="support").update(name=HOSTILE)
    at = world.now - DAY
    described = {"channel": HOSTILE, "needs": HOSTILE, "zone": "Asia/Tokyo", "segment": HOSTILE}
    facts = [
        event("customer.described", "c-1", at, described),
        event("apology.given", "c-1", at, {"words": HOSTILE, "by": HOSTILE, "promise": "order-10"}),
        event("expectation.stated", "c-1", at, {"text": HOSTILE, "origin": HOSTILE}),
    ]
    record(facts, recorded_at=world.now)
    count_pending()
    return world


def test_every_page_is_clean_for_everybody(any_reader: Reader, told: World) -> None:
    team = Team.objects.get(reference="support").pk
    pages = (
        "/customers/c-1",
        "/customers/c-1?happened=said&since=28d",
        "/teams/support",
        "/settings/",
        "/settings/people/",
        f"/settings/people/{told.bob.pk}",
        "/settings/teams/",
        f"/settings/teams/{team}",
        "/settings/touchpoints/",
        "/settings/segments/",
        "/settings/changes/",
        "/account/",
    )
    for path in pages:
        any_reader.open(path)
        any_reader.page.wait_for_load_state("networkidle")
        for summary in any_reader.page.locator("main details > summary").all():
            summary.click()
        assert barriers(any_reader) == [], path
        assert not is_wider_than_its_window(any_reader), path
        assert any_reader.complaints == [], path
        assert any_reader.page.title() != "taken", path


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
