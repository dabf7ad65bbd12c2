"""Redis is a wake-up, never a memory (R3): recording never waits for it, nothing is lost without
it."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from kombu import pools

from promisegap.addresses import broker_url
from promisegap.celery import app
from promisegap.embedded import EmbeddedServers
from promises.models import Cell, CellDelta, Promise
from promises.projection import pending_count
from promises.services.checking import check_ledger
from tests.events import START, fulfilled, made, store
from tests.faults.test_worker_killed import wait_until
from tests.workers import Worker

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(600)]

# A busy machine may hold one or two of many by itself; to wait for Redis would hold each.
STALLS = 3


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[EmbeddedServers]:
    """A Redis that this test may stop and freeze; the wake-ups of this process go there."""
    servers = EmbeddedServers(tmp_path)
    servers.start_redis()
    before = app.conf.broker_url
    use_broker(broker_url(servers.redis_url()))
    yield servers
    use_broker(before)
    servers.stop_redis()


def use_broker(url: str) -> None:
    """Point Celery's producers at another broker; pools of the old one are dropped."""
    app.conf.broker_url = app.conf.broker_read_url = app.conf.broker_write_url = url
    pools.reset()
    app._pool = None
    app.amqp._producer_pool = None


def seconds_to_record(reference: str) -> float:
    began = time.monotonic()
    store(made(reference), fulfilled(reference, START))
    return time.monotonic() - began


def test_events_recorded_while_redis_is_gone_are_scored_after_it_is_back(
    own_redis: EmbeddedServers,
) -> None:
    worker = Worker(beat=True, REDIS_URL=own_redis.redis_url())
    try:
        worker.start(flush=False)
        store(made("order-0"))
        wait_until(lambda: pending_count() == 0)
        own_redis.stop_redis()
        waited = [seconds_to_record(f"order-{n}") for n in range(1, 30)]
        assert sorted(waited)[-STALLS] < 0.4, "recording waited for Redis"
        own_redis.start_redis()
        wait_until(lambda: pending_count() == 0, seconds=90)
        wait_until(lambda: not CellDelta.objects.exists(), seconds=90)
        assert Promise.objects.count() == 30
        assert Cell.objects.get().kept == 29
        assert check_ledger().ok
    finally:
        worker.stop()


def test_recording_does_not_wait_for_a_frozen_redis(own_redis: EmbeddedServers) -> None:
    assert own_redis.redis is not None
    store(made("warm-up"))
    os.kill(own_redis.redis.pid, signal.SIGSTOP)
    try:
        waited = [seconds_to_record(f"order-{n}") for n in range(20)]
    finally:
        os.kill(own_redis.redis.pid, signal.SIGCONT)
    assert sorted(waited)[-STALLS] < 0.4, "recording waited for Redis"
    assert pending_count() == 41


def test_a_worker_that_holds_wake_ups_outlives_a_redis_that_goes(
    own_redis: EmbeddedServers,
) -> None:
    worker = Worker(beat=True, REDIS_URL=own_redis.redis_url())
    try:
        worker.start(flush=False)
        (busy,) = pool_of_the_worker()
        os.kill(busy, signal.SIGSTOP)
        time.sleep(3)  # The schedule's wake-ups are taken and not acknowledged.
        store(made("order-0"))
        own_redis.stop_redis()
        time.sleep(1)
        own_redis.start_redis()
        os.kill(busy, signal.SIGCONT)
        wait_until(lambda: pending_count() == 0)
        assert worker.process is not None
        assert worker.process.poll() is None, "the worker ended"
    finally:
        worker.stop()


def pool_of_the_worker() -> list[int]:
    """Return the processes that do the tasks of the one worker on this broker."""
    (told,) = (app.control.inspect(timeout=5).stats() or {}).values()
    return list(told["pool"]["processes"])
