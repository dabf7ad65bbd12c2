"""What comes later to a page: it may fail, and leaves the reader's place and focus as they were."""

import pytest
from playwright.sync_api import Route, expect

from tests.browser.conftest import Reader
from tests.promises.views.world import World

pytestmark = [pytest.mark.browser]

IN_PARTS = ("/", "/teams/fulfilment", "/analysis/", "/customers/c-1")


def fails(route: Route) -> None:
    route.fulfill(status=500, body="no")


def is_cut_off(route: Route) -> None:
    route.abort()


@pytest.mark.parametrize("how", [fails, is_cut_off])
@pytest.mark.parametrize("path", IN_PARTS)
def test_an_error_leaves_the_first_part_and_it_can_be_asked_for_again(
    reader: Reader, world: World, path: str, how: object
) -> None:
    page = reader.page
    reader.sign_in("alice")
    page.route("**/*whole=1*", how)  # type: ignore[arg-type]
    reader.open(path)
    first = page.locator("h1").inner_text()
    places = [f"#{place.get_attribute('id')}" for place in page.locator("[data-later]").all()]
    assert "#rest" in places
    for place in places:
        expect(page.locator(f"{place} [data-failed]")).to_be_visible()
        expect(page.locator(f"{place} [data-waiting]")).to_be_hidden()
    assert page.url == reader.address + path
    assert page.locator("h1").inner_text() == first
    # The same again changes nothing, and once it works the rest is there.
    for place in places:
        page.locator(place).get_by_role("link", name="Try again").click()
        expect(page.locator(f"{place} [data-failed]")).to_be_visible()
    page.unroute("**/*whole=1*")
    for place in places:
        page.locator(place).get_by_role("link", name="Try again").click()
        expect(page.locator(place)).to_have_count(0)
    assert page.url == reader.address + path
    page.reload()
    expect(page.locator("[data-later]")).to_have_count(0)


def test_back_and_reload_find_the_place_again(reader: Reader, world: World) -> None:
    page = reader.page
    page.set_viewport_size({"width": 390, "height": 600})
    reader.sign_in("alice")
    reader.open("/")
    expect(page.locator("#rest")).to_have_count(0)
    last = page.locator("main [data-row] a[href^='/promises/']").last
    last.scroll_into_view_if_needed()
    place = page.evaluate("scrollY")
    assert place > 1_500
    last.click()
    page.wait_for_url("**/promises/*")
    page.go_back()
    expect(page.locator("#rest")).to_have_count(0)
    page.wait_for_function("(place) => Math.abs(scrollY - place) < 120", arg=place)
    page.reload()
    expect(page.locator("#rest")).to_have_count(0)
    page.wait_for_function("(place) => Math.abs(scrollY - place) < 120", arg=place)
    # Another page begins at its beginning.
    reader.open("/teams/fulfilment")
    expect(page.locator("#rest")).to_have_count(0)
    assert page.evaluate("scrollY") == 0


def test_an_address_leads_to_what_comes_later(reader: Reader, world: World) -> None:
    page = reader.page
    page.set_viewport_size({"width": 1280, "height": 500})
    reader.sign_in("alice")
    for id in ("kinds", "touchpoints", "overdue"):
        reader.open("/account/")
        reader.open(f"/#{id}")
        expect(page.locator("#rest")).to_have_count(0)
        expect(page.locator(f"#{id}")).to_be_in_viewport()


def test_the_focus_stays_where_the_keyboard_was(reader: Reader, world: World) -> None:
    page = reader.page
    reader.sign_in("alice")
    for path in ("/", "/promises/", "/teams/fulfilment", "/analysis/", "/at-risk/"):
        reader.open(path)
        expect(page.locator("#rest")).to_have_count(0)
        kind = page.locator("form.asked-form select[name=kind]")
        kind.select_option("delivery")
        show = page.locator("form.asked-form").get_by_role("button", name="Show")
        show.focus()
        page.keyboard.press("Enter")
        page.wait_for_url("**kind=delivery**")
        expect(page.locator("form.asked-form").get_by_role("button", name="Show")).to_be_focused()
        # Fields without a word are no part of the address.
        assert "=&" not in f"{page.url}&", page.url


def test_who_waited_with_the_keyboard_goes_on_where_the_rest_begins(
    reader: Reader, world: World
) -> None:
    page = reader.page
    reader.sign_in("alice")
    held: list[Route] = []
    page.route("**/?whole=1*", lambda route: held.append(route))
    reader.open("/")
    page.get_by_role("link", name="Show all of it").focus()
    held[0].continue_()
    expect(page.locator("#rest")).to_have_count(0)
    assert page.evaluate("document.activeElement.tagName") != "BODY"
    assert page.evaluate("document.activeElement.contains(document.getElementById('kinds'))")
