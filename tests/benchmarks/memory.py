"""Memory of the web processes while they take the largest batches there are."""

import os
import threading
import time
from statistics import median

from tests.benchmarks import bodies
from tests.benchmarks.machine import Machine, resident_mb
from tests.benchmarks.sending import send
from tests.benchmarks.table import Row, quiet
from tests.faults.drill import empty
from tests.faults.product import Product

SECONDS = float(os.environ.get("BENCH_SECONDS", "300"))
EVENTS = 9_900
STATEMENT = 1_250
FLAT = 1.05
# Where the id of an event begins, and not that of a customer.
_ID = b'"specversion":"1.0","id":"'


def of_large_batches(product: Product) -> list[Row]:
    """Batches of nearly 16 MB, two at a time; the largest process, and whether it still grows."""
    empty(product)
    words = "Arrives within two days. " * (STATEMENT // 25)
    (body,) = bodies.bodies([bodies.made(statement=words) for _ in range(EVENTS)], EVENTS)
    assert 15e6 < len(body) <= 16 * 1024 * 1024, len(body)
    samples: list[float] = []
    stop = threading.Event()

    def watch() -> None:
        while not stop.wait(0.2):
            samples.append(max(map(resident_mb, product.workers("web")), default=0.0))

    watcher = threading.Thread(target=watch)
    machine, until, number = Machine(), time.monotonic() + SECONDS, 0
    with quiet(product):
        watcher.start()
        while time.monotonic() < until:
            # New ids of the same length, so that every batch is stored.
            fresh = [
                body.replace(_ID, _ID + b"%08d" % name) for name in (2 * number, 2 * number + 1)
            ]
            number += 1
            send(product, fresh, connections=2)
            if number % 20 == 0:
                empty(product)
        stop.set()
        watcher.join()
        empty(product)
    third = max(1, len(samples) // 3)
    middle, end = median(samples[third : 2 * third]), median(samples[2 * third :])
    detail = (
        f"{2 * number} batches of {len(body) / 1e6:.1f} MB in {SECONDS:.0f} s; median of the "
        f"second third {middle:.0f} MB, of the last {end:.0f} MB"
    )
    return [
        Row(
            "MB of a web process, 16 MB batches",
            max(samples),
            at_most=300,
            detail=detail,
            usage=machine.usage(),
        ),
        Row("growth, last third / second", end / middle, at_most=FLAT),
    ]
