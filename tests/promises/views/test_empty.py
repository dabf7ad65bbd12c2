"""Lists with nothing in them say why, and offer one thing to do to those who may."""

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client

from interactions.models import Membership, Team

pytestmark = pytest.mark.django_db

EMPTY = re.compile(r'class="[^"]*\bempty(?:-list)?\b[^"]*">.*?</div>', re.DOTALL)
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
    places = re.findall(r'<a class="btn[^"]*" href="([^"]+)"', empty)
    assert places
    # A place on the page is there.
    for place in places:
        assert not place.startswith("#") or f'id="{place[1:]}"' in page


@pytest.mark.parametrize("path", ["/reports/", "/inbox/"])
def test_who_may_not_act_is_offered_nothing(path: str) -> None:
    (empty, *_) = EMPTY.findall(somebody("agent").get(path).content.decode())
    assert "<a " not in empty


def test_an_analysis_of_nothing_offers_a_longer_period() -> None:
    page = somebody("admin").get("/analysis/").content.decode()
    assert "so there is no change to split" in page
    assert 'href="/analysis/?window=365d"' in page
    assert "Look at all promises" in somebody("manager").get("/search/?q=zzz").content.decode()
