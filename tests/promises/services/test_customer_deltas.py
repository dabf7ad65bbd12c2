"""Stored customer rows by differences: adding what changed gives what recomputing gives (R14)."""

import itertools
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from interactions.decode import NewEvent
from promises.models import CustomerMark, CustomerScore
from promises.projection import drain
from promises.projection.forget import forget_source
from promises.projection.marking import AHEAD
from promises.services import customer_scores
from promises.services.checking_scores import customer_score_differences
from promises.services.customer_scores import refresh_all, refresh_marked, refresh_overdue
from tests.events import NOW, START, event, fulfilled, made, retracted, store
from tests.promises.asking import count
from tests.threads import together

pytestmark = pytest.mark.django_db(transaction=True)

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
KINDS = ("delivery", "response", "quality")
_numbers = itertools.count()

makings = st.tuples(
    st.just("make"), st.integers(0, 2), st.sampled_from(KINDS), st.integers(-420, 29)
)
changes = st.tuples(
    st.sampled_from(("fulfil", "part", "fail", "withdraw", "reschedule", "take back")),
    st.integers(0, 11),
    st.integers(0, 40),
)
refreshes = st.tuples(st.sampled_from(("marks", "some marks", "hour", "day")), st.integers(0, 30))
steps = st.lists(st.one_of(makings, makings, changes, changes, refreshes), max_size=14)


def by_differences(monkeypatch: pytest.MonkeyPatch, *, few: int = 0, some: int = 0) -> None:
    """Let customers of few promises be treated as those of many are."""
    monkeypatch.setattr(customer_scores, "FEW", few)
    monkeypatch.setattr(customer_scores, "SOME", some)


def assert_same() -> None:
    _, different = customer_score_differences()
    assert different == []


def making(customer: int, kind: str, day: int) -> NewEvent:
    number = next(_numbers)
    more: dict[str, Any] = {"stake": (0.5, 1, 2, 4)[number % 4], "explicit": number % 3 > 0}
    if kind == "quality":
        more["quality"] = {"target": 5, "comparator": "<=", "unit": "d", "scale": 3}
    at = START + day * DAY + number % 24 * HOUR
    return made(f"p-{number}", at=at, kind=kind, customer=f"c-{customer}", **more)


def changed(what: str, first: NewEvent, hours: int) -> NewEvent:
    at, subject = first.occurred_at + (1 + hours * 3) * HOUR, first.subject
    if what == "take back":
        return retracted(first, at)
    if what == "reschedule":
        due = {"due_at": (at + 5 * DAY).isoformat(), "told_at": at.isoformat()}
        return event("promise.rescheduled", subject, at, due)
    if what == "fail":
        return event("promise.failed", subject, at)
    if what == "withdraw":
        return event("promise.withdrawn", subject, at, {"by": ("customer", "us")[hours % 2]})
    return fulfilled(subject, at, **({"fraction": 0.5} if what == "part" else {}))


@pytest.mark.parametrize(("few", "some"), [(0, 0), (2, 4)])
def test_the_stored_is_the_recomputed_after_any_steps(
    monkeypatch: pytest.MonkeyPatch, few: int, some: int
) -> None:
    by_differences(monkeypatch, few=few, some=some)
    known: list[NewEvent] = []
    moment = NOW

    @settings(max_examples=14, deadline=None, suppress_health_check=list(HealthCheck))
    @given(steps=steps)
    def hold(steps: list[tuple[Any, ...]]) -> None:
        nonlocal moment
        for what, *told in steps:
            if what == "make":
                known.append(making(*told))
                store(known[-1])
            elif what in ("marks", "some marks", "hour", "day"):
                moment += told[0] * HOUR
                refresh(what, moment)
            elif known:
                store(changed(what, known[-1 - told[0] % len(known)], told[1]))
            while drain():
                pass
        assert_same()
        refresh_marked(now=moment)
        assert not CustomerMark.objects.filter(waits=False).exists()
        assert_same()

    hold()
    refresh_all(now=moment + DAY)
    assert not CustomerMark.objects.exists()
    assert_same()


def refresh(what: str, moment: datetime) -> None:
    match what:
        case "marks":
            refresh_marked(now=moment)
        case "some marks":
            refresh_marked(now=moment, limit=2)
        case "hour":
            refresh_overdue(now=moment)
        case _:
            refresh_all(now=moment)


def store_many(customer: str, promises: int) -> None:
    store(*(made(f"{customer}-{n}", customer=customer) for n in range(promises)))
    count()


def rows() -> dict[str, tuple[int, int, datetime]]:
    found = CustomerScore.objects.filter(kind="", n_90d__gt=0)
    return {
        row.customer.reference: (row.n_90d, row.open_overdue_90d, row.as_of)
        for row in found.select_related("customer")
    }


def test_a_change_is_added_as_of_the_moment_of_the_row(monkeypatch: pytest.MonkeyPatch) -> None:
    by_differences(monkeypatch)
    store_many("c-1", 5)
    refresh_all(now=NOW)
    store(fulfilled("c-1-0", START + DAY), made("new", customer="c-1"))
    count()
    refresh_marked(now=NOW + HOUR)
    assert rows() == {"c-1": (6, 5, NOW)}
    assert_same()


def test_what_matured_since_waits_for_the_hourly_refresh(monkeypatch: pytest.MonkeyPatch) -> None:
    by_differences(monkeypatch)
    store_many("c-1", 3)
    refresh_all(now=NOW)
    later = NOW + 5 * HOUR
    store(made("new", customer="c-1", due=NOW + HOUR))
    count()
    assert refresh_marked(now=later) == 1
    assert refresh_marked(now=later) == 0
    assert rows() == {"c-1": (3, 3, NOW)}
    assert list(CustomerMark.objects.values_list("waits", flat=True)) == [True]
    refresh_overdue(now=later)
    assert rows() == {"c-1": (4, 4, later)}
    assert not CustomerMark.objects.exists()


def test_it_is_taken_in_at_once_where_there_are_not_many(monkeypatch: pytest.MonkeyPatch) -> None:
    by_differences(monkeypatch, some=100)
    store_many("c-1", 3)
    refresh_all(now=NOW)
    store(made("new", customer="c-1", due=NOW + HOUR))
    count()
    refresh_marked(now=NOW + 2 * HOUR)
    assert rows() == {"c-1": (4, 4, NOW + 2 * HOUR)}


def test_a_first_promise_of_a_kind_has_no_row_to_be_added_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    by_differences(monkeypatch)
    store_many("c-1", 3)
    refresh_all(now=NOW)
    store(made("new", customer="c-1", kind="response"))
    count()
    refresh_marked(now=NOW + HOUR)
    assert rows() == {"c-1": (4, 4, NOW + HOUR)}
    assert CustomerScore.objects.get(kind="response").n_all == 1


def test_promises_to_come_are_not_marked_and_are_found_once_they_matured() -> None:
    later = datetime.now(NOW.tzinfo) + 2 * AHEAD
    store(made("to-come", due=later, at=NOW), made("kept", due=later, at=NOW))
    store(fulfilled("kept", NOW))
    count()
    assert not CustomerMark.objects.exists()
    assert refresh_overdue(now=later + timedelta(minutes=1)) == 1
    assert rows()["c-1"][:2] == (2, 1)


def test_promises_of_a_forgotten_source_are_taken_away(monkeypatch: pytest.MonkeyPatch) -> None:
    by_differences(monkeypatch)
    store_many("c-1", 3)
    other = made("other", source="/other", customer="c-1")
    store(other, made("gone", source="/other", customer="c-2"))
    count()
    refresh_all(now=NOW)
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM interactions_source WHERE name = '/other'")
        (source,) = cursor.fetchone()
    with transaction.atomic():
        assert forget_source(source) == 2
    assert_same()
    refresh_marked(now=NOW + HOUR)
    assert rows() == {"c-1": (3, 3, NOW)}


def test_what_is_marked_between_reading_and_taking_marks_stays_marked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    by_differences(monkeypatch)
    store_many("c-1", 3)

    def project() -> None:
        store(fulfilled("c-1-0", START + DAY), made("new", customer="c-1"))
        count()

    def interrupt(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if sql == "ANALYZE promises_read":
            together(project)
        return execute(sql, *rest)

    with connection.execute_wrapper(interrupt):
        refresh_all(now=NOW)
    assert rows() == {"c-1": (3, 3, NOW)}
    # What was there before is taken: one says something else now, one is new.
    assert CustomerMark.objects.count() == 2
    assert_same()
    refresh_marked(now=NOW)
    assert rows() == {"c-1": (4, 3, NOW)}
    assert_same()


def test_refreshes_at_once_lose_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    by_differences(monkeypatch)
    store_many("c-1", 3)
    refresh_all(now=NOW)
    done: list[bool] = []

    def project() -> None:
        for number in range(12):
            store(fulfilled(f"c-1-{number % 3}", START + number * HOUR), made(f"new-{number}"))
            while drain():
                pass
        done.append(True)

    def marked() -> None:
        while not done:
            refresh_marked(now=NOW)

    def everything() -> None:
        while not done:
            refresh_all(now=NOW)

    together(project, marked, everything)
    assert_same()
    refresh_marked(now=NOW)
    assert not CustomerMark.objects.exists()
    assert_same()
    assert rows()["c-1"][:2] == (15, 12)
