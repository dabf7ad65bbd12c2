"""`GET /api/v1/funnel`."""

import pytest

from tests.promises.api.clients import assert_problem, client, reader, store_company

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/funnel"


def test_it_tells_every_team_and_the_lines_to_draw() -> None:
    store_company()
    answer = reader().get(ADDRESS, {"window": "all", "as_of": "2026-03-31T12:00:00Z"})
    assert answer.status_code == 200, answer.content
    body = answer.json()
    assert (body["n"], body["kept"], body["window"], body["kind"]) == (5, 1, "all", "")
    assert body["kept_rate"] == 0.2
    assert [team["id"] for team in body["teams"]] == ["fulfilment", "support"]
    (first, _) = body["teams"]
    assert {"name", "n", "kept", "kept_rate", "verdict", "limits"} < first.keys()
    assert first["limits"].keys() == {"n", "low_998", "low_95", "high_95", "high_998"}
    assert [line["n"] for line in (body["limits"][0], body["limits"][-1])] == [1, 4]


def test_what_it_cannot_read_is_a_problem_with_a_pointer() -> None:
    assert_problem(reader().get(ADDRESS, {"window": "9d"}), 400, "#/window")
    assert_problem(reader().get(ADDRESS, {"scope": "team"}), 400, "#/scope")
    assert_problem(client("events:write", source="/shop").get(ADDRESS), 403)
