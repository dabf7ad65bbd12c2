"""R2 and R4 through the database: order, repetition and batching do not matter, and any past
moment is answered as a replay of the ledger cut at that moment would."""

import itertools
import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from interactions.decode import NewEvent
from interactions.ledger import record
from interactions.models import Source
from promises.cells import fold_deltas
from promises.domain.clock import day_of
from promises.domain.lifecycle import Fact, PromiseState, fold
from promises.domain.loss import loss_terms
from promises.domain.score import Sums
from promises.domain.survival import LAST_BUCKET, Lateness, bucket_of, from_buckets
from promises.projection import drain
from promises.projection.facts import installation_zone
from promises.scores import Question, Scope, Tally, overdue_counts, tallies
from promises.scores.lateness import lateness_by
from promises.scores.span_sums import span_sums
from promises.scores.spans import spans_of
from promises.services.checking import check_ledger
from tests.events import taken_once
from tests.promises.domain import strategies

pytestmark = pytest.mark.django_db(transaction=True)

LATER = datetime(2026, 6, 1, tzinfo=UTC)
HOME = "/shop"
_numbers = itertools.count()


def belonging(facts: Sequence[Fact], number: int) -> list[Fact]:
    """The facts as events of one promise of /shop, whose names no other example uses."""
    named: dict[tuple[str, str], Fact] = {}
    for fact in facts:
        if fact.data.get("kind") == "quality" and "quality" not in fact.data:
            continue  # the gate refuses a quality promise without a target
        source = HOME if fact.type == "promise.made" else fact.source
        key = (source, f"{number}:{fact.id}")
        if key not in named:
            named[key] = fact._replace(source=source, id=key[1], by_person=source == "/desk")
    sources = {fact.source for fact in facts}
    moved = []
    for fact in named.values():
        if fact.type == "event.retracted":
            target, id_ = fact.data["source"], f"{number}:{fact.data['id']}"
            if (HOME, id_) in named and (target, id_) not in named:
                target = HOME
            assert target in sources | {s for _, s in strategies.SOURCES}
            fact = fact._replace(data={**fact.data, "source": target, "id": id_})
        moved.append(fact)
    return moved


def event_of(fact: Fact, subject: str) -> NewEvent:
    data = dict(fact.data)
    if fact.type not in ("promise.made", "event.retracted"):
        data["promise_source"] = HOME
    return taken_once(fact, subject, data, now=LATER)


def deliver(batches: Iterable[Sequence[Fact]], subject: str) -> None:
    """Each batch is recorded and counted before the next."""
    for batch in batches:
        for fact in batch:
            door = Source.Door.PERSON if fact.source == "/desk" else Source.Door.MACHINE
            record([event_of(fact, subject)], recorded_at=fact.recorded_at, door=door)
        while drain():
            pass


def replayed(states: Iterable[PromiseState | None], as_of: datetime) -> Tally:
    """The plain answer: every promise folded from its cut ledger, one by one."""
    sums = {"n": 0, "kept": 0, "late": 0, "partial": 0, "failed": 0, "open": 0, "withdrawn": 0}
    weight = squared = loss = 0.0
    not_yet_due = kept_early = slips = 0
    for state in states:
        if state is None:
            continue
        matured = state.matures_at is not None and state.matures_at < as_of
        if not matured:
            not_yet_due += state.state == "open" and state.stopped_at is None
            kept_early += state.state == "kept"
            continue
        sums[state.state] += 1
        if state.state == "withdrawn":
            continue
        sums["n"] += 1
        terms = loss_terms(state, strategies.parameters(state.kind, state.made_at), as_of)
        weight += terms.weight
        squared += terms.weight**2
        loss += terms.weight * terms.loss
        slips += state.slips_announced + state.slips_unannounced
    tally = Tally(not_yet_due=not_yet_due, kept_early=kept_early)
    return replace(
        tally,
        sums=replace(
            tally.sums, **sums, slips=slips, weight=weight, weight_squared=squared, loss=loss
        ),
    )


def same(found: Tally, expected: Tally) -> None:
    counts = ("n", "kept", "late", "partial", "failed", "open", "withdrawn", "slips")
    assert {c: getattr(found.sums, c) for c in counts} == {
        c: getattr(expected.sums, c) for c in counts
    }
    assert (found.not_yet_due, found.kept_early) == (expected.not_yet_due, expected.kept_early)
    for name in ("weight", "weight_squared", "loss"):
        assert math.isclose(
            getattr(found.sums, name), getattr(expected.sums, name), rel_tol=1e-6, abs_tol=1e-7
        ), name


def ask(as_of: datetime, *, is_now: bool, scope: Scope = Scope.COMPANY) -> dict[str, Tally]:
    return tallies(question_at(as_of, is_now=is_now), scope)


def question_at(as_of: datetime, *, is_now: bool, window: str = "all") -> Question:
    return Question(as_of=as_of, is_now=is_now, zone=installation_zone(), window=window)


def within(
    states: Iterable[PromiseState | None], first: date | None, last: date
) -> list[PromiseState]:
    """The promises of some days, and those that a pause held back."""
    zone, found = installation_zone(), []
    for state in states:
        if state is None:
            continue
        day = day_of(state.matures_at, zone) if state.matures_at else last
        if (first is None or day >= first) and day <= last:
            found.append(state)
    return found


def lateness_replayed(states: Iterable[PromiseState], as_of: datetime) -> Lateness | None:
    """The plain answer: the bucket of every promise that had matured."""
    settled: Counter[int] = Counter()
    stopped: Counter[int] = Counter()
    for state in states:
        if state.matures_at is None or state.matures_at >= as_of or state.state == "withdrawn":
            continue
        terms = loss_terms(state, strategies.parameters(state.kind, state.made_at), as_of)
        if terms.lateness_seconds is None:
            stopped[LAST_BUCKET + 1] += 1
        else:
            (stopped if state.state == "open" else settled)[bucket_of(terms.lateness_seconds)] += 1
    return from_buckets(settled, stopped) if settled or stopped else None


def open_replayed(states: Iterable[PromiseState | None], question: Question) -> tuple[int, int]:
    """The plain answer: who was overdue, and who was to mature that day."""
    moments = [
        state.matures_at
        for state in states
        if state and state.matures_at and state.state == "open" and not state.stopped_at
    ]
    overdue = sum(moment < question.as_of for moment in moments)
    return overdue, sum(question.as_of <= moment < question.today_ends_at for moment in moments)


def the_past_is_a_replay(states: Sequence[PromiseState | None], as_of: datetime) -> None:
    """Every window's figures are those of the promises of its days, as they stood then."""
    for window in ("7d", "28d", "90d", "all"):
        question = question_at(as_of, is_now=False, window=window)
        asked = within(states, question.first_day, date.max)
        expected = replayed(asked, as_of)
        for scope in (Scope.COMPANY, Scope.TEAM, Scope.KIND, Scope.TOUCHPOINT, Scope.CUSTOMER):
            same(sum(tallies(question, scope).values(), Tally()), expected)
        found = lateness_by(question, Scope.COMPANY).get("")
        assert found == lateness_replayed(asked, as_of)
    question = question_at(as_of, is_now=False, window="28d")
    assert overdue_counts(question) == open_replayed(states, question)
    spans = spans_of(question)
    groupings = ((), ("kind", "team"), ("stake",), ("touchpoint",), ("explicit", "segment"))
    summed = span_sums(question, spans, groupings)
    for span, grouping in itertools.product(spans, groupings):
        of_span = [s for s in within(states, span.first_day, span.last_day) if s.matures_at]
        sums = sum(summed[grouping][span.name].values(), Sums())
        expected = replayed(of_span, as_of)
        same(Tally(sums, expected.not_yet_due, expected.kept_early), expected)


@settings(
    max_examples=25,
    deadline=None,
    # The ledger grows from example to example, so that a failing one cannot be made smaller.
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_any_order_gives_the_same_rows_cells_and_past(data: st.DataObject) -> None:
    """25 examples of 4 promises each: 100 event sets through PostgreSQL, on one growing ledger."""
    zone = installation_zone()
    for _ in range(4):
        number = next(_numbers)
        facts = belonging(data.draw(strategies.random_facts()), number)
        if not facts:
            continue
        # What is drawn last may end the example: nothing is delivered then, and nothing known.
        batches = data.draw(strategies.deliveries(facts))
        deliver(batches, f"promise-{number}")
        _ledgers[number] = facts
        if data.draw(st.booleans()):
            fold_deltas()
    report = check_ledger()
    assert report.ok, report.as_dict()
    known = stored_ledgers()
    moments = data.draw(st.lists(strategies.moments, min_size=1, max_size=3))
    for as_of in moments:
        states = [
            fold(facts, zone=zone, parameters=strategies.parameters, as_of=as_of) for facts in known
        ]
        same(ask(as_of, is_now=False).get("", Tally()), replayed(states, as_of))
        the_past_is_a_replay(states, as_of)
    states = [fold(facts, zone=zone, parameters=strategies.parameters) for facts in known]
    same(ask(LATER, is_now=True).get("", Tally()), replayed(states, LATER))
    by_customer = ask(LATER, is_now=True, scope=Scope.CUSTOMER)
    assert sum(t.sums.n for t in by_customer.values()) == replayed(states, LATER).sums.n


_ledgers: dict[int, list[Fact]] = {}


def stored_ledgers() -> list[list[Fact]]:
    """All sets delivered so far: the database keeps them through one test."""
    return list(_ledgers.values())
