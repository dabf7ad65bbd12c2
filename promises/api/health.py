"""`/api/v1/health/...`: what is counted, what waits, and putting back what was set aside."""

from typing import Annotated

import msgspec
from django.db import transaction
from django.http import HttpResponse
from django.utils import timezone
from rest_framework.request import Request

from interactions.authentication import CanAdminister
from interactions.json_bodies import InvalidBody, read_json
from interactions.models import PendingEvent
from interactions.openapi import Example, Operation, Parameter, one_of, page_of, whole
from interactions.selectors import EVERYTHING
from promises.api.encoding import (
    ApiView,
    ReadView,
    check_parameters,
    json_answer,
    page_answer,
)
from promises.api.parameters import choice, page_size, read_cursor
from promises.selectors.backlog import HeldEvent, held_read
from promises.selectors.health import DataHealth, health_read
from promises.services.health import replay_all, replay_some
from promises.wakeup import waker

STATES = {"waiting": PendingEvent.State.WAITING, "set_aside": PendingEvent.State.SET_ASIDE}
DEFAULT_LIMIT, MAX_LIMIT = 50, 500
MAX_REPLAYED = 1_000
EventNumber = Annotated[int, msgspec.Meta(ge=1, le=2**63 - 1)]


class ReplayBody(msgspec.Struct, forbid_unknown_fields=True):
    """Which events: their numbers, or all that were set aside."""

    events: Annotated[list[EventNumber], msgspec.Meta(max_length=MAX_REPLAYED)] = []
    all: bool = False


class ReplayAnswer(msgspec.Struct):
    """How many were set aside and are on the to-do list again."""

    replayed: int


class DataHealthApi(ReadView):
    """How complete the figures are, and what stands in the way."""

    openapi = Operation(
        id="readDataHealth",
        tag="Data health",
        summary="What came in, what is counted and what waits",
        description="Counts of the ledger by state with the age of the oldest, the lag, what came "
        "in over the API, the last event of each source, parties nobody has looked at, the last "
        "ledger check and the last imports.",
        answers={200: DataHealth},
        examples=(Example("How it stands"),),
    )

    def get(self, request: Request) -> HttpResponse:
        """The figures of the data health page."""
        check_parameters(request, ())
        return json_answer(health_read(EVERYTHING, now=timezone.now()))


class HeldEventsApi(ReadView):
    """Single events that wait for their promise, or were set aside."""

    openapi = Operation(
        id="listHeldEvents",
        tag="Data health",
        summary="Events that wait or were set aside",
        description="Oldest first. A waiting event says what it waits for; one that was set aside "
        "says why, and after how many attempts.",
        parameters=(
            Parameter("state", "which of the two", one_of(*STATES, default="waiting")),
            Parameter("limit", "events on a page", whole(1, MAX_LIMIT, DEFAULT_LIMIT)),
            Parameter("cursor", "from `next` of the last page"),
        ),
        answers={200: page_of(HeldEvent)},
        examples=(Example("Those set aside", query={"state": "set_aside"}),),
    )

    def get(self, request: Request) -> HttpResponse:
        """One page of them."""
        params = request.query_params
        check_parameters(request, ("state", "limit", "cursor"))
        state = choice(params, "state", list(STATES), "waiting")
        limit = page_size(params, default=DEFAULT_LIMIT, most=MAX_LIMIT)
        page = held_read(
            EVERYTHING, STATES[state], now=timezone.now(), after=int(read_cursor(request) or 0),
            limit=limit,
        )  # fmt: skip
        return page_answer(request, page.events, None if page.next is None else str(page.next))


class ReplayApi(ApiView):
    """Puts events that were set aside back on the to-do list."""

    permission_classes = (CanAdminister,)
    parser_classes = ()
    openapi = Operation(
        id="replayEvents",
        tag="Data health",
        scope="admin",
        summary="Replay events that were set aside",
        description="Once what made them fail is mended. They are counted within seconds; one that "
        "fails again is set aside again. Numbers of events that were not set aside change nothing.",
        takes=ReplayBody,
        answers={200: ReplayAnswer},
        examples=(
            Example("Two of them", body={"events": [17, 18]}),
            Example("All of them", body={"all": True}),
        ),
    )

    def post(self, request: Request) -> HttpResponse:
        """Replay some or all."""
        check_parameters(request, ())
        body = read_json(request._request, ReplayBody)
        if body.all == bool(body.events):
            raise InvalidBody("/events", 'must name events by their numbers, unless "all" is true')
        replayed = replay_all() if body.all else replay_some(body.events)
        transaction.on_commit(waker.wake)
        return json_answer(ReplayAnswer(replayed))
