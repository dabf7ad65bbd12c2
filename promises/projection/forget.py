"""Taking the promises of a source out of every figure: the projection's half of removing a
sample."""

from django.db import connection, transaction

from promises.models.cell import SUM_COLUMNS
from promises.models.filing import KEY_SQL, SUM_SQL
from promises.projection.marking import mark_forgotten
from promises.projection.writing import DELTA_COLUMNS, DELTA_KEY_COLUMNS


def forget_source(source_id: int) -> int:
    """Delete the promises of one source and file the opposite of what they had filed.

    Shape: answers how many promises were deleted. The caller holds the transaction that also
    deletes the source's events.
    """
    sums = ", ".join(f"-({SUM_SQL[name]})" for name in (*SUM_COLUMNS, "settled", "censored"))
    keys = ", ".join(KEY_SQL[name] for name in DELTA_KEY_COLUMNS)
    with transaction.atomic(), connection.cursor() as cursor:
        # Nobody may project while a whole source goes; readers are not held up.
        cursor.execute("LOCK TABLE promises_promise IN SHARE ROW EXCLUSIVE MODE")
        cursor.execute(
            f"INSERT INTO promises_celldelta ({', '.join(DELTA_COLUMNS)}) "  # noqa: S608 (our own column names)
            f"SELECT {keys}, {sums} FROM promises_promise "
            "WHERE source_id = %s AND day IS NOT NULL "
            f"GROUP BY {', '.join(str(place + 1) for place in range(len(DELTA_KEY_COLUMNS)))}",
            [source_id],
        )
        mark_forgotten(source_id)
        for table in ("promises_openpromise", "promises_remainder", "promises_crossing"):
            cursor.execute(
                f"DELETE FROM {table} o USING promises_promise p "  # noqa: S608 (our own names)
                "WHERE p.id = o.promise_id AND p.source_id = %s",
                [source_id],
            )
        cursor.execute("DELETE FROM promises_promise WHERE source_id = %s", [source_id])
        return int(cursor.rowcount)
