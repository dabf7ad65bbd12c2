"""Olist's orders through import, ledger, projection and API, where the data are at hand."""

from collections.abc import Iterator

import pytest
from pytest_django import DjangoDbBlocker

from tests.promises.figures import Figures, chosen, company, expected, imported, scores
from tests.real_data import OLIST, OLIST_IS_THERE, OUTSIDE, WITHOUT_OLIST

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not OLIST_IS_THERE, reason=WITHOUT_OLIST),
]
FILES = {name: OLIST / f"olist_{name}_dataset.csv.gz" for name in ("orders", "customers")}
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


def at_midnight(row: Figures) -> dict[str, int]:
    void = int(row["void"])
    figures = chosen(row, "kept", "late", "open_overdue")
    return {**figures, "withdrawn": void, "n": int(row["n"]) - void}
