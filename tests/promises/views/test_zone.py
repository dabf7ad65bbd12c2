"""Whoever reads or writes a time is told in which zone."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from interactions.changes import NOBODY
from interactions.first_admin import make_first_admin
from interactions.installation import forget_installed, installation_zone
from interactions.models import Source
from promises.models import Promise
from promises.services.counting import count_pending
from promises.services.installing import sample_holds_zone, store_zone
from promises.services.sample import SOURCE
from tests.events import made, store
from tests.promises.views.test_pages import read
from tests.promises.views.world import build_world

pytestmark = pytest.mark.django_db

ZONE = "Asia/Tokyo"
OFFER = "Remove the sample to choose another zone"
STAYS = "It stays."


@pytest.fixture
def admin() -> User:
    store_zone(ZONE, by=NOBODY)
    return make_first_admin("ada", "a good long pass phrase")


def sample(*references: str) -> None:
    store(*(made(reference, source=SOURCE) for reference in references))
    Source.objects.filter(name=SOURCE).update(is_sample=True)
    count_pending()


@pytest.mark.parametrize(
    "name", ["imports", "people", "reports", "alert-rules", "inbox", "sources", "overview"]
)
def test_every_page_of_somebody_names_its_zone(client: Client, admin: User, name: str) -> None:
    page = read(client, admin, reverse(name))
    assert page.count(f"Times are in {ZONE}. Days begin and end there.") == 1


def test_a_page_without_times_names_none(client: Client, admin: User) -> None:
    assert ZONE not in client.get(reverse("login")).content.decode()


def test_what_asks_for_a_time_names_the_zone(client: Client) -> None:
    store_zone(ZONE, by=NOBODY)
    world = build_world()
    promise = Promise.objects.filter(state="open", team__reference="fulfilment").first()
    assert promise is not None
    page = read(client, world.alice, reverse("promise", args=[promise.pk]))
    for label in ("When it happened", "Customer told", "Asked when", "Time", "As of"):
        assert f"{label} ({ZONE})" in page, label
    assert f"New date ({ZONE})" not in page
    outcome = read(client, world.alice, reverse("promise-outcome", args=[promise.pk]))
    assert f"When it happened ({ZONE})" in outcome
    for name in ("analysis", "teams"):
        assert f"As of ({ZONE})" in read(client, world.alice, reverse(name)), name


def test_the_sample_is_offered_for_removal_where_it_alone_holds_the_zone(
    client: Client, admin: User
) -> None:
    sample("s-1", "s-2")
    page = read(client, admin, reverse("installation"))
    assert OFFER in page
    assert STAYS not in page
    form = {"then": "installation"}
    answer = client.post(reverse("sample-remove"), form, follow=True)
    assert answer.redirect_chain == [(reverse("installation"), 302)]
    assert 'name="zone"' in answer.content.decode()
    assert OFFER not in answer.content.decode()
    client.post(reverse("installation"), {"company": "", "zone": "Europe/Berlin"})
    forget_installed()
    assert str(installation_zone()) == "Europe/Berlin"


def test_with_promises_of_their_own_the_zone_stays(client: Client, admin: User) -> None:
    assert not sample_holds_zone()
    sample("s-1")
    store(made("own-1"))
    count_pending()
    page = read(client, admin, reverse("installation"))
    assert OFFER not in page
    assert STAYS in page
