"""The character NUL in an address: no row holds it, so nothing is found, and nothing breaks."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.promises.api.clients import client as client_with_key
from tests.promises.views.world import World, build_world

pytestmark = pytest.mark.django_db

NUL = "%00"
TEXTS = ("team", "touchpoint", "segment", "customer", "q", "said", "source", "subject", "by")
OTHERS = (
    *("after", "against", "area", "as_of", "before", "current", "cursor", "done", "due_at", "from"),
    *("encoding", "explicit", "happened", "kind", "of", "page", "promise", "reference", "rows"),
    *("say", "seen", "shown", "since", "stands", "state", "to", "token", "whole", "window"),
)
# The pages that read texts.
ASKED = (
    *("overview", "teams", "teams-csv", "customers", "promises", "promises-table", "analysis"),
    *("at-risk", "search", "customer-options", "promise-by-reference", "view-counts", "advice"),
    *("promise-new", "promise-proposal", "desk", "settings-changes", "connect", "start"),
)


@pytest.fixture
def world() -> World:
    return build_world()


def with_texts(patterns: list[URLPattern | URLResolver], begin: str = "") -> Iterator[str]:
    """The addresses that hold a text, with NUL as each of them."""
    for pattern in patterns:
        route = begin + str(pattern.pattern)
        if route.startswith(("admin/", "livez", "readyz", "^")):
            continue
        if isinstance(pattern, URLResolver):
            yield from with_texts(pattern.url_patterns, route)
            continue
        for part in route.split("<")[1:]:
            name = part.partition(">")[0]
            is_number = name.startswith("int:")
            route = route.replace(f"<{name}>", "1" if is_number else NUL)
        if NUL in route:
            yield f"/{route}"


def test_no_part_of_an_address(client: Client, world: World) -> None:
    world.alice.is_superuser = world.alice.is_staff = True
    world.alice.save()
    client.force_login(world.alice)
    paths = list(with_texts(get_resolver().url_patterns))
    assert {"/customers/%00", "/teams/%00", "/reports/%00"} <= set(paths)
    program = client_with_key("read", "admin", "events:write", source="/shop")
    for path in paths:
        asks = program if path.startswith("/api/") else client
        for method in ("get", "post", "put", "delete"):
            assert getattr(asks, method)(path).status_code < 500, (method, path)
    for path in ("/customers/%00", "/teams/a%00", "/customers/a%00b"):
        assert client.get(path).status_code == 404


def test_no_parameter(client: Client, world: World) -> None:
    client.force_login(world.alice)
    everything = dict.fromkeys((*TEXTS, *OTHERS), "\0")
    # One may be refused before another is looked at.
    some = (dict.fromkeys(TEXTS[place::3], "a\0b") for place in range(3))
    asked = [everything, *some]
    paths = [reverse(name) for name in ASKED]
    paths += [reverse("team", args=["fulfilment"]), reverse("customer", args=["c-1"])]
    paths += [reverse("promise", args=[world.moved.pk])]
    for path in paths:
        for values in asked:
            assert client.get(path, values).status_code < 500, (path, values)
    for name in ("imports", "inbox", "health", "webhooks", "calendars", "reports", "sources"):
        assert client.get(reverse(name), everything).status_code < 500, name
