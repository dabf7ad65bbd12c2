"""Two clocks and four worker processes on one database: each threshold once. F17 of `make drills`
kills and stops them as well."""

import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone

from interactions.ledger import record
from interactions.models import Source
from promises.models import Crossing, Message, OpenPromise
from tests.events import made
from tests.promises.asking import count
from tests.promises.services.alerts.company import person, rule
from tests.workers import Worker

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.real_worker,
]

PROMISES = 150
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def two_clocks(transactional_db: None) -> Iterator[list[Worker]]:
    """Two workers of two processes, each with a clock of its own."""
    workers = [Worker(concurrency=2, beat=True) for _ in range(2)]
    workers[1].command[-1] += "-second"
    workers[1].command += ["--hostname", "second@%h"]
    try:
        yield workers
    finally:
        for worker in workers:
            worker.kill()


def test_two_clocks_and_four_workers_handle_each_threshold_once(two_clocks: list[Worker]) -> None:
    person("bob", "agent", "fulfilment")
    rule("half", "three_quarters", "due", "over", days_over=90)
    now = timezone.now()
    made_at = now - 3 * DAY
    # Half, three quarters, due and one day over: all of it was missed.
    promises = [made(f"p-{n}", at=made_at, due=now - DAY - 12 * HOUR) for n in range(PROMISES)]
    record(promises, recorded_at=made_at, door=Source.Door.MACHINE)
    count()
    for number, worker in enumerate(two_clocks):
        worker.start(flush=number == 0)
    expected = PROMISES * 4
    deadline = time.monotonic() + 60
    while Crossing.objects.count() < expected:
        assert time.monotonic() < deadline, two_clocks[0].output()[-2000:]
        time.sleep(0.1)
    time.sleep(2.5)
    rows = list(Crossing.objects.values_list("promise_id", "threshold", "day"))
    assert (len(rows), len(set(rows))) == (expected, expected)
    assert Message.objects.count() == expected
    assert not OpenPromise.objects.filter(next_check__lt=now).exists()
