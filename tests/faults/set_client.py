"""A REST client that follows Jepsen's set checker: it writes down what it sent and what was
acknowledged, and a final read tells what became of it.

Standard library only, and nothing of the product: what it believes it learnt over HTTP.
"""

import http.client
import json
import queue
import random
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

MEDIA = "application/cloudevents-batch+json"
DUPLICATE_SHARE = 0.05
RETRY_SECONDS = (0.05, 0.4)
# A batch that found no answer for this long is given up: sent, never acknowledged.
PATIENCE_SECONDS = 90.0
ANSWER_SECONDS = 20.0

Events = Sequence[dict[str, Any]]


@dataclass
class Journal:
    """What one client sent and heard. `accepted` counts how often each id was said to be new."""

    sent: set[str] = field(default_factory=set)
    acknowledged: set[str] = field(default_factory=set)
    rejected: dict[str, str] = field(default_factory=dict)
    accepted: Counter[str] = field(default_factory=Counter)
    batches: list[tuple[str, ...]] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)
    # Moment of the answer and how long it took, of the requests that were acknowledged.
    waits: list[tuple[float, float]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, events: Events) -> None:
        """Write down, before the first byte leaves, what is about to be sent."""
        with self.lock:
            ids = tuple(event["id"] for event in events)
            self.sent.update(ids)
            self.batches.append(ids)

    def hear(self, events: Events, results: Sequence[dict[str, Any]]) -> None:
        """Write down the verdict of each item."""
        with self.lock:
            for event, result in zip(events, results, strict=True):
                if result["status"] == "rejected":
                    self.rejected[event["id"]] = f"{result['pointer']} {result['reason']}"
                    continue
                self.acknowledged.add(event["id"])
                self.accepted[event["id"]] += result["status"] == "accepted"

    def count(self, answer: str) -> None:
        """Count one answer by its status, or by what stood in its place."""
        with self.lock:
            self.answers[answer] += 1

    def percentile(self, share: float, *, since: float = 0.0, until: float = 1e300) -> float:
        """How long acknowledged requests took. Units: seconds; 0 where there were none."""
        waits = sorted(wait for moment, wait in self.waits if since <= moment <= until)
        return waits[min(int(len(waits) * share), len(waits) - 1)] if waits else 0.0

    def save(self, path: Path) -> None:
        """Keep the journal for whoever looks into a failure."""
        found = {
            "sent": sorted(self.sent),
            "acknowledged": sorted(self.acknowledged),
            "rejected": self.rejected,
            "answers": self.answers,
        }
        path.write_text(json.dumps(found), encoding="utf-8")


@dataclass(frozen=True)
class Verdict:
    """The set checker's answer: lost, unexpected and duplicated must be 0."""

    sent: int
    acknowledged: int
    lost: int
    unexpected: int
    duplicated: int
    recovered: int

    @property
    def ok(self) -> bool:
        """Whether nothing was lost, invented or counted twice."""
        return not (self.lost or self.unexpected or self.duplicated)

    def line(self) -> str:
        """All six figures in a line."""
        return (
            f"sent {self.sent:,} acknowledged {self.acknowledged:,} lost {self.lost} "
            f"unexpected {self.unexpected} duplicated {self.duplicated} "
            f"recovered {self.recovered}"
        )


def verdict(journal: Journal, stored: Iterable[str]) -> Verdict:
    """Compare a journal with the final read of the ledger.

    Shape: `stored` is the id of every row, as often as it stands there. An id that was said to be
    new twice counts as duplicated, too.
    """
    rows = Counter(stored)
    twice = sum(times - 1 for times in rows.values())
    return Verdict(
        sent=len(journal.sent),
        acknowledged=len(journal.acknowledged),
        lost=len(journal.acknowledged - rows.keys()),
        unexpected=len(rows.keys() - journal.sent),
        duplicated=twice + sum(max(times - 1, 0) for times in journal.accepted.values()),
        recovered=len(rows.keys() & journal.sent - journal.acknowledged),
    )


class SetClient:
    """Threads that send batches at a rate and retry each, with jitter, until it is acknowledged."""

    def __init__(self, url: str, key: str, *, threads: int = 4, seed: int = 1) -> None:
        place = urlsplit(url)
        self.host, self.port = place.hostname or "127.0.0.1", place.port or 80
        self.key = key
        self.journal = Journal()
        self.random = random.Random(seed)
        self._todo: queue.Queue[Events | None] = queue.Queue()
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._work) for _ in range(threads)]
        self._feeder: threading.Thread | None = None

    def start(self, make: Callable[[int], Events], *, per_second: float, size: int) -> None:
        """Begin to send: batch number n is `make(n)`, of `size` events."""
        for thread in self._threads:
            thread.start()
        self._feeder = threading.Thread(target=self._feed, args=(make, per_second / size))
        self._feeder.start()

    def finish(self) -> Journal:
        """Send nothing new, let what is on its way be answered, and return the journal."""
        self._stop.set()
        if self._feeder is not None:
            self._feeder.join()
        for _ in self._threads:
            self._todo.put(None)
        for thread in self._threads:
            if thread.is_alive():
                thread.join()
        return self.journal

    def send(self, events: Events) -> list[dict[str, Any]] | None:
        """Send one batch now, until it is acknowledged. Shape: the results, None where given up."""
        connection = self._connection()
        try:
            return self._send(connection, events)
        finally:
            connection.close()

    def _feed(self, make: Callable[[int], Events], batches_per_second: float) -> None:
        begins = time.monotonic()
        number = 0
        while not self._stop.is_set():
            due = begins + number / batches_per_second
            if self._stop.wait(max(0.0, due - time.monotonic())):
                return
            batch = make(number)
            self._todo.put(batch)
            if self.random.random() < DUPLICATE_SHARE:
                self._todo.put(batch)
            number += 1

    def _work(self) -> None:
        connection = self._connection()
        while (batch := self._todo.get()) is not None:
            self._send(connection, batch)
        connection.close()

    def _connection(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(self.host, self.port, timeout=ANSWER_SECONDS)

    def _send(
        self, connection: http.client.HTTPConnection, events: Events
    ) -> list[dict[str, Any]] | None:
        self.journal.begin(events)
        body = json.dumps(list(events)).encode()
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until:
            began = time.monotonic()
            answer = self._try(connection, body)
            if answer is not None:
                self.journal.waits.append((time.monotonic(), time.monotonic() - began))
                results: list[dict[str, Any]] = answer["results"]
                self.journal.hear(events, results)
                return results
            time.sleep(self.random.uniform(*RETRY_SECONDS))
        self.journal.count("given up")
        return None

    def _try(self, connection: http.client.HTTPConnection, body: bytes) -> dict[str, Any] | None:
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": MEDIA}
        try:
            connection.request("POST", "/api/v1/events", body, headers)
            answer = connection.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            cut = isinstance(error, socket.timeout)
            self.journal.count("no answer" if cut else "connection lost")
            return None
        self.journal.count(str(answer.status))
        if answer.status != 202:
            # A 5xx must say what it is, and when to come again.
            problem = answer.getheader("Content-Type", "") == "application/problem+json"
            if answer.status >= 500 and not (problem and answer.getheader("Retry-After")):
                self.journal.count("bare 5xx")
            return None
        found: dict[str, Any] = json.loads(content)
        return found
