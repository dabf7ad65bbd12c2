"""The events of promises, read from the ledger as the fold wants them."""

import zlib
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

import msgspec
from django.db import connection

from interactions.arrays import json_array, text_array
from interactions.installation import installation_zone as installation_zone
from interactions.models import Source
from interactions.one_reading import once
from promises.domain.calendars import Calendar
from promises.domain.facts import RETRACTED
from promises.domain.hours import CalendarsOf
from promises.domain.judging import Held, Judging, Restated
from promises.domain.lifecycle import Fact, PromiseState, fold
from promises.domain.loss import KindParameters
from promises.models import KindParameters as KindParametersRow
from promises.models import Restatement
from promises.selectors.calendars import NoCalendar, calendar_at

# (source that made it, its reference): what a promise is known by before it has a row.
PromiseKey = tuple[int, str]
# The parameters of a kind as they held at a moment.
ParametersOf = Callable[[str, datetime], KindParameters]

# Under what these are kept within one reading.
PARAMETERS, RESTATED = "kind parameters", "restated kinds"
# So many that two batches of thousands of keys hardly ever share one.
_STRIPES = 1 << 31
_LOCK_CLASS = 7401

# OFFSET 0 keeps the look-ups apart: statistics may be as old as a table that has just been filled,
# and a plan that reads all of it would be fatal here.
_COLUMNS = """id, source_id, event_id, type, subject_source_id, subject, occurred_at, recorded_at,
           data::text AS data"""
_EVENTS = f"""
WITH events AS MATERIALIZED (
    SELECT e.* FROM unnest(%(sources)s::int[], %(references)s::text[])
                    AS k(source_id, reference)
    CROSS JOIN LATERAL (
        SELECT {_COLUMNS} FROM interactions_event
        WHERE subject = k.reference AND subject_source_id = k.source_id AND type LIKE 'promise.%%'
        OFFSET 0
    ) AS e
), retractions AS (
    SELECT r.* FROM events e
    CROSS JOIN LATERAL (
        SELECT {_COLUMNS} FROM interactions_event
        WHERE subject = e.event_id AND subject_source_id = e.source_id
          AND type = 'event.retracted'
        OFFSET 0
    ) AS r
)
SELECT f.id, f.source_id, f.event_id, f.type, f.subject_source_id, f.subject, f.occurred_at,
       f.recorded_at, f.data, s.name, s.door
FROM (TABLE events UNION ALL TABLE retractions) AS f
JOIN interactions_source s ON s.id = f.source_id
"""  # noqa: S608 (nothing but constants)


class _Event(NamedTuple):
    """An event of a promise, or the retraction of one, as it is read."""

    seq: int
    source_id: int
    id: str
    type: str
    subject_source_id: int
    subject: str
    occurred_at: datetime
    recorded_at: datetime
    data: str
    source: str
    door: str


@dataclass(slots=True)
class Gathered:
    """All events of one promise. Shape: `seqs` are the ledger's own numbers of the same events."""

    facts: list[Fact] = field(default_factory=list)
    seqs: list[int] = field(default_factory=list)


def key_lock(keys: Iterable[PromiseKey]) -> None:
    """Take the transaction's locks on the keys, in one order for everybody (R2)."""
    stripes = sorted(
        {zlib.crc32(f"{source}:{reference}".encode()) % _STRIPES for source, reference in keys}
    )
    with connection.cursor() as cursor:
        # Also before the events are read: whoever removes a whole source holds this table alone.
        cursor.execute("LOCK TABLE promises_promise IN ROW EXCLUSIVE MODE")
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s, stripe) FROM unnest(%s::int[]) AS s(stripe)",
            [_LOCK_CLASS, json_array(stripes)],
        )


def gather(keys: Collection[PromiseKey]) -> dict[PromiseKey, Gathered]:
    """Read all events of the keys, and the retractions that name one of them.

    Shape: an entry for each key, empty where the ledger has nothing.
    """
    gathered: dict[PromiseKey, Gathered] = {key: Gathered() for key in keys}
    owners: dict[tuple[int, str], PromiseKey] = {}
    retractions: list[_Event] = []
    for event in _read(gathered):
        if event.type == RETRACTED:
            retractions.append(event)
            continue
        key = event.subject_source_id, event.subject
        owners[event.source_id, event.id] = key
        _file(gathered[key], event)
    for event in retractions:
        _file(gathered[owners[event.subject_source_id, event.subject]], event)
    return gathered


def kind_parameters(*, other_way: bool = False) -> Judging:
    """The look-up of the parameters by which a promise is judged (R9, R18).

    Shape: `other_way` takes unfinished restatements as if they had not been asked for, or taken
    back: so are promises judged that their job has not come to.
    """
    return once(("judging", other_way), lambda: _judging(other_way=other_way))


def parameter_rows() -> list[KindParametersRow]:
    """All versions of the parameters of all kinds, as they are stored."""
    return once(PARAMETERS, lambda: list(KindParametersRow.objects.order_by("kind", "version")))


def restated_rows() -> list[tuple[str, str, int, datetime]]:
    """State, kind, version and `made_until` of all restatements of kinds, the oldest first."""
    rows = Restatement.objects.filter(calendar="").order_by("pk")
    return once(RESTATED, lambda: list(rows.values_list("state", "kind", "version", "made_until")))


def _judging(*, other_way: bool) -> Judging:
    held: dict[str, list[Held]] = {}
    for row in parameter_rows():
        parameters = KindParameters(
            row.version,
            row.kind,
            row.base_loss,
            row.half_life_seconds,
            row.tolerance_seconds,
        )
        held.setdefault(row.kind, []).append(Held(row.valid_from, parameters))
    restated: dict[str, list[Restated]] = {}
    states = Restatement.State
    on_the_way = states.CANCELLING if other_way else states.RUNNING
    for state, kind, version, made_until in restated_rows():
        if state in (on_the_way, states.DONE):
            restated.setdefault(kind, []).append(Restated(version, made_until))
    return Judging(held, restated)


def known_calendars() -> CalendarsOf:
    """The look-up of the versions of calendars (R15); each is read once."""
    known: dict[tuple[str, int], Calendar | None] = {}

    def look_up(reference: str, version: int) -> Calendar | None:
        if (reference, version) not in known:
            try:
                known[reference, version] = calendar_at(reference, version)
            except NoCalendar:
                known[reference, version] = None
        return known[reference, version]

    return look_up


def folded_at(
    keys: Collection[PromiseKey],
    *,
    as_of: datetime | None,
    heard_by: datetime | None = None,
    parameters: ParametersOf | None = None,
) -> dict[PromiseKey, PromiseState]:
    """Fold the ledger of the keys, cut at `as_of` where it is given; keys without a promise are
    left out.

    Shape: `heard_by` leaves out what was recorded later, so that an answer can be given again;
    `parameters` are other ones than those in force.
    """
    zone, calendars = installation_zone(), known_calendars()
    parameters = parameters or kind_parameters()
    states = {}
    for key, found in gather(keys).items():
        facts = [f for f in found.facts if heard_by is None or f.recorded_at <= heard_by]
        state = fold(facts, zone=zone, parameters=parameters, calendars=calendars, as_of=as_of)
        if state is not None:
            states[key] = state
    return states


def _read(keys: Collection[PromiseKey]) -> Iterator[_Event]:
    values = {
        "sources": json_array(source for source, _ in keys),
        "references": text_array(reference for _, reference in keys),
    }
    with connection.cursor() as cursor:
        cursor.execute(_EVENTS, values)
        yield from map(_Event._make, cursor.fetchall())


def _file(into: Gathered, event: _Event) -> None:
    into.seqs.append(event.seq)
    into.facts.append(
        Fact(
            type=event.type,
            source=event.source,
            id=event.id,
            occurred_at=event.occurred_at,
            recorded_at=event.recorded_at,
            data=msgspec.json.decode(event.data),
            by_person=event.door == Source.Door.PERSON,
        )
    )
