"""Webhooks as pages and the API show them, for admins."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.db.models import Count, Max, Q, QuerySet

from promises.models import WebhookDelivery, WebhookEndpoint

State = Literal["on", "failing", "waiting", "off"]


@dataclass(frozen=True, slots=True)
class Webhook:
    """One endpoint. `pending` and `failed` count its deliveries of the last 30 days that are still
    to be made and that were given up; `second_secret_until` is the end of a rotation."""

    id: str
    url: str
    description: str
    event_types: list[str]
    state: State
    disabled_at: datetime | None
    disabled_reason: str
    failing_since: datetime | None
    throttled_until: datetime | None
    second_secret_until: datetime | None
    last_delivered_at: datetime | None
    pending: int
    failed: int
    created_at: datetime
    created_by: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message: `attempts` since it was written or replayed last, the last answer's `status`, or
    the `reason` why there was none."""

    id: str
    message_id: str
    type: str
    state: str
    attempts: int
    status: int | None
    reason: str
    created_at: datetime
    next_at: datetime | None
    delivered_at: datetime | None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt: what was answered (at most 2 kB of it), after how many milliseconds."""

    at: datetime
    took_ms: int
    status: int | None
    reason: str
    answer: str


@dataclass(frozen=True, slots=True)
class DeliveryInFull:
    """One message with its body, exactly as it is sent, and all attempts, the latest first."""

    delivery: Delivery
    body: str
    tries: list[Attempt]


@dataclass(frozen=True, slots=True)
class DeliveryPage:
    """Deliveries, latest first. Shape: `next` is the number after which the next page begins."""

    deliveries: list[Delivery]
    next: int | None


def webhooks(*, now: datetime) -> list[Webhook]:
    """All endpoints, in the order in which they were made."""
    return _told(WebhookEndpoint.objects.order_by("pk"), now)


def webhook(pk: int, *, now: datetime) -> Webhook:
    """One endpoint.

    Raises: WebhookEndpoint.DoesNotExist.
    """
    found = _told(WebhookEndpoint.objects.filter(pk=pk), now)
    if not found:
        raise WebhookEndpoint.DoesNotExist
    return found[0]


def deliveries_of(pk: int, *, state: str, before: int, limit: int) -> DeliveryPage:
    """A page of an endpoint's deliveries; `before` 0 is the beginning, `state` "" means all."""
    rows = WebhookDelivery.objects.filter(endpoint=pk).order_by("-pk")
    if state:
        rows = rows.filter(state=state)
    if before:
        rows = rows.filter(pk__lt=before)
    found = list(rows.defer("body")[: limit + 1])
    following = found[limit - 1].pk if len(found) > limit else None
    return DeliveryPage([_delivery(row) for row in found[:limit]], following)


def delivery_in_full(endpoint: int, pk: int) -> DeliveryInFull:
    """One delivery of an endpoint.

    Raises: WebhookDelivery.DoesNotExist.
    """
    row = WebhookDelivery.objects.get(pk=pk, endpoint=endpoint)
    tries = [
        Attempt(one.at, one.took_ms, one.status, one.reason, one.answer)
        for one in row.tries.order_by("-pk")
    ]
    return DeliveryInFull(_delivery(row), row.body, tries)


def _told(endpoints: QuerySet[WebhookEndpoint], now: datetime) -> list[Webhook]:
    rows = list(endpoints.select_related("created_by"))
    counted: dict[int, dict[str, Any]] = {
        entry["endpoint"]: dict(entry)
        for entry in WebhookDelivery.objects.filter(endpoint__in=[row.pk for row in rows])
        .values("endpoint")
        .annotate(
            pending=Count("pk", filter=Q(state=WebhookDelivery.State.PENDING)),
            failed=Count("pk", filter=Q(state=WebhookDelivery.State.FAILED)),
            last=Max("delivered_at"),
        )
    }
    return [_webhook(row, counted.get(row.pk, {}), now) for row in rows]


def _webhook(row: WebhookEndpoint, counted: dict[str, Any], now: datetime) -> Webhook:
    return Webhook(
        id=str(row.pk),
        url=row.url,
        description=row.description,
        event_types=row.event_types,
        state=_state(row, now),
        disabled_at=row.disabled_at,
        disabled_reason=row.disabled_reason,
        failing_since=row.failing_since,
        throttled_until=_if_to_come(row.throttled_until, now),
        second_secret_until=_if_to_come(row.previous_until, now),
        last_delivered_at=counted.get("last"),
        pending=counted.get("pending", 0),
        failed=counted.get("failed", 0),
        created_at=row.created_at,
        created_by=row.created_by.get_username() if row.created_by else "",
    )


def _state(row: WebhookEndpoint, now: datetime) -> State:
    if not row.enabled:
        return "off"
    if _if_to_come(row.throttled_until, now):
        return "waiting"
    return "failing" if row.failing_since else "on"


def _if_to_come(moment: datetime | None, now: datetime) -> datetime | None:
    return moment if moment is not None and moment > now else None


def _delivery(row: WebhookDelivery) -> Delivery:
    return Delivery(
        id=str(row.pk),
        message_id=row.message_id,
        type=row.type,
        state=row.state,
        attempts=row.attempts,
        status=row.status,
        reason=row.reason,
        created_at=row.created_at,
        next_at=row.next_at,
        delivered_at=row.delivered_at,
    )
