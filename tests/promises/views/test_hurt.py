"""The page of the customers hurt most, and how the overview of a past moment comes to show them."""

import re
from html import unescape
from urllib.parse import quote

import pytest
from django.test import Client
from django.urls import reverse

from tests.opened import opened
from tests.promises.views.test_pages import read
from tests.promises.views.world import DAY, World, build_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return build_world()


def section(html: str) -> str:
    """The part of the page that tells of customers, without the address it was asked for."""
    found = re.search(r'<section class="card" id="customers".*?</section>', html, re.DOTALL)
    assert found
    return found[0]


def test_it_lists_the_customers_of_the_overview(client: Client, world: World) -> None:
    page = read(client, world.alice, reverse("customers"))
    assert "Customers hurt most" in page
    assert "Worst first, by the lower end of the range" in page
    assert "Ada Lovelace 12" in page
    assert "Ada Lovelace 12" in read(client, world.alice, reverse("overview"))
    # Who has too few promises is not ranked.
    assert "Eve" not in page
    assert "No customer has enough promises" in read(
        client, world.alice, reverse("customers") + "?kind=quality"
    )


def test_an_agent_sees_the_own_promises_only(client: Client, world: World) -> None:
    assert "Ada Lovelace 12" in read(client, world.bob, reverse("customers"))
    assert "Ada Lovelace" not in read(client, world.charlie, reverse("customers"))


def test_the_overview_of_a_past_moment_asks_for_them_afterwards(
    client: Client, world: World
) -> None:
    moment = (world.now - 15 * DAY).isoformat()
    client.force_login(world.alice)
    asked = f"?kind=delivery&as_of={quote(moment)}"
    later = section(opened(client, f"/{asked}"))
    assert "Ada" not in later
    assert 'hx-trigger="load"' in later
    found = re.search(r'hx-get="([^"]+)"', later)
    assert found
    # The same without scripts.
    assert later.count(found[1]) == 3
    address = unescape(found[1])
    assert "kind=delivery" in address
    page = client.get(address, {"rows": "short"}).content.decode()
    assert 'id="customers-title">Customers hurt most<' in section(page)
    assert "Ada Lovelace" in section(page)
    assert "hx-trigger" not in section(page)
    # Of now they are there at once.
    assert "Ada Lovelace" in section(opened(client, "/"))
