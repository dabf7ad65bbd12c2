"""Clients with keys, and a few promises to ask for."""

from datetime import timedelta
from typing import Any

from django.test import Client

from interactions.keys import make_key
from interactions.models import Source
from promises.models import Promise
from tests.events import SHOP, START, event, fulfilled, made, store
from tests.promises.asking import count

DAY = timedelta(days=1)
PROMISES = "/api/v1/promises"
PROBLEM = "application/problem+json"


def client(*scopes: str, source: str | None = None) -> Client:
    """A client with a key of its own."""
    row = Source.objects.get_or_create(name=source)[0] if source else None
    _, key = make_key(name="a key", scopes=scopes, source=row)
    return Client(headers={"Authorization": f"Bearer {key}"}, raise_request_exception=False)


def reader() -> Client:
    """A client that may read."""
    return client("read")


def shop() -> Client:
    """A client that records events of the shop."""
    return client("events:write", source=SHOP)


def store_company() -> None:
    """Six promises of two teams: kept, late, overdue, failed, withdrawn and rescheduled."""
    store(
        made("kept", customer="c-1", statement="Arrives by Wednesday"),
        fulfilled("kept", START + DAY),
        made("late", customer="c-1", at=START + DAY, stake=2, team="support", kind="response"),
        fulfilled("late", START + 9 * DAY),
        made("overdue", customer="c-2", at=START + 2 * DAY, explicit=False),
        made("failed", customer="c-2", at=START + 3 * DAY, touchpoint="phone"),
        event("promise.failed", "failed", START + 4 * DAY, {"reason": "lost"}),
        made("withdrawn", customer="c/3", at=START + 4 * DAY, source="/other"),
        event(
            "promise.withdrawn", "withdrawn", START + 5 * DAY, {"by": "customer"}, source="/other"
        ),
        made("moved", customer="c/3", at=START + 5 * DAY),
        event(
            "promise.rescheduled",
            "moved",
            START + 6 * DAY,
            {"due_at": (START + 3650 * DAY).isoformat()},
        ),
    )
    count()


def id_of(reference: str) -> str:
    """The number of a promise."""
    return str(Promise.objects.get(reference=reference).pk)


def all_pages(reader: Client, address: str, **asked: str) -> list[dict[str, Any]]:
    """The rows of all pages, following `next`."""
    answer = reader.get(address, asked)
    assert answer.status_code == 200, answer.content
    body = answer.json()
    rows = list(body["results"])
    while body["next"]:
        answer = reader.get(body["next"])
        assert answer.status_code == 200, answer.content
        body = answer.json()
        rows += body["results"]
    return rows


def assert_problem(answer: Any, status: int, pointer: str | None = None) -> None:
    """An answer is a problem that points at the place."""
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == PROBLEM
    assert answer["Cache-Control"] == "no-store"
    if pointer is not None:
        assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
