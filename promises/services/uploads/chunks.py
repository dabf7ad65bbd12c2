"""The rows of an upload, chunk by chunk: counted only (a dry run), or recorded."""

import time
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta

from django.db import connection, transaction

from interactions.decode import NewEvent
from interactions.ledger import record
from interactions.models import Event, Source
from promises.models import ImportRun, Upload, UploadPiece, UploadSpan
from promises.services.imports.catching_up import analyze_facts
from promises.services.imports.known import KnownEvents
from promises.services.imports.mapping import Mapping
from promises.services.imports.moments import moment_reader
from promises.services.imports.planning import ImportPlan, JoinedFile
from promises.services.imports.refusals import ImportRefused
from promises.services.imports.rejects import RejectText
from promises.services.imports.rows import RowBuilder
from promises.services.imports.skipping import SkipReader
from promises.services.imports.taking import RowTaker
from promises.services.imports.told import ToldRows
from promises.services.imports.undone import again_after_undo
from promises.services.uploads.changing import mapping_of, stopped
from promises.services.uploads.checks import SHOWN, report_from, report_json
from promises.services.uploads.previewing import outcomes_in
from promises.services.uploads.storing import pieces, whole_plan

CHUNK_ROWS = 5_000
_NO_SHIFT = timedelta(0)
Clock = Callable[[], datetime]


class _Reading:
    """What a check and an import share: rows in, an account of them in the upload's row."""

    dry_run = True
    _told: ToldRows

    def __init__(self, upload: Upload, clock: Clock) -> None:
        self.upload = upload
        self.clock = clock
        mapping = mapping_of(upload)
        if mapping is None:
            raise ImportRefused("")
        self.mapping: Mapping = mapping
        self.report = report_from(upload.report, dry_run=self.dry_run)
        self._began = time.monotonic() - self.report.seconds

    def _read(self, until: float | None) -> bool:
        """Read on after the last chunk; False where it was cancelled or the time is up."""
        with whole_plan(self.upload, self.mapping) as plan:
            self.upload.lines = plan.lines
            joined = JoinedFile(plan, plan.files[0])
            begun = UploadPiece.objects.filter(
                upload=self.upload, kind=UploadPiece.Kind.REJECTS
            ).exists()
            self._rejects = RejectText(plan.files[0].columns, begun=begun)
            self._builder = RowBuilder(
                self.mapping, joined.header, moment_reader(self.mapping, _NO_SHIFT)
            )
            skips = SkipReader(self.mapping, joined.header)
            with closing(self._told_so_far()) as self._told:
                taker = RowTaker(
                    self._builder, skips, self._rejects, self.report, self._told, shown=SHOWN
                )
                return self._chunks(joined, taker, plan, until)

    def _chunks(
        self, joined: JoinedFile, taker: RowTaker, plan: ImportPlan, until: float | None
    ) -> bool:
        events: list[NewEvent] = []
        rows, now = 0, self.clock()
        for one in joined.rows():
            if one.row.line <= self.upload.line:
                continue
            rows += 1
            self.report.rows += 1
            events += taker.take(one, now=now)
            if rows >= CHUNK_ROWS:
                if not self._flush(events, one.row.line):
                    return False
                if until is not None and time.monotonic() > until:
                    return False
                events, rows, now = [], 0, self.clock()
        return self._flush(events, plan.lines)

    def _flush(self, events: list[NewEvent], line: int) -> bool:
        """Store a chunk with the account of it, all or nothing; False where it was cancelled."""
        self.report.remarks += self._builder.remarks
        self._builder.remarks.clear()
        self.report.teams |= self._builder.named["team"]
        self.report.touchpoints |= self._builder.named["touchpoint"]
        self.report.remarks.update(outcomes_in(events))
        with transaction.atomic():
            row = Upload.objects.select_for_update().get(pk=self.upload.pk)
            if row.cancel_asked or row.state != self.upload.state:
                if row.cancel_asked:
                    stopped(row, now=self.clock())
                    row.save()
                return False
            self._take(again_after_undo(events), row)
            self.report.seconds = time.monotonic() - self._began
            row.line, row.lines = line, self.upload.lines
            row.report, row.worked_at, row.tries = report_json(self.report), self.clock(), 0
            row.save()
        self.upload.line = line
        return True

    def _told_so_far(self) -> ToldRows:
        """What the rows before the first that is read now have told."""
        return ToldRows()

    def _take(self, events: list[NewEvent], row: Upload) -> None:
        raise NotImplementedError

    def _end(self, state: Upload.State) -> None:
        Upload.objects.filter(pk=self.upload.pk).update(
            state=state, ended_at=self.clock(), worked_at=None, cancel_asked=False, tries=0
        )


class Trial(_Reading):
    """The dry run: everything but the ledger."""

    def run(self) -> None:
        """Read the whole file; from its beginning, because what was seen is not kept.

        Raises: ImportRefused.
        """
        self.upload.line, self.report = 0, report_from({}, dry_run=True)
        self._began = time.monotonic()
        UploadPiece.objects.filter(upload=self.upload, kind=UploadPiece.Kind.REJECTS).delete()
        with closing(KnownEvents(self.mapping.source)) as self._known:
            if self._read(None):
                self._end(Upload.State.CHECKED)

    def _take(self, events: list[NewEvent], row: Upload) -> None:
        accepted = sum(self._known.answers(events)) if events else 0
        self.report.accepted += accepted
        self.report.duplicate += len(events) - accepted
        _add_rejects(row, self._rejects)


class Import(_Reading):
    """The import itself."""

    dry_run = False

    def run(self, until: float) -> None:
        """Record chunks until the file or the time is at its end.

        Raises: ImportRefused.
        """
        if self._read(until):
            self._end(Upload.State.DONE)
            UploadPiece.objects.filter(upload=self.upload, kind=UploadPiece.Kind.TOLD).delete()
            ImportRun.objects.filter(uploads=self.upload).update(finished_at=self.clock())
            analyze_facts(self.report.accepted)

    def _told_so_far(self) -> ToldRows:
        told = ToldRows(keeps=True)
        for piece in pieces(self.upload, UploadPiece.Kind.TOLD):
            told.add(piece)
        return told

    def _take(self, events: list[NewEvent], row: Upload) -> None:
        recorded_at = self.clock()
        before = Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        answers = record(
            events, recorded_at=recorded_at, actor_id=row.actor_id, door=Source.Door.IMPORT
        )
        accepted = sum(answers)
        self.report.accepted += accepted
        self.report.duplicate += len(events) - accepted
        if accepted:
            _add_span(row, self.mapping.source, recorded_at, before)
        _add_rejects(row, self._rejects)
        _add_piece(row, UploadPiece.Kind.TOLD, self._told.taken())
        self._keep_run(row)

    def _keep_run(self, row: Upload) -> None:
        """The import in the list of all imports, whichever road they took."""
        if row.run is None:
            row.run = ImportRun.objects.create(
                mapping=row.name,
                files=[row.name],
                source=self.mapping.source,
                actor_id=row.actor_id,
                remarks={"shift_days": 0},
            )
        report = self.report
        ImportRun.objects.filter(pk=row.run.pk).update(
            rows=report.rows,
            accepted=report.accepted,
            duplicate=report.duplicate,
            rejected=report.rejected,
            remarks={"shift_days": 0} | report.as_json(),
        )


def _add_span(row: Upload, source: str, recorded_at: datetime, before: int) -> None:
    """Remember which events these were: what an undo takes back."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT source_id, min(id), max(id), count(*) FROM interactions_event "
            "WHERE id > %s AND recorded_at = %s "
            "AND source_id = (SELECT id FROM interactions_source WHERE name = %s) "
            "GROUP BY source_id",
            [before, recorded_at, source],
        )
        for source_id, first, last, events in cursor.fetchall():
            UploadSpan.objects.create(
                upload=row,
                source_id=source_id,
                recorded_at=recorded_at,
                first_seq=first,
                last_seq=last,
                events=events,
            )


def _add_rejects(row: Upload, rejects: RejectText) -> None:
    content = rejects.taken()
    if content:
        _add_piece(row, UploadPiece.Kind.REJECTS, content)


def _add_piece(row: Upload, kind: UploadPiece.Kind, content: bytes) -> None:
    number = UploadPiece.objects.filter(upload=row, kind=kind).count()
    UploadPiece.objects.create(upload=row, kind=kind, number=number, content=content)
