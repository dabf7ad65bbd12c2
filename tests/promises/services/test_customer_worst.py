"""The stored rows of those who stand worst: lists are read from them alone (R14)."""

from datetime import timedelta

import pytest

from interactions.selectors import Viewer
from promises.models import CustomerScore, WorstFloor
from promises.scores import STORED_WINDOWS
from promises.selectors.ranking import worst_customers
from promises.services import customer_scores, customer_worst
from promises.services.checking_scores import customer_score_differences
from promises.services.customer_scores import refresh_all, refresh_marked
from tests.events import NOW, START, fulfilled, made, store
from tests.promises.asking import ask, count

pytestmark = pytest.mark.django_db(transaction=True)

DAY = timedelta(days=1)
MANAGER = Viewer(None, "admin", None)
PROMISES, CUSTOMERS = 12, 8


@pytest.fixture(autouse=True)
def three_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(customer_worst, "KEPT", 3)
    monkeypatch.setattr(customer_scores, "FEW", 0)


def store_customers() -> None:
    """Of customer c-5, five promises are late, and so on; the others are kept."""
    for customer in range(CUSTOMERS):
        for number in range(PROMISES):
            reference = f"c-{customer}-{number}"
            late = number < customer
            store(
                made(reference, at=START, customer=f"c-{customer}"),
                fulfilled(reference, START + (9 if late else 1) * DAY),
            )
    count()
    refresh_all(now=NOW)


def among_the_worst(window: str = "all", kind: str = "") -> list[str]:
    rows = CustomerScore.objects.filter(kind=kind, **{f"worst_{window}__isnull": False})
    return sorted(rows.values_list("customer__reference", flat=True))


def shown(limit: int) -> list[str]:
    question = ask(NOW, window="all")
    return [row.id for row in worst_customers(MANAGER, question, limit=limit)]


def assert_same() -> None:
    _, different = customer_score_differences()
    assert different == []


def test_so_many_are_among_the_worst_as_are_kept() -> None:
    store_customers()
    for window in STORED_WINDOWS:
        for kind in ("", "delivery"):
            assert among_the_worst(window, kind) == ["c-5", "c-6", "c-7"], (window, kind)
    assert among_the_worst("all", "quality") == []
    assert_same()


def test_whoever_crosses_the_floor_comes_in_or_goes_out() -> None:
    store_customers()
    for number in range(2 * PROMISES):
        store(made(f"late-{number}", at=START, customer="c-0"))
    for number in range(CUSTOMERS):
        store(fulfilled(f"c-7-{number}", START + DAY))
    count()
    refresh_marked(now=NOW + timedelta(minutes=1))
    assert among_the_worst() == ["c-0", "c-5", "c-6"]
    assert_same()


def test_where_there_are_not_so_many_everybody_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(customer_worst, "KEPT", CUSTOMERS + 1)
    store_customers()
    assert len(among_the_worst()) == CUSTOMERS
    assert WorstFloor.objects.get(kind="").floor_all == float("-inf")
    store(*(made(f"new-{number}", at=START, customer="new") for number in range(PROMISES)))
    count()
    refresh_marked(now=NOW)
    assert "new" in among_the_worst()
    assert_same()


def test_a_list_that_asks_for_more_looks_through_all() -> None:
    store_customers()
    assert shown(2) == ["c-7", "c-6"]
    assert shown(CUSTOMERS) == [f"c-{number}" for number in reversed(range(CUSTOMERS))]


def test_lists_are_whole_before_anybody_is_told_to_be_among_them() -> None:
    store_customers()
    WorstFloor.objects.all().delete()
    CustomerScore.objects.update(**{f"worst_{window}": None for window in STORED_WINDOWS})
    assert shown(2) == ["c-7", "c-6"]
    assert_same()
    refresh_all(now=NOW)
    assert among_the_worst() == ["c-5", "c-6", "c-7"]
