"""The strength m: estimated from what is stored, kept in versions, used from then on (R11)."""

import random
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from promises.domain.score import gap_score
from promises.domain.shrinkage import (
    FIRST_STRENGTH,
    Estimate,
    GroupRecord,
    estimate_strength,
    next_version,
)
from promises.models import CustomerScore, ShrinkageStrength
from promises.scores import (
    Scope,
    Tally,
    company_row,
    company_sums,
    customer_rows,
    kind_rows,
    strength_held,
    tallies,
    team_rows,
)
from promises.scores.figures import standing
from promises.selectors.comparison import comparison_read
from promises.services.checking import check_ledger
from promises.services.customer_scores import refresh_all
from promises.services.strengths import estimate_strengths
from tests.events import NOW, START, event, fulfilled, made, store
from tests.promises.asking import ask, count, team_ids

pytestmark = pytest.mark.django_db(transaction=True)

DAY = timedelta(days=1)


def store_company(parties: int = 12, promises: int = 40) -> None:
    """Teams and customers that differ: each breaks its own share of its promises."""
    chance = random.Random(2)
    events = []
    for party in range(parties):
        share = chance.random() ** 3
        for number in range(promises):
            reference, at = f"{party}-{number}", START - chance.randint(0, 200) * DAY
            kind = ("delivery", "response")[number % 4 == 0]
            stake = chance.choice((0.5, 1, 4))
            events.append(
                made(
                    reference,
                    at=at,
                    team=f"t-{party}",
                    customer=f"c-{party}",
                    kind=kind,
                    stake=stake,
                )
            )
            if chance.random() > share:
                events.append(fulfilled(reference, at + DAY))
            elif number % 2:
                events.append(event("promise.failed", reference, at + DAY))
    store(*events)
    count()


def at(moment: datetime) -> int:
    return estimate_strengths(clock=lambda: moment)


def record(pairs: list[tuple[float, float]]) -> GroupRecord:
    return GroupRecord(
        len(pairs),
        sum(w for w, _ in pairs),
        sum(w * x for w, x in pairs),
        sum(w * x * x for w, x in pairs),
    )


def expected_of_teams(kind: str) -> Estimate:
    """The same from the answers of the scores, a team and a day at a time."""
    records = []
    for party in range(12):
        days = tallies(
            ask(window="365d", kind=kind, team_ids=team_ids(f"t-{party}")), Scope.DAY
        ).values()
        sums = [day.sums for day in days if day.sums.weight > 0]
        weights = [s.weight**2 / s.weight_squared for s in sums]
        means = [s.loss / s.weight for s in sums]
        records.append(record(list(zip(weights, means, strict=True))))
    return estimate_strength(records)


def expected_of_customers() -> Estimate:
    """The same of customers, from the last 90 days and what the year held before them."""
    late = tallies(ask(window="90d"), Scope.CUSTOMER)
    records = []
    for customer, tally in tallies(ask(window="365d"), Scope.CUSTOMER).items():
        year, last = tally.sums, late.get(customer, Tally()).sums
        parts = [(last.weight, last.weight_squared, last.loss)]
        parts.append(
            (
                year.weight - last.weight,
                year.weight_squared - last.weight_squared,
                year.loss - last.loss,
            )
        )
        pairs = [(w * w / squared, loss / w) for w, squared, loss in parts if w > 1e-9]
        records.append(record(pairs))
    return estimate_strength(records)


def test_it_is_estimated_from_team_days_and_from_the_parts_of_a_customers_year() -> None:
    store_company()
    refresh_all(now=NOW)
    assert at(NOW) > 0
    for kind in ("", "delivery", "response"):
        held, wanted = strength_held(Scope.TEAM, kind, NOW), expected_of_teams(kind)
        assert wanted.m is not None
        assert held.m == pytest.approx(round(wanted.m, 1))
        assert held.n == pytest.approx(wanted.n)
        assert (held.version, held.groups) == (2, wanted.groups)
    assert strength_held(Scope.TEAM, "quality", NOW).version == 1
    wanted = expected_of_customers()
    assert wanted.m is not None
    new = next_version(FIRST_STRENGTH, wanted, NOW)
    held = strength_held(Scope.CUSTOMER, "", NOW)
    assert held.n == pytest.approx((new or FIRST_STRENGTH).n)
    assert replace(held, n=0.0) == replace(new or FIRST_STRENGTH, n=0.0)


def test_scores_use_the_version_that_held_at_their_moment() -> None:
    store_company()
    refresh_all(now=NOW)
    before = {row.id: row for row in team_rows(ask(NOW - timedelta(seconds=1), is_now=False))}
    at(NOW)
    strength = strength_held(Scope.TEAM, "", NOW)
    assert strength.m != 5
    mu = company_sums(ask()).mean
    found = tallies(ask(), Scope.TEAM)
    for is_now in (True, False):
        for row in team_rows(ask(is_now=is_now)):
            wanted = gap_score(found[row.id].sums, mu, strength.m)
            assert wanted is not None
            assert row.gap_score == pytest.approx(wanted.score)
            assert row.gap_low == pytest.approx(wanted.low)
            assert (row.shrink_strength, row.shrink_version) == (strength.m, 2)
    past = team_rows(ask(NOW - timedelta(seconds=1), is_now=False))
    assert {row.id: row for row in past} == before
    assert {(row.shrink_strength, row.shrink_version) for row in past} == {(5, 1)}


def test_stored_customer_rows_and_shown_ones_use_the_same() -> None:
    store_company()
    refresh_all(now=NOW)
    at(NOW)
    refresh_all(now=NOW + DAY)
    strength = strength_held(Scope.CUSTOMER, "", NOW)
    stored = CustomerScore.objects.filter(kind="", n_all__gt=0).select_related("customer")
    shown = {row.id: row for row in customer_rows(ask(NOW + DAY))}
    assert len(shown) == 12
    for row in stored:
        assert row.gap_low_all == pytest.approx(shown[row.customer.reference].gap_low)
        assert shown[row.customer.reference].shrink_strength == strength.m
    assert check_ledger().ok


def test_rows_stored_before_a_version_are_checked_with_what_held_then() -> None:
    store_company()
    refresh_all(now=NOW)
    at(NOW + DAY)
    assert ShrinkageStrength.objects.filter(scope="customer").exists()
    assert check_ledger().ok


def test_the_same_again_is_no_new_version() -> None:
    store_company()
    refresh_all(now=NOW)
    assert at(NOW) > 0
    assert at(NOW) == 0
    assert set(ShrinkageStrength.objects.values_list("version", flat=True)) == {2}


def test_too_few_parties_leave_it_at_five() -> None:
    store_company(parties=9)
    refresh_all(now=NOW)
    assert at(NOW) == 0
    assert {row.shrink_strength for row in team_rows(ask())} == {5}


def test_nothing_at_all_is_no_trouble() -> None:
    assert at(NOW) == 0


@pytest.mark.parametrize("kind", ["", "delivery"])
def test_every_place_draws_a_team_as_strongly(kind: str) -> None:
    """The page of a team, the comparison, the figures beside a restatement."""
    store_company()
    at(NOW)
    assert strength_held(Scope.TEAM, kind, NOW).m != 5
    question = ask(window="90d", kind=kind)
    rows = {row.id: row for row in team_rows(question)}
    assert len(rows) == 12
    beside = {row.id: row for row in standing(question) if row.scope == "team"}
    (compared,) = comparison_read(question, by=("team",)).breakdowns
    for part in compared.rows:
        row = rows[part.id]
        for found in (part.now, beside[row.id]):
            assert found.gap_score == pytest.approx(row.gap_score)
            assert (found.gap_low, found.gap_high) == pytest.approx((row.gap_low, row.gap_high))
        own = replace(question, team_ids=team_ids(row.id))
        whole = comparison_read(own, of_team=True, by=()).whole
        assert whole.now.gap_score == pytest.approx(row.gap_score)


def test_a_kind_of_the_company_is_the_company_itself() -> None:
    store_company()
    at(NOW)
    question = ask(window="90d")
    kinds = {row.id: row for row in kind_rows(question)}
    (compared,) = comparison_read(question, by=("kind",)).breakdowns
    assert kinds
    for part in compared.rows:
        row, alone = kinds[part.id], company_row(replace(question, kind=part.id))
        assert row.gap_score == alone.gap_score == pytest.approx(alone.gap_raw)
        assert part.now.gap_score == pytest.approx(alone.gap_score)
        assert (row.gap_low, row.gap_high) == pytest.approx((alone.gap_low, alone.gap_high))
        assert row.shrink_strength is None
    of_team = replace(question, team_ids=team_ids("t-1"))
    assert all(row.shrink_strength != 5 for row in kind_rows(of_team) if row.id == "delivery")
