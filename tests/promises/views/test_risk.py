"""The pages of open promises at risk, of the calibration of their chances, and of advice."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from interactions.models import Membership, Team
from promises.models import Promise
from tests.promises.risks import store_risks
from tests.promises.views.test_pages import words

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def manager() -> Client:
    """Somebody who sees all teams."""
    user = User.objects.create_user("alice")
    Membership.objects.create(user=user, role=Membership.Role.MANAGER)
    return signed_in(user)


def agent_of(team: str) -> Client:
    """Somebody who sees one team."""
    user = User.objects.create_user(f"agent of {team}")
    found = Team.objects.get(reference=team)
    Membership.objects.create(user=user, role=Membership.Role.AGENT, team=found)
    return signed_in(user)


def signed_in(user: User) -> Client:
    """A browser of theirs."""
    browser = Client(raise_request_exception=False)
    browser.force_login(user)
    return browser


def page(browser: Client, address: str, status: int = 200) -> str:
    """A page as text, with single blanks."""
    answer = browser.get(address)
    assert answer.status_code == status, address
    return " ".join(answer.content.decode().split())


def number_of(reference: str) -> int:
    """The number of a promise."""
    return Promise.objects.get(reference=reference).pk


def test_the_worst_comes_first_and_what_has_matured_is_not_there(manager: Client) -> None:
    store_risks(now=timezone.now())
    text = page(manager, "/at-risk/")
    places = [text.index(f"/promises/{number_of(name)}") for name in ("moved", "half", "fresh")]
    assert places == sorted(places)
    assert f"/promises/{number_of('over')}" not in text
    assert "2 open promises are more likely missed than kept." in text
    north = page(manager, "/at-risk/?team=north&kind=delivery")
    assert f"/promises/{number_of('moved')}" not in north
    assert f"/promises/{number_of('half')}" in north
    assert "No open promise of this sort" in page(manager, "/at-risk/?kind=response")


def test_it_goes_on_where_a_page_ended(manager: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    store_risks(now=timezone.now())
    monkeypatch.setattr("promises.views.risk.LINES", 2)
    first = page(manager, "/at-risk/?team=&kind=delivery")
    following = first.partition('href="?kind=delivery&amp;after=')[2].partition('"')[0]
    second = page(manager, f"/at-risk/?kind=delivery&after={following}")
    assert f"/promises/{number_of('fresh')}" in second
    assert f"/promises/{number_of('half')}" not in second
    assert "Back to the worst" in second
    for odd in ("nonsense", "nan:1", "inf:2", "0.1", "0.1:x", ":", "1e999:5", "0.5:" + "9" * 40):
        page(manager, f"/at-risk/?after={odd}")
    page(manager, "/at-risk/?team=%00&kind=%00")


def test_an_agent_sees_nothing_of_other_teams() -> None:
    store_risks(now=timezone.now())
    text = page(agent_of("south"), "/at-risk/")
    assert f"/promises/{number_of('moved')}" in text
    assert f"/promises/{number_of('half')}" not in text
    assert "north" not in text
    south = agent_of("north")
    assert f"/promises/{number_of('moved')}" not in page(south, "/at-risk/?team=south")


def test_a_past_moment_is_not_passed_over_in_silence(manager: Client) -> None:
    page = manager.get("/at-risk/?as_of=2026-03-01T00:00:00Z").content.decode()
    assert "Chances are told for now only." in page
    assert "Chances are told" not in manager.get("/at-risk/").content.decode()


def test_nobody_else_is_let_in() -> None:
    for address in ("/at-risk/", "/at-risk/calibration", "/at-risk/calibration.csv", "/advice"):
        assert Client().get(address).status_code == 302


def test_the_chance_is_on_the_page_of_an_open_promise_only(manager: Client) -> None:
    store_risks(now=timezone.now())
    moved = page(manager, f"/promises/{number_of('moved')}")
    assert "Its chance to be kept" in moved
    assert "Its date was put off once, which lowers it." in moved
    for other in ("over", "past-1"):
        assert "Its chance to be kept" not in page(manager, f"/promises/{number_of(other)}")
    past = (timezone.now() - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    half = page(manager, f"/promises/{number_of('half')}?as_of={past}")
    assert "Its chance to be kept" not in half


def test_calibration_says_how_far_chances_can_be_trusted(manager: Client) -> None:
    assert "Nothing was learnt yet" in page(manager, "/at-risk/calibration")
    store_risks(60, now=timezone.now())
    text = page(manager, "/at-risk/calibration")
    assert "There is too little past yet to judge chances by." in text
    assert 'data-chart="calibration"' not in text


def test_calibration_is_a_table_a_drawing_and_a_file(manager: Client) -> None:
    store_risks(1_200, now=timezone.now())
    text = page(manager, "/at-risk/calibration")
    said = words(text)
    assert re.search(r"always telling the average would score 0\.\d{3}\), \d+ %", said)
    assert re.search(r"always telling the average, \d+\.\d %, would score 0\.\d{3}\.", said)
    assert "less than that; they agree" in said
    assert text.count("<tr>") == 1 + 10 + 1 + 2
    assert 'data-points="calibration-points"' in text
    answer = manager.get("/at-risk/calibration.csv")
    assert answer["Content-Type"].startswith("text/csv")
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("lowest_chance,highest_chance,predicted,observed")
    assert len(lines) == 11


def test_advice_is_a_fragment_for_a_form(manager: Client) -> None:
    store_risks(now=timezone.now())
    due = timezone.localtime(timezone.now() + 2 * DAY).strftime("%Y-%m-%dT%H:%M")
    text = page(manager, f"/advice?team=north&kind=delivery&due_at={due}")
    assert "This team kept " in text
    assert "advice-bold" in text
    assert "Based on 200 delivery promises by north, made in the last year." in text
    assert "<html" not in text
    assert page(manager, "/advice?team=north") == ""
    assert "This date has passed." in page(manager, "/advice?kind=delivery&due_at=2020-01-01")
    assert "too few like it" in page(manager, "/advice?kind=quality&team=north")
    for odd in ("soon", "%00", "2020-13-01", "2999-99-99T99:99", "9999-12-31"):
        text = page(manager, f"/advice?kind=delivery&due_at={odd}")
        assert "The whole company keeps" in text
    page(manager, "/advice?kind=delivery&team=%00&standard=%00")


def test_advice_shows_no_other_teams_past() -> None:
    store_risks(now=timezone.now())
    text = page(agent_of("south"), "/advice?team=north&kind=delivery")
    assert "The whole company keeps" in text


def test_what_cannot_be_read_is_said(manager: Client) -> None:
    store_risks(2, now=timezone.now())
    page = manager.get("/at-risk/", {"team": "zz", "kind": "foo"}).content.decode()
    assert "The team “zz” is unknown." in page
    assert "“foo”" in page
