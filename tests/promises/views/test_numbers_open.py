"""A number on a page opens the list of just those promises."""

import re
from html import unescape

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from promises.cells import rebuild_cells
from promises.models import Promise
from promises.services.counting import count_pending
from tests.events import event, store
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


def test_what_a_customer_waits_for_is_listed(client: Client, world: World) -> None:
    soon, said = world.now + 2 * DAY, {"kind": "delivery", "customer": {"id": "c-1"}}
    events = (
        promise_made(f"next-{n}", world.now - DAY, **said, due_at=soon.isoformat())
        for n in range(12)
    )
    store(*events)
    count_pending()
    page = _page(client, world.alice, reverse("customer", args=["c-1"]))
    page = page.partition('id="memory"')[2].partition('id="figures"')[0]
    links = re.findall(
        r'<a href="(/promises/[^"]+)">(\d+) (is overdue|overdue|not due yet)</a>', page
    )
    assert [(int(n), words) for _path, n, words in links] == [
        (1, "is overdue"),
        (1, "overdue"),
        (12, "not due yet"),
    ]
    for path, n, _words in links:
        assert listed(client, world.alice, path) == int(n)


def test_what_stands_beside_the_score_is_listed(client: Client, world: World) -> None:
    at, said = world.now - 20 * DAY, {"kind": "delivery", "customer": {"id": "c-1"}}
    store(
        promise_made("gone", at, **said, team="fulfilment"),
        event("promise.withdrawn", "gone", at + DAY, {"by": "customer"}),
    )
    count_pending()
    page = _page(client, world.alice, reverse("team", args=["fulfilment"]) + "?window=28d")
    links = re.findall(r'<a href="([^"]+)">([^<]+)</a>', part_of(page, "gaming"))
    due, withdrawn = (path for path, _figure in links)
    assert listed(client, world.alice, due) == int(links[0][1]) == 12
    assert listed(client, world.alice, withdrawn) == 1
    for path in (due, withdrawn):
        assert "window=28d" in path
        assert "team=fulfilment" in path


def test_what_changed_lists_what_fell_due(client: Client, world: World) -> None:
    at, said = world.now - 20 * DAY, {"kind": "delivery", "customer": {"id": "c-1"}}
    store(promise_made("dear", at, **said, stake=4), promise_made("by-rule", at, **said))
    count_pending()
    # As if a standard had made it; cells by standard are what the page counts from.
    Promise.objects.filter(reference="by-rule").update(standard="quick")
    rebuild_cells()
    page = _page(client, world.alice, reverse("analysis"))
    links = re.findall(r'<a href="(/promises/[^"]+)">(\d+)</a>', part_of(page, "comparison"))
    # The whole, two kinds, then the others.
    assert [int(n) for _path, n in links][:3] == [17, 14, 3]
    only = {part for path, _n in links for part in unescape(path).partition("?")[2].split("&")}
    assert {"stake=1", "stake=4", "standard=-", "standard=quick"} <= only
    for path, n in links:
        assert "stands=due" in path
        assert listed(client, world.alice, path) == int(n)


def test_nothing_beside_the_score_opens_nothing(client: Client, world: World) -> None:
    page = _page(client, world.alice, reverse("team", args=["support"]))
    assert len(re.findall("<a ", part_of(page, "gaming"))) == 1  # what fell due; none was withdrawn


def test_a_list_of_one_stake_or_standard_says_so(client: Client, world: World) -> None:
    for query, words in (
        ("stake=1", "Only those with a stake of 1."),
        ("standard=-", "Only those that no standard made."),
        ("standard=quick&stake=4", "with a stake of 4, made by the standard quick."),
        ("stake=3", "“3” is no stake."),
    ):
        page = _page(client, world.alice, f"{reverse('promises')}?window=all&{query}")
        assert words in page
    # What is searched among them stays among them.
    page = _page(client, world.alice, f"{reverse('promises')}?stake=1&standard=-")
    search = page.partition('role="search"')[2].partition("</form>")[0]
    assert 'name="stake" value="1"' in search
    assert 'name="standard" value="-"' in search
    table = client.get(reverse("promises-table"), {"window": "all", "stake": "4"})
    assert b"".join(table.streaming_content).count(b"\n") == 1  # type: ignore[attr-defined]
