"""Parties that only the sample brought along: they go with it."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db import connection
from django.db.backends.utils import CursorWrapper

from interactions.arrays import plain_array
from promises.cells import fold_deltas
from promises.models import Promise

_SUMS_OF_TEAM = (
    "promises_cell",
    "promises_celllateness",
    "promises_latenessstretch",
    "promises_teamlatenessstretch",
    "promises_cellstretch",
    "promises_residuestretch",
    "promises_celldetail",
    "promises_cellstake",
)

# Asked once for each kind of party: for each row of a sum, it would go past every promise that was
# deleted just now.
_STILL_NAMED = """
SELECT DISTINCT {party} FROM promises_promise WHERE {party} = ANY(%(parties)s::bigint[])
"""
# Cells that the removal left at nothing, of teams without promises.
_DROP_CELLS = "DELETE FROM {table} WHERE team_id = ANY(%(teams)s::bigint[])"
_DROP_TEAMS = """
DELETE FROM interactions_team t WHERE t.id = ANY(%(teams)s::bigint[]) AND t.is_new
   AND NOT EXISTS (SELECT FROM interactions_membership m WHERE m.team_id = t.id)
"""
_DROP_TOUCHPOINTS = """
DELETE FROM interactions_touchpoint t WHERE t.id = ANY(%(touchpoints)s::bigint[]) AND t.is_new
   AND NOT EXISTS (SELECT FROM promises_celldetail c WHERE c.touchpoint_id = t.id)
"""
# Rows that a customer's list entry was made of; whoever is left gets theirs back by the marks.
_DROP_TOUCHPOINT_CELLS = """
DELETE FROM promises_celltouchpoint WHERE touchpoint_id = ANY(%(touchpoints)s::bigint[])
"""
_GONE_CUSTOMERS = """
SELECT c.id FROM interactions_customer c WHERE c.id = ANY(%(customers)s::bigint[]) AND c.is_new
   AND NOT EXISTS (SELECT FROM interactions_event e
                   WHERE e.subject = c.reference AND e.subject_source_id IS NULL)
"""
_DROP_CUSTOMERS = (
    "DELETE FROM promises_customerscore WHERE customer_id = ANY(%(gone)s::bigint[])",
    "DELETE FROM promises_customermark WHERE customer_id = ANY(%(gone)s::bigint[])",
    "DELETE FROM interactions_customer WHERE id = ANY(%(gone)s::bigint[])",
)


@dataclass(frozen=True, slots=True)
class Parties:
    """The keys of those whom a source's promises name."""

    teams: Collection[int]
    touchpoints: Collection[int]
    customers: Collection[int]


def parties_of(source_id: int) -> Parties:
    """Whom the promises of one source name."""
    promises = Promise.objects.filter(source_id=source_id)
    teams, touchpoints, customers = (
        set(promises.values_list(name, flat=True).distinct())
        for name in ("team_id", "touchpoint_id", "customer_id")
    )
    return Parties(teams, touchpoints, customers)


def forget_parties(parties: Parties) -> None:
    """Delete those of the parties that nobody described and nothing names any more.

    Shape: within the transaction that deleted the promises and holds off all projecting.
    """
    # Waiting deltas name teams by number: they go into the cells first.
    while fold_deltas():
        pass
    with connection.cursor() as cursor:
        teams = {"teams": _unnamed(cursor, "team_id", parties.teams)}
        for table in _SUMS_OF_TEAM:
            cursor.execute(_DROP_CELLS.format(table=table), teams)
        cursor.execute(_DROP_TEAMS, teams)
        touchpoints = {"touchpoints": _unnamed(cursor, "touchpoint_id", parties.touchpoints)}
        cursor.execute(_DROP_TOUCHPOINT_CELLS, touchpoints)
        cursor.execute(_DROP_TOUCHPOINTS, touchpoints)
        customers = _unnamed(cursor, "customer_id", parties.customers)
        cursor.execute(_GONE_CUSTOMERS, {"customers": customers})
        gone = {"gone": plain_array(pk for (pk,) in cursor.fetchall())}
        for statement in _DROP_CUSTOMERS:
            cursor.execute(statement, gone)


def _unnamed(cursor: CursorWrapper, party: str, parties: Collection[int]) -> str:
    """Those of the parties that no promise names any more."""
    cursor.execute(_STILL_NAMED.format(party=party), {"parties": plain_array(parties)})
    return plain_array(set(parties) - {pk for (pk,) in cursor.fetchall()})
