"""`GET /api/v1/promises`: filters, orders, pages."""

from datetime import timedelta

import pytest
from django.utils import timezone

from promises.selectors.promise_rows import ORDERS
from tests.events import START, event, made, store
from tests.promises.api.clients import (
    DAY,
    PROMISES,
    all_pages,
    assert_problem,
    client,
    reader,
    shop,
    store_company,
)
from tests.promises.asking import count

pytestmark = pytest.mark.django_db

ALL = {"kept", "late", "overdue", "failed", "withdrawn", "moved"}


def after(days: int) -> str:
    return (START + days * DAY).isoformat()


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, ALL),
        ({"state": "kept"}, {"kept"}),
        ({"state": "open"}, {"overdue", "moved"}),
        ({"state": "overdue"}, {"overdue", "moved"}),
        ({"state": "withdrawn"}, {"withdrawn"}),
        ({"kind": "response"}, {"late"}),
        ({"team": "support"}, {"late"}),
        ({"team": "nobody"}, set()),
        ({"customer": "c/3"}, {"withdrawn", "moved"}),
        ({"touchpoint": "phone"}, {"failed"}),
        ({"source": "/other"}, {"withdrawn"}),
        ({"reference": "moved"}, {"moved"}),
        ({"made_after": after(4)}, {"withdrawn", "moved"}),
        ({"made_before": after(1)}, {"kept"}),
        ({"due_after": after(3000)}, {"moved"}),
        ({"due_before": after(4)}, {"kept"}),
        ({"matured_before": after(4)}, {"kept"}),
        ({"matured_after": after(8)}, {"moved"}),
        ({"stake": "2"}, {"late"}),
        ({"explicit": "false"}, {"overdue"}),
        ({"retro": "true"}, set()),
        ({"q": "wednesday ARRIVES"}, {"kept"}),
        ({"q": "100%"}, set()),
        ({"q": "wed arr"}, {"kept"}),
        ({"state": "failed", "customer": "c-1"}, set()),
        ({"team": "", "customer": "", "q": ""}, ALL),
    ],
)
def test_filters(asked: dict[str, str], expected: set[str]) -> None:
    store_company()
    rows = all_pages(reader(), PROMISES, **asked)
    assert {row["reference"] for row in rows} == expected


def test_what_was_withdrawn_after_its_date_is_waited_for_no_more() -> None:
    for reference in ("waited-for", "given-up"):
        store(made(reference, due_at=after(1)))
    store(event("promise.withdrawn", "given-up", START + 3 * DAY, {"by": "customer"}))
    count()
    rows = {row["reference"]: row for row in all_pages(reader(), PROMISES)}
    assert {name: (row["state"], row["overdue"]) for name, row in rows.items()} == {
        "waited-for": ("open", True),
        "given-up": ("open", False),
    }
    assert [row["reference"] for row in all_pages(reader(), PROMISES, state="overdue")] == [
        "waited-for"
    ]
    given_up = reader().get(f"{PROMISES}/{rows['given-up']['id']}").json()
    assert (given_up["state"], given_up["overdue"]) == ("open", False)


def test_rests_that_are_owed() -> None:
    for reference in ("half", "whole", "open"):
        store(made(reference, due_at=after(3000)))
    store(event("promise.fulfilled", "half", START + DAY, {"fraction": 0.5}))
    store(event("promise.fulfilled", "whole", START + DAY, {"fraction": 0.5}))
    store(event("promise.fulfilled", "whole", START + 2 * DAY, {"fraction": 1.0}))
    count()
    rows = all_pages(reader(), PROMISES, state="rest_owed")
    assert [(row["reference"], row["state"], row["fraction"]) for row in rows] == [
        ("half", "partial", 0.5)
    ]


def test_a_row_says_how_the_promise_stands() -> None:
    store_company()
    (row,) = all_pages(reader(), PROMISES, reference="late")
    assert isinstance(row["id"], str)
    assert row["customer"] == {"id": "c-1", "name": "c-1"}
    assert (row["state"], row["overdue"], row["made_at"]) == (
        "late",
        False,
        "2026-03-02T09:00:00Z",
    )
    assert row["lateness_seconds"] == 5 * 86_400
    assert row["loss"] == pytest.approx(0.25 + 0.75 * (1 - 2 ** (-30)))
    assert row["weight"] == 2
    (row,) = all_pages(reader(), PROMISES, reference="withdrawn")
    assert (row["loss"], row["lateness_seconds"]) == (None, None)


def test_a_list_answers_what_one_promise_answers() -> None:
    store_company()
    store(event("promise.paused", "overdue", START + 2 * DAY, {"cause": "agreed"}))
    count()
    read = reader()
    for row in all_pages(read, PROMISES):
        one = read.get(f"{PROMISES}/{row['id']}").json()
        told = {name: one[name] for name in row if name not in ("loss", "lateness_seconds")}
        assert told == {name: row[name] for name in told}
        assert row["loss"] == pytest.approx(one["loss"], abs=1e-6)


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("limit", ["1", "2", "4"])
def test_pages_give_each_exactly_once_while_new_ones_arrive(order: str, limit: str) -> None:
    store_company()
    # Two made at the same moment, and one that a pause holds back from maturing.
    store(made("twin-1"), made("twin-2"), made("paused"))
    store(event("promise.paused", "paused", START + DAY, {"cause": "customer"}))
    count()
    read, found, pages = reader(), [], 0
    answer = read.get(PROMISES, {"order": order, "limit": limit})
    while True:
        body, pages = answer.json(), pages + 1
        found += [row["reference"] for row in body["results"]]
        if body["next"] is None:
            assert "Link" not in answer
            break
        assert answer["Link"] == f'<{body["next"]}>; rel="next"'
        if pages <= 3:
            new = (
                made(f"new-{pages}", at=START - DAY),
                made(f"newer-{pages}", at=START + 20 * DAY),
            )
            store(*new)
            count()
        answer = read.get(body["next"])
    old = [reference for reference in found if not reference.startswith("new")]
    assert sorted(old) == sorted([*ALL, "twin-1", "twin-2", "paused"])
    assert len(set(found)) == len(found)


@pytest.mark.parametrize("order", ORDERS)
def test_orders(order: str) -> None:
    store_company()
    column = order.lstrip("-")
    values = [row[column] for row in all_pages(reader(), PROMISES, order=order, limit="4")]
    assert values == sorted(values, reverse=order.startswith("-"))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("status", "open"),
        ("state", "closed"),
        ("kind", "gift"),
        ("stake", "3"),
        ("explicit", "yes"),
        ("made_after", "2026-03-02"),
        ("due_before", "2026-03-02T09:00:00"),
        ("matured_after", "soon"),
        ("order", "id"),
        ("limit", "0"),
        ("limit", "201"),
        ("cursor", "abc"),
        ("team", "a\0b"),
        ("q", "a\0b"),
        ("q", "word " * 11),
        ("q", "%"),
        ("kind", ""),
        ("state", ""),
        ("stake", ""),
        ("retro", ""),
        ("q", "x" * 256),
        ("reference", "x" * 256),
        ("as_of", "2026-03-02T09:00:00Z"),
    ],
)
def test_what_it_cannot_read_is_pointed_at(name: str, value: str) -> None:
    assert_problem(reader().get(PROMISES, {name: value}), 400, f"#/{name}")


def test_a_parameter_is_given_once() -> None:
    assert_problem(reader().get(f"{PROMISES}?state=kept&state=late"), 400, "#/state")


def test_a_cursor_is_of_one_list_and_order() -> None:
    store_company()
    read = reader()
    following = read.get(PROMISES, {"limit": "2"}).json()["next"]
    assert_problem(read.get(f"{following}&order=due"), 400, "#/cursor")
    cursor = following.split("cursor=")[1]
    assert_problem(read.get(f"/api/v1/customers?cursor={cursor}"), 400, "#/cursor")


def test_keys_that_may_not_read_are_refused() -> None:
    assert_problem(shop().get(PROMISES), 403)
    assert client("admin").get(PROMISES).status_code == 200


def test_no_cache_keeps_it() -> None:
    assert reader().get(PROMISES)["Cache-Control"] == "no-store"


def test_the_present_decides_what_is_overdue() -> None:
    now = timezone.now()
    store(made("tomorrow", at=now - DAY, due=now + timedelta(hours=1)))
    count()
    assert all_pages(reader(), PROMISES, state="overdue") == []
    (row,) = all_pages(reader(), PROMISES, state="open")
    assert (row["overdue"], row["loss"], row["lateness_seconds"]) == (False, None, None)
