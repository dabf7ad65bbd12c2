"""`GET /api/v1/advice`: the honest date of a promise that is about to be made."""

from datetime import datetime

import msgspec
from django.http import HttpResponse
from django.utils import timezone
from rest_framework.request import Request

from interactions.data_types import MAX_REFERENCE
from interactions.openapi import MOMENT, Example, Operation, Parameter, one_of
from interactions.problems import InvalidQuery
from interactions.selectors import EVERYTHING
from promises.api.encoding import ReadView, check_parameters, json_answer
from promises.api.parameters import choice, past_moment, text
from promises.domain.clock import due_moment
from promises.models.kinds import Kind
from promises.projection.facts import installation_zone
from promises.selectors.advice import COMPANY, STANDARD, TEAM, Advice, advice_for

PARAMETERS = ("team", "kind", "standard", "due_at", "made_at")
BASES = {STANDARD: "standard", TEAM: "team", COMPANY: "company", "": ""}
_HOUR = 3_600.0


class AdviceAnswer(msgspec.Struct):
    """What the past says about a promise that is about to be made.

    `based_on` is `standard` (the team's promises of it), `team` (its promises of the kind) or
    `company` (all of the kind); '' where there are fewer than 20 like it, and then nothing else is
    said. `n` promises stand behind it, open ones among them. `kept_share` of them was settled in
    full within the time from `made_at` to `due_at`, with a 95 % interval; null without a date.
    `nine_of_ten_at` is the date that would have been kept 9 times of 10; null where too many took
    longer than `nine_of_ten_over_hours`, the longest time seen.
    """

    kind: str
    team: str
    standard: str
    made_at: datetime
    due_at: datetime | None
    based_on: str
    n: int
    kept_share: float | None
    kept_low: float | None
    kept_high: float | None
    nine_of_ten_at: datetime | None
    nine_of_ten_hours: float | None
    nine_of_ten_over_hours: float | None
    sentence: str
    counted_at: datetime | None


class AdviceApi(ReadView):
    """The honest date."""

    openapi = Operation(
        id="readAdvice",
        tag="Advice",
        summary="How often such promises were kept with this much time, and the date kept 9 times "
        "of 10",
        description="From Kaplan-Meier curves of the time from making to settlement over the last "
        "year: open promises count for as long as they were followed, failed and partly kept ones "
        "never settle, pauses are left out. The most like it that has 20 cases answers: the team's "
        "promises of the standard, the team's of the kind, the company's of the kind. A team that "
        "is not known has no past.",
        parameters=(
            Parameter("kind", "what is promised", one_of(*Kind.values), required=True),
            Parameter("team", "the id of the team that would promise"),
            Parameter("standard", "the id of the standard that would be promised by"),
            Parameter("due_at", "the date or moment to be promised"),
            Parameter("made_at", "when it is made, not in the future; now where left out", MOMENT),
        ),
        answers={200: AdviceAnswer},
        examples=(
            Example(
                "With four days",
                query={
                    "team": "fulfilment",
                    "kind": "delivery",
                    "made_at": "2026-03-02T09:30:00Z",
                    "due_at": "2026-03-06",
                },
            ),
            Example("By when", query={"team": "support", "kind": "response"}),
        ),
    )

    def get(self, request: Request) -> HttpResponse:
        """The answer for one promise."""
        check_parameters(request, PARAMETERS)
        params, now = request.query_params, timezone.now()
        if "kind" not in params:
            raise InvalidQuery("kind", "is required")
        made_at = past_moment(params, "made_at", now=now)
        given = params.get("due_at")
        try:
            advice = advice_for(
                EVERYTHING,
                kind=choice(params, "kind", Kind.values, ""),
                made_at=made_at,
                team=text(params, "team", longest=MAX_REFERENCE),
                standard=text(params, "standard", longest=MAX_REFERENCE),
                due_at=None if given is None else _date(given),
            )
        except ValueError:
            raise InvalidQuery("due_at", "must lie after the making") from None
        return json_answer(_answer(advice))


def _date(given: str) -> datetime:
    """A date or a moment.

    Raises: InvalidQuery.
    """
    day = len("2026-03-02 ")
    try:
        # A plus sign that nobody quoted arrives as a space.
        return due_moment(given[:day] + given[day:].replace(" ", "+"), installation_zone())
    except (ValueError, OverflowError):
        raise InvalidQuery(
            "due_at", "must be a date, or an RFC 3339 time with its offset"
        ) from None


def _answer(advice: Advice) -> AdviceAnswer:
    return AdviceAnswer(
        kind=advice.kind,
        team=advice.team_id,
        standard=advice.standard,
        made_at=advice.made_at,
        due_at=advice.due_at,
        based_on=BASES[advice.based_on],
        n=advice.n,
        kept_share=advice.share,
        kept_low=advice.low,
        kept_high=advice.high,
        nine_of_ten_at=advice.nine_of_ten_at,
        nine_of_ten_hours=_hours(advice.nine_of_ten_seconds),
        nine_of_ten_over_hours=_hours(advice.nine_of_ten_over_seconds),
        sentence=advice.sentence,
        counted_at=advice.counted_at,
    )


def _hours(seconds: float | None) -> float | None:
    return None if seconds is None else seconds / _HOUR
