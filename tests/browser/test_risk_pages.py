"""Open promises at risk and the calibration of their chances in Chromium, on every screen."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.browser.conftest import Reader
from tests.promises.risks import keep_calibration, store_risks
from tests.promises.views.world import World

pytestmark = [pytest.mark.browser]


def test_a_manager_looks_at_one_team_and_at_the_drawing(reader: Reader, world: World) -> None:
    store_risks(60, now=timezone.now())
    keep_calibration(now=timezone.now())
    page = reader.page
    reader.sign_in("alice")
    page.get_by_role("navigation", name="Main").get_by_role("link", name="At risk").click()
    expect(page.get_by_role("heading", name="At risk")).to_be_visible()
    page.get_by_label("Team").first.select_option("north")
    page.get_by_role("button", name="Show").click()
    page.wait_for_url("**/at-risk/?team=north")
    expect(page.locator("tbody tr")).to_have_count(2)
    page.get_by_role("link", name="How far can these chances be trusted?").click()
    expect(page.locator("[data-chart=calibration] svg")).to_be_visible()
    assert reader.complaints == []
