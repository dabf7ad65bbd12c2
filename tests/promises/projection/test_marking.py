"""Marks of changed promises: what they said of their customers taken away, what they say added."""

from typing import Any

import pytest

from promises.models import CustomerMark
from promises.projection.marking import mark_changes
from promises.projection.rows import Row
from tests.events import NOW, START

pytestmark = pytest.mark.django_db

_OPEN: Row = {
    "source_id": 1,
    "reference": "order-1",
    "customer_id": 7,
    "kind": "delivery",
    "parameters_version": 1,
    "day": START.date(),
    "matures_at": START,
    "state": "open",
    "weight": 100,
    "weight_squared": 10,
    "loss": 0,
    "open_weight": 100,
    "open_residual": 40,
}


def marked(**change: Any) -> list[tuple[int, ...]]:
    """The numbers of the marks of an open promise that changes."""
    mark_changes({(1, "order-1"): _OPEN}, [_OPEN | change])
    names = ("customer_id", "n", "open", "weight", "weight_squared", "loss", "open_residual")
    return list(CustomerMark.objects.order_by("pk").values_list(*names))


def test_nothing_is_marked_where_the_same_is_said() -> None:
    assert marked(statement="other") == []


def test_one_mark_tells_how_an_outcome_changes_it() -> None:
    late = {"state": "late", "loss": 30, "open_weight": 0, "open_residual": 0}
    assert marked(**late) == [(7, 0, -1, 0, 0, -70, -40)]


def test_a_promise_of_somebody_else_is_taken_from_one_and_added_to_the_other() -> None:
    assert marked(customer_id=9) == [
        (7, -1, -1, -100, -10, -100, -40),
        (9, 1, 1, 100, 10, 100, 40),
    ]


@pytest.mark.parametrize("change", [{"matures_at": NOW}, {"open_residual": 30}])
def test_what_is_reckoned_and_rounded_by_itself_is_marked_by_itself(change: dict[str, Any]) -> None:
    left = change.get("open_residual", 40)
    assert marked(**change) == [(7, -1, -1, -100, -10, -100, -40), (7, 1, 1, 100, 10, 100, left)]
