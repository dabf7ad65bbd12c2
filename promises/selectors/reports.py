"""Reads of frozen reports, and of what changed since (R4)."""

from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

import msgspec

from interactions.models import Event, Team
from interactions.selectors import Viewer
from promises.domain.periods import first_of_month, period_of
from promises.models import MonthlyReport, Restatement
from promises.scores import ScoreRow
from promises.scores.months import SCOPES, Rows, month_question, month_rows

# Events that were on their way when a report was frozen may have a lower number than its newest.
_ON_THE_WAY = 100_000
_DIFFER = ("n", "kept", "gap_score", "open_overdue")


class NoReport(LookupError):
    """The month is not frozen, or not one."""


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One row as it was frozen, and as the same question is answered now.

    Shape: scope is company, kind or team; None where there is no such row.
    """

    scope: str
    frozen: ScoreRow | None
    now: ScoreRow | None

    @property
    def either(self) -> ScoreRow:
        """Whose line it is."""
        found = self.frozen or self.now
        assert found is not None  # noqa: S101 (made of at least one of them)
        return found

    @property
    def differs(self) -> bool:
        """Whether what is known now says something else. Scores are compared as they are shown."""
        if self.frozen is None or self.now is None:
            return True
        return any(
            _rounded(getattr(self.frozen, name)) != _rounded(getattr(self.now, name))
            for name in _DIFFER
        )

    @property
    def gap_difference(self) -> float | None:
        """The gap score now minus the frozen one."""
        return self._minus("gap_score")

    @property
    def kept_difference(self) -> float | None:
        """The kept rate now minus the frozen one, 0 to 1."""
        return self._minus("kept_rate")

    def _minus(self, name: str) -> float | None:
        if self.frozen is None or self.now is None:
            return None
        then, now = getattr(self.frozen, name), getattr(self.now, name)
        return None if then is None or now is None else now - then


@dataclass(frozen=True, slots=True)
class Report:
    """One frozen month.

    Shape: heard_since counts events that occurred by its end and were recorded after it was frozen;
    restated are the restatements that were done since. Where it is not compared, nothing is told of
    what is known now, which takes longer than all the rest.
    """

    row: MonthlyReport
    lines: tuple[ReportLine, ...]
    heard_since: int
    restated: tuple[Restatement, ...]
    compared: bool

    @property
    def name(self) -> str:
        """2026-02."""
        return f"{self.row.month:%Y-%m}"

    @property
    def changed(self) -> int:
        """How many lines say something else now."""
        return sum(line.differs for line in self.lines)

    def of(self, scope: str) -> list[ReportLine]:
        """The lines of a scope."""
        return [line for line in self.lines if line.scope == scope]

    @property
    def company(self) -> list[ReportLine]:
        """The company's line, none for those who may not see it."""
        return self.of("company")

    @property
    def kinds(self) -> list[ReportLine]:
        """A line for each kind."""
        return self.of("kind")

    @property
    def teams(self) -> list[ReportLine]:
        """A line for each team, worst first as it was frozen."""
        return self.of("team")


def month_of(name: str) -> date:
    """The first day of a month such as 2026-02.

    Raises: NoReport.
    """
    try:
        return first_of_month(name)
    except ValueError:
        raise NoReport(name) from None


def all_reports() -> list[MonthlyReport]:
    """All of them without their figures, the newest month first."""
    return list(MonthlyReport.objects.defer("figures").order_by("-month"))


def report_read(viewer: Viewer, name: str, *, compared: bool = True) -> Report:
    """One report, beside what is known now where it is compared; agents see the lines of their
    teams.

    Raises: NoReport.
    """
    row = MonthlyReport.objects.filter(month=month_of(name)).first()
    if row is None:
        raise NoReport(name)
    frozen = frozen_rows(row)
    now = month_rows(month_question(period_of(row.month, "month"))) if compared else frozen
    lines = _lines(frozen, now)
    if viewer.team_ids is not None:
        teams = Team.objects.filter(pk__in=viewer.team_ids)
        mine = set(teams.values_list("reference", flat=True))
        lines = [line for line in lines if line.scope == "team" and line.either.id in mine]
    return Report(row, tuple(lines), _heard_since(row), _restated_since(row.frozen_at), compared)


def frozen_rows(row: MonthlyReport) -> Rows:
    """The rows as they were frozen."""
    return {
        scope: [msgspec.convert(one, ScoreRow) for one in row.figures.get(scope, ())]
        for scope in SCOPES
    }


def report_table(report: Report) -> tuple[list[str], list[list[Any]]]:
    """A report as a table: the frozen columns, then those of now.

    Shape: (names of the columns, rows).
    """
    names = [field.name for field in fields(ScoreRow) if field.name not in ("id", "name")]
    columns = ["month", "scope", "id", "name", *names, *(f"now_{name}" for name in names)]
    rows = [
        [report.name, line.scope, line.either.id, line.either.name]
        + [getattr(line.frozen, name, None) for name in names]
        + [getattr(line.now, name, None) for name in names]
        for line in report.lines
    ]
    return columns, rows


def _lines(frozen: Rows, now: Rows) -> list[ReportLine]:
    lines = []
    for scope in SCOPES:
        later = {row.id: row for row in now[scope]}
        lines += [ReportLine(scope, row, later.pop(row.id, None)) for row in frozen[scope]]
        lines += [ReportLine(scope, None, row) for row in later.values()]
    return lines


def _heard_since(row: MonthlyReport) -> int:
    return Event.objects.filter(
        pk__gt=row.heard_to - _ON_THE_WAY, recorded_at__gt=row.frozen_at, occurred_at__lte=row.as_of
    ).count()


def _restated_since(moment: datetime) -> tuple[Restatement, ...]:
    rows = Restatement.objects.filter(state=Restatement.State.DONE, finished_at__gt=moment)
    return tuple(rows.defer("before", "after").order_by("pk"))


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)
