"""Every page and the API answer for a past moment, and say so."""

from datetime import timedelta
from urllib.parse import quote

import pytest
from django.test import Client
from django.urls import reverse

from interactions.ledger import record
from promises.services.counting import count_pending
from tests.events import fulfilled
from tests.promises.api.clients import reader
from tests.promises.views.test_pages import paths, read
from tests.promises.views.world import DAY, World, build_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return build_world()


def test_pages_answer_for_a_past_moment_and_say_how_much_was_heard_since(
    client: Client, world: World
) -> None:
    # A fact of then that was heard only now; the world itself was heard just now, too.
    record([fulfilled("order-11", world.now - 16 * DAY)], recorded_at=world.now)
    count_pending()
    moment = world.now - 15 * DAY
    for path in paths(world):
        page = read(client, world.alice, f"{path}?as_of={quote(moment.isoformat())}")
        assert "by what is known today" in page
        assert "Back to now" in page
        assert "events were heard since" in page
        assert "by what is known today" not in read(client, world.alice, path)
    for path in paths(world)[:3]:
        client.force_login(world.alice)
        assert 'type="datetime-local"' in client.get(path).content.decode()


def test_a_team_is_what_it_was(client: Client, world: World) -> None:
    team = reverse("team", args=["fulfilment"])
    # Nine came in time; the other three were open, and are not due a moment before.
    before = world.now - 17 * DAY - timedelta(minutes=1)
    assert "0 of 12" not in read(client, world.alice, f"{team}?as_of={quote(before.isoformat())}")
    after = world.now - 17 * DAY + timedelta(minutes=1)
    assert "9 of 12" in read(client, world.alice, f"{team}?as_of={quote(after.isoformat())}")


def test_the_api_answers_for_a_past_moment(world: World) -> None:
    moment = (world.now - 17 * DAY + timedelta(minutes=1)).isoformat()
    asked = {"as_of": moment}
    (team,) = (
        row
        for row in reader().get("/api/v1/scores", asked | {"scope": "team"}).json()["results"]
        if row["id"] == "fulfilment"
    )
    assert (team["n"], team["kept"], team["open_overdue"]) == (12, 9, 3)
    for path in (
        "teams/fulfilment",
        "teams/fulfilment/panel",
        "customers/c-1",
        f"promises/{world.moved.pk}",
    ):
        assert reader().get(f"/api/v1/{path}", asked).status_code == 200
        future = {"as_of": (world.now + DAY).isoformat()}
        assert reader().get(f"/api/v1/{path}", future).status_code == 400
    panel = reader().get("/api/v1/teams/fulfilment/panel", asked).json()
    assert (panel["now"]["n"], panel["before"]["n"], panel["window"]) == (12, 0, "90d")
    assert reader().get("/api/v1/teams/nobody/panel").status_code == 404
