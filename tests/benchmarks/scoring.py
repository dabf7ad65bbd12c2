"""The parts of `make bench-scores`: each answers with its rows."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from statistics import median

from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from interactions.selectors import Viewer
from promises.cells import fold_deltas, rebuild_cells
from promises.models import CustomerScore
from promises.projection.marking import mark_changes
from promises.projection.rows import add_change, new_deltas
from promises.projection.writing import insert_deltas
from promises.scores import company_row, one_reading, read_together, team_rows
from promises.scores.past import keys_to_fold
from promises.selectors.asked import asked_from_query, question_for
from promises.selectors.dashboards import LIST_LENGTH, overview_read
from promises.selectors.hurt import hurt_read
from promises.selectors.pages import Asked
from promises.selectors.ranking import _stored_order
from promises.selectors.trend import trend_read
from promises.services.counting import keep_today
from promises.services.customer_scores import refresh_all, refresh_marked
from tests.benchmarks import analyst, many
from tests.benchmarks.machine import Machine
from tests.benchmarks.statements import database_seconds
from tests.benchmarks.table import Row

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "7"))
CHANGED = 1_000
MANAGER = Viewer(None, "admin", None)


def say(text: str) -> None:
    """Print a line at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def server_version() -> str:
    """The version of the database server."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        return str(cursor.fetchone()[0])


def use(name: str) -> None:
    """Turn to another database of the same server."""
    connection.close()
    connection.settings_dict["NAME"] = f"bench_{name}"


def prepare(name: str, promises: int) -> bool:
    """Make and fill a database, unless it is there. Shape: whether it was made now."""
    connection.close()
    connection.settings_dict["NAME"] = "postgres"
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [f"bench_{name}"])
        there = cursor.fetchone() is not None
        if not there:
            cursor.execute(f'CREATE DATABASE "bench_{name}"')
    use(name)
    call_command("migrate", verbosity=0)
    if there:
        keep_today(now=timezone.now())
        return False
    many.fill(promises, say)
    keep_today(now=timezone.now())
    rebuild_cells()
    refresh_all(now=timezone.now())
    vacuum()
    return True


def vacuum() -> None:
    """As the server does by itself, in time."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def both(measured: Callable[[], float], rounds: int = ROUNDS) -> tuple[float, float]:
    """Medians of the small and of the large database, their rounds taken in turn."""
    found: dict[str, list[float]] = {"small": [], "large": []}
    for _ in range(rounds):
        for name, values in found.items():
            use(name)
            measured()
            values.append(measured())
    return median(found["small"]), median(found["large"])


def overview() -> list[Row]:
    """The figures of the first page: company, teams, quantiles, trend of 90 days."""
    machine = Machine()
    small, large = both(lambda: _overview(whole=False))
    page_small, page_large = both(lambda: _overview(whole=True))
    use("large")
    duck_parquet, duck_memory = analyst.overview_seconds(ROUNDS)
    usage = machine.usage()
    detail = f"1 M {small * 1e3:.1f} ms"
    return [
        Row("ms of SQL, overview figures, large", large * 1e3, at_most=30, detail=detail),
        Row("large / small", large / small, at_most=1.3),
        Row(
            "DuckDB over Parquet / ours",
            duck_parquet / large,
            at_least=3,
            detail=f"{duck_parquet * 1e3:.0f} ms; in memory {duck_memory * 1e3:.0f} ms",
        ),
        Row("DuckDB in memory / ours", duck_memory / large),
        Row(
            "ms of SQL, the whole page, large",
            page_large * 1e3,
            detail=f"small {page_small * 1e3:.1f} ms",
            usage=usage,
        ),
    ]


def past() -> list[Row]:
    """The whole first page as of a month ago, but for promises that have to be folded: these have
    no ledger."""
    machine, ago = Machine(), timezone.now() - timedelta(days=30)
    asked = asked_from_query({"window": "90d", "as_of": ago.isoformat()}, now=timezone.now())
    small, large = both(lambda: _overview(whole=True, as_of=ago), min(ROUNDS, 3))
    use("large")
    folded = len(keys_to_fold(question_for(asked, team_ids=None)))
    detail = f"1 M {small:.2f} s; {folded:,} promises would be folded besides"
    hurt_small, hurt_large = both(lambda: _hurt(asked), min(ROUNDS, 3))
    return [
        Row("s of SQL, overview a month ago, large", large, at_most=2, detail=detail),
        # The page asks for them once it is shown.
        Row("s of SQL, the customers hurt most then", hurt_large,
            detail=f"1 M {hurt_small:.2f} s", usage=machine.usage()),
    ]  # fmt: skip


def _hurt(asked: Asked) -> float:
    with database_seconds() as took, one_reading():
        hurt_read(MANAGER, asked, limit=LIST_LENGTH)
    return sum(took)


def _overview(*, whole: bool, as_of: datetime | None = None) -> float:
    asked_for = {"window": "90d"} | ({"as_of": as_of.isoformat()} if as_of else {})
    asked = asked_from_query(asked_for, now=timezone.now())
    question = question_for(asked, team_ids=None)
    with database_seconds() as took:
        if whole:
            overview_read(MANAGER, asked)
        else:
            with one_reading():  # as every page does
                read_together(question)
                # Teams first: the company's lateness is that of all of them.
                team_rows(question)
                company_row(question)
                trend_read(question)
    return sum(took)


def changes() -> list[Row]:
    """A thousand open promises are fulfilled: cells and histograms, then customer rows."""
    machine = Machine()
    cells: dict[str, list[float]] = {"small": [], "large": []}
    customers: dict[str, list[float]] = {"small": [], "large": []}
    for name in cells:
        # As after the hourly refresh: what is changed below had matured by then.
        use(name)
        refresh_all(now=timezone.now())
    for _ in range(ROUNDS):
        for name in cells:
            use(name)
            # A worker keeps its connection: what the first statement of one costs is not asked.
            for back in (False, True):
                _change(back=back)
            for back in (False, True):
                in_cells, in_rows = _change(back=back)
                cells[name].append(in_cells)
                customers[name].append(in_cells + in_rows)
    small, large = median(cells["small"]), median(cells["large"])
    rows_small, rows_large = median(customers["small"]), median(customers["large"])
    return [
        Row("ms for cells of 1,000 changes, large", large * 1e3, at_most=50),
        Row("large / small", large / small, at_most=2, detail=f"small {small * 1e3:.0f} ms"),
        Row("ms with customer rows, large", rows_large * 1e3, at_most=150),
        Row(
            "large / small",
            rows_large / rows_small,
            at_most=2,
            detail=f"small {rows_small * 1e3:.0f} ms",
            usage=machine.usage(),
        ),
    ]


def _change(*, back: bool) -> tuple[float, float]:
    before, after = many.changed(CHANGED)
    if back:
        before, after = after, before
    deltas = new_deltas()
    for old, new in zip(before, after, strict=True):
        add_change(deltas, old, new)  # as a projection does
    began = time.perf_counter()
    with transaction.atomic():
        insert_deltas(deltas)
        mark_changes({(row["source_id"], row["reference"]): row for row in before}, after)
    fold_deltas()
    folded = time.perf_counter()
    refresh_marked(now=timezone.now())
    return folded - began, time.perf_counter() - folded


def rebuild() -> list[Row]:
    """Everything anew, against one plain grouping of the same table."""
    use("large")
    # The first reading warms the caches for both.
    plain = min(_plain_groupings() for _ in range(2))
    machine, began = Machine(), time.perf_counter()
    rebuild_cells()
    cells = time.perf_counter() - began
    refresh_all(now=timezone.now())
    took = time.perf_counter() - began
    detail = f"{took:.1f} s (cells {cells:.1f} s) against {plain:.1f} s"
    return [
        Row("rebuild / plain GROUP BY", took / plain, at_most=2, detail=detail,
            usage=machine.usage())
    ]  # fmt: skip


def _plain_groupings() -> float:
    began = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE plain_teams AS SELECT team_id, day, kind, count(*), sum(loss) "
            "FROM promises_promise GROUP BY team_id, day, kind"
        )
        cursor.execute(
            "CREATE TEMP TABLE plain_customers AS SELECT customer_id, count(*), sum(loss) "
            "FROM promises_promise GROUP BY customer_id"
        )
        cursor.execute("DROP TABLE plain_teams, plain_customers")
    return time.perf_counter() - began


def worst() -> list[Row]:
    """The worst fifty of all customers, by their lower bound, over every window and kind."""
    use("large")
    now, slowest, machine = timezone.now(), 0.0, Machine()
    for window in ("28d", "90d", "365d", "all"):
        for kind in ("", "delivery", "response", "quality"):
            question = question_for(
                asked_from_query({"window": window, "kind": kind}, now=now), team_ids=None
            )
            took = []
            for _ in range(ROUNDS):
                with database_seconds() as seconds:
                    _stored_order(question, 50)
                took.append(sum(seconds))
            slowest = max(slowest, median(took))
    customers = CustomerScore.objects.filter(kind="", n_90d__gt=0).count()
    detail = f"slowest of 16 lists; {customers:,} customers in 90 d"
    name = "ms of SQL, worst 50 customers"
    return [Row(name, slowest * 1e3, at_most=1, detail=detail, usage=machine.usage())]


_WORK = """
from pathlib import Path
import django
django.setup()
from django.db import connection
from django.utils import timezone
connection.settings_dict["NAME"] = "bench_large"
import promisegap.celery, promises.tasks
from promises.services.counting import count_pending
from promises.services.counting import keep_today
from promises.services.customer_scores import refresh_all, refresh_overdue
from promises.services.watching import watch
from promises.cells import fold_deltas
count_pending(); fold_deltas(); watch(now=timezone.now())
refresh_overdue(now=timezone.now()); refresh_all(now=timezone.now())
print(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0])
"""


def memory() -> list[Row]:
    """A process that does what the worker does, on the large database."""
    done = subprocess.run([sys.executable, "-c", _WORK], capture_output=True, text=True, check=True)
    peak = int(done.stdout.split()[-1]) * 1024 / 1e6
    # Not getrusage(): what it tells of a child begins with the memory of its parent.
    return [Row("MB at the peak of the worker's jobs", peak, at_most=250)]


def disk() -> list[Row]:
    """Bytes per promise with two events, by table and index, after the whole real road."""
    prepared = analyst.real_promises()
    rows = [
        Row("bytes per promise with two events", prepared.total, at_most=1_300,
            detail=f"{prepared.promises:,} promises over the ledger")
    ]  # fmt: skip
    rows += [Row(f"  {name}", size) for name, size in prepared.parts]
    return rows
