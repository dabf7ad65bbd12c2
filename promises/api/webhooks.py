"""`/api/v1/webhooks`: who is told what, for keys with the scope admin."""

from collections.abc import Mapping

from django.db import transaction
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from rest_framework import status
from rest_framework.request import Request

from interactions.authentication import CanAdminister, caller_of
from interactions.json_bodies import read_json
from interactions.openapi import Example, Operation
from interactions.source_answers import NoFields
from promises.api.encoding import ApiView, check_parameters, json_answer
from promises.api.webhook_answers import (
    ID,
    TAG,
    NewSecretAnswer,
    NewWebhook,
    NewWebhookAnswer,
    WebhookChanges,
    WebhooksAnswer,
    endpoint_of,
    invalid,
)
from promises.selectors.webhooks import Delivery, Webhook, delivery_in_full, webhook, webhooks
from promises.services.webhooks.endpoints import (
    WebhookRefused,
    change_endpoint,
    delete_endpoint,
    make_endpoint,
    rotate_secret,
    send_test,
)
from promises.wakeup import webhook_waker


class WebhooksApi(ApiView):
    """All endpoints; a new one."""

    permission_classes = (CanAdminister,)
    parser_classes = ()
    openapi: Mapping[str, Operation] = {
        "get": Operation(
            "listWebhooks",
            "All webhooks",
            TAG,
            "admin",
            answers={200: WebhooksAnswer},
            examples=(Example("all of them"),),
        ),
        "post": Operation(
            "makeWebhook",
            "Make a webhook; its secret is shown this once",
            TAG,
            "admin",
            description="The address must be public, or allowed by the installation. What is told, "
            "and how a receiver verifies it: docs/webhooks.md.",
            takes=NewWebhook,
            answers={201: NewWebhookAnswer},
            examples=(
                Example(
                    "broken promises to a chat",
                    body={
                        "url": "https://hooks.example.com/promises",
                        "event_types": ["promise.failed", "promise.overdue"],
                        "description": "our chat",
                    },
                ),
            ),
        ),
    }

    def get(self, request: Request) -> HttpResponse:
        """All endpoints."""
        check_parameters(request, ())
        return json_answer(WebhooksAnswer(webhooks(now=timezone.now())))

    def post(self, request: Request) -> HttpResponse:
        """Make an endpoint.

        Raises: InvalidBody.
        """
        check_parameters(request, ())
        body = read_json(request._request, NewWebhook)
        try:
            row, secret = make_endpoint(
                url=body.url,
                description=body.description,
                event_types=body.event_types,
                by=caller_of(request),
            )
        except WebhookRefused as refused:
            raise invalid(refused) from None
        told = webhook(row.pk, now=timezone.now())
        answer = json_answer(NewWebhookAnswer(told, secret), status=status.HTTP_201_CREATED)
        answer["Location"] = reverse("api-webhook", args=[row.pk])
        return answer


class WebhookApi(ApiView):
    """One endpoint."""

    permission_classes = (CanAdminister,)
    parser_classes = ()
    openapi: Mapping[str, Operation] = {
        "get": Operation(
            "readWebhook",
            "One webhook",
            TAG,
            "admin",
            parameters=(ID,),
            answers={200: Webhook},
            examples=(Example("one", path={"id": "1"}),),
        ),
        "patch": Operation(
            "changeWebhook",
            "Change a webhook, or switch it on or off",
            TAG,
            "admin",
            description="What is left out stays. Switched on again, it is told what was noted for "
            "it before it went off.",
            parameters=(ID,),
            takes=WebhookChanges,
            answers={200: Webhook},
            examples=(Example("switch it off", path={"id": "1"}, body={"enabled": False}),),
        ),
        "delete": Operation(
            "deleteWebhook",
            "Delete a webhook with its deliveries",
            TAG,
            "admin",
            parameters=(ID,),
            answers={204: None},
            examples=(Example("one that is not needed any more", path={"id": "1"}),),
        ),
    }

    def get(self, request: Request, id: str) -> HttpResponse:
        """One endpoint.

        Raises: Http404.
        """
        check_parameters(request, ())
        return json_answer(webhook(endpoint_of(id).pk, now=timezone.now()))

    def patch(self, request: Request, id: str) -> HttpResponse:
        """Change an endpoint.

        Raises: Http404, InvalidBody.
        """
        check_parameters(request, ())
        row, now = endpoint_of(id), timezone.now()
        body = read_json(request._request, WebhookChanges)
        try:
            change_endpoint(
                row.pk,
                url=body.url,
                description=body.description,
                event_types=body.event_types,
                enabled=body.enabled,
                now=now,
                by=caller_of(request),
            )
        except WebhookRefused as refused:
            raise invalid(refused) from None
        transaction.on_commit(webhook_waker.wake)
        return json_answer(webhook(row.pk, now=now))

    def delete(self, request: Request, id: str) -> HttpResponse:
        """Delete an endpoint.

        Raises: Http404.
        """
        check_parameters(request, ())
        delete_endpoint(endpoint_of(id).pk, by=caller_of(request))
        return HttpResponse(status=status.HTTP_204_NO_CONTENT)


class WebhookRotationApi(ApiView):
    """A new secret."""

    permission_classes = (CanAdminister,)
    parser_classes = ()
    openapi = Operation(
        "rotateWebhookSecret",
        "Make a new secret, shown this once",
        TAG,
        "admin",
        description="For 24 hours both secrets sign every delivery. Rotated again within them, "
        "only the last two do.",
        parameters=(ID,),
        takes=NoFields,
        body_optional=True,
        answers={201: NewSecretAnswer},
        examples=(Example("a new secret", path={"id": "1"}, body={}),),
    )

    def post(self, request: Request, id: str) -> HttpResponse:
        """Rotate the secret.

        Raises: Http404.
        """
        check_parameters(request, ())
        row, now = endpoint_of(id), timezone.now()
        read_json(request._request, NoFields, optional=True)
        secret = rotate_secret(row.pk, now=now, by=caller_of(request))
        until = webhook(row.pk, now=now).second_secret_until
        return json_answer(NewSecretAnswer(secret, until), status=status.HTTP_201_CREATED)


class WebhookTestApi(ApiView):
    """A test event."""

    permission_classes = (CanAdminister,)
    parser_classes = ()
    openapi = Operation(
        "testWebhook",
        "Send a test event",
        TAG,
        "admin",
        description="Of the type webhook.test, to this endpoint, whatever it asked for.",
        parameters=(ID,),
        takes=NoFields,
        body_optional=True,
        answers={202: Delivery},
        examples=(Example("a test", path={"id": "1"}, body={}),),
    )

    def post(self, request: Request, id: str) -> HttpResponse:
        """Send a test event.

        Raises: Http404, InvalidBody where the endpoint is off.
        """
        check_parameters(request, ())
        row = endpoint_of(id)
        read_json(request._request, NoFields, optional=True)
        try:
            made = send_test(row, now=timezone.now())
        except WebhookRefused as refused:
            raise invalid(refused) from None
        transaction.on_commit(webhook_waker.wake)
        told = delivery_in_full(row.pk, made.pk).delivery
        return json_answer(told, status=status.HTTP_202_ACCEPTED)
