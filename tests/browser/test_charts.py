"""Every chart in Chromium: drawn, one stop of the keyboard, its points read aloud, both themes."""

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, expect

from interactions.ledger import record
from promises.services.counting import count_pending
from tests.browser.conftest import Reader
from tests.events import fulfilled
from tests.promises.risks import keep_calibration
from tests.promises.views.world import DAY, World, promise_made

pytestmark = [pytest.mark.browser]

ADA = {"id": "c-1", "name": "Ada Lovelace"}
CHARTS = {
    "trend": ("/?window=90d", "kept rate"),
    "funnel": ("/teams/", "by chance"),
    "bars": ("/analysis/", "points"),
    "calibration": ("/at-risk/calibration", "chance told"),
}


def earlier_promises(world: World) -> None:
    """Enough of a past for a trend and for a period before."""
    events = []
    for number in range(24):
        reference, at = f"earlier-{number}", world.now - (25 + 6 * number) * DAY
        team = ("fulfilment", "support")[number % 2]
        events.append(promise_made(reference, at, kind="delivery", team=team, customer=ADA))
        events.append(fulfilled(reference, at + (1 + number % 5) * DAY))
    record(events, recorded_at=world.now)
    count_pending()


def colours(chart: Locator) -> set[str]:
    found: list[str] = chart.evaluate(
        "(one) => [...one.querySelectorAll('text')].map((text) => text.getAttribute('fill'))"
    )
    return set(found)


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_is_read_by_keyboard_and_follows_the_theme(
    reader: Reader, world: World, name: str
) -> None:
    path, words = CHARTS[name]
    earlier_promises(world)
    keep_calibration(now=timezone.now())
    page = reader.page
    reader.sign_in("alice")
    reader.open(path)
    chart = page.locator(f"[data-chart={name}]").first
    said = chart.locator("xpath=following-sibling::*[1]")
    expect(chart.locator("svg")).to_be_visible()
    expect(chart).to_have_attribute("role", "application")
    finding = chart.get_attribute("data-finding") or ""
    assert finding
    assert (chart.get_attribute("aria-label") or "").startswith(finding)
    expect(said).to_have_attribute("aria-live", "polite")
    chart.focus()
    page.keyboard.press("End")
    expect(said).to_contain_text(words)
    last = said.inner_text()
    page.keyboard.press("Home")
    expect(said).to_contain_text(words)
    expect(said).not_to_have_text(last)
    page.keyboard.press("End")
    expect(said).to_have_text(last)
    page.keyboard.press("Escape")
    expect(said).to_have_text("")
    light = colours(chart)
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    assert colours(chart).isdisjoint(light)
    assert reader.complaints == []
