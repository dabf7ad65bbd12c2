"""The statements behind stored customer rows (R14): all windows from one reading of the promises,
and the differences of single promises added to rows as of the rows' own moment.

Their arithmetic is R11's, as in `domain/score.py`. A promise's loss is rounded to an integer of
1e-9 at the row's as_of before it is added, in both ways of getting there: what they give is equal.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from interactions.arrays import plain_array, text_array
from promises.domain.clock import day_end
from promises.domain.shrinkage import FIRST_STRENGTH
from promises.models import ShrinkageStrength
from promises.scores import STORED_WINDOWS, Scope
from promises.scores.bounds import enough_sql, low_sql, scored_sql
from promises.scores.factors import FACTORS, day_arrays, parameter_arrays
from promises.services.customer_means import KINDS, Means, asked_of, places
from promises.services.customer_worst import FLOORS, floor_arrays, worst_sql

_SUMS = ("n", "open_overdue", "weight", "weight_squared", "loss")
_SUFFIXES = [f"_{window}" for window in STORED_WINDOWS]
SUM_COLUMNS = tuple(f"{name}{window}" for window in _SUFFIXES for name in _SUMS)
_MUS = tuple(f"mu{window}" for window in _SUFFIXES)
_LOWS = {
    f"gap_low{window}": f"CASE WHEN {enough_sql(window)} THEN {low_sql(window)} END"
    for window in _SUFFIXES
}
_FIGURES = (*SUM_COLUMNS, *_MUS, *_LOWS, *worst_sql(), "as_of")
COLUMNS = ", ".join(("customer_id", "kind", *_FIGURES))
# A longer window holds the shorter ones.
_WIDE = ", ".join(
    f"coalesce(promises_sum({name}) FILTER (WHERE place <= {length}), 0) AS {name}{window}"
    for length, window in enumerate(_SUFFIXES)
    for name in _SUMS
)
_BOUNDS = f"""{scored_sql(_SUFFIXES)}, ranked AS (
    SELECT *, {", ".join(f"{sql} AS {name}" for name, sql in _LOWS.items())} FROM bounded OFFSET 0
)"""  # noqa: S608 (our own names and numbers)
# What is left of losses to come is looked up in an array, parameters by parameters and day by day:
# few promises need it, and a join costs all.
_HELD = f"""
WITH {FACTORS}, held AS (
    SELECT (SELECT array_agg(factor ORDER BY kind, parameters_version, day) FROM factors) AS
           factors, (SELECT array_agg(kind || ' ' || parameters_version
                            ORDER BY kind, parameters_version) FROM parameters) AS names,
           (SELECT min(day) FROM ends) AS first_day, (SELECT count(*)::int FROM ends) AS days
)"""  # noqa: S608 (our own names)
# Each promise is read once and added to the shortest window that holds it; a longer window is the
# sum of the shorter ones and of its own rest.
_FINE = """
SELECT customer_id, kind, {place} AS place, count(*) AS n,
       count(*) FILTER (WHERE state = 'open') AS open_overdue, promises_sum(weight) AS weight,
       promises_sum(weight_squared) AS weight_squared,
       promises_sum(loss + open_weight - CASE WHEN open_residual = 0 THEN 0 ELSE round(
           open_residual * (SELECT factors FROM held)[1 + day - (SELECT first_day FROM held)
               + (SELECT days FROM held) * (array_position((SELECT names FROM held),
                     kind || ' ' || parameters_version) - 1)])::bigint END) AS loss
FROM promises_promise
WHERE matures_at < %(as_of)s AND state <> 'withdrawn' {customers}
GROUP BY 1, 2, 3
"""
_ROWS = f"""
means(kind, m, {", ".join((*_MUS, *FLOORS))}) AS (
    SELECT * FROM unnest(%(mean_kinds)s::text[], %(strengths)s::float8[],
                         {", ".join(f"%({name})s::float8[]" for name in (*_MUS, *FLOORS))})
), sums AS (
    SELECT * FROM (
        SELECT customer_id, coalesce(kind, '') AS kind, {_WIDE}
        FROM fine GROUP BY GROUPING SETS ((customer_id), (customer_id, kind)) OFFSET 0
    ) AS wide JOIN means USING (kind) WHERE weight_all > 0
), {_BOUNDS}
SELECT customer_id, kind, {", ".join(SUM_COLUMNS)}, {", ".join(_MUS)},
       {", ".join(_LOWS)}, {", ".join(f"{sql} AS {name}" for name, sql in worst_sql().items())},
       %(as_of)s::timestamptz AS as_of
FROM ranked
"""  # noqa: S608 (our own names and numbers)
# With the marks that are there at the same moment: those, and no others, are told by these sums.
_READ = f"""
CREATE TEMP TABLE promises_read AS {_HELD}
SELECT *, NULL::bigint AS mark FROM ({{fine}}) AS fine
UNION ALL
SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, id FROM promises_customermark
"""  # noqa: S608 (our own names and numbers)
_TAKE_READ = """
DELETE FROM promises_customermark WHERE id IN (SELECT mark FROM promises_read WHERE mark > 0)
"""
STORE = f"""
INSERT INTO promises_customerscore AS s ({COLUMNS})
{{compute}}
ON CONFLICT (customer_id, kind) DO UPDATE SET
    {", ".join(f"{name} = excluded.{name}" for name in _FIGURES)}
"""

# n and open of marks are small, and summed as such.
_CHANGED = ", ".join(
    f"coalesce({adds}{f' FILTER (WHERE matures_at >= starts{window})'}, 0) AS {name}{window}"
    if window != _SUFFIXES[-1]
    else f"{adds} AS {name}{window}"
    for window in _SUFFIXES
    for name, adds in (
        ("n", "sum(told.n)"),
        ("open_overdue", "sum(open)"),
        ("weight", "promises_sum(weight)"),
        ("weight_squared", "promises_sum(weight_squared)"),
        ("loss", "promises_sum(loss)"),
    )
)
# What changed promises say of a customer at the moment of the customer's rows. Marks of what had
# not matured by then change nothing: the rows are right, and behind. `marks` are called t, each
# with the as_of of its customer.
CHANGES = f"""
ends(day, ends_at) AS (
    SELECT * FROM unnest(%(days)s::date[], %(day_ends)s::timestamptz[])
), parameters(kind, parameters_version, base_loss, half_life) AS (
    SELECT * FROM unnest(%(kinds)s::text[], %(versions)s::int[], %(base_losses)s::float8[],
                         %(half_lives)s::float8[])
), spans(as_of, {", ".join(f"starts_{window}" for window, _ in places())}) AS (
    SELECT * FROM unnest(
        %(moments)s::timestamptz[],
        {", ".join(f"%(starts_{window})s::timestamptz[]" for window, _ in places())})
), told AS (
    SELECT customer_id, as_of, t.kind, matures_at, t.n, t.open, weight, weight_squared,
           loss - CASE WHEN open_residual = 0 THEN 0 ELSE round(open_residual * power(2, least(64,
               greatest(-1000, -extract(epoch FROM as_of - ends_at)::float8 / half_life))))::bigint
           END
           AS loss
    FROM {{marks}}
    LEFT JOIN ends USING (day) LEFT JOIN parameters USING (kind, parameters_version)
    WHERE matures_at < as_of
), changes AS (
    SELECT customer_id, k.kind, {_CHANGED}
    FROM told JOIN spans USING (as_of) CROSS JOIN LATERAL (VALUES (told.kind), ('')) AS k(kind)
    GROUP BY 1, 2
)"""  # noqa: S608 (our own names)

# Rows are looked up by their key where they are needed, and not gathered first: of what is gathered
# in a statement the planner knows no numbers, and may compare all with all.
# Marks are deleted by the statement that adds them. Customers with few promises and rows that are
# not fresh are left to be computed anew, as are those who lack a row that changes. OFFSET 0 keeps
# the look-ups where they are written.
_KNOWN = """known AS MATERIALIZED (
    SELECT t.*, stored.as_of, stored.n_all FROM taken t LEFT JOIN LATERAL (
        SELECT as_of, n_all FROM promises_customerscore
        WHERE customer_id = t.customer_id AND kind = ''
          AND (n_all > %(few)s OR as_of >= %(fresh)s) OFFSET 0
    ) AS stored ON true
)"""
# A window in which the company had nothing when the row was computed.
_UNKNOWN = " OR ".join(f"(weight{w} > 0 AND mu{w} IS NULL)" for w in _SUFFIXES)
_APPLY = f"""
WITH taken AS MATERIALIZED (
    DELETE FROM promises_customermark WHERE id = ANY(%(ids)s::bigint[]) RETURNING *
), {_KNOWN}, strengths(as_of, kind, m, {", ".join(FLOORS)}) AS (
    SELECT * FROM unnest(%(strength_moments)s::timestamptz[], %(strength_kinds)s::text[],
                         {", ".join(f"%({name})s::float8[]" for name in ("strengths", *FLOORS))})
), {CHANGES.format(marks="known AS t")}, sums AS MATERIALIZED (
    SELECT s.ctid AS place, customer_id, m, {", ".join((*_MUS, *FLOORS))},
           {", ".join(f"s.{name} + c.{name} AS {name}" for name in SUM_COLUMNS)}
    FROM changes c LEFT JOIN promises_customerscore s USING (customer_id, kind)
    LEFT JOIN strengths USING (as_of, kind)
), {_BOUNDS}, written AS (
    UPDATE promises_customerscore s SET {", ".join(f"{name} = b.{name}" for name in SUM_COLUMNS)},
           {", ".join(f"{name} = b.{name}" for name in _LOWS)},
           {", ".join(f"{name} = {sql}" for name, sql in worst_sql("b.").items())}
    FROM ranked b WHERE s.ctid = b.place
)
SELECT customer_id, max(n_all), max(n_all) IS NULL OR customer_id IN (
           SELECT customer_id FROM sums WHERE place IS NULL OR weight_all <= 0 OR {_UNKNOWN}),
       bool_or(kind IS NULL) OR max(matures_at) >= max(as_of)
FROM known GROUP BY customer_id
"""  # noqa: S608 (our own names and numbers)


def compute_some() -> str:
    """The statement that computes rows of all windows for some customers."""
    fine = _fine("AND customer_id = ANY(%(customers)s::bigint[])")
    return f"{_HELD}, fine AS ({fine}), {_ROWS}"


def read_and_take_all(parameters: Mapping[str, Any]) -> str:
    """Add up what all promises say of their customers, and take off the marks that this has told;
    answer the statement that computes the rows from it.

    One statement reads both as of one moment, so that what is marked meanwhile stays marked. It
    does not delete as well: what does is read by one process only. Drop `promises_read` after use.
    """
    with connection.cursor() as cursor:
        cursor.execute(_READ.format(fine=_fine("")), parameters)
        cursor.execute("ANALYZE promises_read")
        cursor.execute(_TAKE_READ)
    return f"WITH fine AS (SELECT * FROM promises_read WHERE mark IS NULL), {_ROWS}"  # noqa: S608


def _fine(customers: str) -> str:
    starts = [f"WHEN matures_at >= %(starts_{name})s THEN {place}" for name, place in places()]
    return _FINE.format(
        place=f"CASE {' '.join(starts)} ELSE {len(STORED_WINDOWS) - 1} END", customers=customers
    )


def compute_parameters(
    now: datetime, zone: ZoneInfo, means: Means, customers: Sequence[int] | None
) -> dict[str, Any]:
    """The parameters of that statement."""
    strengths = strengths_at([now])
    return {
        **parameter_arrays(),
        **day_arrays(asked_of(now, zone, "all")),
        **{f"starts_{name}": asked_of(now, zone, name).starts_at for name, _ in places()},
        "mean_kinds": text_array(KINDS),
        **{
            f"mu_{window}": plain_array(means.get((window, kind)) for kind in KINDS)
            for window in STORED_WINDOWS
        },
        "strengths": plain_array(strengths[now, kind] for kind in KINDS),
        **floor_arrays(),
        "as_of": now,
        "customers": plain_array(customers or ()),
    }


def apply_marks(
    ids: Sequence[int],
    days: Iterable[date],
    moments: Iterable[datetime],
    zone: ZoneInfo,
    *,
    few: int,
    fresh: datetime,
) -> list[tuple[int, int | None, bool, bool]]:
    """Add what marks tell to the rows of customers that have more promises than `few` or are of
    `fresh` or later; the marks go.

    Shape: for each customer its number of promises (None: neither of that, or no rows), whether
    its rows have to be computed anew, whether something matured since they were.
    """
    moments = sorted(moments)
    with connection.cursor() as cursor:
        cursor.execute(
            _APPLY,
            {
                "ids": plain_array(ids),
                "few": few,
                "fresh": fresh,
                **change_parameters(days, moments, zone),
                **_strength_arrays(moments),
            },
        )
        return list(cursor.fetchall())


def change_parameters(
    days: Iterable[date], moments: Sequence[datetime], zone: ZoneInfo
) -> dict[str, Any]:
    """The parameters of CHANGES: for marks of these days and rows of these moments."""
    days = sorted(days)
    return {
        **parameter_arrays(),
        "days": plain_array(days),
        "day_ends": plain_array(day_end(day, zone) for day in days),
        "moments": plain_array(moments),
        **{
            f"starts_{window}": plain_array(
                asked_of(moment, zone, window).starts_at for moment in moments
            )
            for window, _ in places()
        },
    }


def strengths_at(moments: Iterable[datetime]) -> dict[tuple[datetime, str], float]:
    """m of customers by moment and kind: the version that held."""
    versions = list(
        ShrinkageStrength.objects.filter(scope=Scope.CUSTOMER)
        .order_by("version")
        .values_list("kind", "holds_from", "m")
    )
    held = {}
    for moment in moments:
        for kind in KINDS:
            of_kind = [m for name, since, m in versions if name == kind and since <= moment]
            held[moment, kind] = of_kind[-1] if of_kind else FIRST_STRENGTH.m
    return held


def _strength_arrays(moments: Iterable[datetime]) -> dict[str, str]:
    strengths = strengths_at(moments)
    return {
        "strength_moments": plain_array(moment for moment, _ in strengths),
        "strength_kinds": text_array(kind for _, kind in strengths),
        "strengths": plain_array(strengths.values()),
        **floor_arrays(kind for _, kind in strengths),
    }
