"""`make screenshots`: the pictures of docs/screens.md, from a running site with the sample.

    python -m tests.browser.screenshots http://127.0.0.1:8000 admin [overview desk ...]

The password comes from the variable PASSWORD. Ten pages, wide and narrow, light and dark.
"""

import io
import os
import shutil
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
WIDTHS = {"wide": 1280, "narrow": 390}
FOLDER = Path("docs/screenshots")
TALLEST = 1_400
# So few colours tell the pages' own apart, and keep a picture small.
COLOURS = 64
ROWS = "order,words,ordered,promised,delivered,customer\n" + "".join(
    f"o-{n},Arrives by Friday,2026-03-0{n} 09:30,2026-03-1{n},2026-03-1{n - 1},c-{n}\n"
    for n in range(2, 8)
)


def places(page: Page, address: str) -> dict[str, str]:
    """Where the ten pages are. Shape: name of the picture -> path."""
    found = {
        "overview": "/",
        "promises": "/promises/?stands=late",
        "desk": "/desk/?of=teams",
        "analysis": "/analysis/",
        "at-risk": "/at-risk/",
        "health": "/health/",
    }
    page.goto(f"{address}/teams/")
    found["team"] = _first(page, "#teams a[href^='/teams/']")
    page.goto(f"{address}/promises/?stands=late")
    found["promise"] = _first(page, "tbody a[href^='/promises/']")
    found["customer"] = _first(page, "tbody a[href^='/customers/']")
    found["import"] = _upload(page, address)
    return found


def _first(page: Page, chosen: str) -> str:
    return page.locator(chosen).first.get_attribute("href") or "/"


def _upload(page: Page, address: str) -> str:
    """The wizard at the first page of a file; the one that is there is taken again."""
    page.goto(f"{address}/imports/")
    there = page.get_by_role("link", name="orders.csv")
    if there.count():
        return there.first.get_attribute("href") or "/imports/"
    file = {"name": "orders.csv", "mimeType": "text/csv", "buffer": ROWS.encode()}
    page.locator("#file").set_input_files(file)  # type: ignore[arg-type]
    page.get_by_role("button", name="Upload and look at it").click()
    page.wait_for_url("**/imports/*/")
    return page.url.removeprefix(address)


def take(page: Page, path: Path) -> None:
    """Photograph a page from its top, in few colours."""
    page.wait_for_load_state("networkidle")
    height = int(page.evaluate("document.documentElement.scrollHeight"))
    width = page.viewport_size["width"] if page.viewport_size else 0
    # The window is as tall as the picture, so that what sticks to its edge stays there.
    page.set_viewport_size({"width": width, "height": min(height, TALLEST)})
    taken = page.screenshot()
    few = Image.open(io.BytesIO(taken)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    few.save(path, optimize=True)


def main(address: str, name: str, *only: str) -> None:
    """Take all of them, or only the pictures of some pages."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    names = (os.environ.get("CHROMIUM", ""), *NAMES)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=next(filter(None, map(shutil.which, names))),
            args=["--no-sandbox", "--disable-gpu"],
        )
        page = browser.new_page(
            reduced_motion="reduce", viewport={"width": WIDTHS["wide"], "height": 900}
        )
        page.goto(f"{address}/accounts/login/")
        page.get_by_label("Username").fill(name)
        page.get_by_label("Password").fill(os.environ["PASSWORD"])
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(f"{address}/")
        for picture, path in places(page, address).items():
            if only and picture not in only:
                continue
            page.goto(address + path)
            for width, pixels in WIDTHS.items():
                page.set_viewport_size({"width": pixels, "height": 900})
                for theme in ("light", "dark"):
                    page.emulate_media(color_scheme=theme)
                    take(page, FOLDER / f"{picture}-{width}-{theme}.png")
            sys.stdout.write(f"{picture} {path}\n")
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
