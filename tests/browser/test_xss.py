"""No text that comes in ever runs: sixty payloads in every text field, on every page."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import cycle
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from interactions.models import Membership
from promises.services.alerts.mail import compose
from promises.services.alerts.unsubscribing import Mails
from promises.services.reports import freeze
from tests.browser import every_page
from tests.browser.conftest import reader_of
from tests.browser.hostile import (
    GROUPS,
    SHORT,
    brought_in_files,
    heard_from_elsewhere,
    told_by_programs,
    typed_by_people,
)
from tests.browser.payloads import DETECTOR, MARKER, PAYLOADS
from tests.promises.views.world import World

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


@dataclass
class Watched:
    """A page under watch. Shape: `found` is all that ran, was refused, or should not be there."""

    page: Page
    address: str
    found: list[str] = field(default_factory=list)

    def open(self, path: str) -> None:
        """Go there; everything on it is looked at while it is built."""
        self.page.goto(self.address + path)


def watched(page: Page, address: str) -> Watched:
    """Watch a page, before anything is opened in it."""
    one = Watched(page, address)

    def dialog(opened: Any) -> None:
        one.found.append(f"dialog: {opened.message}")
        opened.dismiss()

    def asked(request: Any) -> None:
        place = urlsplit(request.url)
        if place.path.startswith(MARKER) or "xss-marker" in (place.hostname or ""):
            one.found.append(f"request: {request.url}")

    def said(line: Any) -> None:
        if "Content Security Policy" in line.text or "Content-Security-Policy" in line.text:
            one.found.append(f"console: {line.text}")

    page.on("dialog", dialog)
    page.on("request", asked)
    page.on("console", said)
    page.on("pageerror", lambda error: one.found.append(f"error: {error}"))
    page.expose_function("tellXss", lambda told: one.found.append(told))
    page.add_init_script(DETECTOR)
    return one


@pytest.fixture
def admin(world: World) -> Client:
    Membership.objects.filter(user=world.alice).update(role=Membership.Role.ADMIN)
    people = Client()
    people.force_login(world.alice)
    return people


@pytest.fixture
def visitor(browser: Browser, live_server: LiveServer, admin: Client) -> Iterator[Watched]:
    """Alice, signed in, in a browser that tells of everything that runs."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    reader = reader_of(context, live_server)
    context.add_cookies(
        [
            {
                "name": settings.SESSION_COOKIE_NAME,
                "value": admin.cookies[settings.SESSION_COOKIE_NAME].value,
                "url": live_server.url,
            }
        ]
    )
    yield watched(reader.page, live_server.url)
    context.close()


# What careless scripts make of texts: markup, after one more round of decoding or of cleaning.
DECODING = """
const text = decodeURIComponent(document.getElementById("late")?.dataset.text ?? "");
for (const read of [
  (it) => it,
  (it) => it.replaceAll("<script>", "").replaceAll("</script>", ""),
  (it) => new DOMParser().parseFromString(it, "text/html").documentElement.textContent,
  (it) => decodeURIComponent(it.normalize("NFKC")),
  (it) => JSON.parse(`"${it}"`),
]) {
  const place = document.body.appendChild(document.createElement("div"));
  try { place.innerHTML = read(text); } catch { /* it is not encoded so */ }
}
"""


def unescaped(text: str) -> str:
    """A page of somebody who forgot to escape."""
    return (
        f"<!doctype html><title>{text}</title><body><p>{text}</p>"
        f"<a href=\"{text}\">1</a><a href='{text}'>2</a><img alt={text}>"
        f"<textarea>{text}</textarea><p id=late data-text='{quote(text)}'></p>"
        '<script src="/planted.js"></script>'
    )


def test_the_detector_sees_what_runs(visitor: Watched) -> None:
    """Each payload on a page that escapes nothing, under the policy of the site."""
    policy = Client().get("/accounts/login/")["Content-Security-Policy"]

    headers = {"Content-Security-Policy": policy, "Content-Type": "text/html; charset=utf-8"}

    def planted(route: Route) -> None:
        place = urlsplit(route.request.url)
        if place.path == "/planted.js":
            route.fulfill(body=DECODING, content_type="text/javascript")
        elif place.path == "/planted":
            route.fulfill(body=unescaped(PAYLOADS[int(place.query)]), headers=headers)
        else:
            route.abort()

    visitor.page.route("**/*", planted)
    unseen = []
    for number, text in enumerate(PAYLOADS):
        visitor.found.clear()
        visitor.open(f"/planted?{number}")
        visitor.page.evaluate("new Promise((done) => { setTimeout(done, 5); })")
        if not visitor.found:
            unseen.append(text)
    # These need a script or a template that is made of texts: there is none of either here.
    assert unseen == [text for text in PAYLOADS if re.match(r'"}\];|\\\\";|\{\{|\\"', text)]


def test_sixty_payloads_in_every_text_run_nowhere(visitor: Watched, admin: Client) -> None:
    now = timezone.now()
    told_by_programs(now)
    typed_by_people(admin)
    brought_in_files(admin)
    heard_from_elsewhere(timezone.now())
    freeze(last_month(), now=now, by="alice")
    company = iter(cycle(SHORT))

    def name_company() -> None:
        sent = {"company": next(company), "zone": ""}
        assert admin.post(reverse("installation"), sent).status_code == 302

    # Each page once as people open it, with all that hands do there.
    pages = list(every_page.pages())
    opened = dict(pages)
    assert every_page.routes().keys() - every_page.NO_PAGES <= opened.keys()
    for path in opened.values():
        name_company()
        visitor.open(path)
        expect(visitor.page.locator("[data-later]")).to_have_count(0)
        use(visitor.page)
        assert visitor.found == [], path
    use_palette(visitor.page)
    assert visitor.found == []

    # Of every thing, with every payload: read by the same browser.
    lists = [reverse("settings-changes"), f"{reverse('promises')}?window=all&stands=due"]
    further = [path for one in lists for path in every_page.continued(admin, one)]
    others = [whole(path) for _name, path in pages if path not in opened.values()]
    read_all(visitor, others + further)
    read_all(visitor, list(every_page.said_back(GROUPS)))


def whole(path: str) -> str:
    """The page with its rest; a page that has none does not mind."""
    return f"{path}{'&' if '?' in path else '?'}whole=1"


def last_month() -> date:
    return (timezone.localdate().replace(day=1) - timedelta(days=1)).replace(day=1)


def read_all(visitor: Watched, paths: list[str]) -> None:
    """Let the browser read pages as it reads those that it opens, several at once."""
    for at in range(0, len(paths), 40):
        visitor.page.evaluate(
            "async (paths) => { await Promise.all(paths.map((path) => readXss(path))); }",
            paths[at : at + 40],
        )
        assert visitor.found == [], paths[at : at + 40]


def use(page: Page) -> None:
    """What hands do on a page: everything is opened, pointed at, and reached by keys."""
    page.evaluate("""() => {
      for (const one of document.querySelectorAll("main details")) one.open = true;
      const reached = [...document.querySelectorAll("main a, main button, main [tabindex]")];
      for (const one of reached.slice(0, 100)) {
        one.dispatchEvent(new Event("mouseover", { bubbles: true }));
        one.focus({ preventScroll: true });
      }
    }""")
    for place in page.evaluate(CHARTS):
        page.mouse.move(place["x"], place["y"])


# Two places on each of the first charts, as the window shows them.
CHARTS = """() => [...document.querySelectorAll("main canvas")].slice(0, 3).flatMap((one) => {
  one.scrollIntoView({ block: "center", behavior: "instant" });
  const box = one.getBoundingClientRect();
  return [0.3, 0.7].map((share) => ({ x: box.x + box.width * share, y: box.y + box.height / 2 }));
})"""


def use_palette(page: Page) -> None:
    """What is found while somebody types."""
    page.keyboard.press("Control+k")
    box = page.locator("#palette-input")
    for typed in ("img", "script", "onerror", "alert", "svg"):
        with page.expect_response(lambda answer: "/search/" in answer.url):
            box.fill(typed)
    page.keyboard.press("Escape")


def test_an_e_mail_is_plain_text() -> None:
    mail = compose(
        user_id=1, to="a@b.example", subject="x", body=GROUPS[0], mails=Mails.DIGEST, name="x"
    )
    assert (mail.content_subtype, mail.attachments) == ("plain", [])
    assert not hasattr(mail, "alternatives")
