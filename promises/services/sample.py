"""The sample: Boston's 311 requests, moved forward in time, loaded once, removed on a click."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
from django.db import connection, transaction
from django.db.models import QuerySet

from interactions.changes import Area, By, record_change
from interactions.models import Arrival, Source, Tombstone
from interactions.source_keys import source_id
from interactions.tallies import count_again
from interactions.todo import list_singly
from promises.models import ImportRun
from promises.projection import forget_source
from promises.services.imports.moments import to_utc
from promises.services.imports.planning import ImportPlan, JoinedFile, import_plan
from promises.services.imports.report import ImportReport, Reporter
from promises.services.imports.running import import_run
from promises.services.imports.skipping import SkipReader
from promises.services.sample_parties import forget_parties, parties_of

SOURCE = "/sample/boston311"
ATTRIBUTION = "City of Boston, Analyze Boston, 311 service requests"
REMOVED = f"sample removed: {SOURCE}"
_FOLDER = Path(__file__).resolve().parent.parent / "samples"
_WEEK = timedelta(weeks=1)
_SAMPLE_LOCK = 7405


@dataclass(frozen=True, slots=True)
class RemovedSample:
    """What was removed."""

    events: int
    promises: int


def sample_loaded() -> bool:
    """Whether the sample is there, also where its loading was interrupted."""
    return Source.objects.filter(name=SOURCE, is_sample=True, events__isnull=False).exists()


def sample_load(*, clock: Callable[[], datetime], report_progress: Reporter) -> ImportReport | None:
    """Load the sample, its dates moved so that the newest opening lies in the last 7 days.

    Shape: None where it was loaded or removed before. A load that was interrupted goes on.
    """
    if sample_removed() or _runs().filter(finished_at__isnull=False).exists():
        return None
    goes_on = Source.objects.filter(name=SOURCE).exists()
    source_id(SOURCE, door=Source.Door.IMPORT, is_sample=True)
    if not goes_on:
        record_change(Area.SOURCE, SOURCE, "sample loaded", by="")
    plan = sample_plan()
    now = clock()
    return import_run(
        plan,
        clock=clock,
        report_progress=report_progress,
        shift=_shift_begun() or sample_shift(plan, now),
        outcomes_until=now,
    )


def sample_removed() -> bool:
    """Whether somebody removed the sample: then it does not come back by itself."""
    return Tombstone.objects.filter(reason=REMOVED).exists()


def sample_remove(*, user_id: int | None) -> RemovedSample | None:
    """Delete the sample's events, promises and all their sums, and leave a counted trace.

    Shape: None where there is no sample.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        # Seconds; on a busy machine longer than a page may take, and half of it is nothing.
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_SAMPLE_LOCK])
        source = Source.objects.filter(name=SOURCE, is_sample=True).first()
        if source is None or not sample_loaded():
            return None
        parties = parties_of(source.pk)
        promises = forget_source(source.pk)
        # Arrivals may hold events of this source beside those of others.
        list_singly(list(Arrival.objects.values_list("pk", flat=True)))
        cursor.execute("SET LOCAL promisegap.deleting = 'sample'")
        cursor.execute(
            "DELETE FROM interactions_pendingevent p USING interactions_event e "
            "WHERE e.id = p.event_id AND e.source_id = %s",
            [source.pk],
        )
        cursor.execute("DELETE FROM interactions_event WHERE source_id = %s", [source.pk])
        events = cursor.rowcount
        cursor.execute("SET LOCAL promisegap.deleting = ''")
        count_again(source.pk)
        # What other sources said of the sample's promises waits for a promise again, visibly.
        cursor.execute(
            "INSERT INTO interactions_pendingevent (event_id, state, attempts, reason) "
            "SELECT id, 'waiting', 0, '' FROM interactions_event "
            "WHERE subject_source_id = %s AND type LIKE 'promise.%%' "
            "ON CONFLICT (event_id) DO UPDATE SET state = 'waiting'",
            [source.pk],
        )
        forget_parties(parties)
        Tombstone.objects.create(reason=REMOVED, events=events, promises=promises, actor_id=user_id)
        before = {"events": events, "promises": promises}
        by = By(user_id=user_id)
        record_change(Area.SOURCE, SOURCE, "sample removed", by=by, before=before)
    return RemovedSample(events, promises)


def sample_plan() -> ImportPlan:
    """The file and the mapping that the project carries, under the sample's own source."""
    plan = import_plan([_FOLDER / "boston311.csv.gz"], _FOLDER / "boston311.toml")
    return ImportPlan(
        msgspec.structs.replace(plan.mapping, source=SOURCE),
        plan.mapping_name,
        plan.files,
        plan.joined,
    )


def sample_shift(plan: ImportPlan, now: datetime) -> timedelta:
    """The whole number of weeks that brings the newest opening into the 7 days before now.

    Shape: reckoned on the wall clock of the mapping's zone, so that hours and weekdays stay.
    """
    zone = ZoneInfo(plan.mapping.zone)
    newest = newest_opening(plan)
    weeks = (now.astimezone(zone).replace(tzinfo=None) - newest) // _WEEK
    # A wall clock that is changed in between may put it an hour ahead of now.
    if to_utc(newest + weeks * _WEEK, zone) > now:
        weeks -= 1
    return weeks * _WEEK


def newest_opening(plan: ImportPlan) -> datetime:
    """The latest making of the rows that hold a promise, on the wall clock."""
    joined = JoinedFile(plan, plan.files[0])
    made_at = joined.header.index("fields.made_at", plan.mapping.fields.made_at.column or "")
    skips = SkipReader(plan.mapping, joined.header)
    return max(
        datetime.fromisoformat(cells[made_at])
        for one in joined.rows()
        for cells in one.joined
        if skips.reason(cells) is None
    )


def _runs() -> QuerySet[ImportRun]:
    return ImportRun.objects.filter(source=SOURCE)


def _shift_begun() -> timedelta | None:
    """The shift of a load that was interrupted: another one would tell every event anew."""
    run = _runs().order_by("pk").first()
    return timedelta(days=run.remarks["shift_days"]) if run else None
