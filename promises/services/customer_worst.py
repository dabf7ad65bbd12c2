"""Who stands worst: the few stored rows that lists of customers are read from (R14).

Only these are in an index: were all in one, every change would write into it, for each window, and
that would cost as much as all the rest of a change.
"""

from collections.abc import Iterable

from django.db import connection

from interactions.arrays import plain_array, text_array
from promises.models import WorstFloor
from promises.scores import STORED_WINDOWS
from promises.services.customer_means import KINDS

# So many of a kind and window as the longest list asks for, its neighbours included: a file of a
# thousand customers. A change of one of them costs an entry in an index.
KEPT = 1_250
ALL = float("-inf")
FLOORS = tuple(f"floor_{window}" for window in STORED_WINDOWS)
# To a hundredth, so that nobody has to be put in order. Of those who are alike all are in, or none.
_LOWS = " UNION ALL ".join(
    f"SELECT kind, {place} AS place, floor(gap_low_{window} * 100) / 100 AS low, count(*) AS n "  # noqa: S608 (our own names and numbers)
    f"FROM {{table}} WHERE gap_low_{window} IS NOT NULL GROUP BY 1, 3"
    for place, window in enumerate(STORED_WINDOWS)
)
_REACHED = f"""
SELECT kind, place, max(low) FILTER (WHERE reached >= %(kept)s) FROM (
    SELECT *, sum(n) OVER (PARTITION BY kind, place ORDER BY low DESC) AS reached
    FROM ({_LOWS}) AS lows
) AS added GROUP BY kind, place
"""  # noqa: S608 (our own names and numbers)
_FILL = f"""
UPDATE {{table}} AS s SET {{worst}}
FROM unnest(%(floor_kinds)s::text[], {", ".join(f"%({name})s::float8[]" for name in FLOORS)})
     AS f(of_kind, {", ".join(FLOORS)})
WHERE kind = of_kind AND ({{stored}}) IS DISTINCT FROM ({{wanted}})
"""  # noqa: S608 (our own names)


def worst_sql(row: str = "") -> dict[str, str]:
    """What of a row stands in each `worst`, from its gap_low and the floors, as SQL.

    Shape: `row` is what goes before the names of columns.
    """
    return {
        f"worst_{window}": f"CASE WHEN {row}gap_low_{window} >= {row}floor_{window} "
        f"THEN {row}gap_low_{window} END"
        for window in STORED_WINDOWS
    }


def held_floors() -> dict[str, WorstFloor]:
    """The floors as they stand, by kind."""
    return WorstFloor.objects.in_bulk()


def floor_arrays(kinds: Iterable[str] = KINDS) -> dict[str, str]:
    """The floors of some kinds as parameters, NULL where there is none: nobody is above it."""
    held, kinds = held_floors(), list(kinds)
    return {
        name: plain_array(getattr(held.get(kind), name, None) for kind in kinds) for name in FLOORS
    }


def set_floors(table: str) -> None:
    """Let the floors be what the rows of a table say, and its `worst` follow them.

    Shape: the caller holds all refreshing, and the table was filled by the floors before.
    """
    with connection.cursor() as cursor:
        cursor.execute(_REACHED.format(table=table), {"kept": KEPT})
        # Where there are not so many, everybody is.
        reached = {
            (kind, place): ALL if low is None else low for kind, place, low in cursor.fetchall()
        }
        WorstFloor.objects.all().delete()
        WorstFloor.objects.bulk_create(
            WorstFloor(
                kind=kind,
                **{name: reached.get((kind, place), ALL) for place, name in enumerate(FLOORS)},
            )
            for kind in KINDS
        )
        worst = worst_sql()
        statement = _FILL.format(
            table=table,
            worst=", ".join(f"{name} = {sql}" for name, sql in worst.items()),
            stored=", ".join(worst),
            wanted=", ".join(worst.values()),
        )
        cursor.execute(statement, {"floor_kinds": text_array(KINDS), **floor_arrays()})
