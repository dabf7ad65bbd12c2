"""`GET /api/v1/funnel`: the teams by volume and kept rate, with the limits of chance."""

from datetime import datetime

import msgspec
from django.http import HttpResponse
from rest_framework.request import Request

from interactions.installation import installation_zone
from interactions.openapi import Example, Operation
from promises.api.described import SCORES
from promises.api.described import SCORING as SCORING_PARAMETERS
from promises.api.encoding import ReadView, check_parameters, json_answer
from promises.api.parties import SCORING, question_in
from promises.domain.funnel import Limits
from promises.projection import pending_count
from promises.selectors.funnel import FunnelPoint, funnel_read


class FunnelAnswer(msgspec.Struct):
    """Every team with promises that fell due, the largest first, around the company's kept rate.

    Shape: `limits` are the lines to draw, from the smallest team's volume to the largest's; a team
    has those of its own volume. `verdict` is `inside`, `below` or `above` (beyond the 95 % limits),
    `far_below` or `far_above` (beyond the 99.8 % ones).
    Units: rates 0 to 1; `kept_rate` is null where nothing fell due.
    """

    window: str
    kind: str
    zone: str
    as_of: datetime
    pending_events: int
    n: int
    kept: int
    kept_rate: float | None
    teams: tuple[FunnelPoint, ...]
    limits: tuple[Limits, ...]


class FunnelApi(ReadView):
    """Volume against kept rate of all teams."""

    openapi = Operation(
        id="readFunnel",
        tag=SCORES,
        summary="Teams by volume and kept rate, with the limits of chance",
        description="Between the limits a team differs from the company by no more than chance "
        "explains; of twenty teams that are all alike, one lies beyond the 95 % limits.",
        parameters=SCORING_PARAMETERS,
        answers={200: FunnelAnswer},
        examples=(Example("All teams of a year", query={"window": "365d"}),),
    )

    def get(self, request: Request) -> HttpResponse:
        """The funnel of a window, kind and moment."""
        check_parameters(request, SCORING)
        question = question_in(request.query_params)
        funnel = funnel_read(question)
        return json_answer(
            FunnelAnswer(
                window=question.window,
                kind=question.kind,
                zone=installation_zone().key,
                as_of=question.as_of,
                pending_events=pending_count(),
                n=funnel.n,
                kept=funnel.kept,
                kept_rate=funnel.kept_rate,
                teams=funnel.points,
                limits=funnel.limits,
            )
        )
