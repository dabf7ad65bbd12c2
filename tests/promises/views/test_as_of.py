"""Every page and the API answer for a past moment, and say so."""

import re
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from interactions.ledger import record
from promises.services.counting import count_pending
from tests.events import fulfilled
from tests.promises.api.clients import reader
from tests.promises.views.test_pages import paths, read, words
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


@pytest.mark.parametrize("filters", ["", "kind=delivery", "touchpoint=webshop", "explicit=yes"])
def test_no_row_is_looked_for_in_a_long_list(client: Client, world: World, filters: str) -> None:
    """Where very many promises changed since, NOT IN goes through the whole list for each row."""
    client.force_login(world.alice)
    moment = quote((world.now - 15 * DAY).isoformat())
    for path in paths(world):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"{path}?as_of={moment}&{filters}").status_code == 200
        assert not [q["sql"] for q in queries if re.search(r"NOT \([^()]* IN \(SELECT", q["sql"])]


def test_a_team_is_what_it_was(client: Client, world: World) -> None:
    team = reverse("team", args=["fulfilment"])
    # Nine came in time; the other three were open, and are not due a moment before.
    before = world.now - 17 * DAY - timedelta(minutes=1)
    assert "0 of 12" not in read(client, world.alice, f"{team}?as_of={quote(before.isoformat())}")
    after = world.now - 17 * DAY + timedelta(minutes=1)
    assert "9 of 12" in read(client, world.alice, f"{team}?as_of={quote(after.isoformat())}")


def test_a_promise_is_what_it_was(client: Client, world: World) -> None:
    path = reverse("promise", args=[world.moved.pk])
    now = read(client, world.alice, path)
    assert "The van broke down" in now
    assert "Back to now" not in now
    # Made 20 days ago, due three days later; a day before that it was moved by a day and kept late.
    before = world.now - 19 * DAY
    then = client.get(path, {"as_of": before.isoformat()}).content.decode()
    shown = timezone.localtime(before).strftime("%Y-%m-%dT%H:%M:%S")
    assert f'id="asked-as-of" step="1" value="{shown}"' in then
    page = read(client, world.alice, f"{path}?as_of={shown}")
    assert "This is how it stood at" in page
    assert "will count from" in page
    for later in ("The van broke down", "promise.fulfilled", "Undo"):
        assert later not in page
    at_due = f"{path}?as_of={quote((world.now - 17 * DAY + timedelta(hours=1)).isoformat())}"
    overdue = read(client, world.alice, at_due)
    assert "The van broke down" in overdue
    assert "overdue" in overdue
    assert "promise.fulfilled" not in overdue
    # The loss of then: an hour over, of 3 days' half-life, and one announced slip.
    assert f"{1 - (1 - 0.2572) * 0.9:.3f}" in overdue


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ("soon", "“soon” is no moment"),
        ("2999-01-01T00:00", "The moment lies in the future"),
        ("1970-01-01", "The moment lies before 1990"),
        ("2020-01-01", "This promise had not been made by then"),
        ("<b>", "“<b>” is no moment"),
    ],
)
def test_a_wrong_moment_is_told_beside_its_field(
    client: Client, world: World, given: str, sentence: str
) -> None:
    client.force_login(world.alice)
    path = reverse("promise", args=[world.moved.pk])
    html = client.get(path, {"as_of": given}).content.decode()
    field = html[html.index('id="asked-as-of"') :][:800]
    assert 'aria-describedby="asked-as-of-error"' in field
    assert sentence in words(field[field.index('id="asked-as-of-error"') :])
    assert "Back to now" not in html
    # Of a promise that one may not see there is still nothing, at any moment.
    client.force_login(world.charlie)
    assert client.get(path, {"as_of": given}).status_code == 404


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
