"""`make bench-ingest`: the figures of taking events, against what the database and the server can.

Names as arguments pick some. BENCH_ROUNDS (5), BENCH_EVENTS (100,000 a round), BENCH_SINGLE_SECONDS
(5), BENCH_RATE (10,000), BENCH_SUSTAINED_SECONDS (60), BENCH_SECONDS (300, of the memory row),
BENCH_BIG=1 adds the row on 10 M events (BENCH_BIG_EVENTS). `profile` (BENCH_PROFILE_SECONDS, 30)
tells where the time goes.
"""

import os
import platform
import sys
from collections.abc import Callable
from functools import partial

from tests.benchmarks import bulk, freshness, memory, profile, singles
from tests.benchmarks.table import Row
from tests.faults.drill import say
from tests.faults.product import Product

Part = Callable[[Product], list[Row]]

PARTS: dict[str, Part] = {
    "bulk": bulk.against_copy,
    "single": singles.against_empty_views,
    "sustained": freshness.sustained,
    "fresh1000": partial(freshness.staleness, rate=1_000, at_most=0.3),
    "fresh5000": partial(freshness.staleness, rate=5_000, at_most=0.6),
    "memory": memory.of_large_batches,
}
if os.environ.get("BENCH_BIG"):
    PARTS["big"] = bulk.on_many
# Where a figure is missed, this says why: asked for by its name alone.
ASKED_FOR: dict[str, Part] = {"profile": profile.of_events}


def main(names: list[str]) -> int:
    """Measure what is named, or all; answer 1 where a figure is missed."""
    missed = []
    with Product(settings="tests.benchmarks.settings") as product:
        (version,) = product.sql("SELECT version()")[0]
        (durable,) = product.sql(
            "SELECT concat_ws(', ', 'fsync ' || current_setting('fsync'), "
            "'synchronous_commit ' || current_setting('synchronous_commit'))"
        )[0]
        load = os.getloadavg()
        server, python = version.partition(" on ")[0], platform.python_version()
        say(f"{os.cpu_count()} cores, Python {python}, {server}")
        say(f"{durable}; web 2 x 4, worker 2; load before: {load[0]:.1f} {load[1]:.1f}")
        for name in names or PARTS:
            try:
                rows = (PARTS | ASKED_FOR)[name](product)
            except AssertionError as error:
                say(f"{name}: {error}")
                missed.append(name)
                continue
            for row in rows:
                for line in row.lines():
                    say(line)
                if not row.holds:
                    missed.append(row.name)
    say(f"missed: {'; '.join(missed)}" if missed else "every figure holds")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
