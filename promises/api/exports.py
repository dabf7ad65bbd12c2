"""Exports as streams: promises as CSV or NDJSON, scores as CSV.

Rows are read in chunks and leave as they come, so that memory stays flat however many there are. No
model instance is made for any of them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import fields
from itertools import islice
from typing import Any, TypeVar

import msgspec
from django.http.response import HttpResponseBase
from django.utils import timezone
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from interactions.openapi import Example, Operation, Parameter, one_of
from interactions.selectors import EVERYTHING
from interactions.streaming import CSV, NDJSON, streamed
from promises.api.described import EXPORTS, ORDER
from promises.api.described import FILTERS as FILTER_PARAMETERS
from promises.api.described import SCORING as SCORING_PARAMETERS
from promises.api.encoding import ReadView, check_parameters
from promises.api.filters import FILTERS, promise_filter, promise_order
from promises.api.parameters import choice
from promises.api.parties import SCORING, question_in
from promises.domain.tables import csv_lines
from promises.projection import kind_parameters
from promises.scores import Question, Scope, ScoreRow, company_row, team_rows
from promises.selectors.promise_items import (
    ITEM_COLUMNS,
    PromiseItem,
    item_cells,
    promise_item,
)
from promises.selectors.promise_rows import filtered_promises
from promises.selectors.ranking import customer_page
from promises.selectors.row_chunks import stream_promises

SCOPES = (Scope.COMPANY.value, Scope.TEAM.value, Scope.CUSTOMER.value)
# Rows that go out as one piece.
PIECE = 500
CUSTOMERS_AT_A_TIME = 1_000

T = TypeVar("T")

_SCORE_COLUMNS = tuple(field.name for field in fields(ScoreRow))
_encode_lines = msgspec.json.Encoder().encode_lines


class AnyMedia(BaseContentNegotiation):
    """The address names the form of the answer; an `Accept` header changes nothing."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        """None: exports have no body."""
        return None

    def select_renderer(self, request: Request, renderers: Any, format_suffix: Any = None) -> Any:
        """JSON, for errors."""
        return JSONRenderer(), JSONRenderer.media_type


class ExportView(ReadView):
    """A view that streams."""

    content_negotiation_class = AnyMedia


class PromisesExport(ExportView):
    """Promises that pass the filters of the list; subclasses write them down."""

    media_type: str
    filename: str

    def get(self, request: Request) -> HttpResponseBase:
        """All rows, in one stream."""
        check_parameters(request, (*FILTERS, "order"))
        params, now = request.query_params, timezone.now()
        found = filtered_promises(EVERYTHING, promise_filter(params), now=now)
        parameters = kind_parameters()
        rows = stream_promises(found, order=promise_order(params))
        items = (promise_item(row, parameters, now) for row in rows)
        return streamed(self.pieces(items), self.media_type, self.filename)

    def pieces(self, items: Iterator[PromiseItem]) -> Iterator[bytes]:
        """The rows as bytes."""
        raise NotImplementedError


class PromisesCsv(PromisesExport):
    """Promises as a table."""

    openapi = Operation(
        id="exportPromisesCsv",
        tag=EXPORTS,
        summary="Promises as a table",
        description="All that pass the filters, as a stream.",
        parameters=(*FILTER_PARAMETERS, ORDER),
        answers={200: str},
        answer_media=("text/csv",),
        examples=(Example("All of them"),),
    )

    media_type, filename = CSV, "promises.csv"

    def pieces(self, items: Iterator[PromiseItem]) -> Iterator[bytes]:
        """Lines of CSV, column names first."""
        return csv_lines(ITEM_COLUMNS, (item_cells(item) for item in items), piece=PIECE)


class PromisesLines(PromisesExport):
    """Promises as JSON, one a line."""

    openapi = Operation(
        id="exportPromisesLines",
        tag=EXPORTS,
        summary="Promises as JSON, one a line",
        description="All that pass the filters, as a stream.",
        parameters=(*FILTER_PARAMETERS, ORDER),
        answers={200: str},
        answer_media=("application/x-ndjson",),
        examples=(Example("All of them"),),
    )

    media_type, filename = NDJSON, "promises.ndjson"

    def pieces(self, items: Iterator[PromiseItem]) -> Iterator[bytes]:
        """Lines of JSON."""
        return (_encode_lines(part) for part in _parts(items, PIECE))


class ScoresCsv(ExportView):
    """Scores as a table."""

    openapi = Operation(
        id="exportScores",
        tag=EXPORTS,
        summary="Scores as a table",
        description="A row for the company, each team or each customer.",
        parameters=(
            Parameter("scope", "whose", one_of(*SCOPES, default=Scope.COMPANY.value)),
            *SCORING_PARAMETERS,
        ),
        answers={200: str},
        answer_media=("text/csv",),
        examples=(Example("Every team", query={"scope": "team", "window": "365d"}),),
    )

    def get(self, request: Request) -> HttpResponseBase:
        """A row for the company, each team or each customer."""
        check_parameters(request, ("scope", *SCORING))
        scope = choice(request.query_params, "scope", SCOPES, Scope.COMPANY.value)
        rows = _score_rows(scope, question_in(request.query_params))
        cells = ([getattr(row, name) for name in _SCORE_COLUMNS] for row in rows)
        return streamed(csv_lines(_SCORE_COLUMNS, cells, piece=PIECE), CSV, f"scores-{scope}.csv")


def _score_rows(scope: str, question: Question) -> Iterator[ScoreRow]:
    if scope == Scope.COMPANY:
        return iter([company_row(question)])
    if scope == Scope.TEAM:
        return iter(team_rows(question))
    return _customers(question)


def _customers(question: Question) -> Iterator[ScoreRow]:
    after: str | None = ""
    while after is not None:
        rows, after = customer_page(question, after=after, limit=CUSTOMERS_AT_A_TIME)
        yield from rows


def _parts(items: Iterable[T], size: int) -> Iterator[list[T]]:
    rows = iter(items)
    while part := list(islice(rows, size)):
        yield part
