"""The import wizard and the first run in Chromium, with a real worker."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from interactions.first_admin import new_setup_token
from interactions.installation import forget_installed
from promisegap.welcome import assume_an_account
from tests.browser.conftest import Reader, reader_of
from tests.browser.test_pages import barriers, is_wider_than_its_window
from tests.promises.views.world import World
from tests.uploads import BAD, orders, uploaded
from tests.workers import Worker

pytestmark = [pytest.mark.browser]
WAIT = 60_000


def file(folder: Path, content: bytes) -> Path:
    path = folder / "orders.csv"
    path.write_bytes(content)
    return path


@pytest.mark.real_worker
def test_a_file_is_imported_and_undone(
    reader: Reader, world: World, celery_worker: Worker, tmp_path: Path
) -> None:
    reader.sign_in("alice")
    page = reader.page
    page.locator(".nav-menu > summary", has_text="Settings").click()
    page.get_by_role("link", name="Imports").click()
    page.get_by_label("CSV file, plain or packed with gzip").set_input_files(
        file(tmp_path, orders(40, BAD))
    )
    page.get_by_role("button", name="Upload and look at it").click()
    preview = page.locator("#preview")
    expect(preview).to_contain_text("Line 42: promised “soon”")
    page.get_by_label("When it was kept", exact=True).select_option("")
    expect(preview).to_contain_text("No row has an outcome")
    page.get_by_label("When it was kept", exact=True).select_option("col:delivered")
    expect(preview).not_to_contain_text("No row has an outcome")
    page.get_by_role("button", name="Check the whole file").click()
    # The page says by itself when it is over.
    begin = page.get_by_role("button", name="Import 40 promises")
    expect(begin).to_be_visible(timeout=WAIT)
    page.reload()
    begin.click()
    heading = page.get_by_role("heading", name="Imported: 40 promises")
    expect(heading).to_be_visible(timeout=WAIT)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the rejected rows").click()
    assert "o-bad" in Path(download.value.path()).read_text()
    page.get_by_text("Undo this import").click()
    page.get_by_role("button", name="Yes, undo it").click()
    expect(page.get_by_role("heading", name="The import is undone")).to_be_visible(timeout=WAIT)
    expect(page.locator("#import-state")).to_contain_text("80 facts were taken back")
    assert reader.complaints == []


@pytest.mark.parametrize("wide", [1280, 390])
def test_the_folded_columns_have_room(reader: Reader, world: World, wide: int) -> None:
    reader.sign_in("alice")
    page = reader.page
    page.set_viewport_size({"width": wide, "height": 900})
    reader.open(f"/imports/{uploaded().pk}/")
    for name, field in (
        ("More columns: touchpoint, stake, segment, measured targets", "touchpoint"),
        ("Rows that were cancelled, failed, or are to be left out", "withdrawn_column"),
    ):
        summary = page.locator("summary", has_text=name)
        summary.click()
        rem = page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)")
        chosen, label = page.locator(f"#id_{field}").bounding_box(), summary.bounding_box()
        assert chosen is not None
        assert label is not None
        assert chosen["width"] >= 10 * rem
        # One line, or two where the window is narrow.
        assert label["height"] < (3 if wide > 1000 else 5) * rem
    assert not is_wider_than_its_window(reader)
    assert barriers(reader) == []
    assert reader.complaints == []


@pytest.fixture
def stranger(browser: Browser, live_server: LiveServer, transactional_db: None) -> Iterator[Reader]:
    """Somebody at an installation that nobody has used."""
    assume_an_account(False)
    forget_installed()
    context = browser.new_context(viewport={"width": 390, "height": 900}, color_scheme="dark")
    yield reader_of(context, live_server)
    context.close()
    assume_an_account()


def test_the_first_admin_comes_in_by_the_link(stranger: Reader) -> None:
    page = stranger.page
    stranger.open("/")
    expect(page.get_by_role("heading", name="Welcome to Promise Gap")).to_be_visible()
    expect(page.get_by_text("manage.py setup")).to_be_visible()
    assert barriers(stranger) == []
    stranger.open(f"/welcome/?token={new_setup_token()}")
    assert barriers(stranger) == []
    assert not is_wider_than_its_window(stranger)
    page.get_by_label("Your name for signing in").fill("ada")
    page.get_by_label("Password", exact=True).fill("a good long pass phrase")
    page.get_by_label("Password, once more").fill("a good long pass phrase")
    page.get_by_label("Name of your company").fill("Lovelace")
    page.get_by_role("button", name="Begin").click()
    expect(page.get_by_role("heading", name=re.compile("Where do your promises"))).to_be_visible()
    assert barriers(stranger) == []
    page.get_by_role("link", name="Later; show me the overview").click()
    expect(page.get_by_role("heading", name="First steps")).to_be_visible()
    assert barriers(stranger) == []
    assert not is_wider_than_its_window(stranger)
    stranger.open("/settings/installation/")
    assert barriers(stranger) == []
    stranger.open("/")
    page.get_by_role("button", name="Do not show this again").click()
    expect(page.get_by_role("heading", name="First steps")).to_have_count(0)
    assert stranger.complaints == []


def test_a_word_is_explained_where_it_is_used(reader: Reader, world: World) -> None:
    reader.sign_in("alice")
    page = reader.page
    page.get_by_role("button", name="What does “gap score” mean?").click()
    sheet = page.locator("#word-gap-score-card")
    expect(sheet).to_be_visible()
    expect(sheet).to_contain_text("0 is perfect")
    assert barriers(reader) == []
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    assert reader.complaints == []
