"""Olist's orders through import, ledger, projection and API, where the data are at hand."""

import csv
import gzip
from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from pytest_django import DjangoDbBlocker

from tests.promises.figures import Figures, chosen, company, expected, imported, scores
from tests.promises.kaplan_meier import Case, check_rows
from tests.real_data import OLIST, OLIST_IS_THERE, OUTSIDE, WITHOUT_OLIST

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not OLIST_IS_THERE, reason=WITHOUT_OLIST),
]
FILES = {name: OLIST / f"olist_{name}_dataset.csv.gz" for name in ("orders", "customers")}
SAO_PAULO = ZoneInfo("America/Sao_Paulo")
NAMES = ("n", "kept", "late", "open_overdue", "withdrawn")


@pytest.fixture(scope="module")
def key(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    with (
        django_db_blocker.unblock(),
        imported(*FILES.values(), mapping="olist_delivery.toml") as read_key,
    ):
        yield read_key


def test_all_deliveries_by_the_end_of_the_promised_day(key: str) -> None:
    assert chosen(company(key), *NAMES) == {
        "n": 15_000 - 202,
        "kept": 13_595,
        "late": 957,
        "open_overdue": 246,
        "withdrawn": 202,
    }


def test_every_state_but_for_the_promised_day_itself(key: str) -> None:
    """The table counts midnights: by the end of the day 199 more are kept."""
    table = expected(OUTSIDE / "expected" / "shared_olist_by_customer_state.csv", "customer")
    found = scores(key, scope="team")
    assert found.keys() == table.keys()
    kept_on_the_day = 0
    for state, row in found.items():
        wanted = at_midnight(table[state])
        assert chosen(row, "n", "open_overdue", "withdrawn") == {
            name: wanted[name] for name in ("n", "open_overdue", "withdrawn")
        }
        assert row["kept"] >= wanted["kept"]
        kept_on_the_day += row["kept"] - wanted["kept"]
        assert row["late"] == wanted["late"] - (row["kept"] - wanted["kept"])
    assert kept_on_the_day == 199


@pytest.mark.parametrize(("scope", "name"), [("company", ""), ("team", "team")])
def test_lateness_is_what_lifelines_has(key: str, scope: str, name: str) -> None:
    """To a bucket; no customer has twenty orders."""
    compared = check_rows(scores(key, scope=scope), cases(), name, exact=False)
    assert compared >= (5 if scope == "company" else 80)


def cases() -> list[Case]:
    """The orders that were not called off, due at the end of the promised day."""
    states = {row["customer_id"]: row["customer_state"] for row in rows_of("customers")}
    return [
        Case(
            "",
            states[row["customer_id"]],
            # Through UTC: where a day ends at the change of the clock, its last moment is not lost.
            local(row["order_estimated_delivery_date"][:10] + " 23:59:59.999999"),
            local(row["order_delivered_customer_date"])
            if row["order_delivered_customer_date"]
            else None,
        )
        for row in rows_of("orders")
        if row["order_status"] not in ("canceled", "unavailable")
    ]


def rows_of(name: str) -> list[dict[str, str]]:
    with gzip.open(FILES[name], "rt", encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def local(cell: str) -> datetime:
    return datetime.fromisoformat(cell).replace(tzinfo=SAO_PAULO).astimezone(UTC)


def at_midnight(row: Figures) -> dict[str, int]:
    void = int(row["void"])
    figures = chosen(row, "kept", "late", "open_overdue")
    return {**figures, "withdrawn": void, "n": int(row["n"]) - void}
