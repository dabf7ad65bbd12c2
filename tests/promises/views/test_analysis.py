"""The page on what changed, and its tables as CSV."""

import csv
import io
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from interactions import tallies
from interactions.ledger import record
from interactions.models import Source
from promises.services.consequences import reckon
from promises.services.counting import count_pending
from tests.events import event, fulfilled
from tests.promises.views.test_pages import read
from tests.promises.views.world import DAY, World, build_world, promise_made

pytestmark = pytest.mark.django_db
PAGE = "/analysis/"


@pytest.fixture
def world() -> World:
    """The small company, and promises of the ninety days before, half of them kept."""
    world = build_world()
    events = []
    for number in range(30):
        at, name = world.now - 150 * DAY, f"earlier-{number}"
        customer = {"id": f"e-{number}"}
        team = ("fulfilment", "support")[number % 2]
        events.append(promise_made(name, at, kind="delivery", team=team, customer=customer))
        settled = at + (1 if number % 2 else 5) * DAY
        events.append(fulfilled(name, settled))
        score = {"score": 5 if number % 2 else 2, "promise": name}
        events.append(event("feedback.given", f"e-{number}", settled + DAY, score))
    record(events, recorded_at=world.now, door=Source.Door.MACHINE)
    while count_pending():
        pass
    return world


def table(client: Client, name: str, **asked: str) -> list[dict[str, str]]:
    answer = client.get(reverse("analysis-csv", args=[name]), asked)
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/csv")
    body = answer.content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(body)))


def test_nobody_signed_out_sees_it(client: Client) -> None:
    for path in (PAGE, reverse("analysis-csv", args=["drivers"])):
        assert client.get(path).status_code == 302


def test_it_says_what_changed_and_what_moved_it(client: Client, world: World) -> None:
    page = read(client, world.alice, PAGE)
    assert "against the period before" in page
    assert "Too few promises to compare with a year ago." in page
    assert "The raw mean moved by" in page
    assert "By touchpoint" not in page
    assert "What came after promises is added up once a day. That was not done yet;" in page


def test_an_agent_compares_their_own_teams(client: Client, world: World) -> None:
    page = read(client, world.bob, PAGE)
    assert "my teams" in page
    assert "support" not in page
    assert "my teams" in read(client, world.bob, PAGE + "?team=support")
    assert "my teams" in read(client, world.bob, PAGE + "?team=fulfilment")


def test_what_came_after_is_told_without_a_cause(client: Client, world: World) -> None:
    tallies.count_new()
    reckon(now=world.now)
    page = read(client, world.alice, PAGE + "?window=365d")
    assert "Promises that were kept came with 5.00 of 5, late ones with 2.00." in page
    assert "no proof that one made the other" in page
    other = "these are not of the moment that the page is about"
    assert other not in page
    past = (world.now - timedelta(days=2)).isoformat().replace("+", "%2B")
    assert other in read(client, world.alice, f"{PAGE}?window=365d&as_of={past}")
    assert "caused" not in page
    assert "cost" not in page.split("What came after")[1]
    rows = {row["outcome"]: row for row in table(client, "consequences", window="365d")}
    assert (rows["late_3d"]["n"], rows["late_3d"]["feedback_mean"]) == ("15", "2.0")


def test_the_tables_are_those_of_the_page(client: Client, world: World) -> None:
    client.force_login(world.alice)
    parts = table(client, "drivers")
    by_team = [float(part["total"]) for part in parts if part["by"] == "team_kind"]
    by_point = [float(part["total"]) for part in parts if part["by"] == "touchpoint"]
    assert sum(by_team) == pytest.approx(sum(by_point), abs=1e-9)
    whole = table(client, "comparison", team="fulfilment")[0]
    assert (whole["by"], whole["now_n"], whole["before_n"]) == ("", "12", "15")
    assert whole["gap_since_year_says"] == "too few"


@pytest.mark.parametrize(
    "query",
    [
        "window=all",
        "window=7d&kind=x&against=never",
        "team=%00",
        f"as_of={(timedelta(days=1))}",
        "as_of=2025-01-01",
        "from=2026-01-01&to=2026-01-31",
    ],
)
def test_what_cannot_be_read_is_left_out(client: Client, world: World, query: str) -> None:
    client.force_login(world.alice)
    answer = client.get(f"{PAGE}?{query}")
    assert answer.status_code == 200
    if query == "window=all":
        assert "Everything has no earlier period" in answer.content.decode()
    if query.startswith("from"):
        assert "Days of your own choice are not compared" in answer.content.decode()


def test_a_team_that_is_not_there_is_said_to_be_unknown(client: Client, world: World) -> None:
    client.force_login(world.bob)
    for team in ("nobody", "support"):
        page = client.get(PAGE, {"team": team})
        assert page.status_code == 200
        assert f"The team “{team}” is unknown." in page.content.decode()


def test_what_is_not_there_is_404(client: Client, world: World) -> None:
    client.force_login(world.alice)
    assert client.get("/analysis/comparison.csv", {"team": "nobody"}).status_code == 404
    assert client.get("/analysis/passwords.csv").status_code == 404
