"""`/api/v1/imports`: from a file to the ledger and back, and what is refused."""

import gzip
import json
from typing import Any

import msgspec
import pytest
from django.test import Client

from interactions.keys import make_key
from interactions.models import ApiKey, Event
from tests.promises.api.clients import assert_problem
from tests.uploads import BAD, finished, mapping, order, orders

pytestmark = [pytest.mark.django_db(transaction=True)]


def client(*scopes: ApiKey.Scope) -> Client:
    key = make_key(name="imports", scopes=[scope.value for scope in scopes])[1]
    return Client(headers={"Authorization": f"Bearer {key}"})


@pytest.fixture
def admin() -> Client:
    return client(ApiKey.Scope.ADMIN)


def send(admin: Client, content: bytes, media: str = "text/csv") -> Any:
    return admin.post("/api/v1/imports?name=orders.csv", content, content_type=media)


def told(admin: Client, method: str, path: str, body: Any = None) -> Any:
    data = {} if method == "get" else {"content_type": "application/json"}
    if body is not None:
        data["data"] = json.dumps(body)
    if method == "post":
        data.setdefault("data", "")
    return getattr(admin, method)(f"/api/v1/imports/{path}", **data)


def test_a_file_goes_all_the_way_and_back(admin: Client) -> None:
    answer = send(admin, gzip.compress(orders(3, BAD)), "application/gzip")
    assert answer.status_code == 201
    pk = answer.json()["id"]
    assert answer.json()["proposal"]["reference"] == ["order"]
    body = {"mapping": msgspec.to_builtins(mapping())}
    first = told(admin, "put", f"{pk}/mapping", body).json()
    assert [row["problem"] != "" for row in first["rows"]] == [False, False, False, True]
    assert told(admin, "post", f"{pk}/start", {"dry_run": True}).json()["state"] == "checking"
    finished(int(pk))
    assert told(admin, "get", pk).json()["counts"]["accepted"] == 6
    assert not Event.objects.exists()
    assert told(admin, "post", f"{pk}/start").status_code == 202
    finished(int(pk))
    assert told(admin, "get", pk).json()["recorded"] == 6
    assert b"o-bad" in told(admin, "get", f"{pk}/rejects").content
    assert told(admin, "delete", pk).status_code == 409
    assert told(admin, "post", f"{pk}/undo").json()["state"] == "undoing"
    finished(int(pk))
    assert told(admin, "get", pk).json()["undone"] == 6


def test_a_promise_on_two_rows_is_counted_once(admin: Client) -> None:
    pk = send(admin, orders(3, order(2))).json()["id"]
    body = {"mapping": msgspec.to_builtins(mapping())}
    rows = told(admin, "put", f"{pk}/mapping", body).json()["rows"]
    assert [row["note"] for row in rows] == ["", "", "", "the same as line 4; taken once"]
    for dry_run in (True, False):
        told(admin, "post", f"{pk}/start", {"dry_run": dry_run})
        finished(int(pk))
        answer = told(admin, "get", pk).json()
        counts = answer["counts"]
        assert (counts["rows"], counts["promises"], counts["accepted"]) == (4, 3, 6)
        assert (counts["duplicate"], counts["repeated"]) == (2, 2)
        assert any("line 5 as line 4" in check["text"] for check in answer["checks"])


def test_a_preview_has_the_share_that_was_fulfilled(admin: Client) -> None:
    content = orders(2).replace(b"Arrives by Friday", b"0.5", 1)
    pk = send(admin, content.replace(b"Arrives by Friday", b"1")).json()["id"]
    wanted = msgspec.to_builtins(mapping())
    wanted["fields"]["fraction"] = {"column": "words"}
    rows = told(admin, "put", f"{pk}/mapping", {"mapping": wanted}).json()["rows"]
    assert [row["fraction"] for row in rows] == [0.5, None]


@pytest.mark.parametrize("content", [b" ", b"\0\0", b"PK\x03\x04", b"a,b\n", b"\x1f\x8bxx"])
def test_what_is_no_table_is_a_problem(admin: Client, content: bytes) -> None:
    answer = send(admin, content)
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")


def test_a_name_that_no_file_has_is_a_problem(admin: Client) -> None:
    for name in ("n" * 256, "a%00b"):
        answer = admin.post(f"/api/v1/imports?name={name}", orders(2), content_type="text/csv")
        assert_problem(answer, 400, "#/name")
    named = admin.post(f"/api/v1/imports?name={'n' * 255}", orders(2), content_type="text/csv")
    assert named.status_code == 201


def test_what_cannot_be_done_is_a_problem(admin: Client) -> None:
    pk = send(admin, orders(2)).json()["id"]
    assert send(admin, orders(2), "application/json").status_code == 415
    for path in ("start", "undo", "cancellation"):
        assert told(admin, "post", f"{pk}/{path}").status_code == 409, path
    assert told(admin, "get", f"{pk}/rejects").status_code == 404
    wrong = msgspec.to_builtins(mapping()) | {"reference": ["gone"]}
    assert told(admin, "put", f"{pk}/mapping", {"mapping": wrong}).status_code == 422
    assert told(admin, "put", f"{pk}/mapping", {"mapping": {}}).status_code == 400
    for id in ("0", "x", "999999999999999999999"):
        assert told(admin, "get", id).status_code == 404
    assert told(admin, "delete", pk).status_code == 204


def test_only_admins(admin: Client) -> None:
    pk = send(admin, orders(2)).json()["id"]
    reader = client(ApiKey.Scope.READ)
    assert reader.get("/api/v1/imports").status_code == 403
    assert told(reader, "get", pk).status_code == 403
    assert send(reader, orders(2)).status_code == 403
