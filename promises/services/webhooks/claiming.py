"""Which deliveries a worker takes in hand, and what becomes of them.

A claim is a moment on the row: a worker that dies lets it pass, and another takes the delivery. At
most a few deliveries of one endpoint are in hand at once, in all workers together, so that a slow
receiver keeps a few hands busy and never all of them.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils.translation import gettext as _

from interactions.arrays import plain_array
from promises.domain.retries import Verdict, is_given_up, verdict
from promises.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from promises.projection.outbox import forget_wanted
from promises.services.webhooks.sending import Answer

# Longer than any attempt takes.
CLAIM = timedelta(seconds=60)
AT_ONCE = 4
# One that failed last gets one attempt at a time until it answers again.
AT_ONCE_FAILING = 1

# The endpoints with something due, locked so that two workers cannot count one's hands at once.
_LOCK = """
SELECT e.id, CASE WHEN e.failing_since IS NULL THEN %(most)s ELSE %(failing)s END
FROM promises_webhookendpoint e
WHERE e.enabled AND (e.throttled_until IS NULL OR e.throttled_until <= %(now)s)
  AND EXISTS (
    SELECT FROM promises_webhookdelivery d
    WHERE d.endpoint_id = e.id AND d.state = 'pending' AND d.next_at <= %(now)s
      AND (d.claimed_until IS NULL OR d.claimed_until <= %(now)s)
  )
FOR NO KEY UPDATE OF e SKIP LOCKED
"""

_CLAIM = """
WITH due AS (
  SELECT d.id
  FROM unnest(%(endpoints)s::bigint[], %(most)s::int[]) AS e(id, most)
  CROSS JOIN LATERAL (
    SELECT w.id FROM promises_webhookdelivery w
    WHERE w.endpoint_id = e.id AND w.state = 'pending' AND w.next_at <= %(now)s
      AND (w.claimed_until IS NULL OR w.claimed_until <= %(now)s)
    ORDER BY w.next_at, w.id
    LIMIT greatest(0, e.most - (
      SELECT count(*) FROM promises_webhookdelivery b
      WHERE b.endpoint_id = e.id AND b.state = 'pending' AND b.claimed_until > %(now)s
    ))
    FOR UPDATE SKIP LOCKED
  ) d
  LIMIT %(room)s
)
UPDATE promises_webhookdelivery d SET claimed_until = %(until)s
FROM due WHERE d.id = due.id RETURNING d.id
"""


@dataclass(frozen=True, slots=True)
class Claim:
    """A delivery in hand. Shape: `until` is the claim by which it is known."""

    delivery: WebhookDelivery
    endpoint: WebhookEndpoint
    until: datetime


def claim_due(room: int, *, now: datetime) -> list[Claim]:
    """Take at most `room` deliveries that are due."""
    until = now + CLAIM
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_LOCK, {"now": now, "most": AT_ONCE, "failing": AT_ONCE_FAILING})
        endpoints = cursor.fetchall()
        if not endpoints:
            return []
        # In no fixed order: where hands are few, none is always the last.
        random.shuffle(endpoints)
        cursor.execute(
            _CLAIM,
            {
                "endpoints": plain_array(pk for pk, _ in endpoints),
                "most": plain_array(most for _, most in endpoints),
                "now": now,
                "until": until,
                "room": room,
            },
        )
        taken = [pk for (pk,) in cursor.fetchall()]
    rows = WebhookDelivery.objects.select_related("endpoint").filter(pk__in=taken).order_by("pk")
    return [Claim(row, row.endpoint, until) for row in rows]


def settle(claim: Claim, answer: Answer, *, now: datetime) -> None:
    """Write down an attempt and what follows from it; nothing where the claim has passed."""
    attempts = claim.delivery.attempts + 1
    found = verdict(
        attempts=attempts,
        status=answer.status,
        retry_after=answer.retry_after,
        now=now,
        chance=random.random,
    )
    with transaction.atomic():
        mine = WebhookDelivery.objects.filter(
            pk=claim.delivery.pk,
            claimed_until=claim.until,
            state=WebhookDelivery.State.PENDING,
        ).update(
            state=_state(found),
            attempts=attempts,
            next_at=found.next_at,
            claimed_until=None,
            delivered_at=now if found.delivered else None,
            status=answer.status,
            reason=answer.reason,
        )
        if not mine:
            return
        WebhookAttempt.objects.create(
            delivery_id=claim.delivery.pk,
            at=now - timedelta(milliseconds=answer.took_ms),
            took_ms=answer.took_ms,
            status=answer.status,
            reason=answer.reason,
            answer=answer.body,
        )
        _settle_endpoint(claim.endpoint.pk, found, now)


def switch_off(endpoints: Sequence[int], reason: str, *, now: datetime) -> int:
    """Tell these endpoints nothing from now on; answer how many were on."""
    changed = WebhookEndpoint.objects.filter(pk__in=endpoints, enabled=True).update(
        enabled=False, disabled_at=now, disabled_reason=reason
    )
    forget_wanted()
    return changed


def _state(found: Verdict) -> WebhookDelivery.State:
    if found.delivered:
        return WebhookDelivery.State.DELIVERED
    return WebhookDelivery.State.PENDING if found.next_at else WebhookDelivery.State.FAILED


def _settle_endpoint(pk: int, found: Verdict, now: datetime) -> None:
    endpoints = WebhookEndpoint.objects.filter(pk=pk)
    if found.delivered:
        # A row that is well is not written at each success.
        endpoints.exclude(failing_since=None).update(failing_since=None, throttled_until=None)
        return
    endpoints.filter(failing_since=None).update(failing_since=now)
    if found.throttled_until is not None:
        endpoints.update(throttled_until=found.throttled_until)
    if found.is_gone:
        switch_off([pk], _("the receiver answered 410: it is gone"), now=now)
        return
    since = endpoints.values_list("failing_since", flat=True).first()
    if is_given_up(since, now):
        switch_off([pk], _("every delivery has failed for 5 days"), now=now)
