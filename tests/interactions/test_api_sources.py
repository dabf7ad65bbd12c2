"""Sources and keys over the API, for keys with the scope admin only."""

import json
from typing import Any

import pytest
from django.test import Client

from interactions.keys import make_key
from interactions.models import ApiKey, Source
from tests.interactions.test_api_events import cloudevent

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> str:
    return make_key(name="robot", scopes=["admin"])[1]


def call(
    method: str, path: str, key: str, body: Any = None, media: str = "application/json"
) -> Any:
    raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    client = Client(raise_request_exception=False)
    headers = {"Authorization": f"Bearer {key}"}
    return client.generic(method, f"/api/v1{path}", raw, content_type=media, headers=headers)


def test_from_a_source_to_its_first_event_and_the_end_of_its_key(admin: str) -> None:
    made = call("POST", "/sources", admin, {"name": "/shop"})
    assert made.status_code == 201
    source = made.json()
    assert made["Location"] == f"/api/v1/sources/{source['id']}"
    assert call("GET", f"/sources/{source['id']}", admin).json() == source
    keys = f"/sources/{source['id']}/keys"
    first = call("POST", keys, admin, {"name": "checkout", "scopes": ["events:write"]})
    assert (first.status_code, first["Cache-Control"]) == (201, "no-store")
    sent = call("POST", "/events", first.json()["key"], cloudevent())
    assert sent.status_code == 202
    second = call("POST", f"/keys/{first.json()['id']}/rotation", admin)
    assert second.status_code == 201
    assert call("DELETE", f"/keys/{first.json()['id']}", admin).status_code == 204
    assert call("DELETE", f"/keys/{first.json()['id']}", admin).status_code == 204
    assert call("POST", "/events", first.json()["key"], cloudevent()).status_code == 401
    assert call("POST", "/events", second.json()["key"], cloudevent()).status_code == 202
    listed = call("GET", keys, admin).json()["results"]
    assert [(key["state"], "key" in key) for key in listed] == [("live", False), ("revoked", False)]
    assert listed[1]["revoked_by"].startswith("robot (pg_")
    (shop,) = call("GET", "/sources", admin).json()["results"]
    assert shop["live_keys"] == 1
    assert shop["last_heard_at"] is not None


@pytest.mark.parametrize("name", ["/standards", "promise-gap"])
def test_nobody_speaks_under_the_programs_own_names(admin: str, name: str) -> None:
    refused = call("POST", "/sources", admin, {"name": name})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (400, "#/name")
    own = Source.objects.create(name=name)
    body = {"name": "mine", "scopes": ["events:write"]}
    refused = call("POST", f"/sources/{own.pk}/keys", admin, body)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (400, "#/scopes")


def test_sources_come_by_name_in_pages(admin: str) -> None:
    names = [f"/s-{number:02}" for number in range(7)]
    for name in reversed(names):
        Source.objects.create(name=name)
    seen, path = [], "/sources?limit=3"
    while path:
        answer = call("GET", path, admin)
        page = answer.json()
        seen += [source["name"] for source in page["results"]]
        assert len(page["results"]) <= 3
        assert (answer.get("Link") is None) == (page["next"] is None)
        path = (page["next"] or "").partition("/api/v1")[2]
    assert seen == names


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("limit=0", "#/limit"),
        ("limit=201", "#/limit"),
        ("limit=x", "#/limit"),
        ("cursor=x", "#/cursor"),
        ("q=a", "#/q"),
        ("limit=1&limit=2", "#/limit"),
    ],
)
def test_a_page_that_cannot_be_is_pointed_at(admin: str, query: str, pointer: str) -> None:
    answer = call("GET", f"/sources?{query}", admin)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == pointer


def test_a_third_live_key_of_a_name_is_a_conflict(admin: str) -> None:
    row, _ = make_key(name="a", scopes=["read"])
    assert call("POST", f"/keys/{row.pk}/rotation", admin).status_code == 201
    answer = call("POST", f"/keys/{row.pk}/rotation", admin)
    assert (answer.status_code, answer["Content-Type"]) == (409, "application/problem+json")


BAD_BODIES: list[tuple[Any, str]] = [
    ({"name": "/a", "door": "person"}, "#"),
    ({}, "#"),
    ({"name": 7}, "#/name"),
    ({"name": "a b"}, "#/name"),
    ({"name": ""}, "#/name"),
    ([], "#"),
    (b"{", "#"),
    (b'{"name": "/a", "name": "/b"}', "#"),
    (b'{"name": "\\u0000"}', "#/name"),
    (b'{"name": "\\ud800"}', "#"),
    (b"[" * 50_000, "#"),
]


@pytest.mark.parametrize(("body", "pointer"), BAD_BODIES)
def test_a_bad_body_is_pointed_at(admin: str, body: Any, pointer: str) -> None:
    answer = call("POST", "/sources", admin, body)
    assert answer.status_code == 400, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["errors"][0]["pointer"].startswith(pointer)
    assert not Source.objects.exists()


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"name": ""}, "#/name"),
        ({"scopes": []}, "#/scopes"),
        ({"scopes": ["root"]}, "#/scopes"),
        ({"expires_at": "2020-01-01T00:00:00Z"}, "#/expires_at"),
        ({"expires_at": "2027-01-01"}, "#/expires_at"),
        ({"expires_at": "9999-12-31T23:59:59Z"}, "#/expires_at"),
    ],
)
def test_a_bad_key_is_pointed_at(admin: str, change: dict[str, Any], pointer: str) -> None:
    source = Source.objects.create(name="/shop")
    body = {"name": "a", "scopes": ["read"]} | change
    answer = call("POST", f"/sources/{source.pk}/keys", admin, body)
    assert answer.status_code == 400, answer.content
    assert answer.json()["errors"][0]["pointer"] == pointer
    assert ApiKey.objects.count() == 1


def test_large_and_foreign_bodies_are_refused(admin: str) -> None:
    assert call("POST", "/sources", admin, b" " * 70_000).status_code == 413
    assert call("POST", "/sources", admin, b"{}", "text/plain").status_code == 415


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/sources/{}"),
        ("GET", "/sources/{}/keys"),
        ("POST", "/sources/{}/keys"),
        ("POST", "/keys/{}/rotation"),
        ("DELETE", "/keys/{}"),
    ],
)
@pytest.mark.parametrize("number", [0, 999_999, 2**63, 10**40])
def test_what_is_not_there_is_404(admin: str, method: str, path: str, number: int) -> None:
    answer = call(method, path.format(number), admin)
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")


OPERATIONS = [
    ("GET", "/sources"),
    ("POST", "/sources"),
    ("GET", "/sources/{source}"),
    ("GET", "/sources/{source}/keys"),
    ("POST", "/sources/{source}/keys"),
    ("POST", "/keys/{key}/rotation"),
    ("DELETE", "/keys/{key}"),
]


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
@pytest.mark.parametrize("scopes", [["read"], ["events:write", "events:write:any", "read"], None])
def test_strangers_get_nothing(method: str, path: str, scopes: list[str] | None) -> None:
    source = Source.objects.create(name="/shop")
    row, _ = make_key(name="victim", scopes=["read"], source=source)
    key = make_key(name="k", scopes=scopes, source=source)[1] if scopes else "pg_unknown"
    before = set(ApiKey.objects.values_list("pk", "revoked_at"))
    answer = call(method, path.format(source=source.pk, key=row.pk), key, {"name": "/x"})
    assert answer.status_code == (403 if scopes else 401)
    assert set(ApiKey.objects.values_list("pk", "revoked_at")) == before
    assert Source.objects.count() == 1
