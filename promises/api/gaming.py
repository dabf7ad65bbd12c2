"""`GET /api/v1/teams/{id}/panel`: what stands beside a team's score (R22)."""

from datetime import datetime

import msgspec
from django.http import HttpResponse
from rest_framework.exceptions import NotFound
from rest_framework.request import Request

from interactions.openapi import Example, Operation
from interactions.selectors import EVERYTHING
from promises.api.described import PARTIES, PARTY_ID, TEAM
from promises.api.described import SCORING as SCORING_PARAMETERS
from promises.api.encoding import ReadView, check_parameters, json_answer, party_id
from promises.api.parties import SCORING, question_in
from promises.scores import empty_row, team_rows
from promises.selectors.gaming import PanelFigures, PanelWarning, panel_read
from promises.selectors.visibility import NotVisible, team_visible


class PanelAnswer(msgspec.Struct):
    """The panel of a window; `before` is the window of the same length before it, null for all."""

    id: str
    window: str
    kind: str
    as_of: datetime
    now: PanelFigures
    before: PanelFigures | None
    warnings: list[PanelWarning]


class TeamPanelApi(ReadView):
    """The anti-gaming panel of one team."""

    openapi = Operation(
        id="readTeamPanel",
        tag=PARTIES,
        summary="What stands beside a team's score, and warnings",
        description="Volume, slack, slips, withdrawals, retro, pauses, implicit and imported "
        "shares, against the window before. Shares that cells do not hold are of the `looked_at` "
        "promises that matured last.",
        parameters=(PARTY_ID, *SCORING_PARAMETERS),
        answers={200: PanelAnswer},
        examples=(Example("One team", path=TEAM, query={"window": "28d"}),),
    )

    def get(self, request: Request, id: str) -> HttpResponse:
        """The panel.

        Raises: NotFound, InvalidQuery.
        """
        check_parameters(request, SCORING)
        try:
            team = team_visible(EVERYTHING, party_id(id))
        except NotVisible:
            raise NotFound from None
        question = question_in(request.query_params, team_ids=frozenset({team.pk}))
        rows = team_rows(question)
        row = rows[0] if rows else empty_row(team.reference, team.label, question.as_of)
        panel = panel_read(question, team.pk, row)
        return json_answer(
            PanelAnswer(
                team.reference,
                question.window,
                question.kind,
                question.as_of,
                panel.now,
                panel.before,
                list(panel.warnings),
            )
        )
