"""`/api/v1/customers`: the list, one customer, the timeline."""

from datetime import datetime
from typing import Any

import msgspec
from django.http import HttpResponse
from rest_framework.exceptions import NotFound
from rest_framework.request import Request

from interactions.models import Customer
from interactions.openapi import Example, Operation, page_of
from interactions.selectors import EVERYTHING
from promises.api.answers import EventAnswer, event_answer
from promises.api.described import AS_OF, CUSTOMER, PARTIES, PARTY_ID, listing, paging
from promises.api.described import SCORING as SCORING_PARAMETERS
from promises.api.encoding import ReadView, check_parameters, json_answer, page_answer, party_id
from promises.api.memory import (
    ExpectationAnswer,
    LastBreakAnswer,
    ReachedBy,
    TrustAnswer,
    memory_answer,
)
from promises.api.parameters import page_size, read_cursor, text
from promises.api.parties import (
    DEFAULT_LIMIT,
    LISTING,
    MAX_LIMIT,
    SCORING,
    question_in,
)
from promises.api.promises import asked_moment, place_in, place_text
from promises.scores import ScoreRow, customer_rows, empty_row
from promises.selectors.memory import memory_read, trust_of_customer
from promises.selectors.pages import Asked
from promises.selectors.parties import party_page
from promises.selectors.remainders import rests_of_customer
from promises.selectors.timelines import customer_timeline
from promises.selectors.visibility import NotVisible, customer_visible, visible_customers


class CustomerItem(msgspec.Struct):
    """A customer in a list."""

    id: str
    name: str
    preferred_name: str
    zone: str
    segment: str
    is_new: bool
    created_at: datetime


class CustomerAnswer(CustomerItem):
    """One customer with the score, and what to know before the next contact; `rests_owed` counts
    promises fulfilled in part whose rest is still owed, up to 100; null at a past moment."""

    score: ScoreRow
    rests_owed: int | None
    trust: TrustAnswer
    last_break: LastBreakAnswer | None
    expectations: list[ExpectationAnswer]
    reached_by: ReachedBy


class CustomersApi(ReadView):
    """Customers, in the order of their ids."""

    openapi = Operation(
        id="listCustomers",
        tag=PARTIES,
        summary="Customers, in the order of their ids",
        parameters=listing(DEFAULT_LIMIT, MAX_LIMIT),
        answers={200: page_of(CustomerItem)},
        examples=(Example("Those that begin with c", query={"q": "c"}),),
    )

    def get(self, request: Request) -> HttpResponse:
        """A page of those whose id or name begins with `q`."""
        check_parameters(request, LISTING)
        params = request.query_params
        shown, last = party_page(
            visible_customers(EVERYTHING),
            prefix=text(params, "q"),
            after=read_cursor(request),
            limit=page_size(params, default=DEFAULT_LIMIT, most=MAX_LIMIT),
        )
        results = [CustomerItem(**_described(customer)) for customer in shown]
        return page_answer(request, results, last)


class CustomerApi(ReadView):
    """One customer."""

    openapi = Operation(
        id="readCustomer",
        tag=PARTIES,
        summary="One customer with the score, trust, the last break and what is expected",
        parameters=(PARTY_ID, *SCORING_PARAMETERS),
        answers={200: CustomerAnswer},
        examples=(Example("One customer", path=CUSTOMER),),
    )

    def get(self, request: Request, id: str) -> HttpResponse:
        """The customer with the score of the window; the rest is of all kinds and all time."""
        check_parameters(request, SCORING)
        customer = _visible(id)
        question = question_in(request.query_params, customer_ids=frozenset({customer.pk}))
        rows = customer_rows(question)
        row = rows[0] if rows else empty_row(customer.reference, customer.label, question.as_of)
        asked = Asked(question.window, question.kind, question.as_of, question.is_now)
        memory = memory_answer(
            memory_read(EVERYTHING, customer, asked), trust_of_customer(EVERYTHING, customer, asked)
        )
        rests = rests_of_customer(EVERYTHING, customer, asked).count if asked.is_now else None
        return json_answer(
            CustomerAnswer(**_described(customer), score=row, rests_owed=rests, **memory)
        )


class CustomerTimelineApi(ReadView):
    """What happened to one customer."""

    openapi = Operation(
        id="readTimeline",
        tag=PARTIES,
        summary="What happened to a customer, latest first",
        parameters=(PARTY_ID, AS_OF, *paging(DEFAULT_LIMIT, MAX_LIMIT)),
        answers={200: page_of(EventAnswer)},
        examples=(Example("A timeline", path=CUSTOMER),),
    )

    def get(self, request: Request, id: str) -> HttpResponse:
        """A page of events, latest first."""
        check_parameters(request, ("as_of", "limit", "cursor"))
        asked, customer = asked_moment(request), _visible(id)
        limit = page_size(request.query_params, default=DEFAULT_LIMIT, most=MAX_LIMIT)
        entries, more = customer_timeline(
            EVERYTHING, customer, asked, limit=limit, before=place_in(request)
        )
        last = entries[-1] if more else None
        position = None if last is None else place_text((last.occurred_at, last.seq))
        return page_answer(request, [event_answer(entry) for entry in entries], position)


def _visible(id: str) -> Customer:
    try:
        return customer_visible(EVERYTHING, party_id(id))
    except NotVisible:
        raise NotFound from None


def _described(customer: Customer) -> dict[str, Any]:
    return {
        "id": customer.reference,
        "name": customer.label,
        "preferred_name": customer.preferred_name,
        "zone": customer.zone,
        "segment": customer.segment,
        "is_new": customer.is_new,
        "created_at": customer.created_at,
    }
