"""Stored customer rows: what the domain would say of the same promises (R14)."""

import math
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from promises.domain.loss import NANO
from promises.domain.score import gap_score
from promises.models import CustomerMark, CustomerScore, OpenPromise
from promises.scores import STORED_WINDOWS, Scope, Tally, tallies
from promises.services.checking import check_ledger
from promises.services.customer_scores import refresh_all, refresh_marked, refresh_overdue
from tests.events import NOW, START, event, fulfilled, hardly_believed, made, retracted, store
from tests.promises.asking import ask, count

pytestmark = pytest.mark.django_db(transaction=True)

DAY = timedelta(days=1)


def references() -> set[str]:
    """Whose rows are stored."""
    return set(CustomerScore.objects.values_list("customer__reference", flat=True))


def of_window(window: str, kind: str) -> dict[str, dict[str, Any]]:
    """By customer, the figures of a window, of those who have promises in it."""
    figures = ("n", "open_overdue", "weight", "weight_squared", "loss", "mu", "gap_low")
    rows = CustomerScore.objects.filter(kind=kind, **{f"n_{window}__gt": 0})
    return {
        row.customer.reference: {name: getattr(row, f"{name}_{window}") for name in figures}
        for row in rows.select_related("customer")
    }


def store_all_sorts() -> None:
    events = []
    for number in range(120):
        reference, at = f"order-{number}", START - number * 3 * DAY
        kind = ("delivery", "response", "quality")[number % 3]
        more = {"stake": (0.5, 1, 2, 4)[number % 4], "explicit": number % 5 > 0}
        if kind == "quality":
            more["quality"] = {"target": 5, "comparator": "<=", "unit": "d", "scale": 3}
        events.append(made(reference, at=at, kind=kind, customer=f"c-{number % 7}", **more))
        if number % 4 == 1:
            events.append(fulfilled(reference, at + number % 9 * DAY))
        if number % 4 == 2:
            events.append(fulfilled(reference, at + DAY, fraction=0.4))
        if number % 10 == 3:
            events.append(event("promise.withdrawn", reference, at + DAY, {"by": "customer"}))
    store(*events)
    count()


@pytest.mark.parametrize("as_of", [NOW, NOW + timedelta(days=40, hours=7)])
def test_they_say_what_the_domain_says(as_of: datetime) -> None:
    store_all_sorts()
    refresh_all(now=as_of)
    compared = ranked = 0
    for window in STORED_WINDOWS:
        for kind in ("", "delivery", "response", "quality"):
            question = ask(as_of, window=window, kind=kind)
            mu = tallies(question, Scope.COMPANY).get("", Tally()).sums.mean
            expected = {
                customer: (tally.sums, gap)
                for customer, tally in tallies(question, Scope.CUSTOMER).items()
                if (gap := gap_score(tally.sums, mu)) is not None
            }
            stored = of_window(window, kind)
            assert stored.keys() == expected.keys(), (window, kind)
            for customer, (sums, gap) in expected.items():
                row = stored[customer]
                assert (row["n"], row["open_overdue"]) == (sums.n, sums.open)
                found = [row[name] / NANO for name in ("weight", "weight_squared", "loss")]
                wanted = [sums.weight, sums.weight_squared, sums.loss]
                assert (row["gap_low"] is not None) == gap.enough
                if gap.enough:
                    found.append(row["gap_low"])
                    wanted.append(gap.low)
                    ranked += 1
                assert mu is not None
                for one, other in zip([*found, row["mu"]], [*wanted, mu], strict=True):
                    assert math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)
                compared += 1
    assert compared > 50
    assert ranked > 10


def test_they_carry_their_moment() -> None:
    store_all_sorts()
    refresh_all(now=NOW)
    assert set(CustomerScore.objects.values_list("as_of", flat=True)) == {NOW}


def test_refreshing_the_marked_ones_takes_their_marks() -> None:
    store(made("order-1", customer="c-1"), made("order-2", customer="c-2"))
    count()
    assert CustomerMark.objects.count() == 2
    assert refresh_marked(now=NOW, limit=1) == 1
    assert references() == {"c-1"}
    assert refresh_marked(now=NOW + DAY) == 1
    assert references() == {"c-1", "c-2"}
    assert refresh_marked(now=NOW + 2 * DAY) == 0
    assert not CustomerMark.objects.exists()


def test_many_marks_of_one_customer_are_one_refresh() -> None:
    store(*(made(f"order-{number}") for number in range(3)))
    count()
    store(*(fulfilled(f"order-{number}", START + DAY) for number in range(3)))
    count()
    # Each is added as it was made, then told by how much it is otherwise since it was fulfilled.
    assert CustomerMark.objects.count() == 6
    assert refresh_marked(now=NOW) == 6
    assert not CustomerMark.objects.exists()
    assert CustomerScore.objects.get(kind="").n_all == 3


def test_the_others_are_left_as_they_are() -> None:
    store(made("order-1", customer="c-1"), made("order-2", customer="c-2"))
    count()
    refresh_all(now=NOW)
    CustomerMark.objects.all().delete()
    store(fulfilled("order-2", START + DAY))
    count()
    refresh_marked(now=NOW + DAY)
    moments = CustomerScore.objects.values_list("customer__reference", "as_of").distinct()
    assert dict(moments) == {"c-1": NOW, "c-2": NOW + DAY}


def test_nothing_is_left_in_a_window_that_has_moved_on() -> None:
    store(made("order-1"))
    count()
    refresh_marked(now=NOW)
    counts = CustomerScore.objects.filter(kind="").values_list("n_28d", "n_90d", "n_365d", "n_all")
    assert list(counts) == [(1, 1, 1, 1)]
    refresh_all(now=NOW + 60 * DAY)
    assert list(counts.all()) == [(0, 1, 1, 1)]
    refresh_overdue(now=NOW + 400 * DAY)
    assert list(counts.all()) == [(0, 0, 0, 1)]


@pytest.mark.parametrize("refresh", [refresh_all, refresh_marked])
def test_rows_of_customers_without_promises_are_deleted(refresh: Callable[..., object]) -> None:
    making = made("order-1")
    store(making, made("order-2", customer="c-2"))
    count()
    refresh_marked(now=NOW)
    store(retracted(making, NOW))
    count()
    refresh(now=NOW + DAY)
    assert references() == {"c-2"}


def test_customers_with_overdue_promises_are_refreshed_hourly() -> None:
    store(
        made("overdue", customer="c-1"),
        made("kept", customer="c-2"),
        fulfilled("kept", START + DAY),
        made("to-come", customer="c-3", due=NOW + 9 * DAY),
    )
    count()
    assert OpenPromise.objects.count() == 2
    assert refresh_overdue(now=NOW) == 1
    assert references() == {"c-1"}
    before = CustomerScore.objects.get(kind="").loss_all
    refresh_overdue(now=NOW + timedelta(hours=1))
    assert CustomerScore.objects.get(kind="").loss_all > before


def test_without_overdue_promises_there_is_nothing_to_refresh() -> None:
    assert refresh_overdue(now=NOW) == 0


def test_a_promise_that_weighs_nothing_stops_nobody() -> None:
    for number, confidence in enumerate((1e-300, 1e-9, 1e-6)):
        customer = f"c-{number}"
        store(hardly_believed(customer, confidence, customer))
    store(*(made(f"order-{number}", customer="c-9") for number in range(9)))
    count()
    refresh_all(now=NOW)
    assert "c-9" in references()
    ranked = CustomerScore.objects.filter(kind="", gap_low_all__isnull=False)
    assert list(ranked.values_list("customer__reference", flat=True)) == ["c-9"]
    CustomerMark.objects.all().delete()
    assert check_ledger().ok
