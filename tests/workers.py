"""Celery workers as processes of their own, on the database of the test that asks."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.db import connection
from redis import Redis

from promisegap.processes import kill_group, open_log, spawn, stop

READY = b" ready."
READY_SECONDS = 120.0


def database_url() -> str:
    """Return the address of this test process's own database."""
    found = connection.settings_dict
    host, port, name, user, password = (
        quote(str(found[key]), safe="") for key in ("HOST", "PORT", "NAME", "USER", "PASSWORD")
    )
    return (
        f"postgresql://{user}{f':{password}' if password else ''}@/{name}?host={host}"
        f"{f'&port={port}' if port else ''}"
    )


def process_environment(**changes: str) -> dict[str, str]:
    """Return the environment of a process that works on this test's database and Redis."""
    found = dict(os.environ)
    found["DJANGO_SETTINGS_MODULE"] = "promisegap.settings"
    found["DATABASE_URL"] = database_url()
    found["REDIS_URL"] = settings.REDIS_URL
    return found | changes


class Worker:
    """One `celery worker` process, with the schedule where `beat` is set."""

    def __init__(self, *, concurrency: int = 1, beat: bool = False, **environment: str) -> None:
        self.environment = process_environment(**environment)
        self.command = [sys.executable, "-m", "celery", "-A", "promisegap", "worker"]
        self.command += ["--loglevel", "INFO", "--concurrency", str(concurrency)]
        self.command += ["--without-gossip", "--without-mingle", "--without-heartbeat"]
        name = connection.settings_dict["NAME"]
        if beat:
            self.command += ["--beat", "--schedule", str(Path(settings.DATA_DIR) / f"beat-{name}")]
        self.log = Path(settings.DATA_DIR) / "logs" / f"worker-{name}.log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, *, flush: bool = True) -> None:
        """Start the process and return once it takes tasks; what waits in Redis is dropped first
        unless `flush` is off."""
        if flush:
            with Redis.from_url(settings.REDIS_URL) as client:
                client.flushdb()
        with open_log(self.log) as log:
            offset = log.tell()
            self.process = spawn(
                self.command, log=log, environment=self.environment, cwd=settings.BASE_DIR
            )
        deadline = time.monotonic() + READY_SECONDS
        while READY not in self.log.read_bytes()[offset:]:
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise AssertionError(f"The worker did not start:\n{self.output()[-3000:]}")
            time.sleep(0.05)

    def output(self) -> str:
        """Return what the worker wrote."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def kill(self) -> None:
        """End the worker and its pool with SIGKILL, in the middle of whatever it does."""
        if self.process is not None:
            kill_group(self.process)

    def stop(self) -> None:
        """End the worker as a deployment does."""
        if self.process is not None:
            stop(self.process, ((signal.SIGTERM, 10.0),))
            self.process = None
