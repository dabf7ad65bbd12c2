"""Which column is what, from names in more than one language; dates in two orders."""

import pytest

from promises.services.imports.date_orders import DAY_FIRST, MONTH_FIRST, only_order, other_order
from promises.services.uploads.guessing import guess


def test_german_names_of_dates_are_known() -> None:
    columns = ["Nr", "Bestellt am", "Versprochen bis", "Geliefert am"]
    rows = [[str(n), "02.03.2026", "06.03.2026", "05.03.2026"] for n in range(3)]
    found = guess(columns, rows)
    assert found.columns["made_at"] == "Bestellt am"
    assert found.columns["due_at"] == "Versprochen bis"
    assert found.columns["fulfilled_at"] == "Geliefert am"
    assert found.timed == ("Bestellt am", "Versprochen bis", "Geliefert am")


@pytest.mark.parametrize(
    ("cell", "order"),
    [
        ("25/04/2026", DAY_FIRST),
        ("25.4.26 14:30", DAY_FIRST),
        ("04/25/2026", MONTH_FIRST),
        ("03/04/2026", ""),
        ("31/31/2026", ""),
        ("25/00/2026", ""),
        ("2026-04-25", ""),
        ("25/04-2026", ""),
        ("soon", ""),
    ],
)
def test_a_date_may_fit_one_order_only(cell: str, order: str) -> None:
    assert only_order(cell) == order


def test_formats_have_an_order_or_none() -> None:
    assert other_order("04/25/2026", ["%d/%m/%Y"]) == MONTH_FIRST
    assert other_order("25/04/2026", ["%m/%d/%y %H:%M"]) == DAY_FIRST
    assert other_order("25/04/2026", ["%d/%m/%Y"]) == ""
    assert other_order("04/25/2026", ["%d/%m/%Y", "%m/%d/%Y"]) == ""
    assert other_order("04/25/2026", ["%d %b %Y"]) == ""
    assert other_order("04/25/2026", []) == ""
