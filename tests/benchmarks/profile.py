"""Where the time of an event goes, from its request to its score: by process and by statement."""

import os
import time

from tests.benchmarks import bodies
from tests.benchmarks.freshness import BATCH, RATE
from tests.benchmarks.machine import Machine, processor_seconds
from tests.benchmarks.sending import send
from tests.benchmarks.table import Row, settle
from tests.faults.drill import empty
from tests.faults.product import Product, descendants, wait_until

SECONDS = float(os.environ.get("BENCH_PROFILE_SECONDS", "30"))
# What costs less than this is one of many.
SHOWN = 16
_WIDEST = 150

_STATEMENTS = """
SELECT regexp_replace(query, '\\s+', ' ', 'g'), calls, total_exec_time * 1000
FROM pg_stat_statements
WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
ORDER BY total_exec_time DESC
"""


def of_events(product: Product) -> list[Row]:
    """Microseconds for each event, while events come at the rate and are counted."""
    _watch_statements(product)
    empty(product)
    total = int(RATE * SECONDS) // BATCH * BATCH
    batches = bodies.bodies(bodies.lives(total), BATCH)
    product.sql("SELECT pg_stat_statements_reset()")
    before, machine = _processes(product), Machine()
    send(product, batches, bodies_per_second=RATE / BATCH, connections=4)
    settle(product, 1_200)
    usage = machine.usage()
    after = _processes(product)
    name = "us of a processor for each event"
    rows = [
        Row(f"{name}: {part}", (after[part] - before[part]) / total * 1e6, usage=None)
        for part in after
    ]
    rows[-1] = Row(rows[-1].name, rows[-1].value, usage=usage)
    for query, calls, microseconds in product.sql(_STATEMENTS)[:SHOWN]:
        detail = f"{calls:,} x {query[:_WIDEST]}"
        rows.append(Row("us in a statement, waits included", microseconds / total, detail=detail))
    return rows


def _watch_statements(product: Product) -> None:
    """Let PostgreSQL tell its statements apart, for which it has to be started again."""
    product.sql("ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements'")
    product.servers.stop_postgres()
    product.servers.start_postgres()
    product.sql("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
    wait_until(lambda: _takes_events(product), 60, "events are taken again")
    settle(product, 60)
    time.sleep(1)


def _takes_events(product: Product) -> bool:
    try:
        send(product, bodies.bodies([bodies.made()], 1), connections=1)
    except AssertionError:
        return False
    return True


def _processes(product: Product) -> dict[str, float]:
    """Processor seconds so far, by part."""
    assert product.servers.postgres is not None
    parts = {part: product.pids(part) for part in ("web", "worker")}
    parts["PostgreSQL"] = descendants(product.servers.postgres.pid)
    return {part: sum(map(processor_seconds, pids)) for part, pids in parts.items()}
