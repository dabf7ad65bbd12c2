"""Pages whose rest comes when they are shown."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from interactions.selectors import viewer_for
from promises.models import LastAsked
from promises.selectors.asked import asked_from_query
from promises.selectors.dashboards import overview_read, overview_rest, team_read, team_rest
from tests.alike import alike
from tests.opened import opened
from tests.promises.views.test_pages import words
from tests.promises.views.world import DAY, World, build_world

pytestmark = pytest.mark.django_db

IN_PLACE = {"HX-Request": "true", "HX-Target": "rest"}
IDS = re.compile(r'<section class="card[^"]*" id="([\w-]+)"')
BELOW = {
    "/": ["kinds", "touchpoints", "customers", "overdue"],
    "/teams/fulfilment": ["overdue", "upcoming", "owed", "matured", "people"],
    "/analysis/": ["drivers-team_kind", "consequences"],
    "/customers/c-1": ["trust", "missed", "timeline"],
}
# Where a part of a page comes by itself: its place, and words that stand in it alone.
PLACES = {
    "/analysis/": ("breakdowns", "By kind"),
    "/customers/c-1": ("trust-line", "where it stands"),
}
# Those that ask again by themselves.
LIVE = ["/", "/teams/fulfilment"]


@pytest.fixture
def world() -> World:
    return build_world()


def whole(path: str) -> str:
    return f"{path}{'&' if '?' in path else '?'}whole=1"


@pytest.mark.parametrize("path", BELOW)
def test_the_rest_comes_later_and_is_what_the_whole_page_has(
    client: Client, world: World, path: str
) -> None:
    client.force_login(world.alice)
    then = f"{path}?as_of={(world.now - 15 * DAY).strftime('%Y-%m-%dT%H:%M:%SZ')}"
    for asked in (path, f"{path}?window=28d&kind=delivery", then):
        first = client.get(asked).content.decode()
        assert 'id="rest"' in first
        assert not set(BELOW[path]) & set(IDS.findall(first)), asked
        at_once = client.get(whole(asked)).content.decode()
        assert 'id="rest"' not in at_once
        assert set(BELOW[path]) <= set(IDS.findall(at_once)), asked
        assert IDS.findall(opened(client, asked)) == IDS.findall(at_once)
        assert told(opened(client, asked)) == told(at_once)


@pytest.mark.parametrize("path", PLACES)
def test_what_has_a_place_of_its_own_comes_there_alone(
    client: Client, world: World, path: str
) -> None:
    client.force_login(world.alice)
    place, told_there = PLACES[path]
    then = f"{path}?as_of={(world.now - 15 * DAY).strftime('%Y-%m-%dT%H:%M:%SZ')}"
    for asked in (path, f"{path}?window=365d", then):
        first = client.get(asked).content.decode()
        assert f'id="{place}"' in first
        assert told_there not in first
        part = client.get(whole(asked), headers=IN_PLACE | {"HX-Target": place})
        assert told_there in part.content.decode()
        assert "<main" not in part.content.decode()
        assert "HX-Target" in part["Vary"]
        rest = client.get(whole(asked), headers=IN_PLACE).content.decode()
        assert told_there not in rest
        assert words(part.content.decode()) in words(client.get(whole(asked)).content.decode())


def told(html: str) -> str:
    """What a page says, but for the seconds that pass between two of them."""
    return re.sub(r"\d\d:\d\d(:\d\d)?|\d+ min|whole=1", "", words(html.partition("<main")[2]))


@pytest.mark.parametrize("path", BELOW)
def test_the_rest_is_a_piece_of_a_page_and_kept_apart_from_it(
    client: Client, world: World, path: str
) -> None:
    client.force_login(world.alice)
    rest = client.get(whole(path), headers=IN_PLACE)
    assert "<main" not in rest.content.decode()
    assert rest["Cache-Control"] == ("private, no-cache" if path in LIVE else "private")
    assert "HX-Target" in rest["Vary"]
    # A filter asks for the page at the same address, in another place.
    assert (
        "<main"
        in client.get(whole(path), headers=IN_PLACE | {"HX-Target": "page"}).content.decode()
    )


def test_a_page_that_asks_again_gets_all_of_it(client: Client, world: World) -> None:
    client.force_login(world.alice)
    for path in LIVE:
        html = client.get(path, headers={"X-Live": "1"}).content.decode()
        assert set(BELOW[path]) <= set(IDS.findall(html))


@pytest.mark.parametrize(
    ("query", "headers"),
    [
        ("happened=heard", {}),
        ("say=hear", {}),
        ("before=2026-01-01T00:00:00Z_5", {}),
        ("happened=", {"HX-Request": "true", "HX-Target": "timeline"}),
    ],
)
def test_who_asks_for_the_timeline_gets_it_at_once(
    client: Client, world: World, query: str, headers: dict[str, str]
) -> None:
    client.force_login(world.alice)
    html = client.get(f"/customers/c-1?{query}", headers=headers).content.decode()
    assert 'id="timeline"' in html
    assert 'id="rest"' not in html
    assert ("<main" in html) != bool(headers)


def test_how_much_was_shown_is_not_remembered(client: Client, world: World) -> None:
    client.force_login(world.alice)
    client.get("/?window=28d&whole=1")
    assert LastAsked.objects.get(user=world.alice).query == "window=28d"
    client.get("/?window=7d&whole=1", headers=IN_PLACE)
    assert LastAsked.objects.get(user=world.alice).query == "window=28d"


def test_the_rest_of_a_foreign_team_is_not_there(client: Client, world: World) -> None:
    client.force_login(world.charlie)
    path = reverse("team", args=["fulfilment"])
    assert client.get(whole(path), headers=IN_PLACE).status_code == 404


@pytest.mark.parametrize("who", ["alice", "bob", "charlie"])
@pytest.mark.parametrize("ago", [None, 3, 15])
def test_read_alone_it_tells_the_same(world: World, who: str, ago: int | None) -> None:
    viewer = viewer_for(getattr(world, who))
    moment = {} if ago is None else {"as_of": (world.now - ago * DAY).isoformat()}
    for more in ({}, {"window": "28d"}, {"window": "all", "kind": "delivery"}):
        asked = asked_from_query(moment | more, now=world.now)
        assert alike(overview_rest(viewer, asked)) == alike(overview_read(viewer, asked).rest)
        if who == "charlie":
            continue
        alone = alike(team_rest(viewer, "fulfilment", asked))
        assert alone == alike(team_read(viewer, "fulfilment", asked).rest)
