"""Folding deltas into cells (R12, DESIGN section 4).

Cells are sums of integers: adding differences in any order gives what recomputing gives, exactly.
"""

from datetime import date, timedelta

from django.db import connection, transaction

from interactions.installation import installation_zone
from interactions.replacing import take_room
from promises.cells import residues
from promises.cells.base import Base, base_now
from promises.cells.histograms import (
    HISTOGRAMS,
    KINDS_LATENESS,
    LATENESS,
    TEAMS_LATENESS,
    begins_of,
    borders_of,
    folded,
    moved,
    store_all,
)
from promises.cells.stretches import SUMS
from promises.domain.clock import day_end
from promises.models.cell import SUM_COLUMNS

FOLD_LIMIT = 50_000
_FOLD_LOCK = 7403
_DAY = timedelta(days=1)

_SUMS = ", ".join(SUM_COLUMNS)
_ADDED = ", ".join(f"promises_sum({name}) AS {name}" for name in SUM_COLUMNS)
_PLUS = ", ".join(f"{name} = c.{name} + excluded.{name}" for name in SUM_COLUMNS)
_CELL = "team_id, kind, parameters_version, day"
_DETAIL = f"{_CELL}, touchpoint_id, explicit, segment"
_TOUCHPOINT = "day, kind, parameters_version, touchpoint_id"
_SEGMENT = "day, kind, parameters_version, explicit, segment"
_STANDARD = "day, kind, parameters_version, stake, standard"
_STAKE = f"{_CELL}, stake, standard"
_LATENESS = f"{_CELL}, bucket"

# Deltas are read by the statement that deletes them, after the lock: what arrives meanwhile is left
# for the next fold. They are taken up to a number and not one of a list, which the planner, whose
# statistics may know an empty table, would go through for each. Keys are sorted so that nothing can
# wait in a circle. The coarse grains add up what a finer one has added up already.
_FOLD = f"""
WITH taken AS (
    DELETE FROM promises_celldelta WHERE id <= (SELECT max(id) FROM (
        SELECT id FROM promises_celldelta ORDER BY id LIMIT %(limit)s) AS first)
    RETURNING *
), fine AS (
    SELECT {_DETAIL}, stake, standard, {_ADDED} FROM taken GROUP BY {_DETAIL}, stake, standard
), by_detail AS (
    SELECT {_DETAIL}, {_ADDED} FROM fine GROUP BY {_DETAIL}
), by_stake AS (
    SELECT {_STAKE}, {_ADDED} FROM fine GROUP BY {_STAKE}
), by_cell AS (
    SELECT {_CELL}, {_ADDED} FROM by_stake GROUP BY {_CELL}
), cells AS (
    INSERT INTO promises_cell AS c ({_CELL}, {_SUMS})
    SELECT {_CELL}, {_SUMS} FROM by_cell ORDER BY {_CELL}
    ON CONFLICT ({_CELL}) DO UPDATE SET {_PLUS}
), details AS (
    INSERT INTO promises_celldetail AS c ({_DETAIL}, {_SUMS})
    SELECT {_DETAIL}, {_SUMS} FROM by_detail ORDER BY {_DETAIL}
    ON CONFLICT ({_DETAIL}) DO UPDATE SET {_PLUS}
), touchpoints AS (
    INSERT INTO promises_celltouchpoint AS c ({_TOUCHPOINT}, {_SUMS})
    SELECT {_TOUCHPOINT}, {_ADDED} FROM by_detail GROUP BY {_TOUCHPOINT} ORDER BY {_TOUCHPOINT}
    ON CONFLICT ({_TOUCHPOINT}) DO UPDATE SET {_PLUS}
), segments AS (
    INSERT INTO promises_cellsegment AS c ({_SEGMENT}, {_SUMS})
    SELECT {_SEGMENT}, {_ADDED} FROM by_detail GROUP BY {_SEGMENT} ORDER BY {_SEGMENT}
    ON CONFLICT ({_SEGMENT}) DO UPDATE SET {_PLUS}
), standards AS (
    INSERT INTO promises_cellstandard AS c ({_STANDARD}, {_SUMS})
    SELECT {_STANDARD}, {_ADDED}
    FROM by_stake WHERE stake IS NOT NULL GROUP BY {_STANDARD} ORDER BY {_STANDARD}
    ON CONFLICT ({_STANDARD}) DO UPDATE SET {_PLUS}
), stakes AS (
    INSERT INTO promises_cellstake AS c ({_STAKE}, {_SUMS})
    SELECT {_STAKE}, {_SUMS} FROM by_stake WHERE stake IS NOT NULL ORDER BY {_STAKE}
    ON CONFLICT ({_STAKE}) DO UPDATE SET {_PLUS}
), lateness AS (
    INSERT INTO promises_celllateness AS c ({_LATENESS}, settled, censored)
    SELECT {_LATENESS}, promises_sum(settled), promises_sum(censored)
    FROM taken WHERE bucket IS NOT NULL GROUP BY {_LATENESS}
    HAVING promises_sum(settled) <> 0 OR promises_sum(censored) <> 0 ORDER BY {_LATENESS}
    ON CONFLICT ({_LATENESS}) DO UPDATE SET settled = c.settled + excluded.settled,
                                            censored = c.censored + excluded.censored
), late AS ({folded("taken")}
), late_stretches AS ({LATENESS.store("late")}
), late_of_teams AS ({TEAMS_LATENESS.store("late")}
), late_of_kinds AS ({KINDS_LATENESS.store("late")}
), stretches AS ({SUMS.fold("by_cell")}
), residues AS ({{residues}})
SELECT count(*) FROM taken
"""  # noqa: S608 (our own column names)


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
        base = base_now()
        kept, parameters = residues.fold("by_cell", base)
        parameters |= borders_of(base)
        cursor.execute(_FOLD.format(residues=kept), {**parameters, "limit": limit})
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


def begin_day(today: date) -> bool:
    """Move the stretches of days along to today, where they are behind; whether they were."""
    if base_now().day >= today:
        return False
    with transaction.atomic(), connection.cursor() as cursor:
        lock_folding()
        old = base_now()
        if old.day >= today:
            return False
        if old.starts_at is None:
            take_room()  # All there is comes into stretches.
        starts_at = day_end(today - _DAY, installation_zone(fresh=True))
        new = Base(today, starts_at, old.aged_at)
        days = {"old": old.day, "new": today}
        cursor.execute(SUMS.move, days)
        moments = borders_of(old) | begins_of(old) | begins_of(new, "new_begins")
        cursor.execute(store_all(moved()), days | moments)
        for stretches in (SUMS, *HISTOGRAMS):
            cursor.execute(stretches.drop_empty)
        cursor.execute(
            "INSERT INTO promises_stretchbase (id, day, starts_at, aged_at) "
            "VALUES (1, %s, %s, %s) ON CONFLICT (id) DO UPDATE "
            "SET day = excluded.day, starts_at = excluded.starts_at, aged_at = excluded.aged_at",
            [today, starts_at, new.aged_at],
        )
        residues.refill(cursor, new)
    return True
