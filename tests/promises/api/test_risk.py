"""`/api/v1/at-risk`: open promises, worst first, and how far their chances can be trusted."""

import pytest
from django.utils import timezone

from tests.promises.api.clients import all_pages, assert_problem, reader
from tests.promises.risks import store_risks

pytestmark = pytest.mark.django_db

AT_RISK = "/api/v1/at-risk"


def test_it_lists_the_worst_first_in_pages() -> None:
    store_risks(now=timezone.now())
    whole = reader().get(AT_RISK).json()
    pages = all_pages(reader(), AT_RISK, limit="1")

    assert [row["reference"] for row in whole["results"]] == ["moved", "half", "fresh"]
    assert [row["reference"] for row in pages] == ["moved", "half", "fresh"]
    assert whole["next"] is None
    assert whole["told_at"] is not None
    moved = whole["results"][0]
    assert (moved["slips"], moved["team"], moved["customer"]) == (1, "south", "c-1")
    assert 0 < moved["chance"] < 0.5
    assert 0.7 < moved["gone"] < 0.8
    assert 0 < moved["slack_seconds"] <= 86_400


def test_it_is_filtered() -> None:
    store_risks(now=timezone.now())
    of_north = all_pages(reader(), AT_RISK, team="north")
    assert [row["reference"] for row in of_north] == ["half", "fresh"]
    assert all_pages(reader(), AT_RISK, kind="response") == []
    assert all_pages(reader(), AT_RISK, team="nobody") == []


@pytest.mark.parametrize(
    "asked",
    [{"kind": "x"}, {"limit": "0"}, {"cursor": "forged"}, {"order": "best"}, {"team": "a\0"}],
)
def test_it_says_what_is_wrong(asked: dict[str, str]) -> None:
    assert_problem(reader().get(AT_RISK, asked), 400)


def test_a_cursor_of_another_list_is_refused() -> None:
    store_risks(now=timezone.now())
    other = reader().get("/api/v1/promises", {"limit": "1"}).json()["next"]
    assert_problem(reader().get(AT_RISK + "?" + other.partition("?")[2]), 400)
    cursor = other.partition("cursor=")[2]
    assert_problem(reader().get(f"{AT_RISK}?cursor={cursor}"), 400)


def test_it_says_how_far_chances_can_be_trusted() -> None:
    nothing = reader().get(AT_RISK + "/calibration").json()
    assert (nothing["learnt_at"], nothing["all"], nothing["groups"]) == (None, None, [])
    store_risks(1_200, now=timezone.now())
    read = reader().get(AT_RISK + "/calibration").json()
    assert read["all"]["score"] < read["all"]["base"]
    assert read["kinds"]["delivery"] == read["all"]
    assert len(read["groups"]) == 10
    assert sum(group["n"] for group in read["groups"]) == read["all"]["n"]
