"""`/api/v1/calendars`: calendars and their versions, and reckoning in them."""

from collections.abc import Mapping

import msgspec
from django.db import transaction
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from rest_framework import status
from rest_framework.exceptions import APIException, NotFound
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from interactions.authentication import Caller, CanAdminister, CanRead
from interactions.json_bodies import InvalidBody, read_json
from interactions.openapi import Example, Operation, Parameter, whole
from interactions.problems import InvalidQuery
from promises.api.calendar_bodies import (
    CalendarAnswer,
    CalendarsAnswer,
    EditAnswer,
    EditBody,
    NewCalendarBody,
    answer_of,
    draft_from,
    item_of,
)
from promises.api.encoding import ApiView, check_parameters, json_answer
from promises.selectors.calendars import (
    CalendarRead,
    NoCalendar,
    calendar_lines,
    calendar_read,
)
from promises.services.calendars import (
    AlreadyEdited,
    AlreadyMoving,
    DraftRefused,
    apply_to_open,
    edit_calendar,
    make_calendar,
    new_reference,
)
from promises.wakeup import restatement_waker

TAG = "Calendars"
MOST_VERSION = 1_000_000
OFFICE = {"id": "office"}
_WEEK = {day: ["09:00-12:30", "13:15-17:00"] for day in ("mon", "tue", "wed", "thu", "fri")}
CALENDAR_ID = Parameter("id", "the calendar's `id`", where="path", required=True)
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
            parameters=(CALENDAR_ID, _VERSION),
            answers={200: CalendarAnswer},
            examples=(
                Example("The newest", path=OFFICE),
                Example("The first", path=OFFICE, query={"version": "1"}),
            ),
        ),
        "put": Operation(
            id="editCalendar",
            tag=TAG,
            scope="admin",
            summary="Store an edit as the next version",
            description="New promises are reckoned in it. Open ones keep their version unless "
            "`apply_to_open` moves them: then each gets a `promise.rescheduled` of the source "
            "`promise-gap` with the reason, and a later date counts as an unannounced slip. A job "
            "does so; `restatement` is its id, for `GET /api/v1/restatements/{id}`.",
            parameters=(CALENDAR_ID,),
            takes=EditBody,
            answers={200: EditAnswer},
            problems=(409,),
            examples=(
                Example(
                    "A shorter lunch",
                    path=OFFICE,
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
        return json_answer(
            answer_of(existing_calendar(id, None if given is None else _number(given)))
        )

    def put(self, request: Request, id: str) -> HttpResponse:
        """Store the next version.

        Raises: NotFound, InvalidBody, CalendarConflict.
        """
        check_parameters(request, ())
        existing_calendar(id)
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
        moving = self._begin(request, id, kept.version, reason) if body.apply_to_open else None
        whole_answer = msgspec.structs.asdict(answer_of(calendar_read(id)))
        return json_answer(EditAnswer(**whole_answer, restatement=moving))

    def _begin(self, request: Request, id: str, version: int, reason: str) -> str | None:
        """The number of the restatement that moves the open promises."""
        try:
            row = apply_to_open(
                id, version, reason=reason, now=timezone.now(), actor_id=None, by=_name(request)
            )
        except AlreadyMoving:
            raise CalendarConflict(
                f"Version {version} is stored. Open promises of this calendar are being moved "
                "already; move them to it afterwards."
            ) from None
        transaction.on_commit(restatement_waker.wake)
        return str(row.pk)


def existing_calendar(id: str, version: int | None = None) -> CalendarRead:
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
