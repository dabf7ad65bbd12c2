"""`/api/v1/advice`: the honest date, and what is wrong with a question."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.promises.api.clients import assert_problem, client, reader
from tests.promises.risks import store_past

pytestmark = pytest.mark.django_db

ADVICE = "/api/v1/advice"
DAY = timedelta(days=1)


def test_it_answers_with_everything_to_check_it() -> None:
    now = timezone.now()
    store_past(now=now)
    due = (now + 3 * DAY).isoformat()
    asked = {"team": "north", "kind": "delivery", "due_at": due, "made_at": now.isoformat()}
    answer = reader().get(ADVICE, asked)

    assert answer.status_code == 200
    read = answer.json()
    assert (read["based_on"], read["n"], read["kind"]) == ("team", 200, "delivery")
    assert 0 < read["kept_low"] < read["kept_share"] < read["kept_high"] < 1
    assert 72 < read["nine_of_ten_hours"] < 200
    assert read["nine_of_ten_over_hours"] is None
    assert read["sentence"].startswith("This team kept ")
    assert read["counted_at"] is not None
    assert answer["Cache-Control"] == "no-store"

    company = reader().get(ADVICE, asked | {"team": "nobody"}).json()
    assert (company["based_on"], company["n"], company["team"]) == ("company", 400, "nobody")
    few = reader().get(ADVICE, {"team": "north", "kind": "response"}).json()
    assert (few["based_on"], few["n"], few["kept_share"]) == ("", 0, None)
    assert few["nine_of_ten_at"] is None
    by_when = reader().get(ADVICE, {"team": "north", "kind": "delivery"}).json()
    assert by_when["kept_share"] is None
    assert by_when["nine_of_ten_hours"] == pytest.approx(read["nine_of_ten_hours"])


@pytest.mark.parametrize(
    ("asked", "pointer"),
    [
        ({}, "?kind"),
        ({"kind": "surprise"}, "?kind"),
        ({"kind": "delivery", "due_at": "soon"}, "?due_at"),
        ({"kind": "delivery", "due_at": ""}, "?due_at"),
        ({"kind": "delivery", "due_at": "9999-12-31"}, "?due_at"),
        ({"kind": "delivery", "due_at": "2020-02-30"}, "?due_at"),
        ({"kind": "delivery", "due_at": "2020-02-28"}, "?due_at"),
        ({"kind": "delivery", "made_at": "2999-01-01T00:00:00Z"}, "?made_at"),
        ({"kind": "delivery", "team": "a\0b"}, "?team"),
        ({"kind": "delivery", "team": "a" * 300}, "?team"),
        ({"kind": "delivery", "standard": "a" * 300}, "?standard"),
        ({"kind": "delivery", "hurry": "yes"}, "?hurry"),
    ],
)
def test_it_says_what_is_wrong(asked: dict[str, str], pointer: str) -> None:
    answer = reader().get(ADVICE, asked)
    assert_problem(answer, 400)
    assert pointer.lstrip("?") in str(answer.json()["errors"])


def test_the_farthest_date_is_still_a_date() -> None:
    store_past(now=timezone.now())
    asked = {"kind": "delivery", "due_at": "8999-12-31", "made_at": "1990-01-01T00:00:00Z"}
    assert reader().get(ADVICE, asked).json()["kept_share"] == 1.0


def test_it_needs_a_key_that_reads() -> None:
    assert client("events:write", source="/shop").get(ADVICE).status_code == 403
