"""What the clock passed, on the page of a promise."""

from datetime import timedelta

import pytest
from django.test import Client

from interactions.ledger import record
from interactions.models import Source
from promises.models import OpenPromise, Promise
from promises.services.counting import count_pending
from promises.services.watching import watch
from tests.events import event
from tests.promises.views.test_pages import read
from tests.promises.views.world import DAY, World, build_world, promise_made

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return build_world()


def page_of(reference: str, query: str = "") -> str:
    return f"/promises/{Promise.objects.get(reference=reference).pk}{query}"


def test_thresholds_stand_with_their_moments(client: Client, world: World) -> None:
    said = read(client, world.bob, page_of("order-11"))
    assert "What the clock passed Nothing yet." in said
    assert "what had passed before its date was known is no news" in said
    OpenPromise.objects.update(next_check=world.now - 14 * DAY)
    watch(now=world.now + timedelta(seconds=2))
    said = read(client, world.bob, page_of("order-11"))
    assert "16 days over noticed after" in said
    assert "... and" in said
    assert "Next look:" in said
    before = f"?as_of={world.now - 19 * DAY:%Y-%m-%dT%H:%M:%SZ}"
    past = read(client, world.bob, page_of("order-11", before))
    assert "What the clock passed" not in past


def test_a_settled_promise_that_passed_nothing_says_nothing(client: Client, world: World) -> None:
    assert "What the clock passed" not in read(client, world.bob, page_of("order-1"))


def test_a_running_pause_is_told(client: Client, world: World) -> None:
    at = world.now - timedelta(hours=1)
    due = (world.now + DAY).isoformat()
    events = [
        promise_made(
            "paused",
            at - DAY,
            kind="delivery",
            team="fulfilment",
            due_at=due,
            customer={"id": "c-1"},
        ),
        event("promise.paused", "paused", at, {"cause": "agreed"}),
    ]
    record(events, recorded_at=world.now, door=Source.Door.MACHINE)
    count_pending()
    assert "A pause runs: nothing is passed" in read(client, world.bob, page_of("paused"))
