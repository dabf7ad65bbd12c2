"""Inbox, notifications, rules and deliveries in Chromium, for everybody, on every screen."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from playwright.sync_api import expect

from promises.models import Channel, Delivery, OpenPromise
from promises.services.watching import watch
from tests.browser.conftest import Reader
from tests.promises.services.alerts.company import rule
from tests.promises.views.world import DAY, World

pytestmark = [pytest.mark.browser]


def news(world: World, settings: Any) -> None:
    """Alice was told of days over; an e-mail to her was refused."""
    settings.EMAIL_ENABLED = True
    rule("over", days_over=90, audience="role", role="manager", channels=("inbox", "email"))
    User.objects.filter(pk=world.alice.pk).update(email="alice@example.com")
    OpenPromise.objects.update(next_check=world.now - 4 * DAY)
    watch(now=world.now)
    Delivery.objects.update(state="failed", attempts=1, reason="550 5.1.1 User unknown")
    now = timezone.now()
    Delivery.objects.create(
        channel=Channel.WEBHOOK, attempts=2, reason="away", next_try_at=now, created_at=now
    )


def test_a_rule_is_made_and_its_message_read(reader: Reader, world: World, settings: Any) -> None:
    news(world, settings)
    page = reader.page
    reader.sign_in("alice")
    page.get_by_role("link", name="Inbox, 4 unread").click()
    page.get_by_role("link", name="order-11 arrives in time").first.click()
    expect(page.locator(".said")).to_have_text("order-11 arrives in time")
    expect(page.get_by_role("link", name="Inbox, 3 unread")).to_be_visible()
    page.locator(".nav-menu > summary", has_text="More").click()
    page.get_by_role("link", name="Alerts").click()
    page.get_by_role("link", name="New rule").click()
    expect(page.get_by_label("Which person")).to_be_hidden()
    expect(page.get_by_label("Full days over")).to_be_hidden()
    page.get_by_label("Name").fill("Charlie")
    page.get_by_label("each full day over").check()
    page.get_by_label("Full days over").fill("5")
    page.get_by_label("Whom").select_option("person")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Choose one.")).to_be_visible()
    page.get_by_label("Which person").select_option(label="charlie")
    page.get_by_label("inbox on these pages").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("row", name="Charlie")).to_contain_text("each of 5 full days over")
    page.get_by_role("link", name="Deliveries").click()
    page.get_by_role("button", name="Try again").first.click()
    expect(page.get_by_text("4 deliveries are tried again.")).to_be_visible()
    assert [text for text in reader.complaints if "422" not in text] == []
