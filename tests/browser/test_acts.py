"""What people do on a promise's page, in Chromium and with the keyboard alone."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from interactions.ledger import record
from interactions.models import Event
from promises.models import Promise
from promises.services.counting import count_pending
from tests.browser.conftest import Reader, reader_of
from tests.browser.test_pages import barriers, is_wider_than_its_window
from tests.events import event
from tests.promises.views.world import World, promise_made

pytestmark = [pytest.mark.browser]


@pytest.fixture
def promise(world: World) -> Promise:
    now = timezone.now()
    made = promise_made(
        "kettle",
        now - timedelta(days=1),
        kind="delivery",
        team="fulfilment",
        customer={"id": "c-1"},
    )
    record([made], recorded_at=now)
    count_pending()
    return Promise.objects.get(reference="kettle")


@pytest.fixture
def plain_reader(browser: Browser, live_server: LiveServer, world: World) -> Iterator[Reader]:
    """Somebody whose browser runs no scripts."""
    context = browser.new_context(java_script_enabled=False)
    yield reader_of(context, live_server)
    context.close()


def press_to(page: Page, name: str, *, role: str = "button") -> None:
    """Go on with the tabulator to what has this name, and press it."""
    for _ in range(60):
        page.keyboard.press("Tab")
        focused = page.evaluate("document.activeElement.textContent.trim()")
        if focused == name:
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"no way by keyboard to the {role} {name!r}")


def type_into(page: Page, label: str, text: str) -> None:
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.labels?.[0]?.textContent") == label:
            page.keyboard.type(text)
            return
    raise AssertionError(f"no way by keyboard to {label!r}")


def test_a_wait_an_outcome_and_a_mistake_by_keyboard(reader: Reader, promise: Promise) -> None:
    page = reader.page
    reader.sign_in("bob")
    reader.open(f"/promises/{promise.pk}")
    drawing = page.locator(".clock-drawing")
    expect(drawing).to_have_attribute("aria-label", re.compile("^The clock ran for 1.d; "))

    press_to(page, "Wait for the customer")
    type_into(page, "Reason", "no colour yet")
    page.keyboard.press("Enter")
    expect(page.get_by_text("The clock stands still.", exact=True)).to_be_visible()
    expect(page.locator(".lead-sentence")).to_contain_text("Open and paused")
    expect(drawing.locator(".clock-paused")).to_have_count(1)

    press_to(page, "The wait is over")
    press_to(page, "Let the clock run")
    expect(page.get_by_text("The clock runs again.")).to_be_visible()

    press_to(page, "It was fulfilled")
    press_to(page, "Record that it was fulfilled")
    expect(page.locator(".lead-sentence")).to_contain_text("Kept: fulfilled in full")

    press_to(page, "Undo")
    expect(page.get_by_text("Taken back.")).to_be_visible()
    expect(page.locator(".lead-sentence")).to_contain_text("Open")
    expect(page.locator("#events")).to_contain_text("taken back")
    assert reader.complaints == []
    kinds = list(Event.objects.filter(source__name="promise-gap/people").order_by("pk"))
    assert [said.type for said in kinds] == [
        "promise.paused",
        "promise.resumed",
        "promise.fulfilled",
        "event.retracted",
    ]


def test_it_works_without_scripts(plain_reader: Reader, promise: Promise) -> None:
    page = plain_reader.page
    plain_reader.sign_in("bob")
    plain_reader.open(f"/promises/{promise.pk}")
    page.get_by_text("It has another date", exact=True).click()
    page.get_by_role("button", name="Record the new date").click()
    expect(page.get_by_role("alert")).to_have_text("This field is required.")
    page.get_by_label("New date").fill("2030-03-08")
    page.get_by_role("button", name="Record the new date").click()
    expect(page.get_by_text("Recorded: it has another date.")).to_be_visible()


def test_every_form_and_clock_is_clean_for_everybody(
    any_reader: Reader, promise: Promise, world: World
) -> None:
    at = timezone.now() - timedelta(hours=2)
    waits = event("promise.paused", "kettle", at, {"cause": "customer", "reason": "no colour"})
    overdue = Promise.objects.get(reference="order-11")
    moved = event(
        "promise.rescheduled",
        "order-11",
        at,
        {"due_at": (at + timedelta(days=9)).isoformat(), "reason": "the van"},
    )
    for told, path in ((waits, promise.pk), (moved, overdue.pk), (None, world.moved.pk)):
        if told is not None:
            record([told], recorded_at=timezone.now())
            count_pending()
        any_reader.open(f"/promises/{path}")
        acts = any_reader.page.locator("details.act > summary")
        for number in range(acts.count()):
            acts.nth(number).click()
            assert not is_wider_than_its_window(any_reader), path
            # The second form is the one with most fields.
            assert number != 1 or barriers(any_reader) == [], path
    assert any_reader.complaints == []


def test_a_fault_has_the_focus_and_is_in_sight(reader: Reader, promise: Promise) -> None:
    page = reader.page
    reader.sign_in("bob")
    reader.open(f"/promises/{promise.pk}")
    page.get_by_text("It was fulfilled", exact=True).click()
    page.get_by_label("How much").select_option("part")
    page.get_by_role("button", name="Record that it was fulfilled").click()
    share = page.get_by_label("Share so far, in percent")
    expect(share).to_be_focused()
    expect(share).to_be_in_viewport()


def test_what_a_customer_expects_is_recorded_on_the_card(reader: Reader, promise: Promise) -> None:
    page = reader.page
    reader.sign_in("bob")
    reader.open("/customers/c-1")
    card = page.locator("#memory")
    card.get_by_text("Record what they expect").click()
    assert barriers(reader) == []
    assert not is_wider_than_its_window(reader)
    card.get_by_role("button", name="Record it").click()
    expect(card.get_by_label("In their own words")).to_be_focused()
    card.get_by_label("In their own words").fill("Call before you come")
    card.get_by_role("button", name="Record it").dblclick()
    expect(card).to_contain_text("Call before you come")
    # Whoever expects one thing may expect another.
    expect(card.get_by_text("Record what they expect")).to_be_visible()
    stated = Event.objects.filter(type="expectation.stated", source__name="promise-gap/people")
    assert stated.count() == 1
