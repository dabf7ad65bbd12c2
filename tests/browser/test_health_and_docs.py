"""The data health page and the API's page in Chromium, for everybody, on every screen."""

import pytest
from playwright.sync_api import expect

from interactions.keys import make_key
from interactions.ledger import record
from interactions.models import Source
from promises.models import LedgerCheck
from promises.projection.drain import MAX_ATTEMPTS, drain
from promises.services.counting import count_pending
from tests.browser.conftest import Reader
from tests.events import event
from tests.promises.projection.test_poison import poison
from tests.promises.views.world import World

pytestmark = [pytest.mark.browser]


def trouble(world: World) -> None:
    """Something that waits, something set aside, a source with requests, a check."""
    source = Source.objects.get(name="/shop")
    make_key(name="shop", scopes=["events:write"], source=source)
    waiting = [event("promise.fulfilled", f"order-{n}", world.now) for n in (77, 78)]
    record(waiting, recorded_at=world.now)
    poison("bad")
    for _ in range(MAX_ATTEMPTS):
        drain()
    count_pending()
    LedgerCheck.objects.create(ok=False, report={"lost": 1, "examples": {"promises": [{"a": 1}]}})


def test_an_event_is_looked_at_and_replayed(reader: Reader, world: World) -> None:
    trouble(world)
    page = reader.page
    reader.sign_in("alice")
    page.locator(".nav-menu > summary", has_text="More").click()
    page.get_by_role("link", name="Data health").click()
    expect(page.locator("#set-aside")).to_contain_text(f"{MAX_ATTEMPTS} attempts:")
    page.locator("#set-aside").get_by_text("The raw event").click()
    expect(page.locator("#set-aside pre")).to_contain_text('"subject": "bad"')
    page.get_by_role("button", name="Replay all").click()
    expect(page.get_by_role("status").first).to_contain_text("1 event is being counted again.")
    expect(page.locator("#set-aside")).to_contain_text("No event is set aside.")
    assert reader.complaints == []


def test_new_parties_are_accepted(reader: Reader, world: World) -> None:
    page = reader.page
    reader.sign_in("alice")
    reader.open("/health/")
    page.get_by_role("button", name="These are fine (teams)").click()
    expect(page.get_by_role("button", name="These are fine (teams)")).to_have_count(0)
    expect(page.get_by_role("button", name="These are fine (customers)")).to_be_visible()


def test_a_running_check_turns_into_its_result(reader: Reader, world: World) -> None:
    page = reader.page
    reader.sign_in("alice")
    reader.open("/health/")
    page.get_by_role("button", name="Check now").click()
    expect(page.locator("#check")).to_contain_text("A check is running")
    LedgerCheck.objects.create(ok=True, report={"received": 35})
    expect(page.locator("#check")).to_contain_text("Nothing lost, nothing different")
    expect(page.get_by_role("button", name="Check now")).to_be_visible()
    assert page.url.endswith("/health/")
    assert reader.complaints == []


def test_a_problem_leads_to_its_explanation(reader: Reader, world: World) -> None:
    page = reader.page
    kind = page.request.get(f"{reader.address}/api/v1/scores").json()["type"]
    reader.open(kind)
    expect(page.locator(":target")).to_contain_text("There is no key in the request.")
    page.get_by_role("link", name="POST /api/v1/events").click()
    expect(page.locator(":target")).to_contain_text("Record what happened")
    assert reader.complaints == []
