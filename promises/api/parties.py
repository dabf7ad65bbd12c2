"""`/api/v1/teams` and `/api/v1/touchpoints`."""

from collections.abc import Mapping
from datetime import datetime

import msgspec
from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils import timezone
from rest_framework.exceptions import NotFound
from rest_framework.request import Request

from interactions.installation import installation_zone
from interactions.models import Touchpoint
from interactions.models.party import Party
from interactions.openapi import Example, Operation, page_of
from interactions.selectors import EVERYTHING
from promises.api.described import PARTIES, PARTY_ID, TEAM, listing
from promises.api.described import SCORING as SCORING_PARAMETERS
from promises.api.encoding import ReadView, check_parameters, json_answer, page_answer, party_id
from promises.api.parameters import choice, page_size, past_moment, read_cursor, text
from promises.models.kinds import Kind
from promises.scores import WINDOWS, Question, ScoreRow, empty_row, team_rows
from promises.selectors.parties import party_page
from promises.selectors.visibility import NotVisible, team_visible, visible_teams

LISTING = ("q", "limit", "cursor")
SCORING = ("window", "kind", "as_of")
DEFAULT_WINDOW = "90d"
DEFAULT_LIMIT, MAX_LIMIT = 50, 200


class PartyItem(msgspec.Struct):
    """A team or touchpoint in a list; `is_new` until somebody named it (R23)."""

    id: str
    name: str
    is_new: bool
    created_at: datetime


class TeamAnswer(PartyItem):
    """One team with its score."""

    score: ScoreRow


class TeamsApi(ReadView):
    """Teams, in the order of their ids."""

    openapi = Operation(
        id="listTeams",
        tag=PARTIES,
        summary="Teams, in the order of their ids",
        parameters=listing(DEFAULT_LIMIT, MAX_LIMIT),
        answers={200: page_of(PartyItem)},
        examples=(Example("All teams"),),
    )

    def get(self, request: Request) -> HttpResponse:
        """A page of them."""
        return listed(request, visible_teams(EVERYTHING))


class TouchpointsApi(ReadView):
    """Touchpoints, in the order of their ids."""

    openapi = Operation(
        id="listTouchpoints",
        tag=PARTIES,
        summary="Touchpoints, in the order of their ids",
        parameters=listing(DEFAULT_LIMIT, MAX_LIMIT),
        answers={200: page_of(PartyItem)},
        examples=(Example("All touchpoints"),),
    )

    def get(self, request: Request) -> HttpResponse:
        """A page of them."""
        return listed(request, Touchpoint.objects.all())


class TeamApi(ReadView):
    """One team."""

    openapi = Operation(
        id="readTeam",
        tag=PARTIES,
        summary="One team with its score",
        parameters=(PARTY_ID, *SCORING_PARAMETERS),
        answers={200: TeamAnswer},
        examples=(Example("One team", path=TEAM, query={"window": "28d"}),),
    )

    def get(self, request: Request, id: str) -> HttpResponse:
        """The team with its score of the window."""
        check_parameters(request, SCORING)
        try:
            team = team_visible(EVERYTHING, party_id(id))
        except NotVisible:
            raise NotFound from None
        question = question_in(request.query_params, team_ids=frozenset({team.pk}))
        rows = team_rows(question)
        row = rows[0] if rows else empty_row(team.reference, team.label, question.as_of)
        return json_answer(
            TeamAnswer(team.reference, team.label, team.is_new, team.created_at, row)
        )


def listed(request: Request, parties: QuerySet[Party]) -> HttpResponse:
    """A page of parties whose id or name begins with `q`."""
    check_parameters(request, LISTING)
    shown, last = party_page(
        parties,
        prefix=text(request.query_params, "q"),
        after=read_cursor(request),
        limit=page_size(request.query_params, default=DEFAULT_LIMIT, most=MAX_LIMIT),
    )
    results = [PartyItem(p.reference, p.label, p.is_new, p.created_at) for p in shown]
    return page_answer(request, results, last)


def question_in(
    params: Mapping[str, str],
    *,
    team_ids: frozenset[int] | None = None,
    customer_ids: frozenset[int] | None = None,
) -> Question:
    """The question to the scores: window, kind and as_of.

    Raises: InvalidQuery.
    """
    now = timezone.now()
    as_of = past_moment(params, "as_of", now=now)
    return Question(
        as_of=as_of,
        is_now=as_of is now,
        zone=installation_zone(),
        window=choice(params, "window", list(WINDOWS), DEFAULT_WINDOW),
        kind=choice(params, "kind", Kind.values, ""),
        team_ids=team_ids,
        customer_ids=customer_ids,
    )
