"""`POST /api/v1/events`: what happens, pushed by REST clients."""

from collections.abc import Callable
from datetime import datetime

import msgspec
from django.http import HttpResponse
from django.utils import timezone
from rest_framework import status
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.views import APIView

from interactions.authentication import Caller, CanWriteEvents
from interactions.bodies import Shape, read_body
from interactions.decode import (
    NewEvent,
    event_from_json,
    events_from_json,
    events_from_lines,
)
from interactions.intake import Intake, count_rejected
from interactions.ledger import record
from interactions.models import ApiKey
from interactions.rejection import EventRejected

MAX_ITEMS = 10_000

Checked = NewEvent | EventRejected


class ItemResult(msgspec.Struct, omit_defaults=True):
    """What became of one item: accepted, duplicate, or rejected with a pointer and a reason."""

    status: str
    pointer: str | None = None
    reason: str | None = None


class EventsAnswer(msgspec.Struct):
    """The answer to a body of events, item by item in order."""

    accepted: int
    duplicate: int
    rejected: int
    results: list[ItemResult]


class InvalidEvents(APIException):
    """The body as a whole, or its only event, cannot be taken."""

    status_code = status.HTTP_400_BAD_REQUEST
    default_code = "invalid_event"

    def __init__(self, rejected: EventRejected) -> None:
        super().__init__(f"{rejected.pointer or 'The body'} {rejected.reason}")
        self.errors = [{"pointer": f"#{rejected.pointer}", "detail": rejected.reason}]


class TooManyItems(APIException):
    """More items than one request may hold."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "too_many_items"
    default_detail = f"At most {MAX_ITEMS:,} events in one request; send them in parts."


_READERS: dict[Shape, Callable[..., list[Checked]]] = {
    Shape.ARRAY: events_from_json,
    Shape.LINES: events_from_lines,
}


class EventsApi(APIView):
    """Takes CloudEvents; 202 after the ledger's COMMIT, with a result for each item."""

    permission_classes = (CanWriteEvents,)
    parser_classes = ()

    def post(self, request: Request) -> HttpResponse:
        """Record one event, an array, or one a line."""
        body, shape = read_body(request._request)
        now = timezone.now()
        caller = request.auth
        assert isinstance(caller, Caller)  # noqa: S101 (the permission saw to it)
        items = [_allowed(item, caller) for item in _read(body, shape, now)]
        good = [item for item in items if isinstance(item, NewEvent)]
        intake = Intake(caller.key_id, caller.source or "", len(items), len(items) - len(good))
        if shape is Shape.ONE and not good:
            count_rejected(intake, recorded_at=now)
            raise InvalidEvents(items[0])  # type: ignore[arg-type]
        stored = iter(record(good, recorded_at=now, intake=intake))
        results = [
            _ACCEPTED
            if isinstance(item, NewEvent) and next(stored)
            else _DUPLICATE
            if isinstance(item, NewEvent)
            else ItemResult("rejected", f"#{item.pointer}", item.reason)
            for item in items
        ]
        return HttpResponse(
            msgspec.json.encode(_answer(results)),
            status=status.HTTP_202_ACCEPTED,
            content_type="application/json",
        )


_ACCEPTED, _DUPLICATE = ItemResult("accepted"), ItemResult("duplicate")


def _read(body: bytes, shape: Shape, now: datetime) -> list[Checked]:
    """Raises: InvalidEvents where the body as a whole is no JSON, TooManyItems."""
    try:
        if shape is Shape.ONE:
            return [event_from_json(body, now=now)]
        items = _READERS[shape](body, now=now)
    except EventRejected as rejected:
        raise InvalidEvents(rejected) from None
    if len(items) > MAX_ITEMS:
        raise TooManyItems
    return items


def _allowed(item: Checked, caller: Caller) -> Checked:
    """A key writes only under its own source, and speaks of its own promises (R23)."""
    if not isinstance(item, NewEvent):
        return item
    if item.source != caller.source:
        return EventRejected("/source", f"this key writes under {caller.source} only")
    foreign = item.subject_source not in (None, caller.source)
    if foreign and ApiKey.Scope.EVENTS_WRITE_ANY.value not in caller.scopes:
        pointer = "/data/source" if item.type.about_event else "/data/promise_source"
        return EventRejected(
            pointer, "to speak of another source's promise a key needs events:write:any"
        )
    return item


def _answer(results: list[ItemResult]) -> EventsAnswer:
    counts = dict.fromkeys(("accepted", "duplicate", "rejected"), 0)
    for result in results:
        counts[result.status] += 1
    return EventsAnswer(**counts, results=results)
