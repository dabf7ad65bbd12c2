"""`/api/v1/calendars/{id}/due`: reckoning in a calendar, for programs."""

from datetime import datetime

from django.http import HttpResponse
from rest_framework.request import Request

from interactions.json_bodies import InvalidBody, read_json
from interactions.moments import moment_in_reach
from interactions.openapi import Example, Operation
from interactions.rejection import EventRejected
from promises.api.calendar_bodies import ReckonAnswer, ReckonBody
from promises.api.calendars import CALENDAR_ID, OFFICE, TAG, existing_calendar
from promises.api.encoding import ReadView, check_parameters, json_answer
from promises.domain.business_time import Pause, Unit, due, elapsed
from promises.domain.expansion import OutOfReach
from promises.selectors.calendars import NoCalendar, calendar_at


class ReckonApi(ReadView):
    """When is it due in this calendar, or how much has elapsed: whoever may read may ask."""

    parser_classes = ()
    openapi = Operation(
        id="reckonInCalendar",
        tag=TAG,
        summary="When something is due in a calendar, or how much time has elapsed in it",
        description="Give either `amount` or `end`. A negative amount reckons backwards. Moments "
        "between 1990 and 2200; business time goes until 2199.",
        parameters=(CALENDAR_ID,),
        takes=ReckonBody,
        answers={200: ReckonAnswer},
        examples=(
            Example(
                "Four business hours from Friday afternoon",
                path=OFFICE,
                body={"start": "2026-03-06T15:00:00Z", "unit": "business minutes", "amount": 240},
            ),
            Example(
                "Business days that went by",
                path=OFFICE,
                body={
                    "start": "2026-03-06T15:00:00Z",
                    "unit": "business days",
                    "end": "2026-03-12T09:00:00Z",
                },
            ),
        ),
    )

    def post(self, request: Request, id: str) -> HttpResponse:
        """Reckon.

        Raises: NotFound, InvalidBody.
        """
        check_parameters(request, ())
        read = existing_calendar(id)
        body = read_json(request._request, ReckonBody)
        if (body.amount is None) == (body.end is None):
            raise InvalidBody("/amount", "give either an amount or an end")
        version = read.latest if body.version is None else body.version
        try:
            return json_answer(_reckoned(id, version, body))
        except NoCalendar:
            raise InvalidBody("/version", "there is no such version") from None
        except OutOfReach:
            raise InvalidBody(
                "/start" if body.amount is None else "/amount",
                "leads out of the years that business time is reckoned in",
            ) from None


def _reckoned(id: str, version: int, body: ReckonBody) -> ReckonAnswer:
    calendar, unit = calendar_at(id, version), Unit(body.unit)
    start = _moment(body.start, "/start")
    pauses: list[Pause] = []
    for number, pause in enumerate(body.pauses):
        since = _moment(pause.since, f"/pauses/{number}/since")
        until = _moment(pause.until, f"/pauses/{number}/until")
        if until < since:
            raise InvalidBody(f"/pauses/{number}/until", "lies before its beginning")
        pauses.append((since, until))
    if body.end is not None:
        end = _moment(body.end, "/end")
        passed = elapsed(start, end, unit, calendar, pauses, same_time=body.same_time)
        return ReckonAnswer(version, body.unit, None, passed)
    amount = body.amount or 0
    if unit in (Unit.DAYS, Unit.BUSINESS_DAYS) and amount != int(amount):
        raise InvalidBody("/amount", "must be a whole number of days")
    moment = due(start, amount, unit, calendar, pauses, same_time=body.same_time)
    return ReckonAnswer(version, body.unit, moment, None)


def _moment(text: str, pointer: str) -> datetime:
    try:
        return moment_in_reach(text, pointer)
    except EventRejected as rejected:
        raise InvalidBody(rejected.pointer, rejected.reason) from None
