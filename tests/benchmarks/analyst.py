"""What somebody would use instead: DuckDB over the same rows; and what a promise takes on disk."""

import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import duckdb
from django.core.management import call_command
from django.db import connection

from interactions.decode import NewEvent, event_from_mapping
from interactions.ledger import record
from promises.services.counting import count_pending

# With fewer, the room that the index of words keeps for itself would be a tenth of all.
DISK_PROMISES = 200_000
_COPY = """
COPY (SELECT team_id, customer_id, kind, day, matures_at, state, weight, weight_squared,
             loss + open_weight - open_residual AS loss,
             extract(epoch FROM coalesce(settled_at, now()) - first_due)::float8 AS lateness
      FROM promises_promise) TO STDOUT (FORMAT csv)
"""
_COLUMNS = {
    "team_id": "BIGINT",
    "customer_id": "BIGINT",
    "kind": "VARCHAR",
    "day": "DATE",
    "matures_at": "TIMESTAMPTZ",
    "state": "VARCHAR",
    "weight": "BIGINT",
    "weight_squared": "BIGINT",
    "loss": "BIGINT",
    "lateness": "DOUBLE",
}
_WHERE = "WHERE day > current_date - 90 AND matures_at < now() AND state <> 'withdrawn' "
_SUMS = (
    "count(*), count(*) FILTER (WHERE state = 'kept'), count(*) FILTER (WHERE state = 'open'), "
    "sum(weight), sum(weight_squared), sum(loss)"
)
_QUANTILES = "quantile_cont(lateness, [0.5, 0.9])"
_QUESTIONS = (
    f"SELECT {_SUMS}, {_QUANTILES} FROM rows {_WHERE}",  # noqa: S608 (our own words)
    f"SELECT team_id, {_SUMS}, {_QUANTILES} FROM rows {_WHERE} GROUP BY team_id",  # noqa: S608
    f"SELECT day, {_SUMS} FROM rows {_WHERE} GROUP BY day",  # noqa: S608
)


def overview_seconds(rounds: int) -> tuple[float, float]:
    """The same figures by DuckDB, over Parquet and in memory. Units: seconds, medians."""
    with tempfile.TemporaryDirectory(prefix="pg-duck-") as folder:
        rows, parquet = Path(folder) / "rows.csv", Path(folder) / "rows.parquet"
        with rows.open("wb") as stream, connection.cursor() as cursor:
            cursor.copy_expert(_COPY, stream)
        duck = duckdb.connect()
        duck.execute(f"SET temp_directory = '{folder}'")
        columns = ", ".join(f"'{name}': '{kind}'" for name, kind in _COLUMNS.items())
        duck.execute(
            f"COPY (SELECT * FROM read_csv('{rows}', header = false, columns = {{{columns}}})) "  # noqa: S608 (our own words)
            f"TO '{parquet}' (FORMAT parquet, COMPRESSION zstd)"
        )
        rows.unlink()
        duck.execute(f"CREATE VIEW rows AS SELECT * FROM read_parquet('{parquet}')")  # noqa: S608
        over_parquet = _asked(duck, rounds)
        duck.execute("DROP VIEW rows")
        duck.execute(f"CREATE TABLE rows AS SELECT * FROM read_parquet('{parquet}')")  # noqa: S608
        in_memory = _asked(duck, rounds)
        duck.close()
    return over_parquet, in_memory


def _asked(duck: Any, rounds: int) -> float:
    took = []
    for _ in range(rounds + 1):
        began = time.perf_counter()
        for question in _QUESTIONS:
            duck.execute(question).fetchall()
        took.append(time.perf_counter() - began)
    return median(took[1:])


@dataclass(frozen=True)
class OnDisk:
    """Bytes per promise, all together and by table and index."""

    promises: int
    total: float
    parts: tuple[tuple[str, float], ...]


_SIZES = """
SELECT c.relname, pg_relation_size(c.oid) + coalesce(pg_relation_size(c.reltoastrelid), 0)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
WHERE c.relkind IN ('r', 'i')
  AND c.relname ~ '^(interactions_event|event_|promises_promise|promise_)'
ORDER BY 2 DESC
"""
_ALL = "SELECT sum(pg_total_relation_size(c.oid)) FROM pg_class c WHERE c.relname = ANY(%s)"


def real_promises() -> OnDisk:
    """Promises with two events each, recorded and counted in a fresh database."""
    connection.close()
    connection.settings_dict["NAME"] = "postgres"
    with connection.cursor() as cursor:
        cursor.execute('DROP DATABASE IF EXISTS "bench_disk"')
        cursor.execute('CREATE DATABASE "bench_disk"')
    connection.close()
    connection.settings_dict["NAME"] = "bench_disk"
    call_command("migrate", verbosity=0)
    now = datetime.now(UTC)
    for first in range(0, DISK_PROMISES, 5_000):
        record(
            [event for n in range(first, first + 5_000) for event in _order(n, now)],
            recorded_at=now,
        )
        count_pending(budget_seconds=600)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (FULL, ANALYZE) interactions_event")
        cursor.execute("VACUUM ANALYZE")
        cursor.execute(_SIZES)
        parts = [(name, size / DISK_PROMISES) for name, size in cursor.fetchall() if size > 100_000]
        cursor.execute(_ALL, [["interactions_event", "promises_promise"]])
        (total,) = cursor.fetchone()
    return OnDisk(DISK_PROMISES, float(total) / DISK_PROMISES, tuple(parts))


def _order(n: int, now: datetime) -> list[NewEvent]:
    """One order of the last weeks, which come as time goes on and are due in one to nine days; one
    in five is late. Moments are whole seconds, as shops give them."""
    made = (now - timedelta(days=40)).replace(microsecond=0)
    made += timedelta(seconds=n * 20 * 86_400 // DISK_PROMISES)
    due = made + timedelta(seconds=86_400 + n * 7_919 % (8 * 86_400))
    settled = due + timedelta(days=1) if n % 5 == 0 else made + (due - made) * 4 // 5
    data = {
        "kind": "delivery",
        "customer": {"id": f"c-{n % 5_000}"},
        "team": f"team-{n % 50}",
        "due_at": due.isoformat(),
        "statement": "Arrives by Friday 6 March",
        "touchpoint": "webshop",
    }
    said = (("promise.made", made, data), ("promise.fulfilled", settled, {}))
    return [
        event_from_mapping(
            {
                "specversion": "1.0",
                "id": f"e-{n}-{number}",
                "source": "/shop",
                "type": kind,
                "subject": f"order-{n}",
                "time": at.isoformat(),
                "data": told,
            },
            now=now,
        )
        for number, (kind, at, told) in enumerate(said)
    ]
