"""The page of all teams, its funnel in words, and the same as CSV."""

import csv
import io

import pytest
from django.test import Client
from django.urls import reverse

from interactions.models import Team
from promises.selectors.funnel import Funnel
from promises.templatetags.promise_funnel import funnel_sentence
from tests.promises.views.test_pages import read
from tests.promises.views.world import World, build_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return build_world()


def test_it_says_what_the_funnel_shows_and_where_each_team_stands(
    client: Client, world: World
) -> None:
    page = read(client, world.alice, reverse("teams"))
    assert "No team differs from the company's 73.3 % by more than chance explains." in page
    assert "not to be told from the company" in page
    assert "fulfilment 1 12" in page
    assert "unranked" in page
    assert "not enough promises yet" in page


def test_an_agent_sees_the_own_team_only(client: Client, world: World) -> None:
    page = read(client, world.bob, reverse("teams"))
    assert "fulfilment" in page
    assert "support" not in page
    assert "Promises of one team only fell due" in page
    text = client.get(reverse("teams-csv")).content.decode()
    assert "support" not in text


def test_the_table_can_be_taken_away(client: Client, world: World) -> None:
    Team.objects.filter(reference="support").update(name="=cmd()")
    client.force_login(world.alice)
    answer = client.get(reverse("teams-csv"))
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert [(row["id"], row["n"], row["kept"], row["verdict"]) for row in rows] == [
        ("fulfilment", "12", "9", "inside"),
        ("support", "3", "2", "inside"),
    ]
    assert [row["name"] for row in rows] == ["fulfilment", "'=cmd()"]
    assert (rows[0]["rank_from"], rows[1]["rank_from"]) == ("1", "")


def test_nobody_signed_out_sees_them(client: Client, world: World) -> None:
    for name in ("teams", "teams-csv"):
        assert client.get(reverse(name)).status_code == 302


def test_a_page_explains_the_strength_and_the_shares_settled(client: Client, world: World) -> None:
    page = read(client, world.alice, reverse("team", args=["fulfilment"]))
    assert "as if 5 more promises were like that" in page
    assert "The 5 holds until there is enough to estimate it from." in page
    assert "settled within 1 day of due – within 3 days – within 7 days –" in page
    assert "A dash: fewer than 20 promises" in page


def test_a_funnel_of_nothing_has_a_sentence() -> None:
    assert funnel_sentence(Funnel(0, 0, None, (), ())) == (
        "No promise of a team fell due in this period."
    )
