"""The pages in Chromium: they work, nothing is refused by the content policy, all can read them."""

from datetime import timedelta

import pytest
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from interactions.ledger import record
from tests.browser.conftest import Reader, reader_of
from tests.browser.judging import call_judge, judged
from tests.events import event
from tests.promises.views.world import World

pytestmark = [pytest.mark.browser]


def barriers(reader: Reader) -> list[str]:
    """What keeps some people out, as axe finds it."""
    call_judge(reader.page)
    return judged(reader.page)


def is_wider_than_its_window(reader: Reader) -> bool:
    return bool(reader.page.evaluate("document.documentElement.scrollWidth > window.innerWidth"))


def test_signing_in_is_clean_for_everybody(reader: Reader) -> None:
    reader.open("/accounts/login/?next=/teams/fulfilment")
    assert barriers(reader) == []
    reader.page.get_by_label("Username").fill("alice")
    reader.page.get_by_label("Password").fill("wrong")
    reader.page.get_by_role("button", name="Sign in").click()
    expect(reader.page.get_by_role("alert")).to_be_visible()
    assert barriers(reader) == []
    assert reader.complaints == []


def test_from_the_overview_down_to_a_single_event(reader: Reader, world: World) -> None:
    page = reader.page
    reader.sign_in("alice")
    expect(page.locator(".lead-sentence")).to_have_text(
        "11 of 15 promises that fell due in the last 90 days were kept; "
        "delivery in fulfilment costs the most."
    )
    page.get_by_role("link", name="fulfilment", exact=True).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("fulfilment")
    page.locator("#matured").get_by_role("link", name="order-9 arrives in time").click()
    expect(page.locator(".said")).to_have_text("order-9 arrives in time")
    expect(page.locator("#arithmetic")).to_contain_text("0.4047")
    page.locator("#events summary").first.click()
    expect(page.locator("#events pre").first).to_contain_text('"promise.made"')
    page.get_by_role("link", name="Ada Lovelace").click()
    expect(page.locator("#timeline")).to_contain_text("I waited all day.")
    assert reader.complaints == []


def test_the_trend_is_drawn_again_when_the_period_changes(reader: Reader, world: World) -> None:
    page = reader.page
    reader.sign_in("alice")
    page.get_by_label("Period").get_by_role("link", name="28 days").click()
    page.wait_for_url("**/?window=28d")
    expect(page.locator("#announce")).to_contain_text("in the last 28 days")
    expect(page.get_by_label("Period").locator("[aria-current]")).to_have_text("28 days")
    page.go_back()
    page.wait_for_url(f"{reader.address}/")
    expect(page.locator(".lead-sentence")).to_contain_text("in the last 90 days")
    assert reader.complaints == []


def test_a_filter_is_in_the_address(reader: Reader, world: World) -> None:
    page = reader.page
    reader.sign_in("alice")
    page.locator("#asked-kind").select_option("response")
    page.get_by_role("button", name="Show").click()
    page.wait_for_url("**kind=response**")
    expect(page.locator(".lead-sentence")).to_contain_text("2 of 3 response promises")
    page.reload()
    expect(page.locator(".lead-sentence")).to_contain_text("2 of 3 response promises")


def test_a_long_timeline_is_read_on_without_leaving_the_page(reader: Reader, world: World) -> None:
    calls = [
        event("contact.received", "c-1", world.now - timedelta(hours=n), {"words": f"call {n}"})
        for n in range(30)
    ]
    record(calls, recorded_at=world.now)
    page = reader.page
    reader.sign_in("alice")
    reader.open("/customers/c-1")
    expect(page.locator("#timeline .event")).to_have_count(30)
    page.get_by_role("link", name="Show earlier events").click()
    expect(page.locator("#timeline .event")).to_have_count(26)
    expect(page.get_by_role("link", name="Show earlier events")).to_have_count(0)
    assert "/customers/c-1?before=" in page.url
    page.go_back()
    expect(page.locator("#timeline .event")).to_have_count(30)
    page.get_by_label("Kind of event").select_option("heard")
    page.locator("#timeline").get_by_role("button", name="Show").click()
    page.wait_for_url("**happened=heard**")
    expect(page.locator("#timeline .event")).to_have_count(2)
    expect(page.locator("#timeline")).to_contain_text("I waited all day.")

    # Another period keeps what the timeline was narrowed to, and the other way round.
    page.get_by_label("Period").get_by_role("link", name="28 days").click()
    page.wait_for_url("**window=28d&happened=heard**")
    expect(page.locator("#timeline .event")).to_have_count(2)
    page.get_by_label("Kind of event").select_option("contacts")
    page.locator("#timeline").get_by_role("button", name="Show").click()
    page.wait_for_url("**happened=contacts**")
    expect(page.locator("#timeline .event")).to_have_count(30)
    assert "window=28d" in page.url
    page.locator("#asked-kind").select_option("delivery")
    page.locator(".asked").get_by_role("button", name="Show").click()
    page.wait_for_url("**kind=delivery**")
    assert "window=28d" in page.url and "happened=contacts" in page.url
    assert reader.complaints == []


def test_who_was_signed_out_meanwhile_is_asked_to_sign_in(reader: Reader, world: World) -> None:
    page = reader.page
    reader.sign_in("alice")
    page.context.clear_cookies()
    page.get_by_label("Period").get_by_role("link", name="28 days").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")


def test_the_colours_are_chosen_and_kept(reader: Reader, world: World) -> None:
    page = reader.page
    reader.sign_in("alice")
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    expect(page.get_by_role("button", name="Dark")).to_have_attribute("aria-pressed", "true")


def test_the_keyboard_reaches_the_content_first_and_the_menu(reader: Reader, world: World) -> None:
    page = reader.page
    reader.sign_in("alice")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    page.locator(".header-end .menu > summary").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Sign out")).to_be_hidden()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")


def test_on_paper_all_is_dark_on_white_and_nothing_is_to_be_pressed(
    browser: Browser, live_server: LiveServer, world: World
) -> None:
    context = browser.new_context(viewport={"width": 703, "height": 900}, color_scheme="dark")
    reader = reader_of(context, live_server)
    page = reader.page
    reader.sign_in("alice")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page.emulate_media(media="print")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "light")
    expect(page.locator("body")).to_have_css("background-color", "rgb(255, 255, 255)")
    expect(page.locator("#rest")).to_have_count(0)
    for gone in ("header.navbar", ".asked", ".views", "button", ".csv-link", ".more-link"):
        assert page.locator(gone).count(), gone
        assert not any(one.is_visible() for one in page.locator(gone).all()), gone
    # Tables stay tables, and none is cut off.
    expect(page.locator("#teams thead").first).to_be_visible()
    assert not is_wider_than_its_window(reader)
    page.emulate_media(media="screen")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    # Where nothing can be recorded, nobody is asked what happened.
    page.locator("#overdue tbody a[href^='/promises/']").first.click()
    expect(page.locator("#acts")).to_be_visible()
    page.emulate_media(media="print")
    expect(page.locator("#acts")).to_be_hidden()
    context.close()


@pytest.mark.parametrize("width", [360, 390])
def test_the_head_has_two_rows_on_narrow_screens(reader: Reader, world: World, width: int) -> None:
    reader.sign_in("alice")
    reader.page.set_viewport_size({"width": width, "height": 800})
    assert reader.page.locator("header.navbar").bounding_box()["height"] < 100  # type: ignore[index]
    assert not is_wider_than_its_window(reader)
    reader.page.locator(".nav-menu > summary", has_text="More").click()
    expect(reader.page.get_by_role("link", name="At risk")).to_be_visible()
    reader.page.locator(".header-end .menu > summary").click()
    reader.page.get_by_role("button", name="Dark").click()
    expect(reader.page.locator("html")).to_have_attribute("data-bs-theme", "dark")


def test_targets_are_large_enough(any_reader: Reader, world: World) -> None:
    any_reader.open("/")
    small = any_reader.page.evaluate(
        """(chosen) => [...document.querySelectorAll(chosen)]
            .filter((element) => element.checkVisibility() && element.type !== "hidden")
            .map((element) => [element.outerHTML.slice(0, 80), element.getBoundingClientRect()])
            .filter(([, box]) => box.width > 1 && (box.width < 24 || box.height < 24))
            .map(([html]) => html)""",
        "header a, button, summary, select, input, .period a",
    )
    assert small == []
