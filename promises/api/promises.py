"""`/api/v1/promises`: the list and new ones, one promise, its events."""

from collections.abc import Mapping

from django.http import HttpResponse
from django.utils import timezone
from rest_framework.exceptions import NotFound
from rest_framework.request import Request

from interactions.openapi import Example, Operation, page_of
from interactions.selectors import EVERYTHING
from promises.api.answers import EventAnswer, PromiseAnswer, event_answer, promise_answer
from promises.api.described import AS_OF, ID, ORDER, PROMISE, PROMISES, paging
from promises.api.described import FILTERS as FILTER_PARAMETERS
from promises.api.encoding import (
    ReadView,
    check_parameters,
    page_answer,
    row_id,
    tagged_answer,
)
from promises.api.filters import FILTERS, cursor_of, position_in, promise_filter, promise_order
from promises.api.parameters import page_size, past_moment, read_cursor
from promises.domain.clock import parse_moment
from promises.models import Promise
from promises.projection import kind_parameters
from promises.selectors.pages import Asked
from promises.selectors.promise_items import PromiseItem, promise_item
from promises.selectors.promise_rows import filtered_promises, promise_page
from promises.selectors.promises import promise_events
from promises.selectors.timelines import Place
from promises.selectors.told import promise_told
from promises.selectors.visibility import NotVisible, promise_visible

PAGING = ("order", "limit", "cursor")
DEFAULT_LIMIT, MAX_LIMIT = 50, 200

LIST_PROMISES = Operation(
    id="listPromises",
    tag=PROMISES,
    summary="Promises that pass filters, in pages",
    parameters=(*FILTER_PARAMETERS, ORDER, *paging(DEFAULT_LIMIT, MAX_LIMIT)),
    answers={200: page_of(PromiseItem)},
    examples=(
        Example("Those that are overdue", query={"state": "overdue", "order": "due"}),
        Example("Those of a team", query={"team": "fulfilment", "limit": "10"}),
    ),
)


class PromisesApi(ReadView):
    """Promises, in pages."""

    openapi: Operation | Mapping[str, Operation] = LIST_PROMISES

    def get(self, request: Request) -> HttpResponse:
        """A page of those that pass the filters."""
        check_parameters(request, (*FILTERS, *PAGING))
        params, now = request.query_params, timezone.now()
        order = promise_order(params)
        limit = page_size(params, default=DEFAULT_LIMIT, most=MAX_LIMIT)
        found = filtered_promises(EVERYTHING, promise_filter(params), now=now)
        rows, last = promise_page(
            found, order=order, after=position_in(request, order), limit=limit
        )
        parameters = kind_parameters()
        results = [promise_item(row, parameters, now) for row in rows]
        return page_answer(request, results, None if last is None else cursor_of(order, last))


class PromiseApi(ReadView):
    """One promise."""

    openapi = Operation(
        id="readPromise",
        tag=PROMISES,
        summary="One promise with its dates, notes and the arithmetic of its loss",
        description="Its ETag changes when something happens to it, or its loss has grown.",
        parameters=(ID, AS_OF),
        answers={200: PromiseAnswer, 304: None},
        examples=(Example("One promise", path=PROMISE),),
    )

    def get(self, request: Request, id: str) -> HttpResponse:
        """The promise now, or as it stood at as_of; 304 where nothing changed."""
        check_parameters(request, ("as_of",))
        asked = asked_moment(request)
        try:
            told = promise_told(visible_promise(id), asked)
        except NotVisible:
            raise NotFound from None
        return tagged_answer(request, promise_answer(told))


class PromiseEventsApi(ReadView):
    """The events of one promise."""

    openapi = Operation(
        id="listPromiseEvents",
        tag=PROMISES,
        summary="The events of a promise, in the order in which they occurred",
        parameters=(ID, AS_OF, *paging(DEFAULT_LIMIT, MAX_LIMIT)),
        answers={200: page_of(EventAnswer)},
        examples=(Example("All of it", path=PROMISE),),
    )

    def get(self, request: Request, id: str) -> HttpResponse:
        """A page of them, in the order in which they occurred."""
        check_parameters(request, ("as_of", "limit", "cursor"))
        asked, promise = asked_moment(request), visible_promise(id)
        limit = page_size(request.query_params, default=DEFAULT_LIMIT, most=MAX_LIMIT)
        after = place_in(request)
        entries = [
            entry
            for entry in promise_events(promise, asked)
            if after is None or (entry.occurred_at, entry.seq) > after
        ]
        results = [event_answer(entry) for entry in entries[:limit]]
        last = entries[limit - 1] if len(entries) > limit else None
        position = None if last is None else place_text((last.occurred_at, last.seq))
        return page_answer(request, results, position)


def asked_moment(request: Request) -> Asked:
    """The as_of of a request.

    Raises: InvalidQuery.
    """
    now = timezone.now()
    as_of = past_moment(request.query_params, "as_of", now=now)
    return Asked("all", "", as_of, as_of is now)


def visible_promise(id: str) -> Promise:
    """A promise by the number in the address.

    Raises: NotFound.
    """
    try:
        return promise_visible(EVERYTHING, row_id(id))
    except NotVisible:
        raise NotFound from None


def place_text(place: Place) -> str:
    """A place in a list of events, as a text."""
    occurred_at, seq = place
    return f"{seq} {occurred_at.isoformat()}"


def place_in(request: Request) -> Place | None:
    """Where the last page of events ended, None at the beginning.

    Raises: InvalidQuery for a cursor of another list.
    """
    given = read_cursor(request)
    if not given:
        return None
    seq, moment = given.split(" ")
    return parse_moment(moment), int(seq)
