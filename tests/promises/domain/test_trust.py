"""Trust: up slowly, down fast, partly back, and never out of 0 to 1."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promises.domain.trust import START, Outcome, Step, trust_line, trust_of

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)

days = st.integers(0, 50).map(lambda n: BEGIN + n * DAY)
outcomes = st.builds(
    Outcome,
    at=days,
    loss=st.one_of(st.just(0.0), st.floats(0, 1)),
    weight=st.floats(0, 6),
    promise_id=st.integers(1, 1000),
    recovered_at=st.none() | days,
)
many = st.lists(outcomes, max_size=30, unique_by=lambda one: one.promise_id)


def kept(number: int, *, first: int = 0) -> list[Outcome]:
    return [
        Outcome(BEGIN + (first + n) * DAY, 0.0, promise_id=first + n + 1) for n in range(number)
    ]


def reference(given: list[Outcome]) -> float:
    """The rules, written down once more without the line."""
    facts = []
    for place, one in enumerate(sorted(given, key=lambda one: (one.at, one.promise_id))):
        facts.append((one.at, 0, place, "kept" if one.loss == 0 else "broken", one))
        if one.loss > 0 and one.recovered_at:
            facts.append((max(one.at, one.recovered_at), 1, place, "back", one))
    trust, lost = 0.7, {}
    # The moment decides; at one moment the line goes in the order in which the steps were named.
    named = sorted(facts, key=lambda fact: (fact[2], fact[1]))
    for fact in sorted(named, key=lambda fact: fact[0]):
        kind, one = fact[3], fact[4]
        if kind == "kept":
            trust = trust + 0.04 * (1 - trust)
        elif kind == "broken":
            lost[one.promise_id] = trust * 0.25 * one.loss * min(2, one.weight)
            trust = trust - lost[one.promise_id]
        else:
            trust = min(1, trust + lost[one.promise_id] / 2)
    return trust


@given(many)
def test_it_stays_between_nothing_and_all(given: list[Outcome]) -> None:
    for point in trust_line(given):
        assert 0 <= point.trust <= 1
        assert (point.change >= 0) == (point.step is not Step.BROKEN) or point.change == 0


@given(many)
def test_it_is_what_the_rules_say_in_whatever_order(given: list[Outcome]) -> None:
    line = trust_line(given)
    assert trust_of(line) == pytest.approx(reference(given))
    assert trust_line(reversed(given)) == line


@given(many)
def test_a_break_costs_at_most_half_and_a_recovery_returns_at_most_half_of_it(
    given: list[Outcome],
) -> None:
    costs: dict[int, float] = {}
    for point in trust_line(given):
        before = point.trust - point.change
        if point.step is Step.BROKEN:
            assert point.trust >= before / 2 - 1e-12
            costs[point.promise_id] = -point.change
        elif point.step is Step.RECOVERED:
            assert point.change <= costs[point.promise_id] / 2 + 1e-12


@given(many, st.floats(0, 0.99), st.floats(0.01, 1))
def test_worse_is_never_better(given: list[Outcome], loss: float, more: float) -> None:
    at = BEGIN + 60 * DAY
    better = [*given, Outcome(at, loss, promise_id=2000)]
    worse = [*given, Outcome(at, min(1.0, loss + more), promise_id=2000)]
    assert trust_of(trust_line(worse)) <= trust_of(trust_line(better)) + 1e-12


def test_one_full_break_takes_about_fourteen_kept_promises_to_undo() -> None:
    before = trust_of(trust_line(kept(4)))
    broken = [*kept(4), Outcome(BEGIN + 4 * DAY, 1.0, promise_id=99)]
    needed = next(
        n for n in range(50) if trust_of(trust_line([*broken, *kept(n, first=5)])) >= before
    )
    assert needed == 14


def test_nothing_known_is_the_start() -> None:
    assert trust_of(trust_line([])) == START == 0.7


def test_a_recovery_gives_half_back_on_its_own_day() -> None:
    line = trust_line([Outcome(BEGIN, 1.0, 1.0, 7, recovered_at=BEGIN + 3 * DAY)])
    assert [(p.step, round(p.trust, 4)) for p in line] == [
        (Step.BROKEN, 0.525),
        (Step.RECOVERED, 0.6125),
    ]
    assert line[1].at == BEGIN + 3 * DAY
