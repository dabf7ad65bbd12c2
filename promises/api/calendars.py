"""`/api/v1/calendars`: calendars and their versions, and reckoning in them."""

from collections.abc import Mapping
from datetime import datetime

import msgspec
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from rest_framework import status
from rest_framework.exceptions import APIException, NotFound
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from interactions.authentication import Caller, CanAdminister, CanRead
from interactions.json_bodies import InvalidBody, read_json
from interactions.moments import moment_in_reach
from interactions.openapi import Example, Operation, Parameter, whole
from interactions.problems import InvalidQuery
from interactions.rejection import EventRejected
from promises.api.calendar_bodies import (
    CalendarAnswer,
    CalendarsAnswer,
    EditAnswer,
    EditBody,
    NewCalendarBody,
    ReckonAnswer,
    ReckonBody,
    answer_of,
    draft_from,
    item_of,
)
from promises.api.encoding import ApiView, check_parameters, json_answer
from promises.domain.business_time import Pause, Unit, due, elapsed
from promises.domain.expansion import OutOfReach
from promises.selectors.calendars import (
    CalendarRead,
    NoCalendar,
    calendar_at,
    calendar_lines,
    calendar_read,
)
from promises.services.calendars import (
    AlreadyEdited,
    DraftRefused,
    apply_to_open,
    edit_calendar,
    make_calendar,
    new_reference,
)

TAG = "Calendars"
MOST_VERSION = 1_000_000
_OFFICE = {"id": "office"}
_WEEK = {day: ["09:00-12:30", "13:15-17:00"] for day in ("mon", "tue", "wed", "thu", "fri")}
_ID = Parameter("id", "the calendar's `id`", where="path", required=True)
_VERSION = Parameter("version", "one version; the newest where left out", whole(1, MOST_VERSION))
_MADE = {"name": "Support", "zone": "Europe/Berlin", "week": _WEEK}


class CalendarConflict(APIException):
    """An edit of a version that is not the newest any more."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "calendar_conflict"


class CalendarView(ApiView):
    """Reading for keys that read, writing for keys with the scope admin."""

    parser_classes = ()

    def get_permissions(self) -> list[BasePermission]:
        """Other methods are 405 for everybody who may read."""
        return [CanRead()] if self.request.method in SAFE_METHODS else [CanAdminister()]


class CalendarsApi(CalendarView):
    """All calendars; a new one."""

    openapi: Mapping[str, Operation] = {
        "get": Operation(
            id="listCalendars",
            tag=TAG,
            summary="All calendars",
            answers={200: CalendarsAnswer},
            examples=(Example("All of them"),),
        ),
        "post": Operation(
            id="makeCalendar",
            tag=TAG,
            scope="admin",
            summary="Make a calendar",
            description="Hours over midnight (22:00-06:00) belong to the day on which they open; "
            "all day is 00:00-24:00. With `holidays`, the public holidays become days.",
            takes=NewCalendarBody,
            answers={201: CalendarAnswer},
            examples=(
                Example(
                    "Office hours in Berlin",
                    body=_MADE
                    | {
                        "holidays": {
                            "country": "DE",
                            "subdivision": "BE",
                            "first_year": 2026,
                            "last_year": 2030,
                        },
                        "days": [{"date": "2026-12-24", "hours": ["09:00-12:30"]}],
                    },
                ),
            ),
        ),
    }

    def get(self, request: Request) -> HttpResponse:
        """Calendars by name."""
        check_parameters(request, ())
        return json_answer(CalendarsAnswer([item_of(line) for line in calendar_lines()]))

    def post(self, request: Request) -> HttpResponse:
        """Make a calendar with its first version."""
        check_parameters(request, ())
        body = read_json(request._request, NewCalendarBody)
        try:
            kept = make_calendar(
                body.id or new_reference(body.name),
                draft_from(body),
                now=timezone.now(),
                by=_name(request),
                reason=body.reason,
            )
        except DraftRefused as refused:
            raise InvalidBody(refused.pointer, refused.reason) from None
        answer = json_answer(answer_of(calendar_read(kept.reference)), status=201)
        answer["Location"] = reverse("api-calendar", args=[kept.reference])
        return answer


class CalendarApi(CalendarView):
    """One calendar; an edit of it."""

    openapi: Mapping[str, Operation] = {
        "get": Operation(
            id="readCalendar",
            tag=TAG,
            summary="One version of a calendar, and the list of its versions",
            parameters=(_ID, _VERSION),
            answers={200: CalendarAnswer},
            examples=(
                Example("The newest", path=_OFFICE),
                Example("The first", path=_OFFICE, query={"version": "1"}),
            ),
        ),
        "put": Operation(
            id="editCalendar",
            tag=TAG,
            scope="admin",
            summary="Store an edit as the next version",
            description="New promises are reckoned in it. Open ones keep their version unless "
            "`apply_to_open` moves them: then each gets a `promise.rescheduled` of the source "
            "`promise-gap` with the reason, and a later date counts as an unannounced slip.",
            parameters=(_ID,),
            takes=EditBody,
            answers={200: EditAnswer},
            problems=(409,),
            examples=(
                Example(
                    "A shorter lunch",
                    path=_OFFICE,
                    body=_MADE | {"version": 1, "reason": "A shorter lunch"},
                ),
            ),
        ),
    }

    def get(self, request: Request, id: str) -> HttpResponse:
        """One version.

        Raises: NotFound, InvalidQuery.
        """
        check_parameters(request, ("version",))
        given = request.query_params.get("version")
        return json_answer(answer_of(_existing(id, None if given is None else _number(given))))

    def put(self, request: Request, id: str) -> HttpResponse:
        """Store the next version.

        Raises: NotFound, InvalidBody, CalendarConflict.
        """
        check_parameters(request, ())
        _existing(id)
        body, now = read_json(request._request, EditBody), timezone.now()
        reason = body.reason.strip()
        if body.apply_to_open and not reason:
            raise InvalidBody("/reason", "is needed to move open promises")
        try:
            kept = edit_calendar(
                id,
                draft_from(body),
                base=body.version,
                now=now,
                by=_name(request),
                reason=reason,
            )
        except DraftRefused as refused:
            raise InvalidBody(refused.pointer, refused.reason) from None
        except AlreadyEdited as edited:
            raise CalendarConflict(
                f"Version {body.version} is not the newest; {edited.latest} is. Nothing was stored."
            ) from None
        moved, more = 0, False
        if body.apply_to_open:
            done = apply_to_open(id, kept.version, reason=reason, now=now, actor_id=None)
            moved, more = done.moved, done.following is not None
        whole_answer = msgspec.structs.asdict(answer_of(calendar_read(id)))
        return json_answer(EditAnswer(**whole_answer, moved=moved, more_open=more))


class ReckonApi(CalendarView):
    """When is it due in this calendar, or how much has elapsed."""

    permission_classes = (CanRead,)
    openapi = Operation(
        id="reckonInCalendar",
        tag=TAG,
        summary="When something is due in a calendar, or how much time has elapsed in it",
        description="Give either `amount` or `end`. A negative amount reckons backwards. Moments "
        "between 1990 and 2200; business time goes until 2199.",
        parameters=(_ID,),
        takes=ReckonBody,
        answers={200: ReckonAnswer},
        examples=(
            Example(
                "Four business hours from Friday afternoon",
                path=_OFFICE,
                body={"start": "2026-03-06T15:00:00Z", "unit": "business minutes", "amount": 240},
            ),
            Example(
                "Business days that went by",
                path=_OFFICE,
                body={
                    "start": "2026-03-06T15:00:00Z",
                    "unit": "business days",
                    "end": "2026-03-12T09:00:00Z",
                },
            ),
        ),
    )

    def get_permissions(self) -> list[BasePermission]:
        """Asking changes nothing, so that whoever may read may ask."""
        return [CanRead()]

    def post(self, request: Request, id: str) -> HttpResponse:
        """Reckon.

        Raises: NotFound, InvalidBody.
        """
        check_parameters(request, ())
        read = _existing(id)
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


def _existing(id: str, version: int | None = None) -> CalendarRead:
    if "\0" in id:
        raise NotFound
    try:
        return calendar_read(id, version)
    except NoCalendar:
        raise NotFound from None


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 8 and 0 < int(text) <= MOST_VERSION):
        raise InvalidQuery("version", f"must be a whole number from 1 to {MOST_VERSION}")
    return int(text)


def _name(request: Request) -> str:
    caller = request.auth
    return f"key {caller.name}" if isinstance(caller, Caller) else ""
