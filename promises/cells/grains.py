"""The stored grains of cells: what each is keyed by, and how it is recomputed from promises."""

from dataclasses import dataclass

from django.db import connection

from promises.cells import residues
from promises.cells.base import base_now
from promises.cells.histograms import HISTOGRAMS, histogram_differences
from promises.cells.stretches import SUMS
from promises.models.cell import SUM_COLUMNS
from promises.models.filing import KEY_SQL, SUM_SQL

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

    def from_finer(self, table: str) -> str:
        """SELECT of the sums of a finer grain's sums."""
        sums = ", ".join(f"promises_sum({name}) AS {name}" for name in self.sums)
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
    # Adds up the one of the two finer grains that has fewer rows.
    Grain("promises_cell", _CELL_KEY, SUM_COLUMNS, part_of="promises_cellstake"),
    Grain("promises_celldetail", (*_CELL_KEY, "touchpoint_id", "explicit", "segment"), SUM_COLUMNS),
    Grain(
        "promises_celltouchpoint",
        ("day", "kind", "parameters_version", "touchpoint_id"),
        SUM_COLUMNS,
        part_of="promises_celldetail",
    ),
    Grain(
        "promises_cellsegment",
        ("day", "kind", "parameters_version", "explicit", "segment"),
        SUM_COLUMNS,
        part_of="promises_celldetail",
    ),
    Grain(
        "promises_cellstandard",
        ("day", "kind", "parameters_version", "stake", "standard"),
        SUM_COLUMNS,
        deltas="stake IS NOT NULL",
        part_of="promises_cellstake",
    ),
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
TABLES = (
    *(grain.table for grain in GRAINS),
    SUMS.table,
    *(one.table for one in HISTOGRAMS),
    residues.TABLE,
)
# Every grain after the one that it is part of.
BUILD_ORDER = sorted(GRAINS, key=lambda grain: bool(grain.part_of))


def cell_differences(limit: int = 5) -> dict[str, list[dict[str, object]]]:
    """Cells (with the deltas on their way) that are not what the promises add up to.

    Shape: table -> the first few keys with both sums as text; empty lists where all agrees.
    """
    return {
        **{grain.table: grain.differences(limit) for grain in GRAINS},
        SUMS.table: SUMS.differences(limit),
        **histogram_differences(limit),
        residues.TABLE: residues.differences(limit, base_now()),
    }
