"""Comparison, drivers and consequences over the API."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from promises.services.consequences import reckon
from tests.events import NOW, fulfilled, made, store
from tests.promises.api.clients import assert_problem, reader
from tests.promises.asking import count

pytestmark = pytest.mark.django_db
AS_OF = NOW.isoformat().replace("+00:00", "Z")


def store_two_windows() -> None:
    """28 days in which most was kept, and 28 before in which little was; a team that came new."""
    events = []
    for number in range(60):
        due = NOW - timedelta(days=number % 56, hours=1)
        name, recent = f"o-{number}", number % 56 < 28
        team = "new" if recent and number % 7 == 0 else "old"
        events.append(made(name, at=due - timedelta(days=4), due=due, team=team))
        if recent or number % 3 == 0:
            events.append(fulfilled(name, due - timedelta(hours=5)))
    store(*events)
    count()


def read(client: Client, name: str, **asked: str) -> dict[str, Any]:
    answer = client.get(f"/api/v1/{name}", {"as_of": AS_OF, "window": "28d", **asked})
    assert answer.status_code == 200, answer.content
    body: dict[str, Any] = answer.json()
    return body


def test_the_company_is_clearly_better_than_before() -> None:
    store_two_windows()
    body = read(reader(), "comparison")
    before, year = body["whole"]["changes"]
    assert before["against"] == "before"
    assert (before["gap_says"], before["kept_says"]) == ("better", "better")
    assert before["gap"]["high"] < 0 < before["kept"]["low"]
    assert (year["gap"], year["gap_says"]) == (None, "too few")
    assert [p["name"] for p in body["periods"]] == ["now", "before", "year"]
    assert [b["by"] for b in body["breakdowns"]] == [
        *("kind", "touchpoint", "standard", "segment", "explicit", "stake")
    ]
    for breakdown in body["breakdowns"]:
        for place, period in enumerate(body["whole"]["periods"]):
            assert sum(row["periods"][place]["n"] for row in breakdown["rows"]) == period["n"]


def test_a_team_is_drawn_to_the_company() -> None:
    store_two_windows()
    body = read(reader(), "comparison", scope="team", id="new", by="kind")
    (now, *_) = body["whole"]["periods"]
    assert now["gap_raw"] == 0
    # The company lost nothing in this window either.
    assert now["gap_score"] == 0
    old = read(reader(), "comparison", scope="team", id="old", by="kind")["whole"]["periods"][1]
    assert old["gap_score"] == pytest.approx(old["gap_raw"])
    nobody = read(reader(), "comparison", scope="team", id="nobody")
    assert nobody["whole"]["periods"][0]["gap_score"] is None


@pytest.mark.parametrize("by", ["team_kind", "touchpoint"])
def test_the_parts_add_up(by: str) -> None:
    store_two_windows()
    body = read(reader(), "drivers", by=by)
    total = sum(part["total"] for part in body["parts"])
    assert total == pytest.approx(body["raw_now"] - body["raw_before"], abs=1e-9)
    assert body["difference"] == pytest.approx(body["mix"] + body["rate"], abs=1e-9)
    company = read(reader(), "comparison", by="kind")["whole"]["periods"]
    assert body["raw_now"] == pytest.approx(company[0]["gap_raw"], abs=1e-9)
    assert body["raw_before"] == pytest.approx(company[1]["gap_raw"], abs=1e-9)
    if by == "team_kind":
        assert {part["name"]: part["is_new"] for part in body["parts"]} == {
            "new · delivery": True,
            "old · delivery": False,
        }


def test_without_an_earlier_promise_nothing_is_split() -> None:
    store_two_windows()
    body = read(reader(), "drivers", against="year")
    assert (body["difference"], body["parts"]) == (None, [])


@pytest.mark.parametrize(
    ("name", "asked", "pointer"),
    [
        ("comparison", {"window": "all"}, "#/window"),
        ("comparison", {"scope": "team"}, "#/id"),
        ("comparison", {"id": "a"}, "#/id"),
        ("comparison", {"by": "colour"}, "#/by"),
        ("drivers", {"against": "never"}, "#/against"),
        ("drivers", {"scope": "team"}, "#/scope"),
        ("consequences", {"window": "7d"}, "#/window"),
        ("consequences", {"as_of": AS_OF}, "#/as_of"),
        ("consequences", {"kind": "x"}, "#/kind"),
    ],
)
def test_what_cannot_be_read_is_pointed_at(name: str, asked: dict[str, str], pointer: str) -> None:
    assert_problem(reader().get(f"/api/v1/{name}", asked), 400, pointer)


def test_consequences_are_those_of_their_last_moment_and_no_other() -> None:
    store_two_windows()
    reckon(now=NOW)
    told = read(reader(), "consequences", as_of=AS_OF)
    assert told == read(reader(), "consequences")
    assert told["as_of"] == AS_OF
    for asked in (NOW - timedelta(days=1), NOW + timedelta(seconds=1)):
        answer = reader().get("/api/v1/consequences", {"as_of": asked.isoformat()})
        assert_problem(answer, 400, "#/as_of")
        assert f"can only be {AS_OF}" in answer.json()["errors"][0]["detail"]
    later = (timezone.now() + timedelta(days=1)).isoformat()
    answer = reader().get("/api/v1/consequences", {"as_of": later})
    assert "lies in the future" in answer.json()["errors"][0]["detail"]


def test_before_the_first_reckoning_there_is_nothing() -> None:
    body = reader().get("/api/v1/consequences").json()
    assert (body["as_of"], body["results"], body["follow_days"]) == (None, [], 30)
    answer = reader().get("/api/v1/consequences", {"as_of": AS_OF})
    assert_problem(answer, 400, "#/as_of")
    assert "nothing was added up yet" in answer.json()["errors"][0]["detail"]
