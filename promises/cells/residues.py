"""What is left of losses to come by stretches of days (R12).

Every loss of one half-life gets smaller at the same rate, so that what is left of many days' at one
moment tells what is left of them at any other: it is kept as of the beginning of the base, and
reckoned anew when the base moves. It is a sum of fractions, and good to a millionth of a promise.
"""

from datetime import timedelta
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper

from interactions.installation import installation_zone
from promises.cells.base import BASE, Base
from promises.cells.halving import first_days_left, left_by_day, left_since
from promises.cells.stretches import SUMS
from promises.domain.loss import NANO

TABLE = "promises_residuestretch"
_KEY = ("team_id", "kind", "parameters_version")
_KEYS = ", ".join(("stretch", *_KEY))
_STARTS_AT = "(SELECT starts_at FROM promises_stretchbase)"
# A sum of rounded sums: who compares two of them allows for it. Units: nanopromises.
_TOLERANCE = NANO / 1_000_000


def factors_of(base: Base) -> tuple[str, dict[str, str]]:
    """What is left of a day's when the base begins, and the parameters of this SQL."""
    if base.starts_at is None:
        return "0", {}
    first = min(first_days_left(base.day).values())
    return left_by_day(
        base.starts_at, first, base.day - timedelta(days=1), installation_zone(fresh=True)
    )


def select(rows: str, base: Base) -> tuple[str, dict[str, str]]:
    """SELECT of the rows of all stretches, from rows by day, and its parameters."""
    factor, parameters = factors_of(base)
    keys = ", ".join(_KEY)
    left = f"sum(open_residual * {factor})::float8"
    # Nothing is left of days that are so old that they have no factor.
    statement = (
        f"SELECT {SUMS.of_day(BASE)} AS stretch, {keys}, {left} AS left_over FROM {rows} "  # noqa: S608 (our own names)
        f"WHERE day < {BASE} AND open_residual <> 0 GROUP BY 1, {keys} HAVING {left} IS NOT NULL"
    )
    return statement, parameters


def fold(rows: str, base: Base) -> tuple[str, dict[str, str]]:
    """A part of the fold, under its lock: rows of deltas added to their stretches."""
    added, parameters = select(rows, base)
    statement = (
        f"INSERT INTO {TABLE} AS s ({_KEYS}, left_over) {added} ORDER BY {_KEYS} "
        f"ON CONFLICT ({_KEYS}) DO UPDATE SET left_over = s.left_over + excluded.left_over"
    )
    return statement, parameters


def refill(cursor: CursorWrapper, base: Base) -> None:
    """Reckon all of it anew, as of a base that has just moved."""
    added, parameters = select("promises_cell", base)
    cursor.execute(f"DELETE FROM {TABLE}")  # noqa: S608 (our own name)
    cursor.execute(f"INSERT INTO {TABLE} ({_KEYS}, left_over) {added}", parameters)


def span_sql(where: str, held: range, begins: str | None, ends: str, factor: str) -> str:
    """SELECT of team, kind and what is left at %(as_of)s of some days, as of `Stretches.span_sql`.

    Shape: the factor is what is left of a row of cells at the same moment.
    """
    days, sign = SUMS.differing(held, begins, ends)
    return (
        f"SELECT team_id, kind, left_over * {left_since(_STARTS_AT)} AS left_over FROM {TABLE} "  # noqa: S608 (our own names)
        f"WHERE {where} AND stretch IN ({', '.join(map(str, held))}) "
        f"UNION ALL SELECT team_id, kind, {sign} * open_residual * {factor} FROM promises_cell "
        f"WHERE {where} AND open_residual <> 0 AND ({' OR '.join(days)})"
    )


def differences(limit: int, base: Base) -> list[dict[str, object]]:
    """The first few rows that are not what their days add up to."""
    recomputed, parameters = select("promises_cell", base)
    statement = f"""
        WITH recomputed AS ({recomputed}), compared AS (
            SELECT {_KEYS}, coalesce(s.left_over, 0) AS stored,
                   coalesce(r.left_over, 0) AS recomputed
            FROM {TABLE} s FULL JOIN recomputed r USING ({_KEYS}))
        SELECT compared::text FROM compared
        WHERE abs(stored - recomputed) > {_TOLERANCE} + 1e-9 * abs(recomputed)
        LIMIT %(limit)s
    """  # noqa: S608 (our own names)
    with connection.cursor() as cursor:
        values: dict[str, Any] = {**parameters, "limit": limit}
        cursor.execute(statement, values)
        return [{"side": "both", "cell": cell} for (cell,) in cursor.fetchall()]
