"""The bodies that no well-meaning client sends, to the writes that are no CloudEvents."""

import json
from typing import Any

import pytest
from django.test import Client

from interactions.keys import make_key
from interactions.models import ApiKey, Event, Source
from tests.interactions import hostile
from tests.promises.api.clients import PROMISES, assert_problem, client, id_of, store_company

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300)]

JSON = "application/json"
WHOLE = {name: (body, JSON, {}) for name, body in hostile.REFUSED.items()} | {
    name: (body, media, headers) for name, (body, media, headers, _) in hostile.BODIES.items()
}


def promise(text: str, **changes: Any) -> bytes:
    """The body of a new promise with a piece of JSON where HERE stands as a value."""
    data = hostile.event(**{f"data_{name}": value for name, value in changes.items()})["data"]
    whole = json.dumps(data).replace(f'"{hostile.HERE}"', text).replace(hostile.HERE, text)
    return whole.encode("utf-8", "surrogatepass")


def attribute(text: str) -> bytes:
    return promise(text, attributes={"x": hostile.HERE})


FIELDS: dict[str, tuple[bytes, str]] = {
    "NUL": (promise("\\u0000", statement=f"a{hostile.HERE}"), "#/statement"),
    "NUL in a key": (promise("\\u0000", attributes={f"k{hostile.HERE}": 1}), "#/attributes"),
    "NUL in an attribute": (promise("\\u0000", attributes={"x": f"a{hostile.HERE}"}),
                            "#/attributes/x"),
    "NUL in the customer": (promise("\\u0000", customer={"id": f"a{hostile.HERE}"}),
                            "#/customer/id"),
    "lone surrogate": (promise("\\ud800", statement=f"a{hostile.HERE}"), "#"),
    "lone surrogate in a key": (promise("\\ud800", attributes={f"k{hostile.HERE}": 1}), "#"),
    "1e999": (attribute("1e999"), "#"),
    "1e999 as stake": (promise("1e999", stake=hostile.HERE), "#"),
    "NaN": (attribute("NaN"), "#"),
    "4,000 digits": (promise("9" * 4_000, stake=hostile.HERE), "#"),
    "900 deep": (attribute("[" * 900 + "]" * 900), "#"),
    "20,000 deep": (attribute("[" * 20_000 + "]" * 20_000), "#"),
    "key twice": (attribute('1, "x": 2'), "#"),
    "naive due": (promise("", due_at="2026-03-06T10:00:00"), "#/due_at"),
    "due in 9999": (promise("", due_at="9999-12-31T23:59:59-14:00"), "#/due_at"),
    "due in 0001": (promise("", due_at="0001-01-01"), "#/due_at"),
    "due at a leap second": (promise("", due_at="2026-06-30T23:59:60Z"), "#/due_at"),
}  # fmt: skip


@pytest.fixture
def key() -> str:
    source = Source.objects.create(name=hostile.SHOP)
    return make_key(name="all", scopes=["events:write", "read", "admin"], source=source)[1]


@pytest.mark.parametrize("path", ["promises", "sources", "health/replay", "keys/{key}/rotation"])
def test_no_body_gets_more_than_its_verdict(key: str, path: str) -> None:
    address = f"/api/v1/{path.format(key=ApiKey.objects.get().pk)}"
    sender = Client(headers={"Authorization": f"Bearer {key}"}, raise_request_exception=False)
    for name, (body, media, headers) in WHOLE.items():
        if "rotation" in path and name == "an empty object":
            continue
        answer = sender.generic("POST", address, body, content_type=media, headers=headers)
        assert answer.status_code in (400, 413, 415), (name, answer.content[:300])
        assert answer["Content-Type"] == "application/problem+json", name
        assert len(answer.content) < 2_000, name
    assert (Event.objects.count(), Source.objects.count(), ApiKey.objects.count()) == (0, 1, 1)


@pytest.mark.parametrize("name", FIELDS)
def test_a_field_of_a_promise_is_pointed_at(name: str) -> None:
    body, pointer = FIELDS[name]
    answer = client("events:write", source=hostile.SHOP).generic(
        "POST", PROMISES, body, content_type=JSON
    )
    assert_problem(answer, 400)
    assert answer.json()["errors"][0]["pointer"].startswith(pointer), answer.content
    assert not Event.objects.exists()


@pytest.mark.parametrize("body", [b"\n", b" \t "])
def test_blanks_are_not_the_body_that_may_be_left_out(body: bytes) -> None:
    store_company()
    sender = client("events:write", source=hostile.SHOP)
    address = f"{PROMISES}/{id_of('overdue')}/fulfilment"
    assert_problem(sender.generic("POST", address, body, content_type=JSON), 400)
    assert sender.generic("POST", address, b"", content_type=JSON).status_code == 201
