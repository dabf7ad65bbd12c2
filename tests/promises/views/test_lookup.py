"""The palette and the search: pages by role, promises and customers by visibility; preferences."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from interactions.models import Membership, Preference
from promises.views.lookup import PLACES
from tests.promises.views.test_pages import words
from tests.promises.views.world import World, build_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return build_world()


def options(client: Client, who: User, typed: str) -> str:
    client.force_login(who)
    answer = client.get(reverse("search"), {"q": typed}, headers={"X-Fragment": "1"})
    assert answer.status_code == 200
    assert "<html" not in answer.content.decode()
    return words(answer.content.decode())


def test_pages_are_those_of_the_role(client: Client, world: World) -> None:
    assert "Webhooks" not in options(client, world.alice, "")
    assert "Data health" in options(client, world.alice, "")
    assert "Data health" not in options(client, world.bob, "")
    Membership.objects.create(user=world.alice, role=Membership.Role.ADMIN)
    assert "Webhooks" in options(client, world.alice, "settings del")
    for place in PLACES:
        assert client.get(place.url).status_code == 200, place.url
    assert "Preferences" in options(client, world.bob, "theme")
    for typed, found in (
        ("install", "Installation"),
        ("people", "People and roles"),
        ("sign out", "My account"),
        ("members", "Teams and members"),
        ("hurt", "Customers hurt most"),
    ):
        assert found in options(client, world.alice, typed)


def test_the_rests_that_are_owed_are_found(client: Client, world: World) -> None:
    client.force_login(world.bob)
    for typed in ("rest", "owed", "partial", "rests still"):
        answer = client.get(reverse("search"), {"q": typed}, headers={"X-Fragment": "1"})
        page = answer.content.decode()
        assert 'data-href="/promises/?stands=rest_owed"' in page, typed
        assert "Rests still owed" in page


def test_a_promise_is_found_by_its_number(client: Client, world: World) -> None:
    number = world.moved.pk
    for typed in (str(number), f"#{number}"):
        assert "order-9 arrives in time" in options(client, world.bob, typed)
        answer = client.get(reverse("search"), {"q": typed}, headers={"X-Fragment": "1"})
        assert answer.content.decode().count(reverse("promise", args=[number])) == 1
    for typed in ("#", "#x", "9" * 30, "²"):
        options(client, world.bob, typed)
    assert "call-2" not in options(client, world.bob, str(world.foreign.pk))


def test_what_is_foreign_is_not_found(client: Client, world: World) -> None:
    bob = options(client, world.bob, "order-9") + options(client, world.bob, "arrives time")
    assert "order-9 arrives in time" in bob
    assert "Ada Lovelace" in options(client, world.bob, "love")
    assert "fulfilment" in options(client, world.bob, "fulf")
    for typed in ("call-2", "script", "Eve", "c-2", "supp"):
        found = options(client, world.bob, typed)
        assert "customer Eve" not in found
        assert "support" not in found
        assert "call" not in found
    assert "support" in options(client, world.alice, "supp")


def test_whatever_is_typed_finds_something_or_nothing(client: Client, world: World) -> None:
    for typed in ("\0", "' OR 1=1 --", "%", "x" * 9_000, "&|!:*", "a & b", "<script>", "٣"):
        options(client, world.alice, typed)
        client.get(reverse("customer-options"), {"q": typed})
    answer = client.get(reverse("search"), {"q": "<script>alert(1)</script>"})
    assert b"<script>alert" not in answer.content


def test_preferences_are_kept_with_the_account(client: Client, world: World) -> None:
    client.force_login(world.bob)
    page = client.get(reverse("preferences")).content.decode()
    assert 'data-single-keys="on"' in page
    assert "data-theme-preference" not in page
    assert client.post(reverse("preference-theme"), {"theme": "pink"}).status_code == 422
    assert client.post(reverse("preferences"), {"theme": "pink"}).status_code == 422
    assert not Preference.objects.exists()
    answer = client.post(reverse("preferences"), {"theme": "dark"})
    assert answer.status_code == 302
    page = client.get(reverse("desk")).content.decode()
    assert 'data-single-keys="off"' in page
    assert 'data-theme-preference="dark"' in page
    assert client.post(reverse("preference-theme"), {"theme": "light"}).status_code == 204
    kept = Preference.objects.get(user=world.bob)
    assert (kept.theme, kept.single_keys) == ("light", False)
    assert "switched off for you" in words(client.get(reverse("keys")).content.decode())
