"""A worker that dies in the middle of a batch loses nothing and counts nothing twice."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction

from interactions.models import Source
from promises.models import DrainBatch, Promise
from promises.projection import key_lock, pending_count
from promises.services.checking import check_ledger
from tests.events import SHOP, START, fulfilled, made, store, uncounted
from tests.workers import Worker

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(600)]

PROMISES = 600


def wait_until(happens: Callable[[], bool], *, seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not happens():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.05)


def elsewhere(work: Callable[[], object]) -> None:
    """Do it on another connection and commit: the test's own holds its transaction open."""

    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(run).result()


def store_many() -> None:
    store(*(made(f"order-{n}") for n in range(PROMISES)))
    store(*(fulfilled(f"order-{n}", START + timedelta(days=n % 5)) for n in range(PROMISES)))


def test_killed_in_the_middle_of_a_batch(celery_worker: Worker) -> None:
    source = Source.objects.create(name=SHOP)
    with transaction.atomic():
        # One of the keys is held, so that the worker is sure to be in the middle of its batch.
        key_lock([(source.pk, "order-300")])
        elsewhere(store_many)
        wait_until(DrainBatch.objects.exists)
        time.sleep(0.5)
        celery_worker.kill()
        assert not Promise.objects.exists()
        assert pending_count() == 2 * PROMISES
    celery_worker.start()
    elsewhere(lambda: store(made("one-more")))
    wait_until(lambda: pending_count() == 0)
    assert Promise.objects.count() == PROMISES + 1
    wait_until(lambda: not DrainBatch.objects.exists())
    assert not uncounted()
    report = check_ledger()
    assert report.ok, report.as_dict()
    assert report.applied == 2 * PROMISES + 1
