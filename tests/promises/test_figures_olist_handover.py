"""Olist's sellers hand their parcels over in time, or not: where the data are at hand."""

from collections.abc import Iterator

import pytest
from pytest_django import DjangoDbBlocker

from tests.promises.figures import chosen, company, expected, imported, scores
from tests.real_data import OLIST, OLIST_IS_THERE, OUTSIDE, WITHOUT_OLIST

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not OLIST_IS_THERE, reason=WITHOUT_OLIST),
]
FILES = [OLIST / f"olist_{name}_dataset.csv.gz" for name in ("orders", "customers", "order_items")]
NAMES = ("n", "kept", "late", "open_overdue", "withdrawn")


@pytest.fixture(scope="module")
def key(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    with django_db_blocker.unblock(), imported(*FILES, mapping="olist_handover.toml") as read_key:
        yield read_key


def test_all_hand_overs(key: str) -> None:
    assert chosen(company(key), *NAMES) == {
        "n": 15_054 - 77,
        "kept": 13_514,
        "late": 1_377,
        "open_overdue": 86,
        "withdrawn": 77,
    }


def test_every_seller(key: str) -> None:
    table = expected(OUTSIDE / "expected" / "shared_olist_handover_by_seller.csv", "team")
    found = {name: chosen(row, *NAMES) for name, row in scores(key, scope="team").items()}
    assert found == {
        name: {
            **chosen(row, "kept", "late", "open_overdue"),
            "n": int(row["n"]) - int(row["void"]),
            "withdrawn": int(row["void"]),
        }
        for name, row in table.items()
    }
    assert len(found) == len(table) > 1_000
