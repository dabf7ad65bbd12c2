"""`GET /api/v1/scores`."""

from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec
from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.views import APIView

from interactions.authentication import CanRead
from interactions.selectors import EVERYTHING
from promises.api.parameters import (
    choice,
    page_size,
    past_moment,
    read_cursor,
    refuse_unknown,
    sign_cursor,
)
from promises.models.kinds import Kind
from promises.projection import kind_parameters, pending_count
from promises.scores import WINDOWS, Question, Scope, ScoreRow, company_row, team_rows
from promises.selectors.ranking import customer_page, worst_customers

SCOPES = (Scope.COMPANY.value, Scope.TEAM.value, Scope.CUSTOMER.value)
PARAMETERS = ("scope", "kind", "window", "as_of")
# Only customers are many enough to come in pages.
PAGING = ("order", "limit", "cursor")
ORDERS = ("id", "worst")
DEFAULT_LIMIT, MAX_LIMIT = 100, 1_000


class KindJudgement(msgspec.Struct):
    """How a kind is judged now: b, h and tau (R9)."""

    kind: str
    version: int
    base_loss: float
    half_life_seconds: float
    tolerance_seconds: float


class ScoresAnswer(msgspec.Struct):
    """The answer, with everything needed to check it."""

    scope: str
    window: str
    kind: str
    zone: str
    as_of: datetime
    pending_events: int
    parameters: list[KindJudgement]
    results: list[ScoreRow]
    next: str | None = None


class ScoresApi(APIView):
    """Gap scores and kept rates of the company, of teams or of customers."""

    permission_classes = (CanRead,)

    def get(self, request: Request) -> HttpResponse:
        """Rows of scores; teams worst first, customers by id or worst first."""
        params = request.query_params
        scope = choice(params, "scope", SCOPES, Scope.COMPANY.value)
        refuse_unknown(params, PARAMETERS + (PAGING if scope == Scope.CUSTOMER else ()))
        now = timezone.now()
        as_of = past_moment(params, "as_of", now=now)
        question = Question(
            as_of=as_of,
            is_now=as_of is now,
            zone=ZoneInfo(settings.TIME_ZONE),
            window=choice(params, "window", list(WINDOWS), "90d"),
            kind=choice(params, "kind", ["", *Kind.values], ""),
        )
        rows, following = self._rows(request, scope, question)
        answer = ScoresAnswer(
            scope=scope,
            window=question.window,
            kind=question.kind,
            zone=settings.TIME_ZONE,
            as_of=as_of,
            pending_events=pending_count(),
            parameters=_judgements(as_of),
            results=rows,
            next=following,
        )
        return HttpResponse(msgspec.json.encode(answer), content_type="application/json")

    def _rows(
        self, request: Request, scope: str, question: Question
    ) -> tuple[list[ScoreRow], str | None]:
        if scope == Scope.COMPANY:
            return [company_row(question)], None
        if scope == Scope.TEAM:
            return team_rows(question), None
        params = request.query_params
        limit = page_size(params, default=DEFAULT_LIMIT, most=MAX_LIMIT)
        if choice(params, "order", ORDERS, "id") == "worst":
            return worst_customers(EVERYTHING, question, limit=limit), None
        rows, last = customer_page(question, after=read_cursor(params), limit=limit)
        if last is None:
            return rows, None
        query = params.copy()
        query["cursor"] = sign_cursor(last)
        return rows, request.build_absolute_uri(f"{request.path}?{query.urlencode()}")


def _judgements(as_of: datetime) -> list[KindJudgement]:
    look_up = kind_parameters()
    held = [look_up(kind, as_of) for kind in Kind.values]
    return [
        KindJudgement(p.kind, p.version, p.base_loss, p.half_life_seconds, p.tolerance_seconds)
        for p in held
    ]
