"""Sending prepared bodies: as fast as they are taken, or at a rate."""

import http.client
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count

from tests.faults.product import Product

# As many as the site has threads: with fewer, chance decides whether both of its processes work.
CONNECTIONS = 8


@dataclass
class Sent:
    """What became of the bodies. Units: `seconds` of wall clock; `waits` seconds per request;
    `said` adds up the counts of the answers."""

    seconds: float = 0.0
    said: dict[str, int] = field(default_factory=dict)
    waits: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, answer: bytes) -> None:
        """Add the counts at the head of an answer; the results behind them are not read."""
        head = answer[:120].partition(b',"results"')[0].strip(b"{} ").decode()
        with self.lock:
            for pair in head.split(","):
                name, _, number = pair.partition(":")
                self.said[name.strip('"')] = self.said.get(name.strip('"'), 0) + int(number)


def send(
    product: Product,
    bodies: Sequence[bytes],
    *,
    bodies_per_second: float = 0.0,
    connections: int = CONNECTIONS,
) -> Sent:
    """Send each body once, over some connections that are kept.

    Raises: AssertionError where anything but 202 is answered.
    """
    sent, numbers, began = Sent(), count(), time.monotonic()

    def work() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", product.port, timeout=120)
        while (number := next(numbers)) < len(bodies) and not sent.failures:
            if bodies_per_second:
                time.sleep(max(0.0, began + number / bodies_per_second - time.monotonic()))
            try:
                _post(connection, product.key, bodies[number], sent)
            except (OSError, http.client.HTTPException) as error:
                sent.failures.append(repr(error))
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sent.seconds = time.monotonic() - began
    assert not sent.failures, sent.failures[0]
    return sent


def _post(connection: http.client.HTTPConnection, key: str, body: bytes, sent: Sent) -> None:
    headers = {
        "Authorization": f"Bearer {key}",
        "Content-Type": "application/cloudevents-batch+json",
    }
    began = time.monotonic()
    connection.request("POST", "/api/v1/events", body, headers)
    response = connection.getresponse()
    answer = response.read()
    if response.status != 202:
        sent.failures.append(f"{response.status} {answer[:300]!r}")
        return
    sent.waits.append(time.monotonic() - began)
    sent.count(answer)
