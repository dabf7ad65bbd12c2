"""A worker that dies while a standard makes promises loses none and makes none twice."""

import time

import pytest
from django.db import transaction

from interactions.models import Event, Source
from promises.domain.standards import SOURCE
from promises.models import CausedEvent, DrainBatch, Promise
from promises.projection import pending_count
from tests.events import START, store, uncounted
from tests.faults.test_worker_killed import elsewhere, wait_until
from tests.standards import HOUR, answered, received, standard
from tests.workers import Worker

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(600)]

CUSTOMERS = 100


def store_contacts() -> None:
    standard()
    store(*(received(START, f"c-{n}") for n in range(CUSTOMERS)))
    store(*(answered(START + HOUR, f"c-{n}") for n in range(CUSTOMERS)))


def test_killed_while_it_makes_promises(celery_worker: Worker) -> None:
    with transaction.atomic():
        # The worker has to wait for this row once it is about to record what it caused.
        Source.objects.create(name=SOURCE)
        elsewhere(store_contacts)
        wait_until(DrainBatch.objects.exists)
        time.sleep(0.5)
        celery_worker.kill()
        assert not Promise.objects.exists()
        assert not CausedEvent.objects.exists()
        assert pending_count() == 2 * CUSTOMERS
    celery_worker.start()
    elsewhere(lambda: store(received(START, "one-more")))
    wait_until(lambda: Promise.objects.count() == CUSTOMERS + 1)
    wait_until(lambda: not DrainBatch.objects.exists() and not uncounted())
    assert Promise.objects.filter(state="kept").count() == CUSTOMERS
    assert Event.objects.filter(source__name=SOURCE).count() == 2 * CUSTOMERS + 1
    assert CausedEvent.objects.filter(stands=True).count() == 2 * CUSTOMERS + 1
