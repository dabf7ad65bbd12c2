"""The whole road: sustained load with worker, and how soon a score shows what was acknowledged."""

import os
import threading
import time
from contextlib import closing
from dataclasses import dataclass, field

import psycopg2

from tests.benchmarks import bodies
from tests.benchmarks.machine import Machine, processor_seconds
from tests.benchmarks.sending import send
from tests.benchmarks.table import Row, settle
from tests.faults.drill import empty
from tests.faults.product import UNCOUNTED, Product

SECONDS = float(os.environ.get("BENCH_SUSTAINED_SECONDS", "60"))
RATE = int(os.environ.get("BENCH_RATE", "10000"))
PROBE_EVERY = 0.25
BATCH = 1_000

# A score is its cells and the deltas on their way into them (R12).
_SCORE = """
SELECT coalesce((SELECT sum(n) FROM promises_cell WHERE team_id = t.id), 0)
     + coalesce((SELECT sum(n) FROM promises_celldelta WHERE team_id = t.id), 0)
FROM interactions_team t WHERE t.reference = 'probe'
"""
_PENDING = f"SELECT count(*) FROM ({UNCOUNTED}) AS todo"  # noqa: S608
_COUNTED = f"SELECT (SELECT count(*) FROM interactions_event), ({_PENDING})"  # noqa: S608


@dataclass
class Prober:
    """Sends a promise of a team of its own now and then, and polls that team's score."""

    product: Product
    waits: list[float] = field(default_factory=list)
    missing: int = 0
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin."""
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def finish(self) -> None:
        """End after the probe under way."""
        self._stop.set()
        if self._thread:
            self._thread.join()

    def percentile(self, share: float) -> float:
        """Units: seconds."""
        waits = sorted(self.waits)
        return waits[min(int(len(waits) * share), len(waits) - 1)] if waits else float("inf")

    def _run(self) -> None:
        with closing(psycopg2.connect(self.product.servers.database_url())) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                while not self._stop.is_set():
                    self._probe(cursor)
                    self._stop.wait(PROBE_EVERY)

    def _probe(self, cursor: psycopg2.extensions.cursor) -> None:
        before = self._score(cursor)
        send(self.product, bodies.bodies([bodies.made(team="probe")], 1), connections=1)
        began = time.monotonic()
        while self._score(cursor) == before:
            if time.monotonic() - began > 30:
                self.missing += 1
                return
            time.sleep(0.004)
        self.waits.append(time.monotonic() - began)

    def _score(self, cursor: psycopg2.extensions.cursor) -> int:
        cursor.execute(_SCORE)
        row = cursor.fetchone()
        return int(row[0]) if row else 0


def staleness(product: Product, rate: int, *, at_most: float) -> list[Row]:
    """From an acknowledgement to a changed score, under a rate of events."""
    empty(product)
    size = 10 if rate <= 1_000 else 100
    seconds = min(SECONDS, 20.0)
    batches = bodies.bodies(bodies.lives(int(rate * seconds)), size)
    prober, machine = Prober(product), Machine()
    prober.start()
    sent = send(product, batches, bodies_per_second=rate / size, connections=8)
    usage = machine.usage()
    prober.finish()
    backlog = product.number(_PENDING)
    settle(product, 300)
    reached = rate * seconds / sent.seconds
    if reached < 0.95 * rate:
        at_most = 0.0  # a score that is quick because too little is sent proves nothing
    detail = (
        f"p50 {prober.percentile(0.5):.2f} s, {len(prober.waits)} probes, {prober.missing} over "
        f"30 s; {reached:,.0f}/s sent {size} a request, {backlog:,} pending at the end"
    )
    name = f"s from acknowledgement to score, {rate:,}/s"
    return [Row(name, prober.percentile(0.95), at_most=at_most, detail=detail, usage=usage)]


def sustained(product: Product) -> list[Row]:
    """Events at a rate for a minute, all counted: how many are counted a second, none lost."""
    empty(product)
    total = int(RATE * SECONDS) // BATCH * BATCH
    batches = bodies.bodies(bodies.lives(total), BATCH)
    pids = [pid for part in ("web", "worker") for pid in product.pids(part)]
    before = sum(map(processor_seconds, pids))
    machine, began = Machine(), time.monotonic()
    sent = send(product, batches, bodies_per_second=RATE / BATCH, connections=4)
    usage = machine.usage()
    stored, pending = product.sql(_COUNTED)[0]
    parts = sum(map(processor_seconds, pids)) - before
    settle(product, 1_200)
    counted_in = time.monotonic() - began
    check = product.ledger_check()
    lost = sent.said["accepted"] - check["applied"]
    twice = stored - total
    promises = product.number("SELECT count(*) FROM promises_promise")
    detail = (
        f"acknowledged {total / sent.seconds:,.0f}/s; at its end {pending:,} of {stored:,} "
        f"still to count, done {counted_in - sent.seconds:.1f} s later; lost {lost}, "
        f"twice {twice}, {promises:,} promises; ledger_check {'ok' if check['ok'] else 'DIFFERS'}; "
        f"web and worker {parts / sent.seconds:.2f} cores"
    )
    wrong = bool(lost or twice or not check["ok"] or promises != total // 2)
    return [
        Row(
            "events/s, acknowledged and scored",
            0.0 if wrong else (stored - pending) / sent.seconds,
            at_least=RATE * 0.99,
            detail=detail,
            usage=usage,
        )
    ]
