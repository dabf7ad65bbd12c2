"""Olist's orders with the reviews of their customers, where the data are at hand.

Its table of expected figures reads a promised day as its midnight: so does the mapping here.
"""

import csv
import gzip
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from interactions import tallies
from interactions.decode import NewEvent, event_from_mapping
from interactions.ledger import record
from interactions.models import Source
from promises.selectors.consequences import consequences_read
from promises.services.consequences import reckon
from tests.promises.asking import count
from tests.promises.figures import SAMPLES, imported
from tests.real_data import OLIST, OLIST_IS_THERE, WITHOUT_OLIST

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not OLIST_IS_THERE, reason=WITHOUT_OLIST),
]
SOURCE = "/import/olist/delivery"
LATER = ("late_1d", "late_3d", "late_7d", "late_more")
SAO_PAULO = ZoneInfo("America/Sao_Paulo")


@pytest.fixture(scope="module")
def reviewed(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[dict[str, list[float]]]:
    """The orders imported, every review recorded, what came after added up; the scores by order."""
    mapping = at_midnight(tmp_path_factory.mktemp("mapping"))
    files = [OLIST / f"olist_{name}_dataset.csv.gz" for name in ("orders", "customers")]
    with django_db_blocker.unblock(), imported(*files, mapping=str(mapping), checked=False):
        scores: dict[str, list[float]] = defaultdict(list)
        events = []
        customers = customers_of_orders()
        for place, row in enumerate(rows("order_reviews")):
            scores[row["order_id"]].append(float(row["review_score"]))
            events.append(review(f"r-{place}", customers[row["order_id"]], row))
        record(events, recorded_at=timezone.now(), door=Source.Door.IMPORT)
        count()
        tallies.count_new()
        reckon(now=timezone.now())
        yield scores


def at_midnight(folder: Path) -> Path:
    """The mapping, without the lines by which a day ends with its last moment."""
    lines = (SAMPLES / "olist_delivery.toml").read_text().splitlines(keepends=True)
    mapping = folder / "olist_midnight.toml"
    mapping.write_text(
        "".join(line for line in lines if not line.startswith(("date_only", "dates"))).replace(
            ":date}", ":moment}"
        )
    )
    return mapping


def rows(name: str) -> Iterator[dict[str, str]]:
    path = OLIST / f"olist_{name}_dataset.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8", newline="") as stream:
        yield from csv.DictReader(stream)


def customers_of_orders() -> dict[str, str]:
    unique = {row["customer_id"]: row["customer_unique_id"] for row in rows("customers")}
    return {row["order_id"]: unique[row["customer_id"]] for row in rows("orders")}


def review(id: str, customer: str, row: dict[str, str]) -> NewEvent:
    at = datetime.fromisoformat(row["review_answer_timestamp"]).replace(tzinfo=SAO_PAULO)
    return event_from_mapping(
        {
            "specversion": "1.0",
            "id": id,
            "source": "/reviews",
            "type": "feedback.given",
            "subject": customer,
            "time": at.isoformat(),
            "data": {
                "promise_source": SOURCE,
                "promise": row["order_id"],
                "score": float(row["review_score"]),
            },
        },
        now=timezone.now(),
    )


def test_kept_promises_came_with_more_stars_than_late_ones(
    reviewed: dict[str, list[float]],
) -> None:
    met, late = consequences_read("all").together
    # The mean of all reviews is 4.2843 and 2.6026; here an order with several counts once.
    assert met.feedback_mean == pytest.approx(4.28, abs=5e-3)
    assert late.feedback_mean == pytest.approx(2.60, abs=5e-3)
    assert met.feedback_low is not None
    assert late.feedback_high is not None
    assert late.feedback_high < 3 < 4.2 < met.feedback_low


def test_the_later_the_fewer(reviewed: dict[str, list[float]]) -> None:
    found = {row.outcome: row for row in consequences_read("all").rows}
    means = [found[name].feedback_mean or 0 for name in ("early", *LATER)]
    assert means == sorted(means, reverse=True)
    assert [round(mean, 1) for mean in means] == [4.3, 4.2, 3.4, 2.3, 1.8]
    # An order with several reviews counts once, with their mean.
    assert sum(row.feedback_n for row in found.values()) <= len(reviewed)
