"""Each list reads its own cursors and no other's."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from interactions.api_schema import openapi_document
from interactions.models import Touchpoint
from promises.models import Restatement
from tests.events import START, fulfilled, store
from tests.promises.api.clients import (
    DAY,
    all_pages,
    client,
    id_of,
    store_company,
)
from tests.promises.asking import count
from tests.promises.risks import store_risks
from tests.uploads import orders, uploaded

pytestmark = pytest.mark.django_db

# What an address needs besides.
QUERIES = {"/api/v1/scores": {"scope": "customer", "window": "all"}}
WEBHOOK = {"url": "https://93.184.215.14/hooks", "event_types": ["promise.made"]}


def lists_of_the_api() -> set[str]:
    return {
        path
        for path, operations in openapi_document()["paths"].items()
        if any(one["name"] == "cursor" for one in operations.get("get", {}).get("parameters", ()))
    }


def webhook_with_deliveries(who: Client) -> str:
    made: Any = who.post("/api/v1/webhooks", WEBHOOK, content_type="application/json")
    id = str(made.json()["webhook"]["id"])
    for _ in range(2):
        who.post(f"/api/v1/webhooks/{id}/test", {}, content_type="application/json")
    return id


def addresses(who: Client) -> list[str]:
    """All lists, each with more than one row on it; where there are many of a kind, two of them."""
    store_risks(40, now=timezone.now())
    store_company()
    store(*(fulfilled(f"unknown-{n}", START + n * DAY) for n in range(2)))
    count()
    for number in range(2):
        Touchpoint.objects.create(reference=f"p-{number}", name=f"p-{number}")
        uploaded(orders(1), f"orders-{number}.csv")
        Restatement.objects.create(
            **{"kind": "delivery", "version": number, "made_until": START, "asked_at": START},
            state=Restatement.State.DONE,
        )
    webhook = webhook_with_deliveries(who)
    ids = {
        "/api/v1/promises/{id}/events": [id_of("kept"), id_of("late")],
        "/api/v1/customers/{id}/timeline": ["c-1", "c-2"],
        "/api/v1/webhooks/{id}/deliveries": [webhook],
    }
    return [
        path.replace("{id}", id)
        for path in sorted(lists_of_the_api())
        for id in ids.get(path, ("",))
    ]


def test_a_cursor_is_of_one_list() -> None:
    who = client("admin", "read")
    lists = addresses(who)
    cursors = {}
    for address in lists:
        asked = {**QUERIES.get(address, {}), "limit": "1"}
        following = who.get(address, asked).json()["next"]
        assert following is not None, address
        cursors[address] = parse_qs(urlsplit(following).query)["cursor"][0]
        assert len(all_pages(who, address, **asked)) >= 2
    for address in lists:
        for other, cursor in cursors.items():
            answer = who.get(address, {**QUERIES.get(address, {}), "cursor": cursor})
            if other == address:
                assert answer.status_code == 200
            else:
                assert answer.status_code == 400, (other, address)
                assert [one["pointer"] for one in answer.json()["errors"]] == ["#/cursor"]
