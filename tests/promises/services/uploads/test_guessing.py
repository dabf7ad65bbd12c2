"""Which column is what, from names in more than one language; dates in two orders."""

import pytest

from promises.services.imports.date_orders import DAY_FIRST, MONTH_FIRST, only_order, other_order
from promises.services.uploads.guessing import guess, proposal


def test_german_names_of_dates_are_known() -> None:
    columns = ["Nr", "Bestellt am", "Versprochen bis", "Geliefert am"]
    rows = [[str(n), "02.03.2026", "06.03.2026", "05.03.2026"] for n in range(3)]
    found = guess(columns, rows)
    assert found.columns["made_at"] == "Bestellt am"
    assert found.columns["due_at"] == "Versprochen bis"
    assert found.columns["fulfilled_at"] == "Geliefert am"
    assert found.timed == ("Bestellt am", "Versprochen bis", "Geliefert am")


@pytest.mark.parametrize(
    ("number", "customer", "what"),
    [
        ("Ref", "Customer", "What"),
        ("Ref", "Kunde", "Text"),
        ("Reference", "Client", "Statement"),
        ("ID", "Customer no", "Promise"),
        ("Bestellnr.", "Kunden-Nr", "Zusage"),
        ("No", "Customer number", "Description"),
        ("Vorgang", "Kundennummer", "Beschreibung"),
        ("Ticket", "Account", "Subject"),
    ],
)
def test_a_number_that_stands_twice_stays_the_number(number: str, customer: str, what: str) -> None:
    columns = [number, customer, what, "Made", "Due"]
    rows = [
        [ref, f"c-{place}", f"Sentence {place}", "2026-03-02 09:30", "2026-03-06"]
        for place, ref in enumerate(("A1", "A2", "A3", "A4", "A4", "A5"))
    ]
    for read in (rows, rows[3:5]):
        found = guess(columns, read).columns
        assert found["reference"] == number
        assert found["customer.id"] == customer
        assert found["statement"] == what
    told = proposal(guess(columns, rows), source="/x", zone="UTC")
    assert told["fields"]["statement"] == {"column": what}


def test_a_number_of_which_most_stand_twice_gives_way_to_one_that_tells_apart() -> None:
    rows = [[f"o-{n // 4}", f"{n}", "2026-03-02 09:30"] for n in range(12)]
    assert guess(["Order", "Line id", "Due"], rows).columns["reference"] == "Line id"
    assert guess(["Order", "Foo", "Due"], rows).columns["reference"] == "Foo"
    alike = [[order, "x", due] for order, _line, due in rows]
    assert guess(["Order", "Foo", "Due"], alike).columns["reference"] == "Order"
    assert guess(["Team", "Foo", "Due"], alike).columns.get("reference") is None


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
