"""`/api/v1/webhooks/{id}/deliveries`: what a webhook was told, and telling it again."""

from django.db import transaction
from django.http import HttpResponse
from django.utils import timezone
from rest_framework import status
from rest_framework.request import Request

from interactions.authentication import CanAdminister
from interactions.json_bodies import read_json
from interactions.openapi import Example, Operation, Parameter, one_of, page_of, whole
from interactions.source_answers import NoFields
from promises.api.encoding import ApiView, check_parameters, json_answer, page_answer
from promises.api.parameters import choice, page_size, read_cursor
from promises.api.webhook_answers import (
    DELIVERY_ID,
    ID,
    TAG,
    Replayed,
    ReplaySince,
    delivery_of,
    endpoint_of,
    moment_of,
)
from promises.models import WebhookDelivery
from promises.selectors.webhooks import (
    Delivery,
    DeliveryInFull,
    deliveries_of,
    delivery_in_full,
)
from promises.services.webhooks.endpoints import replay, replay_failed
from promises.wakeup import webhook_waker

DEFAULT_LIMIT, MAX_LIMIT = 50, 500
STATES = tuple(WebhookDelivery.State.values)


class DeliveriesApi(ApiView):
    """What an endpoint was told in the last 30 days."""

    permission_classes = (CanAdminister,)
    openapi = Operation(
        "listWebhookDeliveries",
        "What a webhook was told in the last 30 days",
        TAG,
        "admin",
        description="Latest first.",
        parameters=(
            ID,
            Parameter("state", "only those", one_of(*STATES)),
            Parameter("limit", "deliveries on a page", whole(1, MAX_LIMIT, DEFAULT_LIMIT)),
            Parameter("cursor", "from `next` of the last page"),
        ),
        answers={200: page_of(Delivery)},
        examples=(Example("what was given up", path={"id": "1"}, query={"state": "failed"}),),
    )

    def get(self, request: Request, id: str) -> HttpResponse:
        """One page of them.

        Raises: Http404, InvalidQuery.
        """
        check_parameters(request, ("state", "limit", "cursor"))
        row, params = endpoint_of(id), request.query_params
        page = deliveries_of(
            row.pk,
            state=choice(params, "state", STATES, ""),
            before=int(read_cursor(request) or 0),
            limit=page_size(params, default=DEFAULT_LIMIT, most=MAX_LIMIT),
        )
        return page_answer(request, page.deliveries, None if page.next is None else str(page.next))


class DeliveryApi(ApiView):
    """One delivery."""

    permission_classes = (CanAdminister,)
    openapi = Operation(
        "readWebhookDelivery",
        "One delivery with its body, attempts and answers",
        TAG,
        "admin",
        parameters=(ID, DELIVERY_ID),
        answers={200: DeliveryInFull},
        examples=(Example("one", path={"id": "1", "delivery": "1"}),),
    )

    def get(self, request: Request, id: str, delivery: str) -> HttpResponse:
        """One delivery.

        Raises: Http404.
        """
        check_parameters(request, ())
        row = delivery_of(endpoint_of(id), delivery)
        return json_answer(delivery_in_full(row.endpoint_id, row.pk))


class DeliveryReplayApi(ApiView):
    """A delivery once more."""

    permission_classes = (CanAdminister,)
    parser_classes = ()
    openapi = Operation(
        "replayWebhookDelivery",
        "Send a delivery again, under its id",
        TAG,
        "admin",
        description="With all ten attempts before it. One that is under way already is left alone.",
        parameters=(ID, DELIVERY_ID),
        takes=NoFields,
        body_optional=True,
        answers={202: Replayed},
        examples=(Example("once more", path={"id": "1", "delivery": "1"}, body={}),),
    )

    def post(self, request: Request, id: str, delivery: str) -> HttpResponse:
        """Replay one delivery.

        Raises: Http404.
        """
        check_parameters(request, ())
        row = delivery_of(endpoint_of(id), delivery)
        read_json(request._request, NoFields, optional=True)
        replayed = replay(row, now=timezone.now())
        transaction.on_commit(webhook_waker.wake)
        return json_answer(Replayed(int(replayed)), status=status.HTTP_202_ACCEPTED)


class WebhookReplayApi(ApiView):
    """All that was given up, once more."""

    permission_classes = (CanAdminister,)
    parser_classes = ()
    openapi = Operation(
        "replayWebhookFailures",
        "Send again what was given up since a moment",
        TAG,
        "admin",
        parameters=(ID,),
        takes=ReplaySince,
        answers={202: Replayed},
        examples=(
            Example("since a morning", path={"id": "1"}, body={"since": "2026-03-02T09:30:00Z"}),
        ),
    )

    def post(self, request: Request, id: str) -> HttpResponse:
        """Replay what was given up.

        Raises: Http404, InvalidBody.
        """
        check_parameters(request, ())
        row = endpoint_of(id)
        since = moment_of(read_json(request._request, ReplaySince).since, "/since")
        replayed = replay_failed(row, since, now=timezone.now())
        transaction.on_commit(webhook_waker.wake)
        return json_answer(Replayed(replayed), status=status.HTTP_202_ACCEPTED)
