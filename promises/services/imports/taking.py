"""One row of a file becomes events, is skipped or is rejected; the report says which."""

from datetime import datetime

from django.utils.translation import gettext as _

from interactions.decode import NewEvent
from promises.services.imports.date_orders import other_order
from promises.services.imports.doubles import Double
from promises.services.imports.planning import JoinedRow
from promises.services.imports.refusals import RowRejected
from promises.services.imports.rejects import Rejects
from promises.services.imports.report import SHOWN_REJECTIONS, ImportReport
from promises.services.imports.rows import RowBuilder
from promises.services.imports.skipping import SkipReader
from promises.services.imports.told import ToldRows


class RowTaker:
    """Turns rows into events and keeps the account of them."""

    def __init__(
        self,
        builder: RowBuilder,
        skips: SkipReader,
        rejects: Rejects,
        report: ImportReport,
        told: ToldRows,
        *,
        shown: int = SHOWN_REJECTIONS,
    ) -> None:
        self._builder = builder
        self._skips = skips
        self._rejects = rejects
        self._report = report
        self._told = told
        # What the last row was to earlier ones.
        self.double: Double | None = None
        self._shown = shown

    def take(self, one: JoinedRow, *, now: datetime) -> list[NewEvent]:
        """The events of a row; none where it is accounted for otherwise."""
        events: list[NewEvent] = []
        self.double = None
        if one.row.problem:
            self._reject(one, RowRejected("", "", one.row.problem))
        elif not one.joined:
            self._report.skipped[_("no row of a joined file matches")] += 1
        for cells in one.joined:
            reason = self._skips.reason(cells)
            if reason is not None:
                self._report.skipped[reason] += 1
                continue
            try:
                built = self._builder.build(cells, now=now)
            except RowRejected as rejected:
                self._reject(one, rejected)
                continue
            self._count(built, one.row.line)
            events += built
        return events

    def _count(self, events: list[NewEvent], line: int) -> None:
        self.double, repeated = self._told.take(events, line)
        self._report.repeated += repeated
        if self.double is None:
            self._report.promises += 1
        else:
            self._report.add_double(self.double)

    def _reject(self, one: JoinedRow, rejected: RowRejected) -> None:
        self._rejects.write(one.row, rejected)
        self._report.rejected += 1
        if other_order(rejected.value, self._builder.formats):
            self._report.remarks["other_order"] += 1
        if len(self._report.rejections) < self._shown:
            where = _("line %(line)d") % {"line": one.row.line}
            value = f" {rejected.value[:60]!r}" if rejected.value else ""
            what = f"{rejected.column}{value} " if rejected.column else ""
            self._report.rejections.append(f"{where}: {what}{rejected.reason}")
