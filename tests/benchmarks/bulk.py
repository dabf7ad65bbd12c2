"""Batches against COPY of the same rows: new ones, known ones, and on top of many millions."""

import io
import os
import time
from contextlib import closing
from statistics import median

import psycopg2

from tests.benchmarks import bodies
from tests.benchmarks.machine import Machine
from tests.benchmarks.sending import send
from tests.benchmarks.table import Row, quiet, settle
from tests.faults.drill import empty
from tests.faults.product import Product

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "5"))
EVENTS = int(os.environ.get("BENCH_EVENTS", "100000"))
BATCH = 1_000
BIG = int(os.environ.get("BENCH_BIG_EVENTS", "10000000"))

# What decides about a score, without numbers that rows get by chance and moments of computing.
_SCORES = """
SELECT md5(string_agg(line, E'\\n' ORDER BY line)) FROM (
    SELECT p.reference || ' ' || p.state || ' ' || p.matures_at::text AS line
    FROM promises_promise p
    UNION ALL SELECT c::text FROM promises_cell c
    UNION ALL SELECT d::text FROM promises_celldetail d
    UNION ALL SELECT s::text FROM promises_cellstake s
    UNION ALL SELECT t::text FROM promises_celltouchpoint t
    UNION ALL SELECT l::text FROM promises_celllateness l
) AS lines
"""
_MANY = f"""
INSERT INTO interactions_event ({bodies.COLUMNS})
SELECT %(source)s, md5(n::text || 'many'), 'promise.made', 'order-' || md5(n::text), %(source)s,
       now() - n %% 90 * interval '1 day', now(),
       '{{"kind": "delivery", "team": "team-1", "due_at": "2026-03-02T09:30:00+00:00",
          "customer": {{"id": "c-1"}}, "statement": "Arrives within two days"}}'
FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS n
"""  # noqa: S608 - our own column names


def copy_rows(product: Product, buffer: io.StringIO) -> float:
    """COPY rows over one connection, with its COMMIT. Units: seconds."""
    url = product.servers.database_url()
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        began = time.monotonic()
        cursor.copy_expert(f"COPY interactions_event ({bodies.COLUMNS}) FROM STDIN", buffer)
        connection.commit()
        return time.monotonic() - began


def against_copy(product: Product) -> list[Row]:
    """Rounds of COPY, the same number of new events by HTTP, and these again."""
    copied, new, again, ratios, repeats = [], [], [], [], []
    source = bodies.source_id(product)
    batches: list[bytes] = []
    usage = None
    with quiet(product):
        for _ in range(ROUNDS):
            buffer = bodies.copy_buffer(bodies.promises(EVENTS), source)
            batches = bodies.bodies(bodies.promises(EVENTS), BATCH)
            copied.append(EVENTS / copy_rows(product, buffer))
            machine = Machine()
            first = send(product, batches)
            usage = machine.usage()
            second = send(product, batches)
            assert first.said["accepted"] == second.said["duplicate"] == EVENTS, first.said
            new.append(EVENTS / first.seconds)
            again.append(EVENTS / second.seconds)
            ratios.append(new[-1] / copied[-1])
            repeats.append(again[-1] / copied[-1])
    copy = median(copied)
    spread = f"COPY {copy:,.0f}/s; rounds {min(ratios):.2f} to {max(ratios):.2f}"
    spread_again = f"{median(again):,.0f}/s; rounds {min(repeats):.2f} to {max(repeats):.2f}"
    return [
        Row(
            "batches of 1,000, new / COPY",
            median(new) / copy,
            at_least=0.75,
            detail=f"{median(new):,.0f}/s; {spread}",
            usage=usage,
        ),
        Row(
            "the same again / COPY",
            median(again) / copy,
            at_least=0.6,
            detail=spread_again,
        ),
        _unchanged(product, batches),
    ]


def _unchanged(product: Product, batches: list[bytes]) -> Row:
    """Count one round, send all of it again, count again: every score stays."""
    empty(product)
    some = batches[: max(1, len(batches) // 5)]
    send(product, some)
    settle(product, 300)
    before = product.sql(_SCORES)
    again = send(product, some)
    settle(product, 60)
    same = product.sql(_SCORES) == before and before[0][0] is not None
    detail = f"{again.said['duplicate']:,} duplicates, scores {'unchanged' if same else 'CHANGED'}"
    return Row("scores changed by duplicates", float(not same), at_most=0, detail=detail)


def on_many(product: Product) -> list[Row]:
    """Cost of an event with millions already there, against an empty table."""
    empty(product)
    machine = Machine()
    with quiet(product):
        at_first = median(_rate(product) for _ in range(ROUNDS))
        source = bodies.source_id(product)
        for first in range(0, BIG, 500_000):
            last = min(first + 500_000, BIG) - 1
            product.sql(_MANY, {"source": source, "first": first, "last": last})  # type: ignore[arg-type]
        product.sql("VACUUM ANALYZE interactions_event")
        full = median(_rate(product) for _ in range(ROUNDS))
    empty(product)
    detail = f"{at_first:,.0f}/s empty, {full:,.0f}/s on {BIG:,}"
    name = f"cost per event on {BIG / 1e6:g} M / empty"
    return [Row(name, at_first / full, at_most=1.3, detail=detail, usage=machine.usage())]


def _rate(product: Product) -> float:
    batches = bodies.bodies(bodies.promises(EVENTS), BATCH)
    return EVENTS / send(product, batches).seconds
