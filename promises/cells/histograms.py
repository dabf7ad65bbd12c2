"""Lateness by stretches of days (R13): histograms of those of 28 days before the base, the rest of
90, the rest of a year, all before.

A row holds whole histograms, so that a window is a row or two of each team. How old open promises
are moves with the clock: their ages are kept as of one moment, the base's `aged_at`, and what has
grown into another bucket since is looked up (`scores/lateness_now.py`). The clock moves this moment
along, too (`ages.py`).

Histograms hold what folding has brought into the cells. A promise that was opened or closed by a
delta still on its way is told by that delta, with its first due: at any time the ages are those of
the open promises, less what the deltas say.
"""

from dataclasses import dataclass
from typing import Any

from django.db import connection

from interactions.arrays import plain_array
from promises.cells.base import BASE, Base, base_now
from promises.cells.stretches import Stretches
from promises.domain.survival import LAST_BUCKET, MAX_BUCKET, age_borders

# The first place of an array is the bucket of what settled earliest.
FIRST_BUCKET = -LAST_BUCKET
PLACES = MAX_BUCKET - FIRST_BUCKET + 1
DAYS = "promises_celllateness"
# By how many more promises of a delta's bucket are open now. One that stopped stays open in its
# cell, and has a bucket.
AGED = f"open - CASE WHEN bucket <= {LAST_BUCKET} THEN censored ELSE 0 END"
_LENGTHS = (27, 89, 364)
_SUMS = ("settled", "censored", "ages")


def age_bucket(borders: str) -> str:
    """The bucket of the age of a row with `first_due`, as SQL. Shape: of `age_borders`, as SQL."""
    return f"({LAST_BUCKET} - width_bucket(first_due, {borders}))::smallint"


_AGE = age_bucket("%(borders)s::timestamptz[]")


@dataclass(frozen=True)
class Histograms(Stretches):
    """The table of some histograms by stretches."""

    @property
    def groups(self) -> tuple[str, ...]:
        """By what its histograms are, but for the stretch."""
        return tuple(name for name in self.key if name != "bucket")

    @property
    def rows(self) -> str:
        return self.rows_of(self.table)

    def rows_of(self, table: str) -> str:
        """The relation of what a table of its form holds, bucket by bucket."""
        keys = ", ".join(("stretch", *self.groups))
        return (
            f"(SELECT {keys}, (place + {FIRST_BUCKET - 1})::smallint AS bucket, one.settled, "  # noqa: S608 (our own names)
            f"one.censored, one.ages FROM {table} AS held "
            "CROSS JOIN LATERAL unnest(held.settled, held.censored, held.ages) "
            "WITH ORDINALITY AS one(settled, censored, ages, place) "
            "WHERE one.settled <> 0 OR one.censored <> 0 OR one.ages <> 0) AS held"
        )

    def added(self, changes: str, *, to_stored: bool) -> str:
        """SELECT of the rows that changes make, of what is stored or of nothing.

        Shape: changes is a relation of stretch, team_id, kind, bucket and _SUMS.
        """
        keys, places = ", ".join(("stretch", *self.groups)), f"bucket - ({FIRST_BUCKET - 1})"
        sums = ", ".join(f"promises_sum({name}) AS {name}" for name in _SUMS)
        lists = ", ".join(
            f"array_agg(place) FILTER (WHERE {name} <> 0) AS {name}_at, "
            f"array_agg({name}) FILTER (WHERE {name} <> 0) AS {name}"
            for name in _SUMS
        )
        counted = ", ".join(
            f"promises_counted({f'held.{name}' if to_stored else 'NULL'}, "
            f"{name}_at, changed.{name}) AS {name}"
            for name in _SUMS
        )
        stored = f"LEFT JOIN {self.table} AS held USING ({keys})" if to_stored else ""
        return (
            f"SELECT {keys}, {counted} FROM (SELECT {keys}, {lists} FROM ("  # noqa: S608 (our own names)
            f"SELECT {keys}, ({places})::int AS place, {sums} FROM {changes} AS told "
            f"GROUP BY {keys}, place) AS summed GROUP BY {keys}) AS changed {stored}"
        )

    def store(self, changes: str) -> str:
        """INSERT of changes, under the lock of folding."""
        keys = ", ".join(("stretch", *self.groups))
        return (
            f"INSERT INTO {self.table} ({keys}, {', '.join(_SUMS)}) "
            f"{self.added(changes, to_stored=True)} ORDER BY {keys} ON CONFLICT ({keys}) "
            f"DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in _SUMS)}"
        )

    @property
    def drop_empty(self) -> str:
        """DELETE of the rows that hold nothing any more."""
        empty = f"array_fill(0, ARRAY[{PLACES}])"
        held = " AND ".join(f"{name} = {empty}" for name in _SUMS)
        return f"DELETE FROM {self.table} WHERE {held}"  # noqa: S608 (our own names)

    def differences_sql(self, recomputed: str) -> str:
        """SELECT of rows that are not those of a relation as `added` takes it."""
        keys = ", ".join(("stretch", *self.key))
        stored = ", ".join(f"{name}::bigint" for name in _SUMS)
        added = ", ".join(f"promises_sum({name}) AS {name}" for name in _SUMS)
        nonzero = " OR ".join(f"promises_sum({name}) <> 0" for name in _SUMS)
        return f"""
            WITH stored AS (SELECT {keys}, {stored} FROM {self.rows}),
                 recomputed AS (SELECT {keys}, {added} FROM {recomputed} AS told
                                GROUP BY {keys} HAVING {nonzero})
            SELECT 'stored', s::text FROM (TABLE stored EXCEPT TABLE recomputed) AS s
            UNION ALL
            SELECT 'recomputed', r::text FROM (TABLE recomputed EXCEPT TABLE stored) AS r
            LIMIT %(limit)s
        """  # noqa: S608 (our own names)


def _histograms(table: str, *groups: str) -> Histograms:
    key = (*groups, "bucket")
    return Histograms(table, DAYS, key, ("settled", "censored"), _LENGTHS, indexed=True)


LATENESS = _histograms("promises_latenessstretch", "team_id", "kind")
# The same in fewer rows, for who does not ask for kinds, or not for teams.
TEAMS_LATENESS = _histograms("promises_teamlatenessstretch", "team_id")
KINDS_LATENESS = _histograms("promises_kindlatenessstretch", "kind")
HISTOGRAMS = (LATENESS, TEAMS_LATENESS, KINDS_LATENESS)


def store_all(changes: str) -> str:
    """One statement that adds changes to all histograms, under the lock of folding."""
    first, *others = (one.store("told") for one in HISTOGRAMS)
    parts = ", ".join(f"part_{place} AS ({part})" for place, part in enumerate(others))
    added = ", ".join(f"promises_sum({name}) AS {name}" for name in _SUMS)
    keys = "stretch, team_id, kind, bucket"
    return (
        f"WITH told AS MATERIALIZED (SELECT {keys}, {added} FROM ({changes}) AS changes "  # noqa: S608 (our own names)
        f"GROUP BY {keys}), {parts} {first}"
    )


def folded(taken: str) -> str:
    """SELECT of the changes that deltas are. Shape: the parameters are `borders_of`'s."""
    day = LATENESS.of_day(BASE)
    return f"""
        SELECT {day} AS stretch, team_id, kind, bucket,
               promises_sum(settled) AS settled, promises_sum(censored) AS censored,
               promises_sum(ages) AS ages
        FROM (SELECT day, team_id, kind, bucket, settled, censored, 0::bigint AS ages
              FROM {taken} WHERE bucket IS NOT NULL
              UNION ALL
              SELECT day, team_id, kind, {_AGE}, 0, 0, {AGED} FROM {taken}
              WHERE first_due IS NOT NULL) AS told
        WHERE day < {BASE} GROUP BY 1, 2, 3, 4
    """  # noqa: S608 (our own names)


def all_rows(days: str) -> str:
    """SELECT of everything before the base, from the cells by day and the open promises.

    Shape: the parameters are those of `borders_of` and `begins_of`.
    """
    day = LATENESS.of_day(BASE)
    return f"""
        SELECT {day} AS stretch, team_id, kind, bucket, settled, censored, 0::bigint AS ages
        FROM {days} WHERE day < {BASE}
        UNION ALL
        SELECT {of_moment("begins")}, team_id, kind, {_AGE}, 0, 0, 1
        FROM promises_openpromise WHERE matures_at < %(starts_at)s
        UNION ALL
        SELECT {day}, team_id, kind, {_AGE}, 0, 0, -({AGED}) FROM promises_celldelta
        WHERE first_due IS NOT NULL AND day < {BASE}
    """  # noqa: S608 (our own names)


def moved() -> str:
    """SELECT of the changes where the base moves from one day to a later one.

    Shape: only what changes its stretch is read: the new days and a few at each border. Its
    parameters are `old` and `new`, and those of `borders_of` and of `begins_of` for both.
    """
    old, new = "%(old)s::date", "%(new)s::date"
    before, after = LATENESS.of_day(old), LATENESS.of_day(new)
    days = " OR ".join(
        [f"day >= {old}", *(f"(day >= {old} - {n} AND day < {new} - {n})" for n in _LENGTHS)]
    )
    moments = " OR ".join(
        f"(matures_at >= (%(begins)s::timestamptz[])[{place}] "
        f"AND matures_at < (%(new_begins)s::timestamptz[])[{place}])"
        for place in range(1, len(_LENGTHS) + 2)
    )
    taken = ", ".join(f"-{name} AS {name}" for name in _SUMS)
    keys = "team_id, kind, bucket"
    return f"""
        WITH moving AS (
            SELECT {before} AS before, {after} AS after, {keys}, settled, censored,
                   0::bigint AS ages
            FROM {DAYS} WHERE day < {new} AND ({days})
            UNION ALL
            SELECT {of_moment("begins")}, {of_moment("new_begins")}, team_id, kind, {_AGE}, 0, 0, 1
            FROM promises_openpromise WHERE {moments}
            UNION ALL
            SELECT {before}, {after}, team_id, kind, {_AGE}, 0, 0, -({AGED})
            FROM promises_celldelta WHERE first_due IS NOT NULL AND day < {new} AND ({days})
        )
        SELECT before AS stretch, {keys}, {taken} FROM moving WHERE before <> after
        UNION ALL
        SELECT after, {keys}, {", ".join(_SUMS)} FROM moving WHERE before IS DISTINCT FROM after
    """  # noqa: S608 (our own names)


def histogram_differences(limit: int) -> dict[str, list[dict[str, object]]]:
    """The first few rows, by table, that are not what the days and the open promises add up to."""
    base = base_now()
    parameters = {**borders_of(base), **begins_of(base), "limit": limit}
    found: dict[str, list[dict[str, object]]] = {}
    with connection.cursor() as cursor:
        for one in HISTOGRAMS:
            cursor.execute(one.differences_sql(f"({all_rows(DAYS)})"), parameters)
            found[one.table] = [{"side": side, "cell": cell} for side, cell in cursor.fetchall()]
    return found


def of_moment(begins: str) -> str:
    """The stretch of an open promise by its `matures_at` as SQL, null from the base on. Shape: the
    name of a parameter of `begins_of`."""
    last = LATENESS.all_days
    place = f"width_bucket(matures_at, %({begins})s::timestamptz[])"
    return f"nullif({last} - {place}, -1)::smallint"


def borders_of(base: Base) -> dict[str, Any]:
    """The parameter by which ages are put into buckets."""
    return {"borders": plain_array(age_borders(base.aged_at))}


def begins_of(base: Base, name: str = "begins") -> dict[str, Any]:
    """The parameters by which open promises are put into stretches."""
    begins = base.begins(_LENGTHS)
    return {name: plain_array(begins), "starts_at": begins[-1]}
