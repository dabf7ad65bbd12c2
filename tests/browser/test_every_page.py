"""Every page for everybody: wide and narrow, light and dark, no page is left out.

Two walks, so that two may go at once, each take half of the pages. A walk loads a page once and
turns it: the browser says that the colours changed, the window gets narrower. It is judged wide in
light and narrow in dark; with SCREENS=all (`make axe`) colours also on the other two. Motion is
reduced, so that colours are judged when they have changed.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.conftest import ALL_SCREENS, WIDTHS, Reader, reader_of
from tests.browser.judging import call_judge, judged
from tests.browser.pages import OTHERS, PLACED, PLAIN, POSTS, names, password_link, seeded
from tests.browser.test_pages import is_wider_than_its_window
from tests.promises.views.world import World

# Long walks, on machines that have other things to do.
pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]

COLOURS = ["color-contrast", "link-in-text-block"]
# What is folded is unfolded. Of the API's many operations and types, which are made alike, one in
# twelve is judged: the judge looks at each of their elements, on all four screens.
UNFOLD = """
const alike = ".docs section.docs-anchor, .docs #types > .docs-anchor, .docs-index li";
document.querySelectorAll(alike).forEach((one, place) => { if (place % 12) one.remove(); });
document.querySelectorAll("main details").forEach((one) => { one.open = true; });"""
# What a page asks for afterwards, and what of it is not faded in yet.
UNDER_WAY = ".htmx-request, .htmx-swapping, .htmx-settling, .htmx-added, main [aria-busy=true]"


@pytest.fixture
def walker(browser: Browser, live_server: LiveServer, world: World) -> Iterator[Reader]:
    """Somebody who has not signed in yet, with colours as the system has them."""
    context = browser.new_context(
        viewport={"width": WIDTHS["wide"], "height": 900},
        color_scheme="light",
        reduced_motion="reduce",
    )
    yield reader_of(context, live_server)
    context.close()


def turned(reader: Reader) -> Iterator[tuple[str, list[str] | None]]:
    """The page on each screen. Shape: its name, and the rules to judge it by (None: all)."""
    page = reader.page
    yield "wide, light", None
    page.emulate_media(color_scheme="dark")
    if ALL_SCREENS:
        yield "wide, dark", COLOURS
    page.set_viewport_size({"width": WIDTHS["narrow"], "height": 900})
    yield "narrow, dark", None
    page.emulate_media(color_scheme="light")
    if ALL_SCREENS:
        yield "narrow, light", COLOURS
    page.set_viewport_size({"width": WIDTHS["wide"], "height": 900})


def faults(reader: Reader, path: str) -> list[str]:
    """Everything that is wrong with a page. Shape: sentences that begin with its address."""
    page = reader.page
    reader.complaints.clear()
    reader.open(path)
    expect(page.locator(UNDER_WAY)).to_have_count(0)
    page.evaluate(UNFOLD)
    call_judge(page)
    found = []
    landed = page.url.removeprefix(reader.address)
    if landed != path:
        found.append(f"{path}: leads to {landed}")
    for screen, rules in turned(reader):
        broken = judged(page, rules, preload=False)
        found += [f"{path} ({screen}): {one}" for one in broken]
        if is_wider_than_its_window(reader):
            found.append(f"{path} ({screen}): wider than its window")
    # The page of a link that does not hold is answered with 404, and the browser says so.
    return found + [f"{path}: {text}" for text in reader.complaints if "404" not in text]


def test_every_named_address_is_a_page_or_something_else(client: Client) -> None:
    known = [*PLAIN, *PLACED, "login", *POSTS, *(name for some in OTHERS.values() for name in some)]
    assert sorted(known) == sorted(set(known))
    assert sorted(names()) == sorted(known)


def test_what_takes_a_form_alone_is_no_page(client: Client, world: World) -> None:
    client.force_login(world.alice)
    for name in sorted(POSTS):
        ((template, arguments),) = get_resolver().reverse_dict.getlist(name)[0][0][:1]
        path = "/" + template % {argument: 1 for argument in arguments}
        assert client.get(path).status_code == 405, path


@pytest.mark.parametrize("half", [0, 1])
def test_every_page_is_clean_for_everybody(
    walker: Reader, world: World, settings: Any, half: int
) -> None:
    pages = seeded(world, settings)
    assert sorted(pages) == sorted([*PLAIN, *PLACED])
    found = []
    if half == 0:
        found += faults(walker, "/accounts/login/?next=/teams/fulfilment")
        walker.open(password_link(world))
        found += faults(walker, re.sub(r"^https?://[^/]+", "", walker.page.url))
    walker.sign_in("alice")
    paths = [*(path for some in pages.values() for path in some), "/nothing/here"]
    for path in paths[half::2]:
        found += faults(walker, path)
    assert found == []
