"""`GET /api/v1/scores`."""

from dataclasses import replace
from datetime import date, datetime

import msgspec
from django.http import HttpResponse
from django.utils import timezone
from rest_framework.request import Request

from interactions.installation import installation_zone
from interactions.models import Customer, Team
from interactions.openapi import Example, Operation, Parameter, one_of, whole
from interactions.problems import InvalidQuery
from interactions.selectors import EVERYTHING
from promises.api.described import CURSOR, SCORES
from promises.api.described import NARROWING as NARROWING_PARAMETERS
from promises.api.described import SCORING as SCORING_PARAMETERS
from promises.api.encoding import ReadView, check_parameters, json_answer, next_address
from promises.api.narrowing import NARROWING, narrowed
from promises.api.parameters import choice, page_size, past_moment, read_cursor, text
from promises.models.kinds import Kind
from promises.projection import kind_parameters, pending_count
from promises.scores import (
    WINDOWS,
    Question,
    Scope,
    ScoreRow,
    Tally,
    company_row,
    customer_rows,
    score_row,
    strength_held,
    team_rows,
)
from promises.selectors.ranking import customer_page, worst_customers
from promises.selectors.trend import Every, count_steps, trend_steps

SCOPES = (Scope.COMPANY.value, Scope.TEAM.value, Scope.CUSTOMER.value)
PARAMETERS = ("scope", "kind", "window", "as_of", "series", *NARROWING)
# One team or customer.
ONE = "id"
# Only customers are many enough to come in pages.
PAGING = ("order", "limit", "cursor")
ORDERS = ("id", "worst")
DEFAULT_LIMIT, MAX_LIMIT = 100, 1_000
# Of series: each team is a statement, each step a row of the answer.
MOST_TEAMS, MOST_STEPS = 200, 20_000


class KindJudgement(msgspec.Struct):
    """How a kind is judged now: b, h and tau (R9)."""

    kind: str
    version: int
    base_loss: float
    half_life_seconds: float
    tolerance_seconds: float


class StrengthHeld(msgspec.Struct):
    """m of R11 in the version that held at as_of, and from how much it was estimated.

    Shape: version 1 holds until there is enough to estimate from, its `holds_from` is null.
    """

    version: int
    m: float
    holds_from: datetime | None
    groups: int
    n: float


class ScoresAnswer(msgspec.Struct):
    """The answer, with everything needed to check it.

    Shape: `window` is `custom` from `first_day` to `last_day`, where days were asked for.
    """

    scope: str
    window: str
    kind: str
    zone: str
    as_of: datetime
    pending_events: int
    parameters: list[KindJudgement]
    strength: StrengthHeld | None
    results: list[ScoreRow]
    next: str | None = None
    touchpoint: str = ""
    segment: str | None = None
    explicit: bool | None = None
    first_day: date | None = None
    last_day: date | None = None


class SeriesRow(msgspec.Struct):
    """The promises of one party that matured in the local days from `first_day` to `last_day`.

    Shape: `id` is that of the team or customer, '' for the company. `gap_raw` is not shrunk.
    """

    id: str
    first_day: date
    last_day: date
    n: int
    kept: int
    late: int
    partial: int
    failed: int
    open_overdue: int
    withdrawn: int
    kept_rate: float | None
    kept_low: float | None
    kept_high: float | None
    gap_raw: float | None
    n_eff: float
    enough: bool
    slips: int


class SeriesAnswer(ScoresAnswer, kw_only=True):
    """The answer with a row for each step of each row's window, oldest first."""

    series: list[SeriesRow]


class ScoresApi(ReadView):
    """Gap scores and kept rates of the company, of teams or of customers."""

    openapi = Operation(
        id="readScores",
        tag=SCORES,
        summary="Gap scores and kept rates of the company, teams or customers",
        description="Teams come worst first. Customers come in pages by id, or the worst. `order`, "
        "`limit` and `cursor` belong to scope=customer, `id` to one team or customer. A series has "
        f"at most {MOST_STEPS:,} steps of at most {MOST_TEAMS} teams. With `touchpoint`, `segment` "
        "or `explicit` the lateness of company and teams is null.",
        parameters=(
            Parameter("scope", "whose", one_of(*SCOPES, default=Scope.COMPANY.value)),
            *SCORING_PARAMETERS,
            *NARROWING_PARAMETERS,
            Parameter("id", "one team or customer"),
            Parameter("series", "also a row for each step of the window", one_of(*Every)),
            Parameter("order", "of customers", one_of(*ORDERS, default="id")),
            Parameter("limit", "customers on a page", whole(1, MAX_LIMIT, DEFAULT_LIMIT)),
            CURSOR,
        ),
        answers={200: (ScoresAnswer, SeriesAnswer)},
        examples=(
            Example("The company"),
            Example("Teams, worst first", query={"scope": "team", "window": "28d"}),
            Example("Week by week", query={"series": "week", "window": "28d"}),
            Example("At one touchpoint", query={"touchpoint": "webshop", "window": "365d"}),
        ),
    )

    def get(self, request: Request) -> HttpResponse:
        """Rows of scores; teams worst first, customers by id or worst first."""
        params = request.query_params
        scope = choice(params, "scope", SCOPES, Scope.COMPANY.value)
        one = () if scope == Scope.COMPANY else (ONE,)
        paging = PAGING if scope == Scope.CUSTOMER and ONE not in params else ()
        check_parameters(request, (*PARAMETERS, *one, *paging))
        now = timezone.now()
        as_of = past_moment(params, "as_of", now=now)
        question = Question(
            as_of=as_of,
            is_now=as_of is now,
            zone=installation_zone(),
            window=choice(params, "window", list(WINDOWS), "90d"),
            kind=choice(params, "kind", Kind.values, ""),
        )
        question = narrowed(params, question)
        every = choice(params, "series", list(Every), "")
        if ONE in params:
            rows, following = _one_party(scope, text(params, ONE), question), None
        elif every and scope == Scope.CUSTOMER:
            raise InvalidQuery("series", "of customers needs the id of one")
        else:
            rows, following = self._rows(request, scope, question)
        answer = ScoresAnswer(
            scope=scope,
            window=question.window,
            kind=question.kind,
            zone=installation_zone().key,
            as_of=as_of,
            pending_events=pending_count(),
            parameters=_judgements(as_of),
            strength=_strength(scope, question),
            results=rows,
            next=following,
            touchpoint=params.get("touchpoint", ""),
            segment=question.segment,
            explicit=question.explicit,
            first_day=question.first_day,
            last_day=question.last_day or question.today,
        )
        if every:
            check_series(len(rows), question, Every(every))
            series = [step for row in rows for step in _series(scope, row, question, Every(every))]
            answer = SeriesAnswer(**msgspec.structs.asdict(answer), series=series)
        return json_answer(answer)

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
        rows, last = customer_page(question, after=read_cursor(request), limit=limit)
        if last is None:
            return rows, None
        return rows, next_address(request, last)


def check_series(rows: int, question: Question, every: Every) -> None:
    """Whether a series of so many rows is short enough to be answered.

    Raises: InvalidQuery.
    """
    if rows > MOST_TEAMS:
        reason = f"of {rows:,} teams is too long, {MOST_TEAMS} are answered at most; ask with `id`"
        raise InvalidQuery("series", reason)
    steps = rows * count_steps(question, every)
    if steps > MOST_STEPS:
        raise InvalidQuery(
            "series",
            f"would have up to {steps:,} steps, at most {MOST_STEPS:,} are answered; ask for "
            "longer steps, a later `from` or the id of one",
        )


def _of_party(scope: str, reference: str, question: Question) -> Question:
    """The same question about one team or customer; the company's is unchanged."""
    if scope == Scope.TEAM:
        teams = Team.objects.filter(reference=reference).values_list("pk", flat=True)
        return replace(question, team_ids=frozenset(teams))
    if scope == Scope.CUSTOMER:
        customers = Customer.objects.filter(reference=reference).values_list("pk", flat=True)
        return replace(question, customer_ids=frozenset(customers))
    return question


def _one_party(scope: str, reference: str, question: Question) -> list[ScoreRow]:
    about = _of_party(scope, reference, question)
    return team_rows(about) if scope == Scope.TEAM else customer_rows(about)


def _series(scope: str, row: ScoreRow, question: Question, every: Every) -> list[SeriesRow]:
    names = SeriesRow.__struct_fields__
    steps = []
    for step in trend_steps(_of_party(scope, row.id, question), every):
        judged = score_row(row.id, "", Tally(step.sums), None, lateness=None, as_of=question.as_of)
        values = {name: getattr(judged, name) for name in names if hasattr(judged, name)}
        steps.append(SeriesRow(first_day=step.first_day, last_day=step.last_day, **values))
    return steps


def _strength(scope: str, question: Question) -> StrengthHeld | None:
    if scope == Scope.COMPANY:
        return None
    held = strength_held(Scope(scope), question.kind, question.as_of)
    return StrengthHeld(held.version, held.m, held.holds_from, held.groups, held.n)


def _judgements(as_of: datetime) -> list[KindJudgement]:
    look_up = kind_parameters()
    held = [look_up(kind, as_of) for kind in Kind.values]
    return [
        KindJudgement(p.kind, p.version, p.base_loss, p.half_life_seconds, p.tolerance_seconds)
        for p in held
    ]
