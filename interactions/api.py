"""`POST /api/v1/events`: what happens, pushed by REST clients."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from rest_framework import status
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.views import APIView

from interactions.authentication import Caller, CanWriteEvents
from interactions.bodies import MEDIA, Shape, read_body
from interactions.decode import (
    MAX_ITEMS,
    NewEvent,
    TooManyEvents,
    event_from_json,
    events_from_json,
    events_from_lines,
)
from interactions.envelopes import AnyEvent
from interactions.intake import Intake, count_rejected
from interactions.ledger import record
from interactions.limits import IngestLimit, charge_events
from interactions.models import ApiKey
from interactions.openapi import Example, Operation
from interactions.refusals import note_refusal
from interactions.rejection import EventRejected
from interactions.turns import a_turn

Event = Annotated[AnyEvent, msgspec.Meta(title="Event", description="One CloudEvent 1.0.")]
_MADE = {
    "specversion": "1.0",
    "id": "e-17",
    "source": "/shop",
    "type": "promise.made",
    "subject": "order-1001",
    "time": "2026-03-02T09:30:00Z",
    "data": {
        "kind": "delivery",
        "customer": {"id": "c-9", "name": "Ada Lovelace"},
        "team": "fulfilment",
        "due_at": "2026-03-06",
        "statement": "Arrives by Friday 6 March",
    },
}
_FULFILLED = {
    "specversion": "1.0",
    "id": "e-18",
    "source": "/shop",
    "type": "promise.fulfilled",
    "subject": "order-1001",
    "time": "2026-03-09T15:02:00Z",
}

Checked = NewEvent | EventRejected
_NAMES_A_SOURCE = '"promise_source":'


class _About(msgspec.Struct):
    """Of the data of an event about a customer: whose promise it names."""

    promise_source: str = ""


_read_about = msgspec.json.Decoder(_About).decode


class ItemResult(msgspec.Struct, omit_defaults=True):
    """What became of one item: accepted, duplicate, or rejected with a pointer and a reason."""

    status: Literal["accepted", "duplicate", "rejected"]
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
    openapi = Operation(
        id="recordEvents",
        tag="Events",
        scope=ApiKey.Scope.EVENTS_WRITE.value,
        summary="Record what happened",
        description="One CloudEvent 1.0, an array of them, or one a line; at most 10,000 and "
        "16 MB, gzip allowed. Answered after the COMMIT, with a verdict for each event in order. "
        "The same event (source and id) again is a duplicate and changes nothing. A key writes "
        "under its own source only; to speak of another source's promise it needs "
        "events:write:any.",
        takes=dict(zip(MEDIA, (Event, list[Event], str, Event | list[Event]), strict=True)),
        answers={202: EventsAnswer},
        examples=(
            Example("A promise", body=_MADE, media="application/cloudevents+json"),
            Example("What came of it", body=_FULFILLED),
            Example(
                "Both, as a batch",
                body=[_MADE, _FULFILLED],
                media="application/cloudevents-batch+json",
            ),
            Example(
                "One a line",
                body="\n".join(msgspec.json.encode(one).decode() for one in (_MADE, _FULFILLED)),
                media="application/x-ndjson",
            ),
        ),
    )
    parser_classes = ()
    throttle_classes = (IngestLimit,)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer, and let go of the answer.

        A view of the framework and its request are a circle of objects: they stay until somebody
        looks for circles, and with them stayed a quarter of a megabyte of each large answer.
        """
        answer = super().dispatch(request, *args, **kwargs)
        del self.response
        return answer

    def post(self, request: Request) -> HttpResponse:
        """Record one event, an array, or one a line."""
        body, shape = read_body(request._request)
        caller = request.auth
        assert isinstance(caller, Caller)  # noqa: S101 (the permission saw to it)
        with a_turn(len(body)):
            now = timezone.now()
            read = _read(body, shape, now)
            # What it says is on its own now: a large one is not held through the storing.
            del body
            results = self._recorded(read, caller, now, alone=shape is Shape.ONE)
            del read
        return HttpResponse(
            msgspec.json.encode(_answer(results)),
            status=status.HTTP_202_ACCEPTED,
            content_type="application/json",
        )

    def _recorded(
        self, read: list[Checked], caller: Caller, now: datetime, *, alone: bool
    ) -> list[ItemResult]:
        """Record what was read. Shape: one verdict per item, in order; `alone` where it is one
        event that is no item of a list.

        Raises: InvalidEvents, Throttled; nothing was recorded then.
        """
        charge_events(self, caller, len(read))
        items = [_allowed(item, caller) for item in read]
        good = [item for item in items if isinstance(item, NewEvent)]
        intake = Intake(caller.key_id, caller.source or "", len(items), len(items) - len(good))
        if alone and not good:
            count_rejected(intake, recorded_at=now)
            raise InvalidEvents(items[0])  # type: ignore[arg-type]
        stored = record(good, recorded_at=now, intake=intake)
        results = _results(items, stored)
        if len(good) < len(items):
            _note_first(caller, results)
        return results


_ACCEPTED, _DUPLICATE = ItemResult("accepted"), ItemResult("duplicate")


def _results(items: list[Checked], stored: list[bool]) -> list[ItemResult]:
    told = (_ACCEPTED if new else _DUPLICATE for new in stored)
    if len(stored) == len(items):
        return list(told)
    return [
        next(told)
        if isinstance(item, NewEvent)
        else ItemResult("rejected", f"#{item.pointer}", item.reason)
        for item in items
    ]


def _read(body: bytes, shape: Shape, now: datetime) -> list[Checked]:
    """Raises: InvalidEvents where the body as a whole is no JSON, TooManyItems."""
    try:
        if shape is Shape.ONE:
            return [event_from_json(body, now=now)]
        return _READERS[shape](body, now=now)
    except EventRejected as rejected:
        raise InvalidEvents(rejected) from None
    except TooManyEvents:
        raise TooManyItems from None


def _allowed(item: Checked, caller: Caller) -> Checked:
    """A key writes only under its own source, and speaks of its own promises (R23)."""
    if not isinstance(item, NewEvent):
        return item
    if item.source != caller.source:
        return EventRejected("/source", f"this key writes under {caller.source} only")
    foreign = _whose(item) not in ("", caller.source)
    if foreign and ApiKey.Scope.EVENTS_WRITE_ANY.value not in caller.scopes:
        pointer = "/data/source" if item.type.about_event else "/data/promise_source"
        return EventRejected(
            pointer, "to speak of another source's promise a key needs events:write:any"
        )
    return item


def _whose(item: NewEvent) -> str:
    """Whose promise or event it is about, "" where it is about none."""
    if item.subject_source is not None:
        return item.subject_source
    # What is told of a customer may be told of a promise to them.
    return _read_about(item.data).promise_source if _NAMES_A_SOURCE in item.data else ""


def _note_first(caller: Caller, results: list[ItemResult]) -> None:
    """Keep the first rejected item for the page that connects sources."""
    bad = next(result for result in results if result.status == "rejected")
    note_refusal(
        caller,
        status=status.HTTP_202_ACCEPTED,
        pointer=bad.pointer or "",
        reason=bad.reason or "",
    )


def _answer(results: list[ItemResult]) -> EventsAnswer:
    accepted, duplicate = results.count(_ACCEPTED), results.count(_DUPLICATE)
    return EventsAnswer(accepted, duplicate, len(results) - accepted - duplicate, results)
