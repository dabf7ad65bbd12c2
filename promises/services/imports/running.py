"""Running an import: rows in, events into the ledger in chunks, an account of every row out."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from interactions.decode import NewEvent
from interactions.ledger import record
from interactions.models import Source
from promises.models import ImportRun
from promises.services.imports.catching_up import catch_up
from promises.services.imports.known import KnownEvents
from promises.services.imports.moments import moment_reader
from promises.services.imports.planning import ImportPlan, JoinedFile
from promises.services.imports.reading import CsvFile
from promises.services.imports.rejects import RejectFile
from promises.services.imports.report import ImportReport, Progress, Reporter
from promises.services.imports.rows import RowBuilder
from promises.services.imports.skipping import SkipReader
from promises.services.imports.taking import RowTaker
from promises.services.imports.told import ToldRows
from promises.services.imports.undone import again_after_undo

CHUNK_ROWS = 10_000
NO_SHIFT = timedelta(0)


def import_run(
    plan: ImportPlan,
    *,
    clock: Callable[[], datetime],
    report_progress: Reporter,
    reject_path: Callable[[CsvFile], Path] | None = None,
    dry_run: bool = False,
    project: bool = True,
    actor_id: int | None = None,
    chunk_rows: int = CHUNK_ROWS,
    shift: timedelta = NO_SHIFT,
    outcomes_until: datetime | None = None,
) -> ImportReport:
    """Import what the plan names, one transaction for each chunk of rows.

    Shape: interrupted anywhere and run again, the ledger ends up the same: ids come from the rows.
    Units: `shift` moves every time on the wall clock; what was fulfilled after `outcomes_until` is
    left out.
    Raises: ImportRefused where a joined file or the reject file cannot be used after all.
    """
    run = _Run(plan, clock, report_progress, dry_run, actor_id, chunk_rows)
    run.begin(shift)
    for file in plan.files:
        with RejectFile(reject_path(file) if reject_path else None, file.columns) as rejects:
            run.read(file, rejects, shift, outcomes_until)
    run.finish()
    if project and not dry_run:
        run.report.uncounted = catch_up(report_progress)
    return run.report


class _Run:
    """One import under way."""

    def __init__(
        self,
        plan: ImportPlan,
        clock: Callable[[], datetime],
        report_progress: Reporter,
        dry_run: bool,
        actor_id: int | None,
        chunk_rows: int,
    ) -> None:
        self._plan = plan
        self._clock = clock
        self._report_progress = report_progress
        self._known = KnownEvents(plan.mapping.source) if dry_run else None
        self._told = ToldRows()
        self._actor_id = actor_id
        self._chunk_rows = chunk_rows
        self._started = time.monotonic()
        self._lines_before = 0
        self._chunk: list[NewEvent] = []
        self._row: ImportRun | None = None
        self.report = ImportReport(dry_run=dry_run)

    def begin(self, shift: timedelta) -> None:
        """Leave the trace of a run under way."""
        if self.report.dry_run:
            return
        self._row = ImportRun.objects.create(
            mapping=self._plan.mapping_name,
            files=[file.path.name for file in self._plan.files],
            source=self._plan.mapping.source,
            remarks={"shift_days": shift.days},
            actor_id=self._actor_id,
        )

    def read(
        self,
        file: CsvFile,
        rejects: RejectFile,
        shift: timedelta,
        outcomes_until: datetime | None,
    ) -> None:
        """Read one file to its end."""
        joined = JoinedFile(self._plan, file)
        mapping = self._plan.mapping
        builder = RowBuilder(
            mapping, joined.header, moment_reader(mapping, shift), outcomes_until=outcomes_until
        )
        skips = SkipReader(mapping, joined.header)
        self._told.begin(file.path.name)
        taker = RowTaker(builder, skips, rejects, self.report, self._told)
        now, rows_in_chunk, line = self._clock(), 0, 0
        for one in joined.rows():
            self.report.rows += 1
            line = one.row.line
            self._chunk += taker.take(one, now=now)
            rows_in_chunk += 1
            if rows_in_chunk >= self._chunk_rows:
                self._flush(line)
                now, rows_in_chunk = self._clock(), 0
        self._flush(line)
        self._lines_before += file.lines
        self.report.remarks += builder.remarks
        self.report.unreadable_joined += joined.unreadable
        if rejects.count and rejects.path is not None:
            self.report.reject_files.append(rejects.path)

    def finish(self) -> None:
        """Close the account."""
        self.report.seconds = time.monotonic() - self._started
        self._told.close()
        if self._known is not None:
            self._known.close()
        if self._row is not None:
            self._row.finished_at = self._clock()
            self._row.remarks |= self.report.as_json()
            self._save_counts()
        done = self._plan.lines
        self._report_progress(Progress(False, done, done, self.report.seconds))

    def _flush(self, line: int) -> None:
        """Record what has been gathered, in one transaction."""
        events, self._chunk = again_after_undo(self._chunk), []
        if self._known is not None:
            answers = self._known.answers(events)
        else:
            answers = record(
                events,
                recorded_at=self._clock(),
                actor_id=self._actor_id,
                door=Source.Door.IMPORT,
            )
        accepted = sum(answers)
        self.report.accepted += accepted
        self.report.duplicate += len(events) - accepted
        self._save_counts()
        seconds = time.monotonic() - self._started
        done = min(self._lines_before + line, self._plan.lines)
        self._report_progress(Progress(False, done, self._plan.lines, seconds))

    def _save_counts(self) -> None:
        if self._row is None:
            return
        self._row.rows = self.report.rows
        self._row.accepted = self.report.accepted
        self._row.duplicate = self.report.duplicate
        self._row.rejected = self.report.rejected
        self._row.save()
