"""Millions of promises, past the ledger: real folds of a few thousand orders, dealt out over days,
teams and customers.

Customers are drawn by Zipf's law (exponent 0.9), so that a few have very many; days lie within the
last 340, a few promises are still to fall due.
"""

import os
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from promises.domain.facts import Fact
from promises.domain.lifecycle import fold
from promises.domain.loss import DEFAULT_PARAMETERS, KindParameters
from promises.projection.parties import PartyKeys
from promises.projection.rows import Row, promise_row
from promises.projection.writing import PROMISE_COLUMNS, upsert_promises

TEAMS = int(os.environ.get("BENCH_TEAMS", "50"))
CUSTOMERS = int(os.environ.get("BENCH_CUSTOMERS", "200000"))
TOUCHPOINTS = 10
FATES = 3_000
DAYS = 340
ZIPF = 0.9
_UTC = ZoneInfo("UTC")
_HOUR = timedelta(hours=1)
# Cumulated shares of what becomes of a promise.
_ENDS = (
    (0.79, "kept"),
    (0.90, "late"),
    (0.92, "failed"),
    (0.94, "partial"),
    (0.95, "withdrawn"),
    (1.00, "open"),
)

_PARTIES = """
INSERT INTO interactions_source (name, door, is_sample, created_at)
VALUES ('/bench', 'machine', false, now());
INSERT INTO interactions_team (reference, name, is_new, created_at)
SELECT 't-' || n, 'Team ' || n, false, now() FROM generate_series(1, {teams}) n;
INSERT INTO interactions_touchpoint (reference, name, is_new, created_at)
SELECT 'p-' || n, 'Touchpoint ' || n, false, now() FROM generate_series(1, {touchpoints}) n;
INSERT INTO interactions_customer (reference, name, preferred_name, zone, segment, is_new,
                                   created_at)
SELECT 'c-' || n, 'Customer ' || n, '', '', '', false, now() FROM generate_series(1, {customers}) n;
"""
# A draw of 1 in 33 is still to fall due: it has the fate of an open one. The oldest come first, as
# in every table that has grown with time: fates are looked up one by one, for a join would deal
# them out in an order of its own.
_DEAL = """
INSERT INTO promises_promise ({names}, projected_at)
SELECT {values}, now()
FROM (
    SELECT n, '1 day'::interval * days AS shift, days,
           CASE WHEN days > 0 THEN {closed_first} + floor(random() * {fates})::int
                ELSE {open_first} + floor(random() * {open_fates})::int END AS fate,
           t.first + floor(random() * {teams})::int AS team,
           p.first + floor(random() * {touchpoints})::int AS touchpoint,
           c.first + least({customers} - 1, floor(power(
               random() * (power({customers} + 1, 1 - {zipf}) - 1) + 1, 1 / (1 - {zipf})) - 1))::int
           AS customer
    FROM (SELECT n, CASE WHEN random() < 0.03 THEN -2 - floor(random() * 30)::int
                         ELSE 1 + floor(random() * {days})::int END AS days
          FROM generate_series(1, {promises}) n ORDER BY days DESC OFFSET 0) AS dealt,
         (SELECT min(id) AS first FROM interactions_team WHERE reference LIKE 't-%') AS t,
         (SELECT min(id) AS first FROM interactions_touchpoint WHERE reference LIKE 'p-%') AS p,
         (SELECT min(id) AS first FROM interactions_customer WHERE reference LIKE 'c-%') AS c
    OFFSET 0) AS r
CROSS JOIN LATERAL (SELECT * FROM bench_fates WHERE events_count = r.fate OFFSET 0) AS f
"""
_OPEN = """
INSERT INTO promises_openpromise (promise_id, customer_id, team_id, kind, due, first_due,
    matures_at, half_at, three_quarters_at, watched_from, next_check)
SELECT id, customer_id, team_id, kind, due, first_due, matures_at, NULL, NULL, now(),
       greatest(matures_at, now() + interval '1 day')
FROM promises_promise WHERE state = 'open' AND stopped_at IS NULL
"""

# Every part is told as a share here, of quality promises, too.
_REMAINDERS = """
INSERT INTO promises_remainder (promise_id, team_id, made_by, due)
SELECT id, team_id, made_by, CASE WHEN matures_at IS NOT NULL THEN due END
FROM promises_promise WHERE state = 'partial' AND stopped_at IS NULL
"""


def fill(promises: int, say: Callable[[str], None]) -> None:
    """Fill an empty, migrated database: parties, promises, the open ones among them, statistics."""
    with connection.cursor() as cursor:
        cursor.execute(_PARTIES.format(teams=TEAMS, touchpoints=TOUCHPOINTS, customers=CUSTOMERS))
    open_first = _store_fates()
    indexes = _indexes()
    with connection.cursor() as cursor:
        for name, _definition in indexes:
            cursor.execute(f'DROP INDEX "{name}"')
        cursor.execute(_deal_sql(promises, open_first))
        say("  promises are there; indexes")
        for _name, definition in indexes:
            cursor.execute(definition)
        cursor.execute(_OPEN)
        cursor.execute(_REMAINDERS)
        cursor.execute("DROP TABLE bench_fates")
        cursor.execute("VACUUM ANALYZE")


def _deal_sql(promises: int, open_first: int) -> str:
    moments = ("made_at", "given_due", "first_due", "due", "matures_at", "settled_at",
               "stopped_at", "last_event_at", "eventful_at",
               "late_event_at")  # fmt: skip
    own = {
        "reference": "'o-' || r.n",
        "customer_id": "r.customer",
        "team_id": "r.team",
        "touchpoint_id": "r.touchpoint",
        "day": "f.day - r.days",
        "events_count": "CASE WHEN f.settled_at IS NULL THEN 1 ELSE 2 END",
        **{name: f"f.{name} - r.shift" for name in moments},
    }
    return _DEAL.format(
        names=", ".join(PROMISE_COLUMNS),
        values=", ".join(own.get(name, f"f.{name}") for name in PROMISE_COLUMNS),
        closed_first=0,
        fates=FATES,
        open_first=open_first,
        open_fates=FATES - open_first,
        teams=TEAMS,
        touchpoints=TOUCHPOINTS,
        customers=CUSTOMERS,
        zipf=ZIPF,
        days=DAYS,
        promises=promises,
    )


def _indexes() -> list[tuple[str, str]]:
    """The indexes of the promises that are no constraints: made again after the rows are there."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT i.indexname, i.indexdef FROM pg_indexes i "
            "WHERE i.tablename = 'promises_promise' AND NOT EXISTS "
            "(SELECT FROM pg_constraint c WHERE c.conname = i.indexname)"
        )
        return list(cursor.fetchall())


def _store_fates() -> int:
    """Fold so many orders, those that stay open last; answer the number of the first of these."""
    draw = random.Random(7)
    states = sorted((_fate(draw) for _ in range(FATES)), key=lambda row: row["state"] == "open")
    for number, row in enumerate(states):
        row |= {"reference": f"fate-{number}", "events_count": number}
    upsert_promises(states, datetime.now(UTC))
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_fates AS SELECT * FROM promises_promise")
        cursor.execute("CREATE INDEX ON bench_fates (events_count)")
        cursor.execute("SELECT set_config('promisegap.deleting', 'flush', false)")
        cursor.execute("DELETE FROM promises_promise")
    return sum(row["state"] != "open" for row in states)


def _fate(draw: random.Random) -> Row:
    """One order that matures today, and what became of it."""
    midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    kind = draw.choice(("delivery", "delivery", "response", "quality"))
    tolerance = timedelta(seconds=DEFAULT_PARAMETERS[kind].tolerance_seconds)
    due = midnight + timedelta(minutes=draw.randrange(1_440)) - tolerance
    made_at = due - timedelta(hours=draw.uniform(1, 240))
    dice = draw.random()
    end = next(word for share, word in _ENDS if dice < share)
    facts = [_fact("promise.made", made_at, _making(draw, kind, due))]
    late = due + tolerance + timedelta(hours=draw.expovariate(1 / 40))
    early = made_at + (due - made_at) * draw.uniform(0.2, 1)
    happened: dict[str, tuple[str, datetime, dict[str, Any]]] = {
        "kept": ("promise.fulfilled", early, {}),
        "late": ("promise.fulfilled", late, {}),
        "partial": ("promise.fulfilled", early, {"fraction": 0.5}),
        "failed": ("promise.failed", late, {}),
        "withdrawn": ("promise.withdrawn", early, {"by": "customer"}),
    }
    if end in happened:
        facts.append(_fact(*happened[end]))
    if draw.random() < 0.1:
        slip = {"due_at": (due + 24 * _HOUR).isoformat(), "told_at": due.isoformat()}
        facts.append(_fact("promise.rescheduled", made_at + (early - made_at) / 2, slip))
    state = fold(facts, zone=_UTC, parameters=_parameters)
    assert state is not None
    parties = PartyKeys(customers={"c": 1}, teams={"": 1}, touchpoints={"": 1})
    return promise_row((1, ""), state, facts, parties=parties, parameters=_parameters, zone=_UTC)


def _making(draw: random.Random, kind: str, due: datetime) -> dict[str, Any]:
    data: dict[str, Any] = {
        "kind": kind,
        "customer": {"id": "c", "segment": draw.choice(("", "", "gold"))},
        "due_at": due.isoformat(),
        "statement": f"{kind.capitalize()} as agreed, number {draw.randrange(10_000)}",
        "stake": draw.choice((0.5, 1, 1, 1, 2, 4)),
        "explicit": draw.random() < 0.8,
    }
    if kind == "quality":
        data["quality"] = {"target": 99.9, "comparator": ">=", "unit": "%", "scale": 1.0}
    return data


def _fact(type_: str, at: datetime, data: dict[str, Any]) -> Fact:
    return Fact(type_, "/bench", f"{type_}@{at}", at, at, data, False)


def _parameters(kind: str, _made_at: datetime) -> KindParameters:
    return DEFAULT_PARAMETERS[kind]


def changed(limit: int) -> tuple[list[Row], list[Row]]:
    """Open promises of the last weeks as they are filed, and as they would be once fulfilled late.

    Shape: both lists are in the same order.
    """
    names = [*PROMISE_COLUMNS]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {', '.join(names)} FROM promises_promise WHERE id IN "  # noqa: S608 (our own column names)
            "(SELECT promise_id FROM promises_openpromise WHERE matures_at < now() "
            "ORDER BY matures_at DESC LIMIT %s)",
            [limit],
        )
        before = [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]
    after = [
        row
        | {
            "state": "late",
            "loss": row["open_weight"] // 2,
            "open_weight": 0,
            "open_residual": 0,
            "bucket": 60,
            "censored_bucket": None,
        }
        for row in before
    ]
    return before, after
