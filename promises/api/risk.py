"""`/api/v1/at-risk`: open promises by their chance to be kept, and how far it can be trusted."""

from datetime import datetime

import msgspec
from django.http import HttpResponse
from django.utils import timezone
from rest_framework.request import Request

from interactions.data_types import MAX_REFERENCE
from interactions.openapi import Example, Operation, Parameter
from interactions.selectors import EVERYTHING
from promises.api.described import KIND, paging
from promises.api.encoding import ReadView, check_parameters, json_answer, next_address
from promises.api.parameters import choice, page_size, read_cursor, text
from promises.models.kinds import Kind
from promises.selectors.risk import (
    CalibrationRead,
    Place,
    RiskLine,
    at_risk_read,
    calibration_read,
)

PARAMETERS = ("kind", "team", "limit", "cursor")
DEFAULT_LIMIT, MAX_LIMIT = 50, 200
TAG = "At risk"


class AtRiskItem(msgspec.Struct):
    """An open promise that has not matured. `chance` is 0 to 1, `gone` the share of the time given
    that is over, `slips` how often its date was put off."""

    id: str
    source: str
    reference: str
    kind: str
    statement: str
    customer: str
    team: str
    made_at: datetime
    first_due: datetime
    due: datetime
    matures_at: datetime
    chance: float
    gone: float
    slack_seconds: float
    slips: int


class AtRiskPage(msgspec.Struct):
    """One page, the least likely to be kept first; the chances are as of `told_at`."""

    told_at: datetime | None
    results: list[AtRiskItem]
    next: str | None


class BrierAnswer(msgspec.Struct):
    """Mean squared distance between what was told and what came, and the same for the base rate."""

    n: int
    kept_rate: float
    score: float
    base: float


class GroupAnswer(msgspec.Struct):
    """A tenth of the looks, ordered by the chance told: told against kept, with its 95 % range."""

    lowest: float
    highest: float
    predicted: float
    observed: float
    low: float
    high: float
    n: int


class CalibrationAnswer(msgspec.Struct):
    """How well chances foretold what came; null and empty where too little is past."""

    learnt_at: datetime | None
    since: datetime | None
    until: datetime | None
    all: BrierAnswer | None
    kinds: dict[str, BrierAnswer]
    groups: list[GroupAnswer]


class AtRiskApi(ReadView):
    """Open promises, worst first."""

    openapi = Operation(
        id="listAtRisk",
        tag=TAG,
        summary="Open promises that have not matured, the least likely to be kept first",
        description="The chances are reckoned every five minutes, from the share of the time given "
        "that is over, the past of team and kind, and slips. Promises with too few like them are "
        "left out; those past their date are in `/api/v1/promises?state=overdue`.",
        parameters=(
            KIND,
            Parameter("team", "by the id of the team"),
            *paging(DEFAULT_LIMIT, MAX_LIMIT),
        ),
        answers={200: AtRiskPage},
        examples=(
            Example("The worst"),
            Example("Those of a team", query={"team": "fulfilment", "limit": "10"}),
        ),
    )

    def get(self, request: Request) -> HttpResponse:
        """A page of them."""
        check_parameters(request, PARAMETERS)
        params = request.query_params
        page = at_risk_read(
            EVERYTHING,
            now=timezone.now(),
            kind=choice(params, "kind", Kind.values, ""),
            team=text(params, "team", longest=MAX_REFERENCE),
            after=_place(read_cursor(request)),
            limit=page_size(params, default=DEFAULT_LIMIT, most=MAX_LIMIT),
        )
        following = None if page.next is None else next_address(request, _position(page.next))
        answer = json_answer(
            AtRiskPage(page.told_at, [_item(one) for one in page.lines], following)
        )
        if following is not None:
            answer["Link"] = f'<{following}>; rel="next"'
        return answer


class CalibrationApi(ReadView):
    """How far chances can be trusted."""

    openapi = Operation(
        id="readCalibration",
        tag=TAG,
        summary="Chances told against what came, and their Brier score against the base rate's",
        description="Learnt and judged once a week, on this installation's own past: what is told "
        "of a moment comes only from what was known before it.",
        answers={200: CalibrationAnswer},
        examples=(Example("As it was judged last"),),
    )

    def get(self, request: Request) -> HttpResponse:
        """What was judged last."""
        check_parameters(request, ())
        return json_answer(_calibration(calibration_read()))


def _item(line: RiskLine) -> AtRiskItem:
    return AtRiskItem(
        id=str(line.id),
        source=line.source,
        reference=line.reference,
        kind=line.kind,
        statement=line.statement,
        customer=line.customer_id,
        team=line.team_id,
        made_at=line.made_at,
        first_due=line.first_due,
        due=line.due,
        matures_at=line.matures_at,
        chance=line.chance,
        gone=line.gone,
        slack_seconds=line.slack_seconds,
        slips=line.slips,
    )


def _calibration(read: CalibrationRead | None) -> CalibrationAnswer:
    if read is None or read.calibration is None:
        return CalibrationAnswer(read.as_of if read else None, None, None, None, {}, [])
    found = read.calibration
    briers = {
        kind: BrierAnswer(one.n, one.kept, one.score, one.base)
        for kind, one in [("", found.all), *found.kinds.items()]
    }
    groups = [
        GroupAnswer(g.lowest, g.highest, g.predicted, g.observed, g.low, g.high, g.n)
        for g in found.groups
    ]
    return CalibrationAnswer(read.as_of, read.since, read.until, briers.pop(""), briers, groups)


def _position(place: Place) -> str:
    return f"{place.id} {place.chance!r}"


def _place(given: str) -> Place | None:
    """Where the last page ended, None at the beginning."""
    if not given:
        return None
    id, chance = given.split(" ")
    return Place(float(chance), int(id))
