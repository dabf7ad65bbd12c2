"""Folding deltas into cells, and recomputing cells from promises (R12, DESIGN section 4).

Cells are sums of integers: adding differences in any order gives what recomputing gives, exactly.
"""

from dataclasses import dataclass

from django.db import connection, transaction

from interactions.replacing import build_beside, put_in_place, take_room
from promises.models.cell import SUM_COLUMNS
from promises.models.filing import KEY_SQL, SUM_SQL

FOLD_LIMIT = 50_000
_FOLD_LOCK = 7403

_SUMS = ", ".join(SUM_COLUMNS)
_ADDED = ", ".join(f"promises_sum({name}) AS {name}" for name in SUM_COLUMNS)
_PLUS = ", ".join(f"{name} = c.{name} + excluded.{name}" for name in SUM_COLUMNS)
_CELL = "team_id, kind, parameters_version, day"
_DETAIL = f"{_CELL}, touchpoint_id, explicit, segment"
_STAKE = f"{_CELL}, stake, standard"
_LATENESS = f"{_CELL}, bucket"

# Deltas are read by the statement that deletes them, after the lock: what arrives meanwhile is left
# for the next fold. Keys are sorted so that nothing can wait in a circle.
_FOLD = f"""
WITH taken AS (
    DELETE FROM promises_celldelta WHERE id IN (
        SELECT id FROM promises_celldelta ORDER BY id LIMIT %s)
    RETURNING *
), fine AS (
    -- Sums of sums: the coarse grains add up what the fine one has added up already.
    SELECT {_DETAIL}, stake, standard, {_ADDED} FROM taken GROUP BY {_DETAIL}, stake, standard
), cells AS (
    INSERT INTO promises_cell AS c ({_CELL}, {_SUMS})
    SELECT {_CELL}, {_ADDED} FROM fine GROUP BY {_CELL} ORDER BY {_CELL}
    ON CONFLICT ({_CELL}) DO UPDATE SET {_PLUS}
), details AS (
    INSERT INTO promises_celldetail AS c ({_DETAIL}, {_SUMS})
    SELECT {_DETAIL}, {_ADDED} FROM fine GROUP BY {_DETAIL} ORDER BY {_DETAIL}
    ON CONFLICT ({_DETAIL}) DO UPDATE SET {_PLUS}
), stakes AS (
    INSERT INTO promises_cellstake AS c ({_STAKE}, {_SUMS})
    SELECT {_STAKE}, {_ADDED} FROM fine WHERE stake IS NOT NULL GROUP BY {_STAKE} ORDER BY {_STAKE}
    ON CONFLICT ({_STAKE}) DO UPDATE SET {_PLUS}
), lateness AS (
    INSERT INTO promises_celllateness AS c ({_LATENESS}, settled, censored)
    SELECT {_LATENESS}, promises_sum(settled), promises_sum(censored)
    FROM taken WHERE bucket IS NOT NULL GROUP BY {_LATENESS}
    HAVING promises_sum(settled) <> 0 OR promises_sum(censored) <> 0 ORDER BY {_LATENESS}
    ON CONFLICT ({_LATENESS}) DO UPDATE SET settled = c.settled + excluded.settled,
                                            censored = c.censored + excluded.censored
)
SELECT count(*) FROM taken
"""  # noqa: S608 (our own column names)


_DIFFERENCES = """
WITH stored AS (
    SELECT {keys}, {added} FROM (
        SELECT {keys}, {sums} FROM {table}
        UNION ALL SELECT {keys}, {sums} FROM promises_celldelta WHERE {deltas}) AS both_parts
    GROUP BY {keys} HAVING {nonzero}
), recomputed AS (
    SELECT {keys}, {plain} FROM ({from_promises}) AS added_up
)
SELECT 'stored', s::text FROM (TABLE stored EXCEPT TABLE recomputed) AS s
UNION ALL
SELECT 'recomputed', r::text FROM (TABLE recomputed EXCEPT TABLE stored) AS r
LIMIT %s
"""


def fold_deltas(*, limit: int = FOLD_LIMIT, wait: bool = True) -> int:
    """Fold waiting deltas into the cells; answer how many were taken.

    The lock comes first, the deltas are read after it, and only those are deleted. Where somebody
    else folds, either wait for the turn or answer 0.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        if wait:
            lock_folding()
        elif not _try_lock_folding():
            return 0
        cursor.execute(_FOLD, [limit])
        (taken,) = cursor.fetchone()
    return int(taken)


def lock_folding() -> None:
    """Hold all folding until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_FOLD_LOCK])


def _try_lock_folding() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_FOLD_LOCK])
        (mine,) = cursor.fetchone()
    return bool(mine)


def rebuild_cells() -> None:
    """Recompute all cells from the promises; readers go on with the old ones until the commit."""
    with transaction.atomic(), connection.cursor() as cursor:
        # No projection in flight, then no folding: what is read is all there is.
        cursor.execute("LOCK TABLE promises_promise IN SHARE ROW EXCLUSIVE MODE")
        lock_folding()
        take_room()
        cursor.execute("DELETE FROM promises_celldelta")
        built: dict[str, str] = {}
        for grain in BUILD_ORDER:
            source = built.get(grain.part_of)
            select = grain.from_finer(source) if source else grain.from_promises
            built[grain.table] = build_beside(grain.table, ", ".join(grain.columns), select)
        put_in_place(list(built))


def cell_differences(limit: int = 5) -> dict[str, list[dict[str, object]]]:
    """Cells (with the deltas on their way) that are not what the promises add up to.

    Shape: table -> the first few keys with both sums as text; empty lists where all agrees.
    """
    return {grain.table: grain.differences(limit) for grain in GRAINS}


@dataclass(frozen=True)
class Grain:
    """One of the stored grains: its table, key and sums.

    Shape: condition is which promises file here, deltas which deltas on their way count here,
    part_of the table of a finer grain that this one adds up.
    """

    table: str
    key: tuple[str, ...]
    sums: tuple[str, ...]
    condition: str = "true"
    deltas: str = "true"
    part_of: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        """Key and sums."""
        return (*self.key, *self.sums)

    def from_finer(self, table: str) -> str:
        """SELECT of the sums of a finer grain's sums."""
        sums = ", ".join(f"promises_sum({name})" for name in self.sums)
        nonzero = " OR ".join(f"promises_sum({name}) <> 0" for name in self.sums)
        keys = ", ".join(self.key)
        return f"SELECT {keys}, {sums} FROM {table} GROUP BY {keys} HAVING {nonzero}"  # noqa: S608 (our own names)

    @property
    def from_promises(self) -> str:
        """SELECT of what the promises file, keyed as this grain."""
        keys = ", ".join(f"{KEY_SQL[name]} AS {name}" for name in self.key)
        sums = ", ".join(f"{SUM_SQL[name]} AS {name}" for name in self.sums)
        places = ", ".join(str(place + 1) for place in range(len(self.key)))
        nonzero = " OR ".join(f"{SUM_SQL[name]} <> 0" for name in self.sums)
        return (
            f"SELECT {keys}, {sums} FROM promises_promise "  # noqa: S608 (our own names)
            f"WHERE day IS NOT NULL AND {self.condition} GROUP BY {places} HAVING {nonzero}"
        )

    def differences(self, limit: int) -> list[dict[str, object]]:
        """The first few keys whose stored sums are not those of the promises."""
        statement = _DIFFERENCES.format(
            table=self.table,
            keys=", ".join(self.key),
            sums=", ".join(self.sums),
            added=", ".join(f"sum({name})::bigint AS {name}" for name in self.sums),
            plain=", ".join(f"{name}::bigint AS {name}" for name in self.sums),
            nonzero=" OR ".join(f"sum({name}) <> 0" for name in self.sums),
            deltas=self.deltas,
            from_promises=self.from_promises,
        )
        with connection.cursor() as cursor:
            cursor.execute(statement, [limit])
            return [{"side": side, "cell": cell} for side, cell in cursor.fetchall()]


_CELL_KEY = ("team_id", "kind", "parameters_version", "day")
GRAINS = (
    Grain("promises_cell", _CELL_KEY, SUM_COLUMNS, part_of="promises_celldetail"),
    Grain("promises_celldetail", (*_CELL_KEY, "touchpoint_id", "explicit", "segment"), SUM_COLUMNS),
    Grain(
        "promises_cellstake",
        (*_CELL_KEY, "stake", "standard"),
        SUM_COLUMNS,
        deltas="stake IS NOT NULL",
    ),
    Grain(
        "promises_celllateness",
        (*_CELL_KEY, "bucket"),
        ("settled", "censored"),
        condition="coalesce(bucket, censored_bucket) IS NOT NULL",
        deltas="bucket IS NOT NULL",
    ),
)
# Every grain after the one that it is part of.
BUILD_ORDER = sorted(GRAINS, key=lambda grain: bool(grain.part_of))
