"""Chromium, the one that the system has, and a site with a small company in it."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from tests.promises.views.world import PASSWORD, World, build_world

# The first draws no window, which saves a third of the time (`.ci/chromium`).
NAMES = (
    *("chromium-headless-shell", "chromium", "chromium-browser"),
    *("google-chrome", "google-chrome-stable"),
)
MISSING = (
    "The browser tests need Chromium and found none of "
    f"{', '.join(NAMES)} in PATH. Debian and Ubuntu: apt-get install chromium; "
    "or set CHROMIUM to its path."
)
WIDTHS = {"wide": 1280, "narrow": 390}
# Each width and each theme once; SCREENS=all (`make axe`) takes every pair, for twice the time.
SCREENS = [("wide", "light"), ("narrow", "dark")]
# Five seconds are short for a machine that has other things to do.
expect.set_options(timeout=30_000)
ALL_SCREENS = os.environ.get("SCREENS") == "all"
if ALL_SCREENS:
    SCREENS += [("wide", "dark"), ("narrow", "light")]


def chromium_path() -> str:
    """The browser's program; without one the tests fail, they are not skipped."""
    names = (os.environ.get("CHROMIUM", ""), *NAMES)
    found = next((path for name in names if (path := shutil.which(name))), None)
    if found is None:
        pytest.fail(MISSING, pytrace=False)
    return found


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    # The sandbox needs user namespaces, which containers often lack; the pages are our own.
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright's synchronous interface keeps an event loop running in this thread, and Django
        # refuses its models in such a thread. Nothing here is asynchronous: the loop only waits.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        launched = playwright.chromium.launch(
            executable_path=chromium_path(), args=["--no-sandbox", "--disable-gpu"]
        )
        yield launched
        launched.close()


@pytest.fixture
def world(browser: Browser, transactional_db: None) -> World:
    return build_world()


@dataclass
class Reader:
    """Somebody in front of a browser, and all that the browser complained about."""

    page: Page
    address: str
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str) -> None:
        """Go to a page of the site."""
        self.page.goto(self.address + path)

    def sign_in(self, name: str) -> None:
        """Sign in by the form, as everybody does."""
        self.open("/accounts/login/")
        self.page.get_by_label("Username").fill(name)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.page.get_by_role("button", name="Sign in").click()
        self.page.wait_for_url(f"{self.address}/")


def reader_of(context: BrowserContext, server: LiveServer) -> Reader:
    """A reader whose browser's errors are written down: scripts, resources, the content policy."""
    reader = Reader(context.new_page(), server.url)
    reader.page.on(
        "console",
        lambda line: reader.complaints.append(line.text) if line.type == "error" else None,
    )
    reader.page.on("pageerror", lambda error: reader.complaints.append(str(error)))
    return reader


@pytest.fixture(params=SCREENS)
def any_reader(
    request: pytest.FixtureRequest, browser: Browser, live_server: LiveServer, world: World
) -> Iterator[Reader]:
    """Alice, on a wide screen in light and a narrow one in dark; on all four where SCREENS=all."""
    width, theme = request.param
    context = browser.new_context(
        viewport={"width": WIDTHS[width], "height": 900}, color_scheme=theme
    )
    reader = reader_of(context, live_server)
    reader.sign_in("alice")
    yield reader
    context.close()


@pytest.fixture
def reader(browser: Browser, live_server: LiveServer, world: World) -> Iterator[Reader]:
    """Somebody on a wide screen, not signed in yet."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield reader_of(context, live_server)
    context.close()
