"""Lists with nothing in them say why, and offer one thing to do to those who may."""

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client

from interactions.models import Membership, Team
from tests.opened import opened
from tests.promises.views.world import build_world

pytestmark = pytest.mark.django_db

EMPTY = re.compile(r'class="[^"]*\bempty(?:-list)?\b[^"]*">.*?</div>', re.DOTALL)
PLACE = re.compile(r'<a class="btn[^"]*" href="([^"]+)"')
LISTS = (
    "/",
    "/promises/",
    "/desk/",
    "/desk/?of=teams",
    "/teams/",
    "/at-risk/",
    "/reports/",
    "/inbox/",
    "/alerts/",
    "/alerts/deliveries",
    "/imports/",
    "/settings/standards/",
    "/settings/calendars/",
    "/settings/webhooks/",
    "/settings/sources/",
    "/settings/touchpoints/",
    "/settings/teams/",
    "/settings/segments/",
    "/settings/changes/",
    "/settings/changes/?by=nobody",
)


def somebody(role: str) -> Client:
    user = User.objects.create_user(role, password="a good long pass phrase")
    team = Team.objects.create(reference="t", name="t") if role == "agent" else None
    Membership.objects.create(user=user, role=role, team=team)
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.parametrize("path", LISTS)
def test_an_empty_list_says_why_and_what_to_do(path: str) -> None:
    page = somebody("admin").get(path).content.decode()
    (empty, *_) = EMPTY.findall(page)
    assert len(re.sub(r"<[^>]*>|\s+", " ", empty).split()) > 5
    places = PLACE.findall(empty)
    assert places
    # A place on the page is there.
    for place in places:
        assert not place.startswith("#") or f'id="{place[1:]}"' in page


@pytest.mark.parametrize("path", ["/reports/", "/inbox/"])
def test_who_may_not_act_is_offered_nothing(path: str) -> None:
    (empty, *_) = EMPTY.findall(somebody("agent").get(path).content.decode())
    assert "<a " not in empty


@pytest.mark.parametrize("path", ["/", "/teams/", "/at-risk/", "/analysis/"])
@pytest.mark.parametrize(
    ("role", "offered"),
    [
        ("admin", {"/desk/new", "/imports/", "/connect/"}),
        ("manager", {"/desk/new", "/imports/"}),
        ("agent", {"/desk/new"}),
    ],
)
def test_where_nothing_was_promised_lists_lead_to_the_first_promise(
    path: str, role: str, offered: set[str]
) -> None:
    page = somebody(role).get(path).content.decode()
    found = {place for empty in EMPTY.findall(page) for place in PLACE.findall(empty)}
    assert found == offered


def test_an_analysis_of_nothing_offers_a_longer_period() -> None:
    client = somebody("admin")
    page = opened(client, "/analysis/")
    # Nothing was promised yet: no table of nothing stands above what there is to do.
    assert "Compare whole years" not in page
    assert "<table" not in page.partition("<main")[2]
    build_world()
    assert 'href="/analysis/?window=365d"' in opened(client, "/analysis/")
    assert "Look at all promises" in somebody("manager").get("/search/?q=zzz").content.decode()
