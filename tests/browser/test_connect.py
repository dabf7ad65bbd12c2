"""The connect page in Chromium: a live line turns into the error, then into the event."""

import json
import re

import pytest
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import expect

from interactions.models import Membership
from promises.services.counting import count_pending
from tests.browser.conftest import Reader
from tests.browser.test_pages import barriers, is_wider_than_its_window
from tests.promises.views.world import PASSWORD, World

pytestmark = [pytest.mark.browser]

POLLS_SECONDS = 2


def admin(reader: Reader) -> None:
    root = User.objects.create_user("root", password=PASSWORD)
    Membership.objects.create(user=root, role=Membership.Role.ADMIN)
    reader.sign_in("root")


def make_key(reader: Reader) -> str:
    reader.open("/connect/")
    reader.page.get_by_label("Name of the new source").fill("/my-shop")
    reader.page.get_by_role("button", name="Make a key for it").click()
    return reader.page.locator("#new-key").inner_text()


def send(key: str, **changes: str) -> int:
    body = {
        "specversion": "1.0",
        "id": "e-1",
        "source": "/my-shop",
        "type": "promise.made",
        "subject": "order-1",
        "time": "2026-03-02T09:30:00Z",
        "data": {
            "kind": "delivery",
            "customer": {"id": "c-9"},
            "team": "fulfilment",
            "due_at": "2026-03-06",
            "statement": "Arrives by Friday",
        },
    } | changes
    answer = Client(headers={"Authorization": f"Bearer {key}"}).post(
        "/api/v1/events", json.dumps(body), content_type="application/json"
    )
    return int(answer.status_code)


def test_the_line_waits_names_the_error_and_turns_into_the_event(
    reader: Reader, world: World
) -> None:
    admin(reader)
    key = make_key(reader)
    live = reader.page.locator("[data-live]")
    expect(live).to_contain_text("Waiting for your first event")
    assert send(key, type="promise.broken") == 400
    expect(live).to_contain_text("The last request was refused (status 400)")
    expect(live).to_contain_text("#/type")
    assert send(key) == 202
    expect(live).to_contain_text("It is being counted")
    count_pending()
    live.get_by_role("link", name="Look at its promise").click()
    expect(reader.page.locator(".said")).to_have_text("Arrives by Friday")
    assert reader.complaints == []


def test_nobody_is_asked_while_nobody_looks(reader: Reader, world: World) -> None:
    admin(reader)
    make_key(reader)
    asked: list[str] = []
    reader.page.on("request", lambda request: asked.append(request.url))
    hide = "Object.defineProperty(document, 'hidden', {value: %s, configurable: true})"
    reader.page.evaluate(hide % "true")
    reader.page.wait_for_timeout((POLLS_SECONDS + 1) * 1000)
    assert [url for url in asked if url.endswith("state")] == []
    assert not any("/state" in url for url in asked)
    reader.page.evaluate(hide % "false")
    reader.page.wait_for_timeout((POLLS_SECONDS + 1) * 1000)
    assert any("/state" in url for url in asked)


def test_programs_are_tabs_and_can_be_copied(reader: Reader, world: World) -> None:
    admin(reader)
    reader.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    key = make_key(reader)
    page = reader.page
    expect(page.locator("#program-curl")).to_be_visible()
    expect(page.locator("#program-python")).to_be_hidden()
    page.get_by_role("tab", name="curl").press("ArrowRight")
    expect(page.locator("#program-python")).to_be_visible()
    expect(page.get_by_role("tab", name="Python")).to_be_focused()
    page.get_by_role("button", name="Copy Python").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert f"Bearer {key}" in copied
    assert reader.complaints == []


def test_the_pages_of_sources_are_clean_for_everybody(any_reader: Reader, world: World) -> None:
    Membership.objects.filter(user=world.alice).update(role=Membership.Role.ADMIN)
    key = make_key(any_reader)
    assert barriers(any_reader) == []
    assert not is_wider_than_its_window(any_reader)
    any_reader.open("/settings/sources/")
    any_reader.page.get_by_role("link", name="/my-shop").click()
    any_reader.page.get_by_label("Name", exact=True).fill("second")
    any_reader.page.get_by_role("button", name="Make the key").click()
    second = any_reader.page.locator("#new-key").inner_text()
    assert second != key
    assert barriers(any_reader) == []
    any_reader.page.get_by_role("link", name="I have it").click()
    assert barriers(any_reader) == []
    assert not is_wider_than_its_window(any_reader)
    any_reader.page.get_by_role("link", name=re.compile("Revoke second")).click()
    assert barriers(any_reader) == []
    any_reader.page.get_by_role("button", name="Revoke the key").click()
    expect(any_reader.page.get_by_text("The key is revoked.")).to_be_visible()
    assert send(second) == 401
    assert any_reader.complaints == []
