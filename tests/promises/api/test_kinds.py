"""Kinds, restatements and reports over the API: refused with a pointer, done with an answer."""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from promises.models import Restatement
from promises.services.reports import freeze
from promises.services.restating import restate_some
from tests.promises.api.clients import assert_problem, client, reader, store_company

pytestmark = pytest.mark.django_db
KIND, RESTATEMENTS = "/api/v1/kinds/delivery", "/api/v1/restatements"
TOLERANT = {"base_loss": 0.5, "half_life_seconds": 86_400, "tolerance_seconds": 3_600}


@pytest.fixture
def admin() -> Client:
    return client("admin")


def send(who: Client, address: str, body: Any) -> Any:
    return who.post(address, body, content_type="application/json")


def test_a_version_a_restatement_and_both_figures(admin: Client) -> None:
    store_company()
    seen = send(admin, f"{KIND}/preview?window=all", TOLERANT)
    assert seen.status_code == 200, seen.content
    assert [row["scope"] for row in seen.json()["results"]] == ["everything", "company", "team"]
    made = send(admin, KIND, TOLERANT | {"version": 1, "reason": "carriers"})
    assert made.status_code == 201, made.content
    assert [one["version"] for one in made.json()["versions"]] == [2, 1]
    assert made.json()["versions"][0]["made_by"] == "key a key"
    assert_problem(send(admin, KIND, TOLERANT | {"version": 1}), 409)

    body = {"kind": "delivery", "version": 2, "reason": "carriers"}
    begun = send(admin, RESTATEMENTS, body)
    assert begun.status_code == 202, begun.content
    assert begun["Location"] == f"{RESTATEMENTS}/{begun.json()['id']}"
    assert_problem(send(admin, RESTATEMENTS, body), 409)
    assert reader().get(KIND).json()["restating"] == begun.json()["id"]
    while restate_some(budget_seconds=60):
        pass
    done = reader().get(f"{begun['Location']}?window=all").json()
    assert (done["state"], done["done"], done["total"]) == ("done", 5, 5)
    assert [row["scope"] for row in done["results"]] == ["everything", "company", "team"]
    assert all(row["old"]["n"] == row["new"]["n"] == 4 for row in done["results"][1:])
    assert_problem(admin.post(f"{begun['Location']}/cancel"), 409)
    (line,) = reader().get(RESTATEMENTS).json()["results"]
    assert (line["id"], line["reason"]) == (done["id"], "carriers")


def test_restatements_come_in_pages(admin: Client) -> None:
    for _ in range(3):
        body = {"kind": "response", "version": 1, "reason": "again"}
        assert send(admin, RESTATEMENTS, body).status_code == 202
        while restate_some():
            pass
    first = reader().get(f"{RESTATEMENTS}?limit=2").json()
    rest = reader().get(first["next"]).json()
    ids = [row["id"] for row in first["results"] + rest["results"]]
    assert ids == [
        str(pk) for pk in Restatement.objects.order_by("-pk").values_list("pk", flat=True)
    ]
    assert rest["next"] is None


@pytest.mark.parametrize(
    ("address", "body", "pointer"),
    [
        (KIND, TOLERANT | {"version": 1, "base_loss": 2}, "#/base_loss"),
        (KIND, TOLERANT | {"version": 1, "half_life_seconds": 1}, "#/half_life_seconds"),
        (f"{KIND}/preview", TOLERANT | {"tolerance_seconds": -1}, "#/tolerance_seconds"),
        (RESTATEMENTS, {"kind": "love", "version": 1, "reason": "x"}, "#/kind"),
        (RESTATEMENTS, {"kind": "delivery", "version": 7, "reason": "x"}, "#/version"),
        (RESTATEMENTS, {"kind": "delivery", "version": 1, "reason": " "}, "#/reason"),
    ],
)
def test_what_is_wrong_is_pointed_at(
    admin: Client, address: str, body: dict[str, Any], pointer: str
) -> None:
    assert_problem(send(admin, address, body), 400, pointer)


def test_who_may_not_and_what_is_not_there(admin: Client) -> None:
    assert send(reader(), KIND, TOLERANT | {"version": 1}).status_code == 403
    assert send(reader(), f"{KIND}/preview", TOLERANT).status_code == 403
    for path in ("kinds/love", "restatements/9", "restatements/x", "reports/2001-01", "reports/x"):
        assert reader().get(f"/api/v1/{path}").status_code == 404
    assert reader().get("/api/v1/export/reports/2001-01.csv").status_code == 404
    assert admin.post(f"{RESTATEMENTS}/9/cancel").status_code == 404


def test_a_report_is_read_as_json_and_as_a_table() -> None:
    store_company()
    freeze(date(2026, 3, 1), now=timezone.now(), by="Ada")
    (item,) = reader().get("/api/v1/reports").json()["results"]
    assert (item["month"], item["frozen_by"]) == ("2026-03", "Ada")
    report = reader().get("/api/v1/reports/2026-03").json()
    company = report["results"][0]
    assert (company["scope"], company["differs"]) == ("company", False)
    assert company["frozen"] == company["now"]
    table = reader().get("/api/v1/export/reports/2026-03.csv")
    lines = table.content.decode().splitlines()
    assert lines[0].startswith("month,scope,id,name,n,kept,")
    assert lines[1].startswith("2026-03,company,")
    assert len(lines) == 1 + len(report["results"])
