"""`GET /api/v1/comparison`, `/api/v1/drivers` and `/api/v1/consequences`."""

from collections.abc import Mapping
from datetime import UTC, datetime

import msgspec
from django.http import HttpResponse
from django.utils import timezone
from rest_framework.request import Request

from interactions.installation import installation_zone
from interactions.models import Team
from interactions.openapi import MOMENT, Example, Operation, Parameter, one_of
from interactions.problems import InvalidQuery
from promises.api.described import AS_OF, KIND, SCORES
from promises.api.encoding import ReadView, check_parameters, json_answer
from promises.api.parameters import choice, past_moment, text
from promises.models.kinds import Kind
from promises.projection import pending_count
from promises.scores import STORED_WINDOWS, Question, Scope
from promises.selectors.comparison import (
    BREAKDOWNS,
    COMPARED_WINDOWS,
    Breakdown,
    ComparedRow,
    Period,
    comparison_read,
)
from promises.selectors.consequences import OutcomeRow, consequences_read
from promises.selectors.drivers import AGAINST, DRIVERS, Driver, drivers_read

SCOPES = (Scope.COMPANY.value, Scope.TEAM.value)
DEFAULT_WINDOW = "90d"
_SCOPE = Parameter("scope", "whose", one_of(*SCOPES, default=Scope.COMPANY.value))
_ID = Parameter("id", "the team, where scope=team")
_WINDOW = Parameter(
    "window",
    "this window; the earlier ones have as many days",
    one_of(*COMPARED_WINDOWS, default=DEFAULT_WINDOW),
)


class ComparisonAnswer(msgspec.Struct):
    """This window beside the one before and a year ago, in all and part by part."""

    scope: str
    id: str
    window: str
    kind: str
    zone: str
    as_of: datetime
    pending_events: int
    periods: tuple[Period, ...]
    whole: ComparedRow
    breakdowns: tuple[Breakdown, ...]


class DriversAnswer(msgspec.Struct):
    """What moved the raw mean; the totals of the parts add up to `difference`. `may_add_before` and
    `may_add_now` are what open promises of a period add to its mean if nobody settles them."""

    window: str
    kind: str
    by: str
    against: str
    zone: str
    as_of: datetime
    pending_events: int
    periods: tuple[Period, ...]
    raw_before: float | None
    raw_now: float | None
    difference: float | None
    mix: float | None
    rate: float | None
    may_add_before: float | None
    may_add_now: float | None
    parts: tuple[Driver, ...]


class ConsequencesAnswer(msgspec.Struct):
    """What came after promises, by how they came out."""

    scope: str
    id: str
    window: str
    kind: str
    zone: str
    as_of: datetime | None
    follow_days: int
    results: tuple[OutcomeRow, ...]
    together: tuple[OutcomeRow, ...]


class ComparisonApi(ReadView):
    """This window against earlier ones."""

    openapi = Operation(
        id="readComparison",
        tag=SCORES,
        summary="This window against the one before and a year ago",
        description="Each change is this window minus an earlier one, with the 95 % interval of "
        "the difference: Newcombe's for the kept rate, and the same rule over the intervals of the "
        "raw means, widened by what open promises of each period may lose yet. `gap_says` and "
        "`kept_says` are `better`, `worse`, `no clear change` (the "
        "interval contains 0) or `too few`. All periods are judged at `as_of`.",
        parameters=(
            _SCOPE,
            _ID,
            _WINDOW,
            KIND,
            AS_OF,
            Parameter("by", "one breakdown; all where left out", one_of(*BREAKDOWNS)),
        ),
        answers={200: ComparisonAnswer},
        examples=(
            Example("The company"),
            Example("By touchpoint, over 28 days", query={"by": "touchpoint", "window": "28d"}),
        ),
    )

    def get(self, request: Request) -> HttpResponse:
        """The whole and its breakdowns in three periods."""
        params = request.query_params
        scope, id, teams = _whose(request, ("window", "kind", "as_of", "by"))
        question = _question(params, teams, COMPARED_WINDOWS)
        only = choice(params, "by", BREAKDOWNS, "")
        found = comparison_read(
            question, of_team=scope == Scope.TEAM, by=(only,) if only else BREAKDOWNS
        )
        return json_answer(
            ComparisonAnswer(
                scope=scope,
                id=id,
                window=found.window,
                kind=found.kind,
                zone=installation_zone().key,
                as_of=found.as_of,
                pending_events=pending_count(),
                periods=found.periods,
                whole=found.whole,
                breakdowns=found.breakdowns,
            )
        )


class DriversApi(ReadView):
    """What moved the company's score."""

    openapi = Operation(
        id="readDrivers",
        tag=SCORES,
        summary="Which parts moved the company's score since an earlier window",
        description="An exact split of the difference of the two raw means (the company's gap "
        "score): `rate` is what a part's own promises changed, `mix` what its share of all weight "
        "changed. New and vanished parts are all mix. In points of 100, above 0 is worse.",
        parameters=(
            _WINDOW,
            KIND,
            AS_OF,
            Parameter("by", "what the parts are", one_of(*DRIVERS, default="team_kind")),
            Parameter("against", "since when", one_of(*AGAINST, default=AGAINST[0])),
        ),
        answers={200: DriversAnswer},
        examples=(
            Example("Teams and kinds, since the window before"),
            Example("Touchpoints, since a year ago", query={"by": "touchpoint", "against": "year"}),
        ),
    )

    def get(self, request: Request) -> HttpResponse:
        """The parts, the largest effect first."""
        params = request.query_params
        check_parameters(request, ("window", "kind", "as_of", "by", "against"))
        found = drivers_read(
            _question(params, None, COMPARED_WINDOWS),
            by=choice(params, "by", tuple(DRIVERS), "team_kind"),
            against=choice(params, "against", AGAINST, AGAINST[0]),
        )
        told = {
            name: getattr(found, name)
            for name in DriversAnswer.__struct_fields__
            if hasattr(found, name)
        }
        return json_answer(
            DriversAnswer(zone=installation_zone().key, pending_events=pending_count(), **told)
        )


class ConsequencesApi(ReadView):
    """What came after promises."""

    openapi = Operation(
        id="readConsequences",
        tag=SCORES,
        summary="Feedback, contacts, leaving and referrals that came after promises",
        description="By how the promises came out. Added up once a day, over promises that matured "
        "at least `follow_days` ago; `as_of` says when, and is null before the first time. The "
        "figures of earlier days are not kept: another moment is refused (400). What came with "
        "what: no figure here says that one caused the other.",
        parameters=(
            _SCOPE,
            _ID,
            Parameter(
                "window",
                "those whose time after them ended in so many days",
                one_of(*STORED_WINDOWS, default=DEFAULT_WINDOW),
            ),
            KIND,
            Parameter("as_of", "the moment of the figures that are kept, and no other", MOMENT),
        ),
        answers={200: ConsequencesAnswer},
        examples=(Example("The company"), Example("Everything", query={"window": "all"})),
    )

    def get(self, request: Request) -> HttpResponse:
        """A row for each way that promises come out."""
        params = request.query_params
        scope, id, teams = _whose(request, ("window", "kind", "as_of"))
        asked = past_moment(params, "as_of", now=timezone.now()) if "as_of" in params else None
        found = consequences_read(
            choice(params, "window", list(STORED_WINDOWS), DEFAULT_WINDOW),
            choice(params, "kind", Kind.values, ""),
            teams,
        )
        if asked is not None and asked != found.as_of:
            raise InvalidQuery("as_of", _only_of(found.as_of))
        return json_answer(
            ConsequencesAnswer(
                scope=scope,
                id=id,
                window=found.window,
                kind=found.kind,
                zone=installation_zone().key,
                as_of=found.as_of,
                follow_days=found.follow_days,
                results=found.rows,
                together=found.together,
            )
        )


def _only_of(last: datetime | None) -> str:
    """Why another moment is not answered: no row tells how it was then."""
    if last is None:
        return "cannot be told: nothing was added up yet"
    told = last.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return f"can only be {told}: this is added up once a day, and earlier figures are not kept"


def _whose(request: Request, names: tuple[str, ...]) -> tuple[str, str, frozenset[int] | None]:
    """Scope, id, and the keys of its teams; a team that is unknown has no promises."""
    params = request.query_params
    scope = choice(params, "scope", SCOPES, Scope.COMPANY.value)
    if scope == Scope.COMPANY:
        check_parameters(request, ("scope", *names))
        return scope, "", None
    check_parameters(request, ("scope", "id", *names))
    id = text(params, "id")
    if not id:
        raise InvalidQuery("id", "names the team of scope=team")
    teams = Team.objects.filter(reference=id).values_list("pk", flat=True)
    return scope, id, frozenset(teams)


def _question(
    params: Mapping[str, str], teams: frozenset[int] | None, windows: tuple[str, ...]
) -> Question:
    now = timezone.now()
    as_of = past_moment(params, "as_of", now=now)
    return Question(
        as_of=as_of,
        is_now=as_of is now,
        zone=installation_zone(),
        window=choice(params, "window", windows, DEFAULT_WINDOW),
        kind=choice(params, "kind", Kind.values, ""),
        team_ids=teams,
    )
