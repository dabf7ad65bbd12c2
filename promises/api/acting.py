"""`POST /api/v1/promises` and what can be done to one: for whoever does not speak CloudEvents.

Each records one event, by the same gate and ledger as all others, and counts it in the same
transaction, so that the answer is the promise as it stands.
"""

import hashlib
import uuid
from collections.abc import Mapping
from datetime import datetime

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from rest_framework.exceptions import NotFound, PermissionDenied
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from interactions.authentication import Caller, CanRead, CanWriteEvents
from interactions.decode import NewEvent, event_from_mapping
from interactions.event_types import EventType
from interactions.intake import Intake
from interactions.limits import IngestLimit
from interactions.models import ApiKey
from interactions.openapi import Example, Operation
from interactions.rejection import EventRejected
from promises.api.answers import PromiseAnswer, promise_answer
from promises.api.bodies import (
    KeyReused,
    Sent,
    check_keys,
    idempotency_key,
    in_the_body,
    read_sent,
    refused,
    taken_text,
)
from promises.api.described import IDEMPOTENCY_KEY, MADE_BODY, PROMISES, acting
from promises.api.encoding import ApiView, check_parameters, json_answer
from promises.api.promises import LIST_PROMISES, PromisesApi, visible_promise
from promises.models import Promise
from promises.selectors.pages import Asked
from promises.selectors.told import promise_told
from promises.selectors.visibility import NotVisible
from promises.services.promises import AnotherFact, NoPromise, record_and_project

MADE_AT, OCCURRED_AT = "made_at", "occurred_at"


class PromisesDoor(PromisesApi):
    """Promises: the list for keys that read, new ones from keys that write."""

    openapi: Mapping[str, Operation] = {
        "get": LIST_PROMISES,
        "post": Operation(
            id="makePromise",
            tag=PROMISES,
            scope="events:write",
            summary="Record that a promise was made",
            description="Records one `promise.made` and answers the promise: 201, or 200 where the "
            "same Idempotency-Key and body were sent before. Without `reference` it gets one.",
            parameters=(IDEMPOTENCY_KEY,),
            takes=MADE_BODY,
            answers={201: PromiseAnswer, 200: PromiseAnswer},
            problems=(404, 422),
            examples=(
                Example(
                    "A delivery",
                    headers={"Idempotency-Key": "cart-4711"},
                    body={
                        "reference": "order-2001",
                        "kind": "delivery",
                        "customer": {"id": "c-9", "name": "Ada Lovelace"},
                        "team": "fulfilment",
                        "due_at": "2030-03-08",
                        "statement": "Arrives by Friday 8 March",
                    },
                ),
            ),
        ),
    }

    parser_classes = ()

    def get_permissions(self) -> list[BasePermission]:
        """Reading and writing take their own scopes; other methods are 405 for everybody."""
        if self.request.method == "POST":
            return [CanWriteEvents()]
        return [CanRead()] if self.request.method in SAFE_METHODS else []

    def get_throttles(self) -> list[BaseThrottle]:
        """A new promise counts as an event."""
        return [IngestLimit()] if self.request.method == "POST" else super().get_throttles()

    def post(self, request: Request) -> HttpResponse:
        """Record that a promise was made."""
        check_parameters(request, ())
        key = idempotency_key(request)
        sent = read_sent(request, EventType.PROMISE_MADE, beside=("reference", MADE_AT))
        reference = taken_text(sent.fields, "reference")
        if reference is None:
            reference = _new_reference(_caller(request), key)
        return _recorded(request, EventType.PROMISE_MADE, reference, sent, key=key)


class ActionApi(ApiView):
    """Records one event about a promise of the address; subclasses name its type."""

    permission_classes = (CanWriteEvents,)
    parser_classes = ()
    throttle_classes = (IngestLimit,)
    event_type: EventType

    def post(self, request: Request, id: str) -> HttpResponse:
        """Record what happened."""
        check_parameters(request, ())
        key = idempotency_key(request)
        promise = _actable(request, id)
        sent = read_sent(request, self.event_type, beside=(OCCURRED_AT,))
        source = promise.source.name
        return _recorded(
            request,
            self.event_type,
            promise.reference,
            sent,
            key=key,
            promise_source="" if source == _caller(request).source else source,
        )


class FulfilmentApi(ActionApi):
    """It happened, in full or to a share so far."""

    event_type = EventType.PROMISE_FULFILLED
    openapi = acting(event_type, "fulfilPromise", "It was fulfilled", {"fraction": 1.0})


class RescheduleApi(ActionApi):
    """It has another date."""

    event_type = EventType.PROMISE_RESCHEDULED
    openapi = acting(
        event_type,
        "reschedulePromise",
        "It has another date",
        {"due_at": "2030-03-11", "reason": "The van broke down"},
    )


class PauseApi(ActionApi):
    """The customer is waited for."""

    event_type = EventType.PROMISE_PAUSED
    openapi = acting(
        event_type,
        "pausePromise",
        "The customer is waited for",
        {"cause": "customer", "reason": "The customer has yet to choose a colour"},
    )


class ResumptionApi(ActionApi):
    """The wait is over."""

    event_type = EventType.PROMISE_RESUMED
    openapi = acting(event_type, "resumePromise", "The wait is over", {})


class WithdrawalApi(ActionApi):
    """It is called off, by the customer or by us."""

    event_type = EventType.PROMISE_WITHDRAWN
    openapi = acting(
        event_type,
        "withdrawPromise",
        "It is called off",
        {"by": "customer", "reason": "No longer needed"},
    )


class FailureApi(ActionApi):
    """It will never be kept."""

    event_type = EventType.PROMISE_FAILED
    openapi = acting(
        event_type, "failPromise", "It will never be kept", {"reason": "Out of stock for good"}
    )


class ReopeningApi(ActionApi):
    """The customer does not accept the fulfilment."""

    event_type = EventType.PROMISE_REOPENED
    openapi = acting(
        event_type,
        "reopenPromise",
        "The customer does not accept it",
        {"reason": "One part is missing"},
    )


def _recorded(
    request: Request,
    event_type: EventType,
    subject: str,
    sent: Sent,
    *,
    key: str | None,
    promise_source: str = "",
) -> HttpResponse:
    now = timezone.now()
    time_name = MADE_AT if event_type is EventType.PROMISE_MADE else OCCURRED_AT
    said = taken_text(sent.fields, time_name)
    named = {"promise_source": promise_source} if promise_source else {}
    event = _checked(
        {
            "specversion": "1.0",
            "id": key or str(uuid.uuid4()),
            "source": _caller(request).source,
            "type": event_type.value,
            "subject": subject,
            "time": now.isoformat() if said is None else said,
            "data": {**sent.fields, **named},
        },
        time_name,
        now,
    )
    check_keys(sent)
    try:
        recorded = record_and_project(
            event,
            recorded_at=now,
            happened_now=said is None,
            intake=Intake(_caller(request).key_id, event.source, received=1, rejected=0),
        )
    except AnotherFact:
        raise KeyReused from None
    except NoPromise:
        raise NotFound from None
    return _answer(recorded.promise, recorded.recorded_at, is_new=recorded.is_new)


def _checked(item: dict[str, object], time_name: str, now: datetime) -> NewEvent:
    try:
        return event_from_mapping(item, now=now)
    except EventRejected as rejected:
        raise refused(in_the_body(rejected, time_name)) from None


def _answer(promise: Promise, recorded_at: datetime, *, is_new: bool) -> HttpResponse:
    """The promise as it stood right after: the same answer to every repetition."""
    asked = Asked("all", "", recorded_at, True)
    try:
        told = promise_told(promise, asked, heard_by=recorded_at)
    except NotVisible:
        raise NotFound from None
    answer = json_answer(promise_answer(told), status=201 if is_new else 200)
    answer["Location"] = reverse("api-promise", args=[str(promise.pk)])
    if not is_new:
        answer["Idempotency-Replayed"] = "true"
    return answer


def _caller(request: Request) -> Caller:
    caller = request.auth
    assert isinstance(caller, Caller)  # noqa: S101 (the permission saw to it)
    return caller


def _actable(request: Request, id: str) -> Promise:
    """The promise of the address, if the key may speak of it (R23).

    Raises: NotFound for one that is unknown, or another source's and not to be read either;
    PermissionDenied where it may be read.
    """
    caller, promise = _caller(request), visible_promise(id)
    if promise.source.name == caller.source:
        return promise
    if ApiKey.Scope.EVENTS_WRITE_ANY.value in caller.scopes:
        return promise
    if caller.scopes & {ApiKey.Scope.READ.value, ApiKey.Scope.ADMIN.value}:
        raise PermissionDenied("To speak of another source's promise a key needs events:write:any.")
    raise NotFound


def _new_reference(caller: Caller, key: str | None) -> str:
    """A reference where none was sent: of a repetition the same as of the first time."""
    if key is None:
        return str(uuid.uuid4())
    digest = hashlib.sha256(f"{caller.source}\n{key}".encode()).digest()
    return str(uuid.UUID(bytes=digest[:16], version=5))
