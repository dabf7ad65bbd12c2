"""Webhooks with a real worker: delivered beside its tasks, and lost with none that dies."""

import ipaddress
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from interactions.ledger import record
from promises.models import WebhookDelivery, WebhookEndpoint
from promises.projection.outbox import forget_wanted
from promises.services.webhooks.endpoints import make_endpoint, send_test
from promises.tasks import deliver_webhooks, drain
from tests.events import made
from tests.receivers import Receiver, receiver
from tests.workers import Worker

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.real_worker,
    pytest.mark.timeout(600),
]


def wait_until(happens: Callable[[], bool], *, seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not happens():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.05)


def endpoint_of(told: Receiver) -> WebhookEndpoint:
    return make_endpoint(url=told.url, description="", event_types=["promise.made"])[0]


def states() -> list[str]:
    return list(WebhookDelivery.objects.order_by("pk").values_list("state", flat=True))


def test_a_worker_counts_while_a_receiver_hangs_and_loses_nothing_when_killed(
    settings: Any, transactional_db: None
) -> None:
    settings.WEBHOOK_ALLOWED_NETWORKS = [ipaddress.ip_network("127.0.0.0/8")]
    worker = Worker(WEBHOOK_ALLOWED_NETWORKS="127.0.0.0/8")
    worker.start()
    try:
        with receiver(hangs=True) as slow, receiver() as quick:
            send_test(endpoint_of(slow), now=timezone.now())
            deliver_webhooks.delay()
            wait_until(lambda: len(slow.received) == 1)

            # The worker's only process is free: it counts, and tells the other receiver.
            endpoint_of(quick)
            now = timezone.now()
            record([made("p", at=now, due=now + timedelta(hours=1))], recorded_at=now)
            drain.delay()
            wait_until(lambda: WebhookDelivery.objects.filter(type="promise.made").count() == 2)
            deliver_webhooks.delay()
            wait_until(lambda: len(quick.received) == 1)

            worker.kill()
            assert "pending" in states()
            slow.hangs = False
            slow.go_on.set()
            worker.start()
            # What the dead worker had in hand is free once its claim has passed.
            WebhookDelivery.objects.exclude(claimed_until=None).update(claimed_until=now)
            deliver_webhooks.delay()
            wait_until(lambda: set(states()) == {"delivered"})
            assert len(slow.received) >= 3
            assert len(set(slow.ids())) == 2
    finally:
        worker.kill()
        forget_wanted()
