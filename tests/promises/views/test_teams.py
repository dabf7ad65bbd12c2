"""The page of all teams, its funnel in words, and the same as CSV."""

import csv
import io

import pytest
from django.test import Client
from django.urls import reverse

from interactions.models import Team
from promises.domain.funnel import limits, verdict
from promises.selectors.funnel import Funnel, FunnelPoint
from promises.templatetags.promise_funnel import funnel_drawing, funnel_sentence, places
from tests.promises.views.rows import score_row
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
    text = client.get(reverse("teams-csv")).content.decode("utf-8-sig")
    assert "support" not in text


def test_the_table_can_be_taken_away(client: Client, world: World) -> None:
    Team.objects.filter(reference="support").update(name="=cmd()")
    client.force_login(world.alice)
    answer = client.get(reverse("teams-csv"))
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
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


def point(name: str, kept: int, n: int = 100) -> FunnelPoint:
    within = limits(n, 0.5)
    return FunnelPoint(name, name, n, kept, kept / n, verdict(kept, within).value, within)


def test_it_names_those_beyond_chance_and_counts_the_others() -> None:
    points = [point(name, 20) for name in "abcde"] + [point("f", 80), point("g", 50)]
    sentence = funnel_sentence(Funnel(700, 350, 0.5, tuple(points), ())).replace("\xa0", " ")
    assert sentence == (
        "The company keeps 50.0 % of its promises. "
        "5 teams keep fewer than chance explains: a, b, c, 2 others. "
        "1 team keeps more: f. The others cannot be told from the company for certain."
    )


def test_the_drawing_has_percentages() -> None:
    drawing = funnel_drawing(Funnel(100, 50, 0.5, (point("a", 20),), (limits(10, 0.5),)))
    assert drawing["rate"] == 50
    (team,) = drawing["teams"]
    assert (team["rate"], team["verdict"]) == (20, "far_below")
    (line,) = drawing["limits"]
    assert 0 <= line["farlow"] <= line["low"] <= 50 <= line["high"] <= line["farhigh"] <= 100


@pytest.mark.parametrize(
    ("first", "last", "words"), [(None, None, "unranked"), (2, 2, "2"), (2, 5, "2–5")]
)
def test_places_are_a_number_or_a_range(first: int | None, last: int | None, words: str) -> None:
    assert places(score_row(rank_from=first, rank_to=last)) == words
