"""`project(keys)`: lock, read, fold, store the row, file the difference."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from interactions.todo import keep_waiting, take_off
from promises.domain.facts import RETRACTED
from promises.domain.lifecycle import PromiseState, fold
from promises.domain.thresholds import Warnings
from promises.projection.causing import cause_for_promises
from promises.projection.facts import (
    Gathered,
    PromiseKey,
    gather,
    installation_zone,
    key_lock,
    kind_parameters,
    known_calendars,
)
from promises.projection.introducing import introduce_customers
from promises.projection.marking import mark_changes
from promises.projection.news import publish_changes
from promises.projection.parties import resolve
from promises.projection.rows import (
    Row,
    add_change,
    add_delta,
    new_deltas,
    promise_row,
    promise_warnings,
)
from promises.projection.watching import latest_heard
from promises.projection.writing import (
    FILED_COLUMNS,
    delete_promises,
    insert_deltas,
    stored_rows,
    upsert_promises,
    write_open,
    write_remainders,
)


def project(keys: Collection[PromiseKey], *, now: datetime | None = None) -> int:
    """Bring the promises of the keys in step with the ledger.

    Shape: answers how many promises stand. Deletes only the to-do rows of events that it read;
    those of a key whose promise is not known yet are kept as waiting (R2).
    """
    keys = set(keys)
    if not keys:
        return 0
    calendars = known_calendars()
    with transaction.atomic():
        key_lock(keys)
        # After the lock: whoever changes by what promises are judged waits for those who have it.
        parameters, zone = kind_parameters(), installation_zone(fresh=True)
        gathered = gather(keys)
        before = stored_rows(keys, FILED_COLUMNS)
        states = {
            key: state
            for key, found in gathered.items()
            if (state := fold(found.facts, zone=zone, parameters=parameters, calendars=calendars))
            is not None
        }
        parties = resolve(states.values())
        rows = [
            promise_row(
                key,
                state,
                gathered[key].facts,
                parties=parties,
                parameters=parameters,
                zone=zone,
            )
            for key, state in states.items()
        ]
        warned = {key: promise_warnings(state, calendars) for key, state in states.items()}
        # The state first: it settles it for nearly all, at a tenth of the price.
        owed = {key for key, one in states.items() if one.state == "partial" and one.rest_owed}
        _store(rows, before, latest_heard(gathered), warned, owed, now or timezone.now())
        introduce_customers(states, gathered, before)
        _settle_to_do(gathered, states)
        cause_for_promises(keys)
    return len(rows)


def _store(
    rows: list[Row],
    before: dict[PromiseKey, Row],
    heard: dict[PromiseKey, datetime],
    warned: dict[PromiseKey, Warnings],
    owed: Collection[PromiseKey],
    projected_at: datetime,
) -> None:
    """Write rows, open rows and rests owed, file the deltas, mark the customers, tell who asked."""
    ids = upsert_promises(rows, projected_at)
    write_open(rows, ids, heard, warned)
    write_remainders(rows, before, ids, owed)
    gone = [row for key, row in before.items() if key not in ids]
    delete_promises([row["id"] for row in gone])
    deltas = new_deltas()
    for row in gone:
        add_delta(deltas, row, -1)
    for row in rows:
        old = before.get((row["source_id"], row["reference"]))
        if old is None:
            add_delta(deltas, row, +1)
        else:
            add_change(deltas, old, row)
    insert_deltas(deltas)
    mark_changes(before, rows)
    publish_changes(rows, before, ids, heard, projected_at)


def _settle_to_do(
    gathered: dict[PromiseKey, Gathered], states: dict[PromiseKey, PromiseState]
) -> None:
    """Take what was applied off the to-do list; what has no promise waits, visibly."""
    applied: list[int] = []
    waiting: list[int] = []
    for key, found in gathered.items():
        if key in states:
            applied.extend(found.seqs)
        else:
            held, done = _without_promise(found)
            waiting.extend(held)
            applied.extend(done)
    take_off(applied)
    keep_waiting(waiting)


def _without_promise(found: Gathered) -> tuple[Iterable[int], Iterable[int]]:
    """Which events of a key wait for its promise, and which have done their work by being taken
    back."""
    named = {
        (fact.data["source"], fact.data["id"]) for fact in found.facts if fact.type == RETRACTED
    }
    waiting: list[int] = []
    applied: list[int] = []
    for seq, fact in zip(found.seqs, found.facts, strict=True):
        taken_back = fact.type == RETRACTED or (fact.source, fact.id) in named
        (applied if taken_back else waiting).append(seq)
    return waiting, applied
