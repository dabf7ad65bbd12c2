"""F17: two clocks and four worker processes on promises whose thresholds pass meanwhile."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from promisegap.processes import kill_group, open_log, spawn, stop
from tests.faults.drill import Drill
from tests.faults.product import ROOT, Product, wait_until

DAY = timedelta(days=1)
# Reference of the promise, threshold, day, moment.
Passed = tuple[str, str, int, datetime]

_RULE = """
INSERT INTO promises_alertrule (name, enabled, thresholds, days_over, kinds, least_stake, audience,
                                role, channels, created_at)
VALUES ('all', true, '{half,three_quarters,due,over}', 90, '{}', 0, 'role', 'admin', '{inbox}',
        now())
"""
_FOUND = """
SELECT p.reference, c.threshold, c.day, c.moment, c.noticed_at,
       (SELECT count(*) FROM promises_message m WHERE m.crossing_id = c.id)
FROM promises_crossing c JOIN promises_promise p ON p.id = c.promise_id
WHERE p.reference LIKE %s
"""


@dataclass
class Others:
    """A second clock, and a second worker with two processes, beside those of the product."""

    product: Product
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, part: str) -> None:
        """Start one of them."""
        words = {
            "beat": ["beat", "--pidfile=", "--schedule", str(self.product.folder / "other-beat")],
            "worker": ["worker", "--concurrency", "2", "--hostname", "other@%h", *_QUIET],
        }[part]
        command = [sys.executable, "-m", "celery", "-A", "promisegap", *words]
        with open_log(self.product.folder / "logs" / f"other-{part}.log") as log:
            self.running[part] = spawn(
                command, log=log, environment=self.product.environment(), cwd=ROOT
            )

    def wait_for_the_worker(self) -> None:
        """Return once it takes tasks."""
        log = self.product.folder / "logs" / "other-worker.log"
        wait_until(lambda: b" ready." in log.read_bytes(), 60, "the second worker is ready")

    def kill_the_worker(self) -> None:
        """End it with SIGKILL, and start another."""
        kill_group(self.running["worker"])
        self.start("worker")

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to both, with their children."""
        for process in self.running.values():
            os.killpg(process.pid, number)

    def end(self) -> None:
        """End both."""
        self.signal(signal.SIGCONT)
        for process in self.running.values():
            stop(process, ((signal.SIGTERM, 20.0),))


_QUIET = ("--loglevel", "INFO", "--without-gossip", "--without-mingle", "--without-heartbeat")


@contextmanager
def others(product: Product) -> Iterator[Others]:
    """Two clocks and four worker processes in all."""
    found = Others(product)
    try:
        found.start("worker")
        found.start("beat")
        found.wait_for_the_worker()
        yield found
    finally:
        found.end()


def each_threshold_once(drill: Drill, *, promises: int, seconds: float) -> None:
    """Thresholds pass for so many seconds; a worker is killed, then nobody looks for a while."""
    drill.product.sql("DELETE FROM promises_alertrule")
    drill.product.sql(_RULE)
    with others(drill.product) as found:
        began = time.monotonic()
        expected = _send(drill, promises, seconds)
        drill.wait_for_counting()
        time.sleep(max(0.0, began + 0.6 * seconds - time.monotonic()))
        found.kill_the_worker()
        time.sleep(max(0.0, began + 0.9 * seconds - time.monotonic()))
        frozen_at = datetime.now(UTC)
        _freeze(drill.product, found)
        time.sleep(max(0.0, began + 1.6 * seconds - time.monotonic()))
        _thaw(drill.product, found)
        limit = 30 * drill.patience
        took = wait_until(
            lambda: len(_stored(drill)) >= len(expected), limit, "all thresholds are handled"
        )
        time.sleep(2.5)
    drill.product.sql("DELETE FROM promises_alertrule")
    _judge(drill, expected, frozen_at, took)


def _send(drill: Drill, promises: int, seconds: float) -> set[Passed]:
    """Promises whose thresholds pass soon, long overdue ones whose next day is over soon, and some
    that are kept at once; answers what is to be passed."""
    events: list[dict[str, Any]] = []
    expected: set[Passed] = set()
    load, now, second = drill.load, datetime.now(UTC), timedelta(seconds=1)
    for number in range(promises):
        share, name = (number % 10) / 10, f"{load.name}-{number}"
        if number % 3 == 2:
            made_at, due = now - 3 * DAY, now - 2 * DAY + (0.5 + share) * seconds * second
            expected.add((name, "over", 2, due + 2 * DAY))
        else:
            made_at, due = now, now + (0.8 + 0.7 * share) * seconds * second
            if number % 3 == 0:
                expected.add((name, "half", 0, due - (due - made_at) / 2))
                expected.add((name, "three_quarters", 0, due - (due - made_at) / 4))
                expected.add((name, "due", 0, due))
        events.append(load.made(number, made_at, due=due))
        if number % 3 == 1:
            events.append(load.cloudevent(number, "promise.fulfilled", now))
    for first in range(0, len(events), 100):
        drill.client.send(events[first : first + 100])
    return expected


def _stored(drill: Drill) -> list[tuple[Any, ...]]:
    return drill.product.sql(_FOUND, [f"{drill.load.name}-%"])


def _judge(drill: Drill, expected: set[Passed], frozen_at: datetime, took: float) -> None:
    rows = _stored(drill)
    found = {row[:4] for row in rows}
    lost, more = len(expected - found), len(found - expected)
    told = drill.product.number(
        "SELECT count(DISTINCT user_id) FROM interactions_membership WHERE role = 'admin'"
    )
    wrong = sum(row[5] != told for row in rows)
    late = sorted(
        (row[4] - row[3]).total_seconds()
        for row in rows
        if row[3] < frozen_at - timedelta(seconds=1.5)
    )
    in_time = f"{late[len(late) // 2]:.1f} s, the last {late[-1]:.1f} s" if late else "none"
    drill.note(
        f"{len(expected):,} thresholds, {len(rows):,} handled: {lost} missed, {more} unexpected, "
        f"{len(rows) - len(found)} twice, {wrong} told another number of times than {told}"
    )
    drill.note(f"noticed after {in_time}; those of the pause {took:.1f} s after its end")
    drill.expect(not (lost or more or wrong or len(rows) != len(found)), "not each exactly once")


def _freeze(product: Product, found: Others) -> None:
    for part in ("beat", "worker"):
        product.freeze(part)
    found.signal(signal.SIGSTOP)


def _thaw(product: Product, found: Others) -> None:
    found.signal(signal.SIGCONT)
    for part in ("worker", "beat"):
        product.thaw(part)
