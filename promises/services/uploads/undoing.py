"""Undoing an import: each of its events is retracted, none is deleted (R1)."""

import time
from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from interactions.decode import NewEvent, event_from_mapping
from interactions.event_types import EventType
from interactions.ledger import record
from interactions.models import Event, Source
from promises.models import Upload, UploadSpan
from promises.services.imports.undone import UNDO
from promises.services.uploads.changing import stopped

BATCH = 2_000
Clock = Callable[[], datetime]


def undo_some(upload: Upload, clock: Clock, until: float) -> None:
    """Retract batch by batch until all is done or the time is up."""
    while True:
        with transaction.atomic():
            row = Upload.objects.select_for_update().get(pk=upload.pk)
            if row.state != Upload.State.UNDOING:
                return
            if row.cancel_asked:
                stopped(row, now=clock())
                row.save()
                return
            if not _batch(row, clock()):
                row.state, row.ended_at, row.worked_at = Upload.State.UNDONE, clock(), None
                row.save()
                return
            row.worked_at, row.tries = clock(), 0
            row.save()
        if time.monotonic() > until:
            return


def events_to_undo(upload: Upload) -> int:
    """How many events the import recorded."""
    return sum(UploadSpan.objects.filter(upload=upload).values_list("events", flat=True))


def _batch(row: Upload, now: datetime) -> bool:
    """Retract the next events; False where there are none."""
    span = (
        UploadSpan.objects.filter(upload=row, last_seq__gt=row.undone_seq)
        .order_by("first_seq")
        .first()
    )
    if span is None:
        return False
    events = list(
        Event.objects.filter(
            source_id=span.source_id,
            recorded_at=span.recorded_at,
            pk__gt=max(row.undone_seq, span.first_seq - 1),
            pk__lte=span.last_seq,
        )
        .order_by("pk")
        .values_list("pk", "event_id", "occurred_at")[:BATCH]
    )
    source = Source.objects.get(pk=span.source_id).name
    record(
        [_retraction(row.pk, source, *event, now=now) for event in events],
        recorded_at=now,
        actor_id=row.actor_id,
        door=Source.Door.IMPORT,
    )
    row.undone += len(events)
    row.undone_seq = events[-1][0] if len(events) == BATCH else span.last_seq
    return True


def _retraction(
    pk: int, source: str, seq: int, id: str, occurred_at: datetime, *, now: datetime
) -> NewEvent:
    """Taken back as of the moment at which it occurred: what was imported by mistake never counted,
    at no moment of the past either (R4)."""
    return event_from_mapping(
        {
            "specversion": "1.0",
            # Made of the ledger's own number: the same again is a duplicate.
            "id": f"{UNDO}{pk}-{seq}",
            "source": source,
            "type": EventType.EVENT_RETRACTED.value,
            "subject": id,
            "time": occurred_at.isoformat(),
            "data": {"source": source, "id": id, "reason": f"import {pk} undone"},
        },
        now=now,
    )
