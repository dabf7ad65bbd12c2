"""Whatever id stands in the ledger, its pages open, and it closes none to anybody."""

from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from django.test import Client
from django.urls import NoReverseMatch, resolve, reverse

from interactions.decode import NewEvent, event_from_mapping
from interactions.ledger import record
from interactions.models import Customer, Team
from promises.models import Promise
from promises.services.counting import count_pending
from tests.addresses import addresses
from tests.promises.api.clients import reader
from tests.promises.views.everything import build_everything
from tests.promises.views.world import DAY, World, build_world

pytestmark = pytest.mark.django_db

# What the gate let in before it looked, and what it lets in still.
STRANGE = (
    *("nl\nid", "\n", "cr\r\nid", "sep\u2028id", "\x7f", "tab\tid\x1f", "\x85id"),
    *(".", "..", "a/./b", "../b", "a/..", "~.", "~~..", "~./x"),
    *(
        "x/timeline",
        "x/panel",
        "x/trust.csv",
        "timeline",
        "x/~timeline",
        "x/timeline/",
        "timeline/x",
    ),
    *("/", "/x", "x/", "x//y", "%2e", "%00", "?q#f", "a b", "ü", "~x", "new"),
)
LISTS = ("overview", "teams", "customers", "promises", "desk", "at-risk", "health")
SETTINGS = ("settings-teams", "settings-touchpoints", "settings-segments")


def around_the_gate(id: str, world: World, *, subject: str = "", **more: Any) -> NewEvent:
    """A promise whose ids are all this one, as an earlier gate took it."""
    at = world.now - 3 * DAY
    data = {
        "kind": "delivery",
        "customer": {"id": id, "segment": id},
        "team": id,
        "touchpoint": id,
        "standard": id,
        "statement": "arrives",
        "due_at": (at + DAY).isoformat(),
        "repeat_of": id,
    }
    return event_from_mapping(
        {
            "specversion": "1.0",
            "id": f"strange {id!r}",
            "source": "/shop",
            "type": "promise.made",
            "subject": subject or f"strange {id!r}",
            "time": at.isoformat(),
            "data": data | more,
        },
        now=world.now,
        ids_known=True,
    )


def stored(world: World, *ids: str) -> None:
    record([around_the_gate(id, world) for id in ids], recorded_at=world.now)
    count_pending()


def shown(client: Client, address: str) -> None:
    answer: Any = client.get(address)
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    assert answer.status_code in (200, 204, 302, 405), (address, answer.status_code, body[:300])


@pytest.mark.parametrize("id", STRANGE)
def test_an_id_comes_back_from_its_address(id: str) -> None:
    for name, parts in (
        ("team", {}),
        ("customer", {}),
        ("trust-csv", {}),
        ("customer-say", {"name": "describe"}),
        ("customer-unsay", {}),
    ):
        address = reverse(name, kwargs={**parts, "reference": id})
        assert resolve(unquote(address)).kwargs["reference"] == id
        # What a browser would take for a step is none.
        assert not {".", "..", "%2e"} & set(urlsplit(address).path.lower().split("/"))
    for name in ("api-customer", "api-customer-timeline", "api-team", "api-team-panel"):
        found = resolve(unquote(reverse(name, kwargs={"id": id})))
        assert (found.url_name, found.kwargs) == (name, {"id": id})


def test_pages_open_for_whatever_is_stored(client: Client) -> None:
    world = build_world()
    stored(world, *STRANGE)
    client.force_login(world.alice)
    for name in (*LISTS, *SETTINGS):
        shown(client, reverse(name))
    shown(client, reverse("promises") + "?window=all&stands=overdue")
    for id in STRANGE:
        customer, team = id.strip() or "not-stated", id.strip() or "not-stated"
        shown(client, reverse("customer", args=[customer]))
        shown(client, reverse("team", args=[team]))
        shown(
            client, reverse("promise", args=[Promise.objects.get(reference=f"strange {id!r}").pk])
        )
    for id in STRANGE[::3]:
        for page, field in (("search", "q"), ("customer-options", "q"), ("overview", "team")):
            answer = client.get(reverse(page), {field: id})
            assert answer.status_code == 200


def test_every_page_about_an_id_with_a_line_break(client: Client) -> None:
    world, admin = build_everything()
    event = around_the_gate("nl\nid", world, subject="nl\nid")
    record([event], recorded_at=world.now)
    count_pending()
    promise = Promise.objects.get(reference="nl\nid")
    client.force_login(admin)
    for _, path in addresses(promise, day=f"{world.now - DAY:%Y-%m-%d}"):
        shown(client, path)


def test_the_api_answers_for_whatever_is_stored() -> None:
    world = build_world()
    stored(world, *STRANGE)
    asks = reader()
    for id in STRANGE:
        known = id.strip() or "not-stated"
        for name in ("api-customer", "api-team"):
            answer = asks.get(reverse(name, args=[known]))
            assert answer.status_code == 200, (name, id)
            assert answer.json()["id"] == known
        for name in ("api-customer-timeline", "api-team-panel"):
            assert asks.get(reverse(name, args=[known])).status_code == 200
    assert {".", "..", "nl\nid"} <= set(Customer.objects.values_list("reference", flat=True))
    assert {".", "..", "nl\nid"} <= set(Team.objects.values_list("reference", flat=True))


def test_no_address_is_made_of_nothing() -> None:
    with pytest.raises(NoReverseMatch):
        reverse("team", args=[""])
