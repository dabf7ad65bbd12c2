"""Data health: what came in, what is counted, what waits and why. For managers and admins only.

The page and the API read the same objects.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Max, Sum

from interactions.models import (
    Customer,
    Event,
    IntakeHour,
    IntakeRow,
    PendingEvent,
    Source,
    Team,
    Touchpoint,
)
from interactions.selectors import Viewer
from interactions.tallies import Tally, tallies
from interactions.todo import BY_STATE
from promises.models import ImportRun, LedgerCheck, Watermark
from promises.selectors.visibility import NotVisible

SHOWN_PARTIES = 20
SHOWN_IMPORTS = 10
# A check that was asked for and has no result after this long is asked for again by hand.
CHECK_PATIENCE = timedelta(hours=1)
CHECK_ASKED = "ledger check asked"
_SILENT = Tally(events=0, last_event=0)

# The hour in which a moment lies counts as a whole.
_INTAKE = """
SELECT moment.place, coalesce(sum(received), 0)::bigint, coalesce(sum(accepted), 0)::bigint,
       coalesce(sum(duplicate), 0)::bigint, coalesce(sum(rejected), 0)::bigint
FROM unnest(%(since)s::timestamptz[]) WITH ORDINALITY AS moment(since, place)
CROSS JOIN LATERAL (
    SELECT received, accepted, duplicate, rejected FROM interactions_intake WHERE at >= since
    UNION ALL
    SELECT received, accepted, duplicate, rejected FROM interactions_intakehour
    WHERE starts_at >= date_trunc('hour', since, 'UTC')
) AS requests
GROUP BY moment.place
"""
_NEW = """
SELECT (SELECT count(*) FROM interactions_customer WHERE is_new),
       (SELECT count(*) FROM interactions_team WHERE is_new),
       (SELECT count(*) FROM interactions_touchpoint WHERE is_new)
"""


@dataclass(frozen=True, slots=True)
class Backlog:
    """How many events are in one state, and since when the oldest has been recorded."""

    count: int
    oldest_recorded_at: datetime | None
    oldest_age_seconds: float | None


@dataclass(frozen=True, slots=True)
class IntakeSum:
    """What came in over the API since a moment; received = accepted + duplicate + rejected."""

    received: int
    accepted: int
    duplicate: int
    rejected: int


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """One source: by which door it speaks, how much, and when last."""

    source: str
    door: str
    is_sample: bool
    events: int
    last_type: str | None
    last_occurred_at: datetime | None
    last_recorded_at: datetime | None
    last_request_at: datetime | None
    received: int
    duplicate: int
    rejected: int


@dataclass(frozen=True, slots=True)
class NewParties:
    """Parties that nobody has looked at yet.

    Shape: `names` are the newest; `newest` is the number of the last one, so that "these are fine"
    says it of those that were shown.
    """

    what: str
    count: int
    names: tuple[str, ...]
    newest: int


@dataclass(frozen=True, slots=True)
class CheckHealth:
    """The last `ledger_check`, and whether another is under way."""

    ok: bool | None
    checked_at: datetime | None
    report: dict[str, Any]
    asked_at: datetime | None
    running: bool


@dataclass(frozen=True, slots=True)
class ImportHealth:
    """One run of an import."""

    id: int
    mapping: str
    files: list[str]
    source: str
    rows: int
    accepted: int
    duplicate: int
    rejected: int
    started_at: datetime
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class DataHealth:
    """The whole of it.

    Units: `lag_seconds` is how long the oldest pending event has waited, 0 where none is pending.
    """

    as_of: datetime
    received: int
    applied: int
    pending: Backlog
    waiting: Backlog
    set_aside: Backlog
    lag_seconds: float
    intake_day: IntakeSum
    intake_28_days: IntakeSum
    sources: tuple[SourceHealth, ...]
    new_parties: tuple[NewParties, ...]
    check: CheckHealth
    imports: tuple[ImportHealth, ...]


def health_read(viewer: Viewer, *, now: datetime) -> DataHealth:
    """Everything on the page but the lists of single events.

    Raises: NotVisible for whoever may not act for the whole installation.
    """
    _for_managers(viewer)
    backlogs = _backlogs(now)
    sources = _sources(now)
    intake_day, intake_28_days = _intake_since(now - timedelta(hours=24), now - timedelta(days=28))
    received = sum(source.events for source in sources)
    return DataHealth(
        as_of=now,
        received=received,
        applied=received - sum(backlog.count for backlog in backlogs.values()),
        pending=backlogs["pending"],
        waiting=backlogs["waiting"],
        set_aside=backlogs["set aside"],
        lag_seconds=backlogs["pending"].oldest_age_seconds or 0.0,
        intake_day=intake_day,
        intake_28_days=intake_28_days,
        sources=sources,
        new_parties=_new_parties(),
        check=_check(now),
        imports=_imports(),
    )


def _for_managers(viewer: Viewer) -> None:
    if not viewer.manages:
        raise NotVisible("data health")


def _backlogs(now: datetime) -> dict[str, Backlog]:
    with connection.cursor() as cursor:
        cursor.execute(BY_STATE)
        rows = {state: (count, first) for state, count, first in cursor.fetchall()}
    # Numbers grow with the recording: the smallest is the oldest.
    oldest = dict(
        Event.objects.filter(pk__in=[first for _, first in rows.values()]).values_list(
            "pk", "recorded_at"
        )
    )
    found = {}
    for state in PendingEvent.State.values:
        count, first = rows.get(state, (0, None))
        at = oldest.get(first) if first is not None else None
        age = max((now - at).total_seconds(), 0.0) if at is not None else None
        found[state] = Backlog(count, at, age)
    return found


def _intake_since(*since: datetime) -> list[IntakeSum]:
    """What came since each of some moments."""
    with connection.cursor() as cursor:
        cursor.execute(_INTAKE, {"since": list(since)})
        found = {place: IntakeSum(*sums) for place, *sums in cursor.fetchall()}
    return [found.get(place, IntakeSum(0, 0, 0, 0)) for place in range(1, len(since) + 1)]


def _sources(now: datetime) -> tuple[SourceHealth, ...]:
    told = tallies()
    last_events = Event.objects.defer("data").in_bulk([one.last_event for one in told.values()])
    requests = _requests(now - timedelta(days=28))
    found = []
    for source in Source.objects.order_by("name"):
        tally = told.get(source.pk, _SILENT)
        event = last_events.get(tally.last_event)
        received, duplicate, rejected, at = requests.get(source.name, (0, 0, 0, None))
        found.append(
            SourceHealth(
                source=source.name,
                door=source.door,
                is_sample=source.is_sample,
                events=tally.events,
                last_type=event.type if event else None,
                last_occurred_at=event.occurred_at if event else None,
                last_recorded_at=event.recorded_at if event else None,
                last_request_at=at,
                received=received,
                duplicate=duplicate,
                rejected=rejected,
            )
        )
    return tuple(found)


def _requests(since: datetime) -> dict[str, tuple[int, int, int, datetime]]:
    """By source: received, duplicate, rejected and the last request, over the API."""
    found: dict[str, tuple[int, int, int, datetime]] = {}
    sums = (Sum("received"), Sum("duplicate"), Sum("rejected"))
    rows = [
        *IntakeRow.objects.filter(at__gte=since).values_list("source").annotate(*sums, Max("at")),
        *IntakeHour.objects.filter(starts_at__gte=since)
        .values_list("source")
        .annotate(*sums, Max("last_at")),
    ]
    for source, *numbers, at in rows:
        before = found.get(source, (0, 0, 0, at))
        received, duplicate, rejected = (
            old + new for old, new in zip(before[:3], numbers, strict=True)
        )
        found[source] = (received, duplicate, rejected, max(before[3], at))
    return found


def _new_parties() -> tuple[NewParties, ...]:
    found = []
    with connection.cursor() as cursor:
        cursor.execute(_NEW)
        counts = cursor.fetchone()
    sorts = (("customers", Customer), ("teams", Team), ("touchpoints", Touchpoint))
    for (what, model), count in zip(sorts, counts, strict=True):
        new = model._default_manager.filter(is_new=True)
        newest = list(new.order_by("-pk")[:SHOWN_PARTIES]) if count else []
        if newest:
            names = tuple(party.label for party in newest)
            found.append(NewParties(what, count, names, newest[0].pk))
    return tuple(found)


def _check(now: datetime) -> CheckHealth:
    last = LedgerCheck.objects.order_by("-checked_at").first()
    asked_at = Watermark.objects.filter(name=CHECK_ASKED).values_list("moment", flat=True).first()
    running = asked_at is not None and now - asked_at < CHECK_PATIENCE
    if last is not None and asked_at is not None and last.checked_at >= asked_at:
        running = False
    return CheckHealth(
        ok=last.ok if last else None,
        checked_at=last.checked_at if last else None,
        report=last.report if last else {},
        asked_at=asked_at,
        running=running,
    )


def _imports() -> tuple[ImportHealth, ...]:
    return tuple(
        ImportHealth(
            id=run.pk,
            mapping=run.mapping,
            files=run.files,
            source=run.source,
            rows=run.rows,
            accepted=run.accepted,
            duplicate=run.duplicate,
            rejected=run.rejected,
            started_at=run.started_at,
            finished_at=run.finished_at,
        )
        for run in ImportRun.objects.order_by("-pk")[:SHOWN_IMPORTS]
    )
