"""`/api/v1/reports`: frozen months, and what changed since."""

from datetime import datetime

import msgspec
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from rest_framework.exceptions import NotFound
from rest_framework.request import Request

from interactions.openapi import Example, Operation, Parameter
from interactions.selectors import EVERYTHING
from interactions.streaming import CSV, sent_whole
from promises.api.described import EXPORTS, SCORES
from promises.api.encoding import ReadView, check_parameters, json_answer
from promises.api.exports import PIECE, ExportView
from promises.domain.tables import csv_lines
from promises.models import MonthlyReport
from promises.scores import ScoreRow
from promises.selectors.reports import NoReport, Report, all_reports, report_read, report_table

MONTH = Parameter("month", "a month such as 2026-02", where="path", required=True)
_PATH = {"month": "2026-02"}


class ReportItem(msgspec.Struct, kw_only=True):
    """One frozen month. `as_of` is its end; `frozen_by` "" is the clock; `pending_events` had been
    told and not counted when it was frozen."""

    month: str
    zone: str
    as_of: datetime
    frozen_at: datetime
    frozen_by: str
    pending_events: int


class ReportsAnswer(msgspec.Struct):
    """All frozen months, the newest first."""

    results: list[ReportItem]


class ReportRow(msgspec.Struct):
    """One row as it was frozen, and as the same question is answered now. `scope` is company, kind
    or team."""

    scope: str
    id: str
    name: str
    differs: bool
    frozen: ScoreRow | None
    now: ScoreRow | None


class ReportAnswer(ReportItem, kw_only=True):
    """One frozen month. `heard_since` counts events that occurred by its end and were heard after
    it was frozen; `restated_since` restatements that were done since."""

    heard_since: int
    restated_since: int
    results: list[ReportRow]


class ReportsApi(ReadView):
    """All frozen months."""

    openapi = Operation(
        id="listReports",
        tag=SCORES,
        summary="Frozen months, the newest first",
        answers={200: ReportsAnswer},
        examples=(Example("All of them"),),
    )

    def get(self, request: Request) -> HttpResponse:
        """All of them, without their figures."""
        check_parameters(request, ())
        return json_answer(ReportsAnswer([_item(row) for row in all_reports()]))


class ReportApi(ReadView):
    """One frozen month."""

    openapi = Operation(
        id="readReport",
        tag=SCORES,
        summary="One frozen month, with what the same question is answered now",
        description="What is heard later changes nothing in the frozen figures.",
        parameters=(MONTH,),
        answers={200: ReportAnswer},
        examples=(Example("February", path=_PATH),),
    )

    def get(self, request: Request, month: str) -> HttpResponse:
        """One of them.

        Raises: NotFound.
        """
        check_parameters(request, ())
        report = _existing(month)
        item = msgspec.structs.asdict(_item(report.row))
        return json_answer(
            ReportAnswer(
                **item,
                heard_since=report.heard_since,
                restated_since=len(report.restated),
                results=[
                    ReportRow(
                        line.scope,
                        line.either.id,
                        line.either.name,
                        line.differs,
                        line.frozen,
                        line.now,
                    )
                    for line in report.lines
                ],
            )
        )


class ReportCsv(ExportView):
    """One frozen month as a table."""

    openapi = Operation(
        id="exportReport",
        tag=EXPORTS,
        summary="One frozen month as a table",
        description="The frozen columns of scores, then the same as they are answered now.",
        parameters=(MONTH,),
        answers={200: str},
        answer_media=("text/csv",),
        examples=(Example("February", path=_PATH),),
    )

    def get(self, request: Request, month: str) -> HttpResponseBase:
        """All rows.

        Raises: NotFound.
        """
        check_parameters(request, ())
        report = _existing(month)
        columns, rows = report_table(report)
        return sent_whole(csv_lines(columns, rows, piece=PIECE), CSV, f"report-{report.name}.csv")


def _existing(month: str) -> Report:
    try:
        return report_read(EVERYTHING, month)
    except NoReport:
        raise NotFound from None


def _item(row: MonthlyReport) -> ReportItem:
    return ReportItem(
        month=f"{row.month:%Y-%m}",
        zone=row.zone,
        as_of=row.as_of,
        frozen_at=row.frozen_at,
        frozen_by=row.frozen_by,
        pending_events=row.pending,
    )
