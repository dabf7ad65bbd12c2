"""Customers with their timelines, teams, touchpoints, and scores as a series."""

import re
from typing import Any

import pytest

from promises.api.urls import urlpatterns
from tests.docs.pages import text_of
from tests.events import START, event, fulfilled, made, store
from tests.promises.api.clients import DAY, all_pages, assert_problem, reader, shop, store_company
from tests.promises.asking import count

pytestmark = pytest.mark.django_db

API = "/api/v1"
LISTS = {
    "customers": ["c-1", "c-2", "c/3"],
    "teams": ["fulfilment", "support"],
    "touchpoints": ["phone", "webshop"],
}
AS_OF = "2026-06-01T00:00:00Z"


def read(address: str, **asked: str) -> dict[str, Any]:
    answer = reader().get(API + address, asked)
    assert answer.status_code == 200, answer.content
    body: dict[str, Any] = answer.json()
    return body


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("limit", ["1", "2", "200"])
def test_lists_give_each_once(name: str, limit: str) -> None:
    store_company()
    rows = all_pages(reader(), f"{API}/{name}", limit=limit)
    assert [row["id"] for row in rows] == LISTS[name]
    assert rows[0]["is_new"] is True


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("c-", ["c-1", "c-2"]),
        ("ada", ["c-1"]),
        ("Ada L", ["c-1"]),
        ("lovelace", []),
        ("%", []),
        ("_", []),
    ],
)
def test_customers_are_found_by_how_they_begin(q: str, expected: list[str]) -> None:
    store_company()
    store(event("customer.described", "c-1", START, {"name": "Ada Lovelace"}))
    count()
    assert [row["id"] for row in all_pages(reader(), f"{API}/customers", q=q)] == expected


@pytest.mark.parametrize(
    ("address", "scope"), [("/customers/c-1", "customer"), ("/teams/support", "team")]
)
def test_one_has_its_score(address: str, scope: str) -> None:
    store_company()
    asked = {"window": "all", "as_of": AS_OF}
    body = read(address, **asked)
    rows = read("/scores", scope=scope, **asked)["results"]
    assert [body["score"]] == [row for row in rows if row["id"] == body["id"]]


def test_an_id_may_hold_a_slash() -> None:
    store_company()
    assert read("/customers/c/3")["id"] == "c/3"
    assert len(read("/customers/c/3/timeline")["results"]) == 4


@pytest.mark.parametrize(
    "address",
    [
        *("/customers/nobody", "/customers/nobody/timeline", "/teams/nobody"),
        *("/customers/%00", "/customers/%00/timeline", "/teams/%00"),
    ],
)
def test_what_is_not_there_is_404(address: str) -> None:
    assert_problem(reader().get(API + address), 404)


def test_a_timeline_comes_latest_first_and_in_pages() -> None:
    store_company()
    store(event("feedback.given", "c-1", START + 2 * DAY, {"score": 2, "words": "I waited"}))
    count()
    address = f"{API}/customers/c-1/timeline"
    rows = all_pages(reader(), address)
    assert rows == all_pages(reader(), address, limit="1")
    assert [row["type"] for row in rows] == [
        "promise.fulfilled",
        "feedback.given",
        "promise.made",
        "promise.fulfilled",
        "promise.made",
    ]


def test_a_timeline_shows_what_happens_to_an_old_promise() -> None:
    store(*(made(f"new-{n}", at=START + n * DAY / 24) for n in range(1, 6)), made("old"))
    store(fulfilled("old", START + 2 * DAY))
    count()
    body = read("/customers/c-1/timeline", limit="2")
    assert [row["subject"] for row in body["results"]] == ["old", "new-5"]


def test_a_timeline_can_be_asked_for_a_past_moment() -> None:
    store_company()
    rows = read("/customers/c-1/timeline", as_of=(START + DAY).isoformat())["results"]
    assert len(rows) == 3


@pytest.mark.parametrize(
    "address", [*(f"/{name}" for name in LISTS), "/customers/c-1", "/teams/support"]
)
def test_strangers_and_misspelt_parameters_are_refused(address: str) -> None:
    store_company()
    assert_problem(shop().get(API + address), 403)
    assert_problem(reader().get(API + address, {"nmae": "x"}), 400, "#/nmae")


@pytest.mark.parametrize(("series", "steps"), [("day", 28), ("week", 4), ("month", 2)])
def test_a_series_adds_up_to_its_window(series: str, steps: int) -> None:
    store_company()
    asked = {"window": "28d", "as_of": "2026-03-15T12:00:00Z"}
    body = read("/scores", series=series, **asked)
    assert {n: v for n, v in body.items() if n != "series"} == read("/scores", **asked)
    rows = body["series"]
    assert len(rows) == steps
    (company,) = body["results"]
    for name in ("n", "kept", "late", "failed", "open_overdue", "slips"):
        assert sum(row[name] for row in rows) == company[name]
    assert (rows[0]["first_day"], rows[-1]["last_day"]) == ("2026-02-16", "2026-03-15")
    assert all(row["gap_raw"] is None for row in rows if row["n"] == 0)


def test_weeks_begin_on_monday_and_months_on_the_first() -> None:
    store_company()
    asked = {"window": "28d", "as_of": "2026-03-12T12:00:00Z"}
    weeks = read("/scores", series="week", **asked)["series"]
    assert [row["first_day"] for row in weeks] == [
        *("2026-02-13", "2026-02-16", "2026-02-23", "2026-03-02", "2026-03-09")
    ]
    months = read("/scores", series="month", **asked)["series"]
    assert [row["first_day"] for row in months] == ["2026-02-13", "2026-03-01"]


def test_a_series_of_teams_and_of_one_customer() -> None:
    store_company()
    asked = {"window": "28d", "as_of": "2026-03-15T12:00:00Z", "series": "month"}
    body = read("/scores", scope="team", **asked)
    for row in body["results"]:
        steps = [step for step in body["series"] if step["id"] == row["id"]]
        assert sum(step["n"] for step in steps) == row["n"] > 0
    one = read("/scores", scope="customer", id="c-1", **asked)
    assert [row["id"] for row in one["results"]] == ["c-1"]
    assert sum(step["n"] for step in one["series"]) == one["results"][0]["n"] == 2
    assert read("/scores", scope="team", id="nobody", **asked)["results"] == []


def test_a_series_of_all_customers_is_refused() -> None:
    assert_problem(
        reader().get(f"{API}/scores", {"scope": "customer", "series": "day"}), 400, "#/series"
    )
    assert_problem(reader().get(f"{API}/scores", {"series": "hour"}), 400, "#/series")
    assert_problem(reader().get(f"{API}/scores", {"id": "x"}), 400, "#/id")


def test_every_address_is_described() -> None:
    names = ("api.md", "design.md", "operations.md", "webhooks.md")
    pages = "".join(text_of(name) for name in names)
    ours = {
        re.sub(r"<\w+:(\w+)>", r"{\1}", str(route.pattern))
        for route in urlpatterns
        if not str(route.pattern).startswith("health/")
    }
    assert len(ours) > 15
    assert {route for route in ours if f"/api/v1/{route}`" not in pages} == set()
