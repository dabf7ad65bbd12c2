"""What all drills share: the load, the final read, and the line that each prints."""

import random
import secrets
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg2

from tests.faults.product import SOURCE, UNCOUNTED, Product, wait_until
from tests.faults.set_client import Journal, SetClient, Verdict, verdict

EVENTS_PER_SECOND = 50.0
DRAINED_SECONDS = 60.0


@dataclass
class Load:
    """Events of promises: made, and kept or late a batch later. Each drill has names of its own."""

    size: int = 1
    name: str = field(default_factory=lambda: secrets.token_hex(4))
    chance: random.Random = field(default_factory=lambda: random.Random(1))

    def batch(self, number: int) -> list[dict[str, Any]]:
        """The events of one batch: half of them make promises, half close the ones before."""
        return [self.event(number * self.size + place) for place in range(self.size)]

    def event(self, number: int) -> dict[str, Any]:
        """Even numbers make a promise, the odd one after it fulfils it."""
        promise = number // 2
        made_at = datetime.now(UTC) - timedelta(days=5 + promise % 20)
        if number % 2:
            at = made_at + timedelta(days=1 + promise % 4)
            return self.cloudevent(promise, "promise.fulfilled", at)
        return self.made(promise, made_at, due=made_at + timedelta(days=2))

    def made(self, promise: int, at: datetime, *, due: datetime) -> dict[str, Any]:
        """A promise."""
        data = {
            "kind": "delivery",
            "customer": {"id": f"c-{promise % 50}"},
            "team": f"team-{promise % 5}",
            "due_at": due.isoformat(),
            "statement": "Arrives within two days",
        }
        return self.cloudevent(promise, "promise.made", at, data)

    def cloudevent(
        self, promise: int, kind: str, at: datetime, data: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """Any event about a promise."""
        return {
            "specversion": "1.0",
            "id": secrets.token_hex(16),
            "source": SOURCE,
            "type": kind,
            "subject": f"{self.name}-{promise}",
            "time": at.isoformat(),
            "data": data or {},
        }


@dataclass
class Drill:
    """One drill under way: what it may do to the product, and what it found."""

    name: str
    product: Product
    client: SetClient
    load: Load
    notes: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    # Rows that the drill itself wrote past the API.
    planted: set[str] = field(default_factory=set)
    # Beside other tests a machine takes its time: how much longer a recovery may take.
    patience: float = 1.0

    @property
    def journal(self) -> Journal:
        """What the client wrote down."""
        return self.client.journal

    def beside(self, *, threads: int = 5) -> SetClient:
        """A second client with the same journal: what a drill sends of its own, beside the load."""
        other = SetClient(self.product.url, self.product.key, threads=threads)
        other.journal = self.journal
        return other

    def note(self, text: str) -> None:
        """Something worth reading beside the line."""
        self.notes.append(text)

    def expect(self, holds: bool, text: str) -> None:
        """Something that must hold; the drill goes on, and fails at its end."""
        if not holds:
            self.failures.append(text)

    def expect_within(self, limit: float, took: float, what: str) -> None:
        """A recovery that must not take longer. Units: seconds."""
        limit *= self.patience
        self.expect(took <= limit, f"{what} took {took:.1f} s, not {limit:.0f}")

    def wait_for_answers(self, *, seconds: float = 60.0) -> float:
        """Wait until something sent from now on is acknowledged. Units: seconds."""
        before = len(self.journal.waits)
        return wait_until(lambda: len(self.journal.waits) > before, seconds, "an acknowledgement")

    def wait_for_counting(self, *, seconds: float = DRAINED_SECONDS) -> float:
        """Wait until all that is stored by now is counted. Units: seconds."""
        newest = self.product.number("SELECT coalesce(max(id), 0) FROM interactions_event")
        waiting = f"SELECT count(*) FROM ({UNCOUNTED}) AS todo WHERE event_id <= %s"  # noqa: S608
        return wait_until(
            lambda: self.product.number(waiting, [newest]) == 0, seconds, "all events are counted"
        )


def whole_batches(journal: Journal, stored: set[str]) -> int:
    """How many batches stand in the ledger in part; must be 0."""
    return sum(0 < len(stored & set(ids)) < len(set(ids)) for ids in journal.batches)


@contextmanager
def drilling(
    name: str, product: Product, *, size: int = 1, load: bool = True, patience: float = 1.0
) -> Iterator[Drill]:
    """Run a drill under load; at its end read the ledger, check it and print the line.

    Raises: AssertionError where anything was lost, invented, counted twice, or not as expected.
    """
    empty(product)
    drill = Drill(name, product, SetClient(product.url, product.key), Load(size=size))
    drill.patience = patience
    began = time.monotonic()
    if load:
        drill.client.start(drill.load.batch, per_second=EVENTS_PER_SECOND, size=size)
    try:
        yield drill
    except AssertionError as error:
        drill.failures.append(str(error))
    finally:
        journal = drill.client.finish()
    _judge(drill, journal, time.monotonic() - began)


EMPTY = """TRUNCATE interactions_event, interactions_arrival, interactions_pendingevent,
    promises_promise, promises_openpromise, promises_drainbatch, promises_cell, promises_celldetail,
    promises_cellstake, promises_celltouchpoint, promises_cellsegment, promises_cellstandard,
    promises_celllateness, promises_latenessstretch, promises_cellstretch,
    promises_teamlatenessstretch, promises_kindlatenessstretch, promises_residuestretch,
    promises_celldelta,
    promises_customerscore, promises_customermark,
    interactions_intake, interactions_intakehour, interactions_sourcetally, interactions_tallymark,
    promises_remainder, promises_crossing, promises_message, promises_delivery, promises_digest
    RESTART IDENTITY CASCADE"""


def empty(product: Product) -> None:
    """Empty the ledger and all that was made of it.

    Shape: once more where a job that was reading and this wait for each other's tables.
    """
    for left in reversed(range(20)):
        try:
            product.sql("SET promisegap.deleting = 'flush'; " + EMPTY)
        except psycopg2.errors.DeadlockDetected:
            if not left:
                raise
            time.sleep(0.2)
        else:
            return


def _judge(drill: Drill, journal: Journal, seconds: float) -> None:
    product = drill.product
    drained = "not drained"
    try:
        took = wait_until(lambda: product.pending() == 0, DRAINED_SECONDS, "drained")
        drained = f"drained in {took:.1f} s"
    except AssertionError as error:
        drill.failures.append(str(error))
    rows = [row[0] for row in product.sql("SELECT event_id FROM interactions_event")]
    found = verdict(journal, [row for row in rows if row not in drill.planted])
    check = product.ledger_check()
    in_part = whole_batches(journal, set(rows))
    drill.expect(found.ok, "lost, unexpected or duplicated is not 0")
    drill.expect(found.acknowledged > 0, "nothing was acknowledged")
    drill.expect(bool(check["ok"]), f"ledger_check: {check}")
    drill.expect(not journal.rejected, f"rejected: {list(journal.rejected.values())[:3]}")
    drill.expect(in_part == 0, f"{in_part} batches stand in part")
    drill.expect(not journal.answers["bare 5xx"], f"{journal.answers['bare 5xx']} bare 5xx")
    drill.expect(not journal.answers["given up"], f"{journal.answers['given up']} given up")
    _print(drill, found, f"ledger_check {'ok' if check['ok'] else 'DIFFERS'}", drained, seconds)
    if drill.failures:
        path = Path(tempfile.gettempdir()) / f"journal-{drill.name.split()[0]}-{drill.load.name}"
        journal.save(path)
        raise AssertionError(f"{drill.name}: {'; '.join(drill.failures)} (journal: {path})")


def _print(drill: Drill, found: Verdict, check: str, drained: str, seconds: float) -> None:
    answers = ", ".join(f"{name} x {n:,}" for name, n in sorted(drill.journal.answers.items()))
    say(f"{drill.name:<34} {found.line()} {check}")
    say(f"{'':<6}{seconds:.0f} s; {drained}; answers: {answers}")
    p95 = drill.journal.percentile(0.95) * 1000
    for note in (f"acknowledged within p95 {p95:.0f} ms", *drill.notes):
        say(f"{'':<6}{note}")
    for failure in drill.failures:
        say(f"{'':<6}FAILED: {failure}")


Say = Callable[[str], None]


def say(line: str) -> None:
    """Print at once, also into a pipe."""
    print(line, flush=True)  # noqa: T201 - a program for the terminal
