"""Workers as the tests use them: real processes that take tasks, die and leave nothing."""

import time
from contextlib import suppress
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from redis import Redis

from promises.tasks import sweep
from tests.workers import Worker


def queued() -> int:
    with Redis.from_url(settings.REDIS_URL) as client:
        return int(client.llen(settings.CELERY_TASK_DEFAULT_QUEUE))


def wait_until_taken(seconds: float = 15.0) -> None:
    deadline = time.monotonic() + seconds
    while queued():
        assert time.monotonic() < deadline, "nobody takes the task"
        time.sleep(0.05)


def sessions() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return int(cursor.fetchone()[0])


@pytest.mark.real_worker
def test_a_worker_takes_tasks_on_this_database(celery_worker: Worker) -> None:
    sweep.delay()
    wait_until_taken()
    deadline = time.monotonic() + 60
    while sessions() == 0:
        assert time.monotonic() < deadline, celery_worker.output()
        time.sleep(0.05)


def living_members(group: int) -> list[str]:
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            state, _parent, of_group = (entry / "stat").read_text().rsplit(")", 1)[1].split()[:3]
            if int(of_group) == group and state != "Z":
                found.append((entry / "cmdline").read_text())
    return found


@pytest.mark.real_worker
def test_a_killed_worker_leaves_no_process(celery_worker: Worker) -> None:
    assert celery_worker.process is not None
    group = celery_worker.process.pid
    assert len(living_members(group)) >= 2
    celery_worker.kill()
    deadline = time.monotonic() + 60
    while found := living_members(group):
        assert time.monotonic() < deadline, found
        time.sleep(0.05)


@pytest.mark.real_worker
def test_the_clock_sweeps_by_itself(transactional_db: None) -> None:
    worker = Worker(beat=True)
    worker.start()
    try:
        deadline = time.monotonic() + 60
        while sessions() == 0:
            assert time.monotonic() < deadline, worker.output()
            time.sleep(0.1)
    finally:
        worker.stop()
