"""`ledger_check`: nothing lost, and everything stored is what the ledger says (R1, R2, R12).

One snapshot of the database is read; what arrives meanwhile is not part of it.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from django.db import connection, transaction
from django.db.models import Sum

from interactions.arrays import json_array
from interactions.models import Event, Tombstone
from interactions.replacing import read_as_they_are
from interactions.tallies import tally_differences
from interactions.todo import NOT_COUNTED, counts_by_state
from promises.cells import TABLES, cell_differences
from promises.models import LedgerCheck
from promises.projection.facts import Gathered, PromiseKey, gather
from promises.projection.rows import Row
from promises.projection.writing import stored_rows
from promises.services import restating
from promises.services.checking_intake import intake_totals
from promises.services.checking_open import (
    open_differences,
    remainder_differences,
    stray_remainders,
)
from promises.services.checking_rows import row_difference, rows_of, states_of
from promises.services.checking_scores import customer_score_differences

CHUNK = 2_000
EXAMPLES = 5

_KEYS = """
SELECT subject_source_id, subject FROM (
    SELECT subject_source_id, subject FROM interactions_event WHERE type LIKE 'promise.%'
    UNION SELECT source_id, reference FROM promises_promise
) AS keys
ORDER BY subject_source_id, subject
"""

# Events about a promise that have no to-do row although no promise counts them and nothing took
# them back: the very thing that must never happen.
_LOST = f"""
WITH todo AS ({NOT_COUNTED})
SELECT count(*) FROM interactions_event e
WHERE e.type LIKE 'promise.%%'
  AND NOT EXISTS (SELECT FROM todo p WHERE p.event_id = e.id)
  AND NOT EXISTS (SELECT FROM promises_promise p
                  WHERE p.reference = e.subject AND p.source_id = e.subject_source_id)
  AND NOT EXISTS (SELECT FROM interactions_event r
                  WHERE r.type = 'event.retracted' AND r.subject = e.event_id
                    AND r.subject_source_id = e.source_id)
"""  # noqa: S608 (nothing but constants)

_STRAYS = f"""
WITH todo AS ({NOT_COUNTED})
SELECT count(*) FROM todo p
WHERE NOT EXISTS (SELECT FROM interactions_event e WHERE e.id = p.event_id)
"""  # noqa: S608 (nothing but constants)

_APPLIED = f"""
WITH todo AS ({NOT_COUNTED})
SELECT count(*) FROM interactions_event e
WHERE NOT EXISTS (SELECT FROM todo p WHERE p.event_id = e.id)
"""  # noqa: S608 (nothing but constants)

# Of these, what is still to be counted, or was set aside.
_TO_COUNT = f"""
WITH todo AS ({NOT_COUNTED})
SELECT event_id FROM todo WHERE state <> 'waiting' AND event_id = ANY(%s::bigint[])
"""  # noqa: S608 (nothing but constants)


@dataclass
class Report:
    """What the check found. `ok` is true where nothing differs and nothing is lost.

    Units: counts of events, promises, cells and stored customer rows.
    """

    received: int = 0
    applied: int = 0
    pending: int = 0
    waiting: int = 0
    set_aside: int = 0
    deleted: int = 0
    lost: int = 0
    strays: int = 0
    intake_received: int = 0
    intake_accepted: int = 0
    intake_duplicate: int = 0
    intake_rejected: int = 0
    intake_different: int = 0
    tallies_different: int = 0
    promises: int = 0
    promises_different: int = 0
    promises_pending: int = 0
    promises_restating: int = 0
    open_different: int = 0
    remainders_different: int = 0
    cells_different: int = 0
    customer_scores: int = 0
    customer_scores_different: int = 0
    examples: dict[str, list[Any]] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether every check passed."""
        return not (
            self.lost
            or self.strays
            or self.intake_different
            or self.tallies_different
            or self.promises_different
            or self.open_different
            or self.remainders_different
            or self.cells_different
            or self.customer_scores_different
            or self.received != self.applied + self.pending + self.waiting + self.set_aside
        )

    def as_dict(self) -> dict[str, Any]:
        """The report as plain data."""
        return {"ok": self.ok} | asdict(self)


Progress = Callable[[int], None]


def check_ledger(*, progress: Progress | None = None) -> Report:
    """Recompute everything from the ledger and compare it with what is stored."""
    report = Report()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        read_as_they_are([*TABLES, "promises_customerscore"])
        _count_events(report)
        _count_intake(report)
        report.tallies_different = tally_differences()
        for keys in ledger_keys():
            _compare_promises(report, keys)
            if progress:
                progress(report.promises)
        report.open_different = open_differences()
        report.remainders_different += stray_remainders()
        for table, found in cell_differences(EXAMPLES).items():
            report.cells_different += len(found)
            if found:
                report.examples[table] = found
        checked, different = customer_score_differences()
        report.customer_scores = checked
        report.customer_scores_different = len(different)
        if different:
            report.examples["customer_scores"] = different[:EXAMPLES]
    return report


def check_and_keep() -> Report:
    """Check, and keep the result for the data health page."""
    report = check_ledger()
    LedgerCheck.objects.create(ok=report.ok, report=report.as_dict())
    return report


def ledger_keys() -> Iterator[list[PromiseKey]]:
    """All promise keys of ledger and projection, in chunks, from one server-side cursor."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(_KEYS)
        while keys := cursor.fetchmany(CHUNK):
            yield keys


def _count_events(report: Report) -> None:
    counts = counts_by_state()
    report.received = Event.objects.count()
    report.pending, report.waiting = counts["pending"], counts["waiting"]
    report.set_aside = counts["set aside"]
    report.applied = _number(_APPLIED)
    report.deleted = Tombstone.objects.aggregate(total=Sum("events"))["total"] or 0
    report.lost = _number(_LOST)
    report.strays = _number(_STRAYS)


def _count_intake(report: Report) -> None:
    totals = intake_totals()
    report.intake_received, report.intake_accepted = totals.received, totals.accepted
    report.intake_duplicate, report.intake_rejected = totals.duplicate, totals.rejected
    # Deleted events were accepted once; tombstones do not say of which source.
    report.intake_different = totals.unequal + max(0, totals.missing - report.deleted)


def _compare_promises(report: Report, keys: list[PromiseKey]) -> None:
    gathered = gather(keys)
    stored = stored_rows(keys)
    pending = _pending_keys(gathered)
    compared = [key for key in keys if key not in pending]
    states = states_of({key: gathered[key] for key in compared})
    expected = rows_of(states, gathered)
    differences = {
        key: different
        for key in compared
        if (different := row_difference(expected.get(key), stored.get(key)))
    }
    report.remainders_different += remainder_differences(compared, states, expected, stored)
    as_before = _still_as_before(differences, gathered, stored)
    report.promises_pending += len(pending.intersection(keys))
    report.promises_restating += len(as_before)
    report.promises += len(expected)
    for key, different in differences.items():
        if key not in as_before:
            report.promises_different += 1
            examples = report.examples.setdefault("promises", [])
            if len(examples) < EXAMPLES:
                examples.append({"promise": list(key), **different})


def _pending_keys(gathered: dict[PromiseKey, Gathered]) -> set[PromiseKey]:
    """Keys with events that nobody has counted yet, or that were set aside."""
    seqs = {seq: key for key, found in gathered.items() for seq in found.seqs}
    with connection.cursor() as cursor:
        cursor.execute(_TO_COUNT, [json_array(seqs)])
        return {seqs[seq] for (seq,) in cursor.fetchall()}


def _still_as_before(
    different: Collection[PromiseKey],
    gathered: dict[PromiseKey, Gathered],
    stored: dict[PromiseKey, Row],
) -> set[PromiseKey]:
    """Those that a running restatement has not come to: they are judged as before (R18)."""
    if not different or not restating.is_due():
        return set()
    states = states_of({key: gathered[key] for key in different}, other_way=True)
    before = rows_of(states, gathered, other_way=True)
    return {key for key in different if not row_difference(before.get(key), stored.get(key))}


def _number(sql: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        (number,) = cursor.fetchone()
    return int(number)
