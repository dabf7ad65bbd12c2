"""A series adds up to its row; one that would be too long is refused before it is read."""

from typing import Any

import pytest

from promises.api import scores
from promises.selectors.trend import Every
from tests.promises.api.clients import assert_problem, reader, store_company

pytestmark = pytest.mark.django_db

SCORES = "/api/v1/scores"


@pytest.mark.parametrize("every", Every)
@pytest.mark.parametrize("as_of", [None, "2026-03-31T12:00:00Z"])
def test_the_steps_add_up_to_the_row(every: Every, as_of: str | None) -> None:
    store_company()
    counted = ("n", "kept", "late", "partial", "failed", "open_overdue", "withdrawn", "slips")
    for whose in ({"scope": "company"}, {"scope": "team", "id": "fulfilment"}):
        asked = {"window": "all", "series": every, **whose} | ({"as_of": as_of} if as_of else {})
        body = reader().get(SCORES, asked).json()
        (row,) = body["results"]
        assert row["withdrawn"] == 1
        together = {name: sum(step[name] for step in body["series"]) for name in counted}
        assert together == {name: row[name] for name in counted}


def test_a_long_series_is_refused() -> None:
    store_company()
    asked = {"from": "1990-01-01", "series": "day"}
    answer = reader().get(SCORES, {**asked, "scope": "team"})
    assert_problem(answer, 400, "#/series")
    assert "at most 20,000" in answer.json()["detail"]
    for whose in ({"scope": "company"}, {"scope": "team", "id": "support"}):
        assert len(reader().get(SCORES, {**asked, **whose}).json()["series"]) > 13_000


def test_what_is_not_too_long_is_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    store_company()

    def ask(**asked: str) -> Any:
        return reader().get(SCORES, {"series": "day", "window": "all", **asked})

    steps = len(ask().json()["series"])
    assert steps > 100
    monkeypatch.setattr(scores, "MOST_STEPS", steps)
    assert ask().status_code == 200
    assert_problem(ask(scope="team"), 400, "#/series")
    assert ask(scope="team", id="support").status_code == 200
    assert ask(scope="team", series="month").status_code == 200
    monkeypatch.setattr(scores, "MOST_TEAMS", 1)
    assert_problem(ask(scope="team", series="month"), 400, "#/series")


@pytest.mark.parametrize("every", Every)
def test_steps_are_counted_as_they_are_made(every: Every, monkeypatch: pytest.MonkeyPatch) -> None:
    store_company()
    for day in range(1, 32, 3):
        asked = {"from": f"2026-01-{day:02}", "to": f"2026-05-{32 - day:02}", "series": every}
        monkeypatch.setattr(scores, "MOST_STEPS", 1_000)
        steps = len(reader().get(SCORES, asked).json()["series"])
        monkeypatch.setattr(scores, "MOST_STEPS", steps)
        assert reader().get(SCORES, asked).status_code == 200
        monkeypatch.setattr(scores, "MOST_STEPS", steps - 1)
        assert_problem(reader().get(SCORES, asked), 400, "#/series")
