"""Six errands in Chromium with the keyboard alone: nothing here moves or presses a mouse."""

import re

import pytest
from playwright.sync_api import Page, expect

from promises.models import AlertRule, Promise
from tests.browser.conftest import Reader
from tests.browser.test_desk import keys, log_by_keyboard, said
from tests.browser.test_desk import owed as owed
from tests.promises.views.world import PASSWORD, World

pytestmark = [pytest.mark.browser]

MOST_STEPS = 150
FOCUSED = """() => {
  const one = document.activeElement;
  // A label that holds its field holds the field's options too.
  const label = one.labels?.[0];
  const words = label?.querySelector("span")?.textContent || label?.textContent
    || one.getAttribute("aria-label") || one.textContent;
  return words.replace(/\\s+/g, " ").trim();
}"""


def go_to(page: Page, name: str) -> None:
    """Go on with Tab to what has this name."""
    for _ in range(MOST_STEPS):
        if page.evaluate(FOCUSED) == name:
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"no way by keyboard to {name!r}")


def press(page: Page, name: str, key: str = "Enter") -> None:
    go_to(page, name)
    page.keyboard.press(key)


def test_signing_in(reader: Reader, world: World) -> None:
    page = reader.page
    reader.open("/desk/")
    go_to(page, "Username")
    page.keyboard.type("bob")
    go_to(page, "Password")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/")
    assert reader.complaints == []


def test_a_promise_is_logged_and_taken_back(reader: Reader, world: World) -> None:
    page = reader.page
    reader.sign_in("bob")
    keys(page, "g", "d")
    page.wait_for_url("**/desk/")
    log_by_keyboard(page, "I'll ship it by Friday")
    expect(page.locator(".proposal")).to_contain_text(
        re.compile("Proposed .*Delivery, by .*Friday")
    )
    assert said() == []
    keys(page, "Enter")
    expect(page.locator("#toasts")).to_contain_text("The promise is logged.")
    expect(page.locator("[data-row]")).to_have_count(1)
    expect(page.locator("dialog#sheet")).to_be_hidden()
    keys(page, "u")
    expect(page.locator("#toasts")).to_contain_text("Taken back.")
    expect(page.locator("[data-row]")).to_have_count(0)
    assert said() == ["promise.made", "event.retracted"]
    assert reader.complaints == []


def test_an_outcome_is_logged_with_three_keys_and_taken_back(
    reader: Reader, owed: list[Promise]
) -> None:
    page = reader.page
    reader.sign_in("bob")
    keys(page, "g", "d")
    page.wait_for_url("**/desk/")
    keys(page, "j", "o")
    expect(page.get_by_label("Late")).to_be_focused()
    keys(page, "Enter")
    expect(page.locator("#toasts")).to_contain_text("it was fulfilled, late")
    expect(page.locator("[data-row]")).to_have_count(1)
    keys(page, "u")
    expect(page.locator("#toasts")).to_contain_text("Taken back.")
    expect(page.locator("[data-row]")).to_have_count(2)
    assert said() == ["promise.fulfilled", "event.retracted"]
    assert reader.complaints == []


def test_a_filter_the_promises_behind_a_figure_and_back(reader: Reader, world: World) -> None:
    page = reader.page
    reader.sign_in("alice")
    go_to(page, "Team")
    page.keyboard.type("ful")
    press(page, "Show")
    page.wait_for_url("**/?team=fulfilment")
    expect(page.locator("#standing")).to_contain_text("9 of 12 promises")
    keys(page, "y")
    page.wait_for_url("**window=365d**")
    expect(page.get_by_label("Period").locator("[aria-current]")).to_have_text("1 year")
    keys(page, "q")
    expect(page.get_by_label("Period").locator("[aria-current]")).to_have_text("90 days")
    press(page, "2 late")
    page.wait_for_url("**/promises/**")
    expect(page.locator("#standing")).to_contain_text("2 promises were fulfilled late")
    keys(page, "j", "Enter")
    expect(page.locator(".said")).to_be_visible()
    page.go_back()
    expect(page.locator("#standing")).to_contain_text("2 promises were fulfilled late")
    page.go_back()
    expect(page.locator("#standing")).to_contain_text("9 of 12 promises")
    assert reader.complaints == []


def test_a_customer_is_found_and_their_timeline_read(reader: Reader, world: World) -> None:
    page = reader.page
    reader.sign_in("alice")
    keys(page, "Control+k")
    expect(page.get_by_role("combobox", name="Pages, actions")).to_be_focused()
    page.keyboard.type("ada love")
    expect(page.locator("#palette-list [aria-selected=true]")).to_contain_text("Ada Lovelace")
    keys(page, "Enter")
    page.wait_for_url("**/customers/c-1")
    expect(page.locator("#timeline")).to_contain_text("I waited all day.")
    go_to(page, "Kind of event")
    keys(page, "ArrowDown")
    press(page, "Show")
    page.wait_for_url("**happened=**")
    expect(page.locator("#timeline .event").first).to_be_visible()
    assert reader.complaints == []


def test_a_rule_for_alerts_is_made(reader: Reader, world: World) -> None:
    page = reader.page
    reader.sign_in("alice")
    keys(page, "Control+k")
    expect(page.get_by_role("combobox", name="Pages, actions")).to_be_focused()
    page.keyboard.type("rules")
    expect(page.locator("#palette-list [aria-selected=true]")).to_contain_text("Alerts")
    keys(page, "Enter")
    page.wait_for_url("**/alerts/")
    press(page, "New rule")
    page.wait_for_url("**/alerts/new")
    go_to(page, "Name")
    page.keyboard.type("Late ones")
    press(page, "each full day over", "Space")
    go_to(page, "Full days over, at most")
    page.keyboard.type("5")
    press(page, "inbox on these pages", "Space")
    press(page, "Save")
    expect(page.get_by_role("row", name="Late ones")).to_contain_text("each of 5 full days over")
    assert AlertRule.objects.get().name == "Late ones"
    assert reader.complaints == []


def test_single_keys_that_are_switched_off_leave_the_period(reader: Reader, world: World) -> None:
    page = reader.page
    reader.sign_in("alice")
    keys(page, "?")
    expect(page.locator("#sheet")).to_contain_text("90 days, 1 year")
    keys(page, "Escape")
    page.evaluate("document.body.dataset.singleKeys = 'off'")
    keys(page, "y")
    page.wait_for_timeout(300)
    assert page.url == f"{reader.address}/"
    page.evaluate("document.body.dataset.singleKeys = 'on'")
    keys(page, "y")
    page.wait_for_url("**/?window=365d")
