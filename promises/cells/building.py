"""Recomputing all cells from the promises."""

from django.db import connection, transaction

from interactions.replacing import build_beside, put_in_place, read_whole, take_room
from promises.cells import residues
from promises.cells.base import base_now
from promises.cells.folding import lock_folding
from promises.cells.grains import BUILD_ORDER
from promises.cells.histograms import (
    DAYS,
    HISTOGRAMS,
    LATENESS,
    all_rows,
    begins_of,
    borders_of,
)
from promises.cells.stretches import SUMS


def rebuild_cells() -> None:
    """Recompute all cells from the promises; readers go on with the old ones until the commit."""
    with transaction.atomic(), connection.cursor() as cursor:
        # No projection in flight, then no folding: what is read is all there is.
        cursor.execute("LOCK TABLE promises_promise IN SHARE ROW EXCLUSIVE MODE")
        lock_folding()
        take_room()
        read_whole()
        cursor.execute("DELETE FROM promises_celldelta")
        built: dict[str, str] = {}
        for grain in BUILD_ORDER:
            source = built.get(grain.part_of)
            select = grain.from_finer(source) if source else grain.from_promises
            built[grain.table] = build_beside(grain.table, select)
        base = base_now()
        built[SUMS.table] = build_beside(SUMS.table, SUMS.select(built[SUMS.days]))
        rows, parameters = f"({all_rows(built[DAYS])})", borders_of(base) | begins_of(base)
        for one in HISTOGRAMS:
            select = one.added(rows, to_stored=False)
            built[one.table] = build_beside(one.table, select, parameters)
            # The others add up what the first one has added up already.
            rows = f"(SELECT * FROM {LATENESS.rows_of(built[LATENESS.table])})"  # noqa: S608
        left, parameters = residues.select(built["promises_cell"], base)
        built[residues.TABLE] = build_beside(residues.TABLE, left, parameters)
        put_in_place(list(built))
