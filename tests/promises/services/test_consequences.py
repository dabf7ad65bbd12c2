"""What came after promises: feedback, contacts, leaving, referrals, by how they came out."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from interactions import tallies
from interactions.decode import NewEvent
from promises.models import Consequence, CustomerFact
from promises.selectors.consequences import OutcomeRow, consequences_read
from promises.services.consequences import reckon, reckon_if_due
from tests.events import NOW, event, fulfilled, made, retracted, store
from tests.promises.asking import count, team_ids

pytestmark = pytest.mark.django_db(transaction=True)

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
DUE = NOW - 60 * DAY


def told(kind: str, customer: str, after: timedelta, **data: Any) -> NewEvent:
    return event(kind, customer, DUE + after, data)


def promise(name: str, customer: str, settled: timedelta | None, **more: Any) -> list[NewEvent]:
    """A promise due at DUE; settled so long after it."""
    events = [made(name, at=DUE - 9 * DAY, due=DUE, customer=customer, **more)]
    if settled is not None:
        events.append(fulfilled(name, DUE + settled))
    return events


def added_up() -> dict[str, OutcomeRow]:
    count()
    assert tallies.count_new() >= 0
    reckon(now=NOW)
    found = consequences_read("all")
    return {row.outcome: row for row in (*found.rows, *found.together)}


def test_every_outcome_has_its_row() -> None:
    store(
        *promise("early", "c-1", -2 * DAY),
        *promise("kept", "c-2", -HOUR),
        *promise("late-1", "c-3", HOUR),
        *promise("late-3", "c-4", 3 * DAY),
        *promise("late-7", "c-5", 4 * DAY),
        *promise("late-more", "c-6", 8 * DAY),
        *promise("open", "c-7", None),
        *promise("failed", "c-8", None),
        event("promise.failed", "failed", DUE + DAY, {"reason": "lost"}),
        *promise("gone", "c-9", None),
        event("promise.withdrawn", "gone", DUE - DAY, {"by": "customer"}),
        made("young", at=NOW - 20 * DAY, due=NOW - 10 * DAY),
    )
    rows = added_up()
    assert {name: row.n for name, row in rows.items()} == {
        **dict.fromkeys(("early", "kept", "late_1d", "late_3d", "late_7d", "late_more"), 1),
        **{"never": 2, "met": 2, "late": 4},
    }


def test_feedback_belongs_to_the_promise_that_it_names() -> None:
    events = []
    for number in range(6):
        events += promise(f"kept-{number}", f"c-{number}", -HOUR)
        events += promise(f"late-{number}", f"c-{number}", 2 * DAY)
        events += [
            told(
                "feedback.given",
                f"c-{number}",
                -DAY,
                promise=f"kept-{number}",
                score=4 + number % 2,
            ),
            told(
                "feedback.given",
                f"c-{number}",
                3 * DAY,
                promise=f"late-{number}",
                score=4,
                scale_max=10,
            ),
        ]
    wrong = told("feedback.given", "c-0", 4 * DAY, promise="late-0", score=10, scale_max=10)
    store(*events, wrong, retracted(wrong, NOW - DAY))
    rows = added_up()
    assert (rows["kept"].feedback_n, rows["kept"].feedback_mean) == (6, pytest.approx(4.5))
    assert (rows["late_3d"].feedback_n, rows["late_3d"].feedback_mean) == (6, pytest.approx(2))
    assert rows["late"].feedback_mean == pytest.approx(2)


def test_feedback_that_names_none_belongs_to_the_last_that_matured() -> None:
    store(
        *promise("first", "c-1", -HOUR),
        made("second", at=DUE - DAY, due=DUE + 5 * DAY, customer="c-1"),
        told("feedback.given", "c-1", 6 * DAY, score=1),
        told("feedback.given", "c-1", 4 * DAY, score=5),
        told("feedback.given", "c-1", 50 * DAY, score=3),
        told("feedback.given", "c-1", 6 * DAY + HOUR, words="no score"),
    )
    rows = added_up()
    assert (rows["kept"].feedback_n, rows["never"].feedback_n) == (1, 1)
    sums = dict(Consequence.objects.filter(window="all").values_list("outcome", "feedback"))
    assert sums == {"kept": 5.0, "never": 1.0}


@pytest.mark.parametrize(
    "wrong",
    [
        {"score": 4e307, "scale_max": 4e307},
        {"score": 1e-300, "scale_max": 1e300},
        {"score": -1, "scale_max": 5},
        {"score": 6},
        {"score": 0, "scale_max": 0},
    ],
)
def test_what_an_older_ledger_holds_of_strange_scales_is_no_feedback(
    wrong: dict[str, float],
) -> None:
    given = told("feedback.given", "c-1", DAY, promise="o-1", score=4)
    strange = told("feedback.given", "c-1", 2 * DAY, promise="o-1", score=5)
    data = msgspec.json.encode({"promise": "o-1", **wrong}).decode()
    store(*promise("o-1", "c-1", -HOUR), given, strange._replace(data=data))
    added_up()
    assert list(CustomerFact.objects.values_list("score", flat=True)) == [4.0]
    store(told("feedback.given", "c-1", 3 * DAY, promise="o-1", score=2))
    added_up()
    kept = Consequence.objects.get(window="all", outcome="kept")
    assert (kept.spoken, kept.feedback) == (1, 3.0)


def test_feedback_too_small_to_be_squared_counts_as_the_worst() -> None:
    least = told("feedback.given", "c-1", DAY, promise="o-1", score=1e-300, scale_max=1)
    store(*promise("o-1", "c-1", -HOUR), least)
    added_up()
    CustomerFact.objects.update(score=1e-300)
    added_up()
    kept = Consequence.objects.get(window="all", outcome="kept")
    assert (kept.spoken, kept.feedback, kept.feedback_squares) == (1, 0.0, 0.0)


def test_what_customers_do_belongs_to_what_matured_within_30_days_before() -> None:
    events = []
    for number in range(10):
        events += promise(f"o-{number}", f"c-{number}", 2 * DAY)
    events += [
        told("contact.received", "c-0", HOUR),
        told("contact.received", "c-0", 2 * DAY),
        told("contact.received", "c-1", 29 * DAY),
        told("contact.received", "c-2", 31 * DAY),
        told("contact.received", "c-3", -HOUR),
        told("contact.received", "c-4", HOUR, automatic=True),
        told("customer.left", "c-5", 9 * DAY, reason="unknown"),
        told("referral.made", "c-6", 9 * DAY, referred="c-99"),
    ]
    store(*events)
    row = added_up()["late_3d"]
    assert (row.n, row.contacts.count, row.left.count, row.referrals.count) == (10, 2, 1, 1)
    assert row.contacts.share == pytest.approx(0.2)
    assert row.contacts.low is not None
    assert row.contacts.low < 0.2


def test_windows_teams_and_kinds() -> None:
    store(
        *promise("a", "c-1", -HOUR, team="north"),
        *promise("b", "c-2", -HOUR, team="south", kind="response"),
        made("old", at=NOW - 400 * DAY, due=NOW - 399 * DAY, team="north"),
    )
    added_up()
    n = {
        (window, team): consequences_read(window, "", team_ids(team)).n
        for window in ("28d", "90d", "365d", "all")
        for team in ("north", "south")
    }
    # Due 60 days ago, looked at until 30 days ago.
    assert n == {
        **dict.fromkeys((("28d", "north"), ("28d", "south")), 0),
        **dict.fromkeys((("90d", "north"), ("90d", "south"), ("365d", "north")), 1),
        **dict.fromkeys((("365d", "south"), ("all", "south")), 1),
        ("all", "north"): 2,
    }
    assert consequences_read("all", "response").n == 1


def test_a_second_time_adds_only_what_came() -> None:
    store(*promise("o-1", "c-1", DAY), told("contact.received", "c-1", HOUR))
    added_up()
    store(told("customer.left", "c-1", 2 * DAY))
    row = added_up()["late_1d"]
    assert (row.contacts.count, row.left.count) == (1, 1)
    assert CustomerFact.objects.count() == 2


def test_once_a_day_and_at_once_the_first_time() -> None:
    assert not reckon_if_due(now=NOW)
    store(*promise("o-1", "c-1", DAY))
    count()
    assert reckon_if_due(now=NOW)
    assert not reckon_if_due(now=NOW + HOUR)
    assert reckon_if_due(now=NOW + DAY)
