"""The schedule and the wake-ups: real, and never in anybody's way."""

import time
from pathlib import Path

import pytest
from celery import Celery
from kombu.exceptions import OperationalError

from promisegap import addresses
from promisegap.celery import app
from promisegap.settings import CELERY_BROKER_TRANSPORT_OPTIONS


def test_every_scheduled_job_exists() -> None:
    app.loader.import_default_modules()
    assert {entry["task"] for entry in app.conf.beat_schedule.values()} <= set(app.tasks)


def test_a_wake_up_that_nobody_takes_expires() -> None:
    assert all(entry["options"]["expires"] > 0 for entry in app.conf.beat_schedule.values())


def test_a_caller_does_not_wait_for_a_redis_that_is_away(tmp_path: Path) -> None:
    away = Celery("away", broker=addresses.broker_url(f"unix://{tmp_path}/nobody.sock"))
    away.conf.broker_transport_options = CELERY_BROKER_TRANSPORT_OPTIONS
    away.conf.task_publish_retry = app.conf.task_publish_retry
    began = time.monotonic()
    with pytest.raises(OperationalError):
        away.send_task("promises.tasks.sweep")
    assert time.monotonic() - began < 5.0
