"""A restatement goes on while events come in and its worker dies, and everything adds up."""

import time
from collections.abc import Callable
from datetime import timedelta

import pytest

from promises.models import Promise, Restatement
from promises.projection import pending_count
from promises.services.checking import check_ledger
from promises.services.restating import add_version, restate
from promises.tasks import sweep
from tests.events import NOW, START, fulfilled, made, store
from tests.promises.asking import count
from tests.promises.services.restating.worlds import TOLERANT, story
from tests.workers import Worker

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(600)]

PROMISES = 3_000
ROUNDS = 12


def wait_until(happens: Callable[[], bool], *, seconds: float = 120) -> None:
    until = time.monotonic() + seconds
    while not happens():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.05)


def test_killed_and_disturbed(celery_worker: Worker) -> None:
    store(*(e for n in range(PROMISES) for e in story(n, START + timedelta(days=n % 20))))
    count()
    version = add_version("delivery", TOLERANT, base=1, now=NOW, by="Ada", reason="carriers")
    asked = restate("delivery", version.version, now=NOW, by="Ada", reason="carriers")

    def read() -> Restatement:
        return Restatement.objects.get(pk=asked.pk)

    sweep.delay()
    wait_until(lambda: read().done > 0)
    celery_worker.kill()
    assert read().state == "running"
    celery_worker.start()
    for turn in range(ROUNDS):
        # New promises, and outcomes of old ones on both sides of where the job is.
        due = START + timedelta(days=turn % 20 + 3)
        places = range(turn * 9 + 5, PROMISES, PROMISES // 20)
        store(*(fulfilled(f"order-{n}", due + timedelta(hours=5)) for n in places))
        store(*(made(f"new-{turn}-{n}", at=START + timedelta(days=turn)) for n in range(5)))
        sweep.delay()
        time.sleep(0.02)

    def is_done() -> bool:
        sweep.delay()
        return read().state == "done" and pending_count() == 0

    wait_until(is_done)
    celery_worker.stop()
    count()
    report = check_ledger()
    assert report.ok, report.as_dict()
    assert report.promises_restating == 0
    assert set(Promise.objects.values_list("parameters_version")) == {(2,)}
    assert Promise.objects.count() == PROMISES + ROUNDS * 5
    assert read().done >= PROMISES - ROUNDS * 25
