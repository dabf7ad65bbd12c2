"""Nothing stands outside the window: on phones, on tablets, in menus and in their cards."""

from typing import Any

import pytest
from playwright.sync_api import expect

from interactions.keys import make_key
from interactions.models import ApiKey, Membership, Source
from tests.browser.conftest import Reader
from tests.browser.pages import seeded
from tests.browser.test_pages import is_wider_than_its_window
from tests.promises.views.world import DAY, World

pytestmark = [pytest.mark.browser]

# What the window cuts off; what is only read out is not looked at.
CUT = """(chosen) => [...document.querySelectorAll(chosen)]
    .filter((element) => element.checkVisibility({ visibilityProperty: true }))
    .map((element) => [element.outerHTML.slice(0, 80), element.getBoundingClientRect()])
    .filter(([, box]) => box.width > 1 && (box.left < 0 || box.right > window.innerWidth))
    .map(([html]) => html)"""
# Cells that stand outside the card that their table is in.
OUTSIDE = """() => [...document.querySelectorAll(".card .table-cards > tbody > tr > *")]
    .filter((cell) => cell.checkVisibility() && cell.getBoundingClientRect().right
        > cell.closest(".card").getBoundingClientRect().right + 1)
    .map((cell) => cell.outerHTML.slice(0, 80))"""


@pytest.mark.parametrize("width", [390, 360, 320])
def test_every_menu_stays_on_the_screen(reader: Reader, world: World, width: int) -> None:
    Membership.objects.filter(user=world.alice).update(role=Membership.Role.ADMIN)
    page = reader.page
    reader.sign_in("alice")
    page.set_viewport_size({"width": width, "height": 800})
    for path in ("/", "/desk/", "/promises/", "/settings/new-calendar/"):
        reader.open(path)
        assert not is_wider_than_its_window(reader), path
        menus = page.locator("details.menu > summary").all()
        assert len(menus) >= 3, path
        for menu in menus:
            menu.click()
            assert page.evaluate(CUT, "details.menu[open] .menu-sheet *") == [], path
            assert not is_wider_than_its_window(reader), path
            page.keyboard.press("Escape")


@pytest.mark.parametrize("width", [1280, 390])
def test_an_exact_moment_that_is_shown_on_focus_stays_in_the_window(
    reader: Reader, world: World, settings: Any, width: int
) -> None:
    Membership.objects.filter(user=world.alice).update(role=Membership.Role.ADMIN)
    places = seeded(world, settings)
    key, _ = make_key(name="till", scopes=["read"], source=Source.objects.get(name="/shop"))
    ApiKey.objects.filter(pk=key.pk).update(last_used_at=world.now, expires_at=world.now + DAY)
    page = reader.page
    reader.sign_in("alice")
    page.set_viewport_size({"width": width, "height": 900})
    pages = [f"/settings/sources/{key.source_id}"]
    pages += [places[name][0] for name in ("webhook", "calendar", "standard")]
    for path in pages:
        reader.open(path)
        stops = page.locator("time[tabindex]").all()
        assert stops, path
        for stop in stops:
            stop.focus()
            assert stop.evaluate("(it) => it.matches(':focus-visible')"), path
            assert not is_wider_than_its_window(reader), path
            assert page.evaluate(CUT, "time:focus") == [], path


@pytest.mark.parametrize("width", [768, 820, 1024])
def test_tables_stay_in_their_cards_on_tablets(
    reader: Reader, world: World, settings: Any, width: int
) -> None:
    seeded(world, settings)
    page = reader.page
    reader.sign_in("alice")
    page.set_viewport_size({"width": width, "height": 1100})
    for path in (
        *("/", "/teams/", "/teams/fulfilment", "/health/", "/at-risk/", "/promises/"),
        *("/customers/c-1", "/analysis/"),
    ):
        reader.open(path)
        expect(page.locator("main [aria-busy=true], .htmx-request")).to_have_count(0)
        assert not is_wider_than_its_window(reader), path
        # Where tables are tables, one with long names scrolls in its card.
        if width < 900:
            assert page.evaluate(OUTSIDE) == [], path


def test_the_chances_put_to_the_test_are_cards_on_a_phone(
    reader: Reader, world: World, settings: Any
) -> None:
    seeded(world, settings)
    page = reader.page
    reader.sign_in("alice")
    page.set_viewport_size({"width": 390, "height": 800})
    reader.open("/at-risk/calibration")
    expect(page.locator(".calibration-groups")).to_be_visible()
    assert page.evaluate(CUT, "main table > tbody > tr > *") == []
    assert not is_wider_than_its_window(reader)
    expect(page.locator(".calibration-groups thead")).to_have_css("position", "absolute")
