"""A number on a page opens the list of just those promises."""

import re
from html import unescape

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from promises.models import Promise
from promises.services.counting import count_pending
from tests.events import store
from tests.opened import opened
from tests.promises.views.world import DAY, World, build_world, promise_made

pytestmark = pytest.mark.django_db

CELL = re.compile(r'<td class="num" data-label="([^"]+)">\s*<a href="([^"]+)">(\d+)</a>\s*</td>')


@pytest.fixture
def world() -> World:
    return build_world()


def part_of(html: str, id: str) -> str:
    """The section of a page that has this id."""
    found = re.search(rf'<section[^>]* id="{id}".*?</section>', html, re.DOTALL)
    assert found is not None, id
    return found[0]


def listed(client: Client, user: User, path: str) -> int:
    """How many promises the list at this address says it has."""
    found = re.search(r"id=\"standing\"[^>]*>(\d+) promise", _page(client, user, path))
    assert found is not None, path
    return int(found[1])


def _page(client: Client, user: User, path: str) -> str:
    client.force_login(user)
    return opened(client, unescape(path))


def test_what_customers_wait_for_is_listed(client: Client, world: World) -> None:
    soon = world.now + 2 * DAY
    said = {"kind": "delivery", "team": "fulfilment", "customer": {"id": "c-1"}}
    store(promise_made("next", world.now - DAY, **said, due_at=soon.isoformat()))
    count_pending()
    client.force_login(world.alice)
    owed = part_of(opened(client, reverse("team", args=["fulfilment"])), "owed")
    cells = CELL.findall(owed)
    assert [(label, int(n)) for label, _path, n in cells] == [("overdue", 1), ("not due yet", 1)]
    for _label, path, n in cells:
        assert "customer=c-1" in path
        assert "team=fulfilment" in path
        assert listed(client, world.alice, path) == int(n)
    oldest = Promise.objects.get(reference="order-11").due
    # Some wait for years: the date says which.
    assert f"{oldest:%Y}" in owed
    assert "oldest date" in owed
