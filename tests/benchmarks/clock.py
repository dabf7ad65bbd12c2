"""`make bench-clock`: the watch on a million open promises.

Names as arguments pick some of idle, due, whole. BENCH_PROMISES (1,000,000), BENCH_DUE (1,000 in
the same second), BENCH_ROUNDS (5).
"""

import json
import os
import platform
import sys
import time
from collections.abc import Callable
from statistics import median

from tests.benchmarks.machine import Machine
from tests.benchmarks.table import Row, quiet
from tests.faults.drill import empty, say
from tests.faults.product import Product, wait_until

PROMISES = int(os.environ.get("BENCH_PROMISES", "1000000"))
DUE = int(os.environ.get("BENCH_DUE", "1000"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "5"))
# From the order to be due until that moment.
AHEAD_SECONDS = 5

# Open promises of 50 teams and 20,000 customers, due over the next 60 days, made up to 30 ago; the
# last thousand of them become due together when a round says so.
_PARTIES = """
INSERT INTO interactions_team (reference, name, is_new, created_at)
SELECT 'bench-' || n, 'bench-' || n, false, now() FROM generate_series(1, 50) n
ON CONFLICT DO NOTHING;
INSERT INTO interactions_touchpoint (reference, name, is_new, created_at)
VALUES ('bench', 'bench', false, now()) ON CONFLICT DO NOTHING;
INSERT INTO interactions_customer (reference, name, preferred_name, zone, segment, is_new,
                                   created_at)
SELECT 'bench-' || n, 'bench-' || n, '', '', '', false, now() FROM generate_series(1, 20000) n
ON CONFLICT DO NOTHING;
"""
_PROMISES = """
INSERT INTO promises_promise (source_id, reference, kind, statement, customer_id, team_id,
    touchpoint_id, segment, made_by, claim_source, parameters_version, made_at, given_due,
    first_due, due, matures_at, state, fraction, quality_loss, slips_announced,
    slips_unannounced, stake, paid_in_advance, explicit, confidence, eventful, retro,
    paused_seconds, notes, weight, weight_squared, loss, open_weight, open_residual,
    events_count, last_event_at, projected_at)
SELECT (SELECT min(id) FROM interactions_source), 'bench-' || n, 'delivery',
       'Arrives by the day that was told', c.first + n %% 20000, t.first + n %% 50, p.first, '', '',
       '', 1, made_at, due, due, due, due, 'open', 0, 0, 0, 0, 1, false, true, 1, false, false, 0,
       '[]', 1000000000, 1000000000, 0, 1000000000, 0, 1, made_at, now()
FROM (SELECT n, now() - random() * interval '30 days' AS made_at,
             now() + interval '1 hour' + random() * interval '60 days' AS due
      FROM generate_series(1, %s) n) AS r,
     (SELECT min(id) AS first FROM interactions_customer WHERE reference LIKE 'bench-%%') AS c,
     (SELECT min(id) AS first FROM interactions_team WHERE reference LIKE 'bench-%%') AS t,
     (SELECT min(id) AS first FROM interactions_touchpoint WHERE reference = 'bench') AS p
"""
_OPEN = """
INSERT INTO promises_openpromise (promise_id, customer_id, team_id, kind, due, first_due,
    matures_at, half_at, three_quarters_at, watched_from, next_check)
SELECT id, customer_id, team_id, kind, due, first_due, matures_at, half_at, three_quarters_at,
       now(), least(CASE WHEN half_at > now() + interval '1 hour' THEN half_at END,
                    CASE WHEN three_quarters_at > now() + interval '1 hour'
                         THEN three_quarters_at END, due)
FROM (SELECT *, due - (due - made_at) / 2 AS half_at, due - (due - made_at) / 4
             AS three_quarters_at FROM promises_promise) AS p
"""
_RULE = """
INSERT INTO promises_alertrule (name, enabled, thresholds, days_over, kinds, least_stake, audience,
                                role, channels, created_at)
VALUES ('all', true, '{half,three_quarters,due,over}', 90, '{}', 0, 'role', 'admin', '{inbox}',
        now())
"""
# A thousand of those not due before become due together.
_MAKE_DUE = """
UPDATE promises_openpromise SET due = %(at)s::timestamptz, first_due = %(at)s::timestamptz,
    matures_at = %(at)s::timestamptz, next_check = %(at)s::timestamptz
WHERE promise_id IN (SELECT promise_id FROM promises_openpromise
                     WHERE next_check > now() + interval '30 minutes' LIMIT %(n)s)
"""
_HANDLED = "SELECT count(*) FROM promises_crossing WHERE moment = %s::timestamptz"
_LAG = """
SELECT extract(epoch FROM max(noticed_at) - min(moment))::float8, count(*),
       (SELECT count(*) FROM promises_message m JOIN promises_crossing c ON c.id = m.crossing_id
        WHERE c.moment = %s::timestamptz)
FROM promises_crossing WHERE moment = %s::timestamptz
"""

_IDLE = """
import json, time
from django.utils import timezone
from promises.services.watching import watch
watch(now=timezone.now())
took = []
for _ in range(500):
    began = time.perf_counter()
    assert watch(now=timezone.now()) == 0
    took.append(time.perf_counter() - began)
print(json.dumps(sorted(took)))
"""
_ONE = """
import json, time
from django.utils import timezone
from promises.services.watching import watch
began = time.perf_counter()
found = watch(now=timezone.now())
print(json.dumps([time.perf_counter() - began, found]))
"""


def fill(product: Product) -> None:
    """A million open promises, past the ledger, which the watch does not read."""
    empty(product)
    product.sql(
        "INSERT INTO interactions_source (name, door, is_sample, created_at) "
        "VALUES ('/bench', 'machine', false, now()) ON CONFLICT DO NOTHING"
    )
    product.sql(_PARTIES)
    product.sql(_PROMISES, [PROMISES])
    product.sql(_OPEN)
    product.sql(_RULE)
    product.sql("VACUUM ANALYZE promises_promise, promises_openpromise")


def idle(product: Product) -> list[Row]:
    """A tick that finds nothing."""
    with quiet(product):
        machine = Machine()
        took = json.loads(product.manage("shell", "-v", "0", "-c", _IDLE))
    p50, p95 = took[len(took) // 2] * 1_000, took[int(len(took) * 0.95)] * 1_000
    detail = f"median of {len(took)}; p95 {p95:.2f} ms; {PROMISES:,} open promises"
    return [Row("ms of an idle tick", p50, at_most=5, detail=detail, usage=machine.usage())]


def due(product: Product) -> list[Row]:
    """A thousand due in the same second, in one process: stored, told, set to their next check."""
    took = []
    with quiet(product):
        machine = Machine()
        for _ in range(ROUNDS):
            at = _now(product, "1 second")
            product.sql(_MAKE_DUE, {"at": at, "n": DUE})
            time.sleep(1.2)
            seconds, found = json.loads(product.manage("shell", "-v", "0", "-c", _ONE))
            assert found == DUE, f"{found} of {DUE} were found"
            took.append(seconds)
        usage = machine.usage()
    detail = f"median of {ROUNDS}; slowest {max(took):.2f} s; {DUE:,} messages each"
    return [Row(f"s for {DUE:,} due at once", median(took), at_most=2, detail=detail, usage=usage)]


def whole(product: Product) -> list[Row]:
    """The same through clock and worker: from the moment until the last one is stored."""
    lags, told = [], 0
    machine = Machine()
    for _ in range(ROUNDS):
        at = _now(product, f"{AHEAD_SECONDS} seconds")
        product.sql(_MAKE_DUE, {"at": at, "n": DUE})
        wait_until(lambda at=at: product.number(_HANDLED, [at]) == DUE, 30, "all are handled")  # type: ignore[misc]
        handled = _seconds_since(product, at)
        lag, _count, told = product.sql(_LAG, [at, at])[0]
        lags.append(max(handled, lag))
    detail = (
        f"median of {ROUNDS}; slowest {max(lags):.2f} s; {told:,} messages each; "
        "beat ticks every second"
    )
    name = f"s from the moment to {DUE:,} handled"
    return [Row(name, median(lags), at_most=2, detail=detail, usage=machine.usage())]


def _now(product: Product, later: str) -> str:
    ((moment,),) = product.sql("SELECT (now() + %s::interval)::text", [later])
    return str(moment)


def _seconds_since(product: Product, moment: str) -> float:
    ((seconds,),) = product.sql(
        "SELECT extract(epoch FROM clock_timestamp() - %s::timestamptz)::float8", [moment]
    )
    return float(seconds)


PARTS: dict[str, Callable[[Product], list[Row]]] = {"idle": idle, "due": due, "whole": whole}


def main(names: list[str]) -> int:
    """Measure what is named, or all; answer 1 where a figure is missed."""
    missed = []
    with Product() as product:
        version = product.sql("SHOW server_version")[0][0]
        load = os.getloadavg()
        say(f"{os.cpu_count()} cores, Python {platform.python_version()}, PostgreSQL {version}")
        began = time.monotonic()
        fill(product)
        say(
            f"{PROMISES:,} open promises made in {time.monotonic() - began:.0f} s; worker 2; "
            f"load before: {load[0]:.1f} {load[1]:.1f}"
        )
        for name in names or PARTS:
            try:
                rows = PARTS[name](product)
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
