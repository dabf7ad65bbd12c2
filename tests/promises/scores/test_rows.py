"""Rows of scores through the database: shrinkage, order, totals (R11, R14)."""

import math
from dataclasses import fields
from datetime import timedelta

import pytest

from interactions.decode import NewEvent
from promises.domain.score import wilson
from promises.scores import (
    ScoreRow,
    company_row,
    customer_rows,
    kind_rows,
    team_rows,
    touchpoint_rows,
)
from tests.events import NOW, START, event, fulfilled, hardly_believed, made, retracted, store
from tests.promises.asking import ask, count, customer_ids, team_ids

pytestmark = pytest.mark.django_db(transaction=True)

DAY = timedelta(days=1)
COUNTS = ("n", "kept", "late", "partial", "failed", "open_overdue", "withdrawn", "not_yet_due")
BOTH = pytest.mark.parametrize("is_now", [True, False], ids=["now", "then"])


def kept_and_failed(party: str, *, kept: int, failed: int) -> list[NewEvent]:
    """Promises of a team and to a customer of the same name, each with no loss or all of it."""
    events = []
    for number in range(kept + failed):
        reference = f"{party}-{number}"
        events.append(made(reference, team=party, customer=party))
        if number < kept:
            events.append(fulfilled(reference, START + DAY))
        else:
            events.append(event("promise.failed", reference, START + DAY))
    return events


def of(rows: list[ScoreRow], party: str) -> ScoreRow:
    return {row.id: row for row in rows}[party]


@BOTH
@pytest.mark.parametrize(
    ("failed", "n", "others_failed", "others", "score"),
    [(1, 1, 2, 24, 26.67), (1, 20, 11, 80, 6.40), (10, 20, 2, 80, 42.40)],
)
def test_the_check_values_of_the_rule(
    failed: int, n: int, others_failed: int, others: int, score: float, is_now: bool
) -> None:
    store(*kept_and_failed("asked", kept=n - failed, failed=failed))
    store(*kept_and_failed("others", kept=others - others_failed, failed=others_failed))
    count()
    question = ask(is_now=is_now)
    for row in (of(team_rows(question), "asked"), of(customer_rows(question), "asked")):
        assert row.parent_mean == pytest.approx(12)
        assert row.gap_score == pytest.approx(score, abs=0.005)
        assert row.gap_raw == pytest.approx(100 * failed / n)
        assert row.n_eff == n
        assert row.enough == (n >= 5)


@BOTH
def test_the_company_shrinks_to_nothing(is_now: bool) -> None:
    store(*kept_and_failed("one", kept=3, failed=1))
    count()
    row = company_row(ask(is_now=is_now))
    assert (row.gap_score, row.gap_raw, row.parent_mean) == (25, 25, None)


def test_intervals_are_wilsons() -> None:
    store(*kept_and_failed("one", kept=12, failed=3), *kept_and_failed("two", kept=5, failed=0))
    count()
    row = of(team_rows(ask()), "one")
    assert row.gap_score is not None
    low, high = wilson(row.gap_score / 100 * 20, 20)
    assert (row.gap_low, row.gap_high) == (pytest.approx(100 * low), pytest.approx(100 * high))
    assert (row.kept_low, row.kept_high) == wilson(12, 15)


@BOTH
def test_the_worst_come_first_and_those_with_too_few_last(is_now: bool) -> None:
    for party, kept, failed in (("good", 9, 1), ("few", 0, 4), ("bad", 4, 6), ("middle", 7, 3)):
        store(*kept_and_failed(party, kept=kept, failed=failed))
    count()
    question = ask(is_now=is_now)
    order = ["bad", "middle", "good", "few"]
    assert [row.id for row in team_rows(question)] == order
    assert [row.id for row in customer_rows(question)] == order


def store_all_sorts() -> None:
    """Promises of every state, in three teams, to four customers."""
    events: list[NewEvent] = []
    for number in range(60):
        reference, at = f"order-{number}", START + number % 20 * DAY
        kind, team = ("delivery", "response")[number % 2], f"team-{number % 3}"
        customer = f"c-{number % 4}"
        more = {"stake": (0.5, 1, 2, 4)[number % 4], "paid_in_advance": number % 5 == 0}
        making = made(reference, at=at, kind=kind, team=team, customer=customer, **more)
        events.append(making)
        due = {"due_at": (at + 4 * DAY).isoformat()}
        if number % 7 == 0:
            events.append(event("promise.rescheduled", reference, at + DAY, due))
        match number % 8:
            case 0 | 1 | 2:
                events.append(fulfilled(reference, at + number % 6 * DAY))
            case 3:
                events.append(fulfilled(reference, at + 2 * DAY, fraction=0.5))
            case 4:
                events.append(event("promise.failed", reference, at + DAY))
            case 5:
                by = {"by": ("customer", "us")[number % 2]}
                events.append(event("promise.withdrawn", reference, at + number % 9 * DAY, by))
            case 6:
                events.append(event("promise.paused", reference, at + DAY, {"cause": "agreed"}))
        if number % 13 == 0:
            events.append(retracted(making, at + 6 * DAY))
    store(*events)
    count(fold=False)


@BOTH
@pytest.mark.parametrize("kind", ["", "response"])
@pytest.mark.parametrize("window", ["28d", "all"])
@pytest.mark.parametrize("days", [4, 11, 17, 30])
def test_the_rows_of_teams_and_customers_add_up_to_the_companys(
    days: int, window: str, kind: str, is_now: bool
) -> None:
    store_all_sorts()
    question = ask(START + days * DAY, is_now=is_now, window=window, kind=kind)
    whole = company_row(question)
    assert whole.not_yet_due + whole.n > 0
    for rows in (team_rows(question), customer_rows(question)):
        for name in (*COUNTS, "kept_early", "slips"):
            assert sum(getattr(row, name) for row in rows) == getattr(whole, name), name
        assert all(row.n == sum(getattr(row, name) for name in COUNTS[1:6]) for row in rows)


@BOTH
def test_kinds_shrink_towards_the_company_s_mean_of_the_same_kind(is_now: bool) -> None:
    store_all_sorts()
    of_team = ask(is_now=is_now, team_ids=team_ids("team-1"))
    for row in kind_rows(of_team):
        everyone = company_row(ask(is_now=is_now, kind=row.id))
        assert row.parent_mean == pytest.approx(everyone.gap_raw)
        assert 0 < row.n < everyone.n


@BOTH
@pytest.mark.parametrize("days", [4, 5, 7, 12, 30])
def test_a_team_asked_for_alone_has_the_row_that_it_has_among_all(days: int, is_now: bool) -> None:
    store_all_sorts()
    as_of = START + days * DAY
    among_all = {row.id: row for row in team_rows(ask(as_of, is_now=is_now))}
    for reference in ("team-0", "team-1", "team-2"):
        alone = team_rows(ask(as_of, is_now=is_now, team_ids=team_ids(reference)))
        assert_same_rows(alone, [row for row in [among_all.get(reference)] if row])


@BOTH
@pytest.mark.parametrize("days", [4, 5, 7, 12, 30])
def test_a_customer_asked_for_alone_has_the_row_that_it_has_among_all(
    days: int, is_now: bool
) -> None:
    store_all_sorts()
    as_of = START + days * DAY
    among_all = {row.id: row for row in customer_rows(ask(as_of, is_now=is_now))}
    for reference in ("c-0", "c-1", "c-2", "c-3"):
        alone = customer_rows(ask(as_of, is_now=is_now, customer_ids=customer_ids(reference)))
        assert_same_rows(alone, [row for row in [among_all.get(reference)] if row])


def assert_same_rows(found: list[ScoreRow], expected: list[ScoreRow]) -> None:
    """Equal in every figure; sums of floats depend on the order of adding."""
    assert [row.id for row in found] == [row.id for row in expected]
    for one, other in zip(found, expected, strict=True):
        for field in fields(ScoreRow):
            if field.name in ("rank_from", "rank_to"):
                # A team by itself is compared with nobody.
                continue
            mine, theirs = getattr(one, field.name), getattr(other, field.name)
            same = mine == theirs or (
                isinstance(mine, float) and math.isclose(mine, theirs, rel_tol=1e-9, abs_tol=1e-9)
            )
            assert same, (one.id, field.name, mine, theirs)


def test_a_promise_that_weighs_next_to_nothing_is_counted() -> None:
    for number, confidence in enumerate((1e-300, 1e-9, 1e-6, 1e-4)):
        store(hardly_believed(f"order-{number}", confidence, str(number)))
    count()
    row = company_row(ask())
    assert (row.n, round(row.n_eff, 6)) == (4, 4)
    assert row.gap_score is not None
    assert {row.id: row.n for row in customer_rows(ask())} == dict.fromkeys("0123", 1)
    assert all(round(row.n_eff, 6) == 1 and not row.enough for row in customer_rows(ask(NOW)))


@pytest.mark.parametrize("is_now", [True, False])
def test_what_was_taken_back_leaves_no_row_of_zeros(is_now: bool) -> None:
    wrong = made("wrong", team="mistaken", kind="response", touchpoint="nowhere")
    store(made("right"), wrong)
    count()
    question = ask(is_now=is_now)
    assert {row.id for row in team_rows(question)} == {"fulfilment", "mistaken"}
    store(retracted(wrong, START + timedelta(days=9)))
    count()
    assert [row.id for row in team_rows(question)] == ["fulfilment"]
    assert [row.id for row in touchpoint_rows(question)] == ["webshop"]
    assert [row.id for row in kind_rows(question)] == ["delivery"]
    assert team_rows(ask(is_now=is_now, team_ids=team_ids("mistaken"))) == []
