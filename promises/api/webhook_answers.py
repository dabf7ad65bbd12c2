"""What the API takes and tells of webhooks."""

from datetime import datetime
from typing import Annotated

import msgspec
from django.http import Http404

from interactions.json_bodies import InvalidBody
from interactions.openapi import Parameter, whole
from promises.api.encoding import row_id
from promises.domain.clock import parse_moment
from promises.models import WebhookDelivery, WebhookEndpoint, WebhookEvent
from promises.selectors.webhooks import Webhook
from promises.services.webhooks.endpoints import WebhookRefused

TAG = "Webhooks"
MOST_ID = 10**18 - 1
ID = Parameter("id", "the webhook's id", whole(1, MOST_ID), where="path", required=True)
DELIVERY_ID = Parameter(
    "delivery", "the delivery's id", whole(1, MOST_ID), where="path", required=True
)
EventKind = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(WebhookEvent.values)})]
Types = Annotated[list[EventKind], msgspec.Meta(max_length=100, extra_json_schema={"minItems": 1})]


class NewWebhook(msgspec.Struct, forbid_unknown_fields=True):
    """An endpoint to make: where it is, and the types of events that it wants."""

    url: str
    event_types: Types
    description: str = ""


class WebhookChanges(msgspec.Struct, forbid_unknown_fields=True):
    """What is to change; what is left out stays. `enabled` switches it on or off."""

    url: str | None = None
    description: str | None = None
    event_types: Types | None = None
    enabled: bool | None = None


class ReplaySince(msgspec.Struct, forbid_unknown_fields=True):
    """Since when (RFC 3339, with its offset) what was given up is sent again."""

    since: Annotated[str, msgspec.Meta(extra_json_schema={"format": "date-time"})]


class WebhooksAnswer(msgspec.Struct):
    """All endpoints, in the order in which they were made."""

    results: list[Webhook]


class NewWebhookAnswer(msgspec.Struct):
    """An endpoint that was made just now; `secret` is shown this once."""

    webhook: Webhook
    secret: str


class NewSecretAnswer(msgspec.Struct):
    """The new secret, shown this once; the one before it signs until `second_secret_until`."""

    secret: str
    second_secret_until: datetime | None


class Replayed(msgspec.Struct):
    """How many deliveries are sent again."""

    replayed: int


def endpoint_of(text: str) -> WebhookEndpoint:
    """The endpoint that an address names.

    Raises: Http404, NotFound.
    """
    row = WebhookEndpoint.objects.filter(pk=row_id(text)).first()
    if row is None:
        raise Http404
    return row


def delivery_of(endpoint: WebhookEndpoint, text: str) -> WebhookDelivery:
    """The delivery of an endpoint that an address names.

    Raises: Http404, NotFound.
    """
    row = WebhookDelivery.objects.filter(pk=row_id(text), endpoint=endpoint).first()
    if row is None:
        raise Http404
    return row


def invalid(refused: WebhookRefused) -> InvalidBody:
    """What the service refused, as a problem that points at the field."""
    return InvalidBody(refused.pointer, refused.reason)


def moment_of(text: str, pointer: str) -> datetime:
    """Raises: InvalidBody."""
    try:
        return parse_moment(text)
    except (ValueError, OverflowError):
        reason = "must be an RFC 3339 time with its offset, such as 2026-03-02T09:30:00Z"
        raise InvalidBody(pointer, reason) from None
