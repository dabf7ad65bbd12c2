"""Four drills in short, for every run of the tests; `make drills` runs them all at length."""

import random
import signal
import time
from collections.abc import Iterator

import pytest

from tests.faults import nemesis, poison
from tests.faults.drill import drilling
from tests.faults.histories import send_thrice
from tests.faults.product import Product
from tests.faults.set_client import Journal, verdict

pytestmark = [pytest.mark.whole, pytest.mark.timeout(600)]

PATIENCE = 4.0


@pytest.fixture(scope="module")
def product() -> Iterator[Product]:
    with Product() as product:
        yield product


def test_web_killed_in_the_middle_of_batches(product: Product) -> None:
    with drilling("F4 web killed", product, size=50, patience=PATIENCE) as drill:
        nemesis.kill_web_workers(drill, 1, chance=random.Random(4))
        nemesis.kill_the_web_server(drill)


def test_postgres_restarted_under_load(product: Product) -> None:
    with drilling("F6 PostgreSQL restarted", product, patience=PATIENCE) as drill:
        time.sleep(1)
        nemesis.postgres_restarted(drill, signal.SIGINT, away=0, what="stopped fast")
        nemesis.postgres_restarted(drill, signal.SIGQUIT, away=1, what="stopped immediately")


def test_everything_sent_three_times_at_once(product: Product) -> None:
    with drilling(
        "F10 everything sent three times", product, load=False, patience=PATIENCE
    ) as drill:
        send_thrice(drill, 100)


def test_poison_stops_nobody(product: Product) -> None:
    with drilling("F13 poison", product, patience=PATIENCE) as drill:
        time.sleep(0.5)
        poison.uncountable_event(drill)
        poison.rubbish_in_redis(drill)


def journal_of(*, sent: str, acknowledged: str) -> Journal:
    return Journal(sent=set(sent), acknowledged=set(acknowledged))


def test_the_set_checker_finds_what_is_wrong() -> None:
    fine = verdict(journal_of(sent="abc", acknowledged="ab"), "abc")
    assert (fine.ok, fine.recovered) == (True, 1)
    assert verdict(journal_of(sent="abc", acknowledged="ab"), "ac").lost == 1
    assert verdict(journal_of(sent="abc", acknowledged="abc"), "abcd").unexpected == 1
    assert verdict(journal_of(sent="abc", acknowledged="abc"), "abcc").duplicated == 1
    journal = journal_of(sent="abc", acknowledged="abc")
    journal.accepted["a"] = 2
    assert verdict(journal, "abc").duplicated == 1
