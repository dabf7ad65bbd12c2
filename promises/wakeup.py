"""Telling Celery after a commit, from a thread of its own: no request ever waits for Redis (R3).

Requests set a flag; one thread per process sends one `drain` for however many flags were set since
the last. Redis may be down, frozen or gone: the error is dropped, the sweep finds the work.
"""

import logging
import os
import threading
from typing import Any, Protocol

from promises.tasks import (
    check_asked_for,
    deliver_webhooks,
    drain,
    load_sample,
    reckon_risk_anew,
    restate,
    work_uploads,
)

logger = logging.getLogger(__name__)

# Tells are spaced by this much; a drain takes everything that is there anyway.
SPACING_SECONDS = 0.1


class Told(Protocol):
    """A task, as far as telling needs it."""

    def delay(self) -> Any:
        """Send it."""


class Waker:
    """One thread that tells Celery; started on first use in each process, also after a fork."""

    def __init__(self, task: Told = drain) -> None:
        self._task = task
        self._flag = threading.Event()
        self._lock = threading.Lock()
        self._pid: int | None = None

    def wake(self) -> None:
        """Ask for a drain soon. Returns at once."""
        self._ensure_thread()
        self._flag.set()

    def _ensure_thread(self) -> None:
        if self._pid == os.getpid():
            return
        with self._lock:
            if self._pid != os.getpid():
                self._flag = threading.Event()
                threading.Thread(target=self._run, name="wake-up", daemon=True).start()
                self._pid = os.getpid()

    def _run(self) -> None:
        while True:
            self._flag.wait()
            self._flag.clear()
            try:
                self._task.delay()
            except Exception as error:
                logger.info("The wake-up did not reach Redis (%r); the sweep will count.", error)
            threading.Event().wait(SPACING_SECONDS)


waker = Waker()
check_waker = Waker(check_asked_for)
webhook_waker = Waker(deliver_webhooks)
restatement_waker = Waker(restate)
risk_waker = Waker(reckon_risk_anew)
upload_waker = Waker(work_uploads)
sample_waker = Waker(load_sample)


def on_events_recorded(**_: Any) -> None:
    """Receiver of the ledger's signal."""
    waker.wake()
