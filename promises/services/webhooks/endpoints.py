"""Making, changing and ending endpoints; testing, replaying and sweeping up their deliveries."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from interactions.changes import NOBODY, Area, By, record_change
from promises.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint, WebhookEvent
from promises.models.webhook import TEST_TYPE
from promises.projection.outbox import forget_wanted, new_message_id, payload
from promises.services.webhooks.claiming import switch_off
from promises.services.webhooks.reach import UrlRefused, check_reachable
from promises.services.webhooks.signing import new_secret

MOST_ENDPOINTS = 100
MOST_DESCRIPTION = 500
OLD_SECRET_FOR = timedelta(hours=24)
KEPT_FOR = timedelta(days=30)
_PURGED_AT_ONCE = 10_000
_PURGE = """
WITH old AS (
  SELECT id FROM promises_webhookdelivery WHERE created_at < %(before)s
  UNION
  SELECT d.id FROM promises_webhookdelivery d
  WHERE NOT EXISTS (SELECT FROM promises_webhookendpoint e WHERE e.id = d.endpoint_id)
  LIMIT %(most)s
), tries AS (
  DELETE FROM promises_webhookattempt a USING old WHERE a.delivery_id = old.id
), gone AS (
  DELETE FROM promises_webhookdelivery d USING old WHERE d.id = old.id RETURNING d.id
)
SELECT count(*) FROM gone
"""


class WebhookRefused(ValueError):
    """What an endpoint cannot be; `pointer` names the field, "" where it is none."""

    def __init__(self, pointer: str, reason: str) -> None:
        super().__init__(reason)
        self.pointer = pointer
        self.reason = reason


def make_endpoint(
    *, url: str, description: str, event_types: Sequence[str], by: By = NOBODY
) -> tuple[WebhookEndpoint, str]:
    """Make an endpoint. Shape: its row, and its secret, which cannot be shown again.

    Raises: WebhookRefused.
    """
    checked = _checked_url(url)
    described, types = _checked_description(description), _checked_types(event_types)
    with transaction.atomic():
        if WebhookEndpoint.objects.count() >= MOST_ENDPOINTS:
            reason = _("there are {most} endpoints already; delete one first")
            raise WebhookRefused("", reason.format(most=MOST_ENDPOINTS))
        made = new_secret()
        endpoint = WebhookEndpoint.objects.create(
            url=checked,
            description=described,
            event_types=types,
            secret=made.salt,
            secret_check=made.check,
            created_by_id=by.user_id,
        )
        record_change(Area.WEBHOOK, checked, "made", by=by, after=_facts(endpoint))
    forget_wanted()
    return endpoint, made.secret


def change_endpoint(
    pk: int,
    *,
    url: str | None = None,
    description: str | None = None,
    event_types: Sequence[str] | None = None,
    enabled: bool | None = None,
    now: datetime,
    by: By = NOBODY,
) -> None:
    """Change what is given. Switched on again, an endpoint starts with a clean slate.

    Raises: WebhookRefused.
    """
    changes: dict[str, object] = {}
    if url is not None:
        changes["url"] = _checked_url(url)
    if description is not None:
        changes["description"] = _checked_description(description)
    if event_types is not None:
        changes["event_types"] = _checked_types(event_types)
    endpoints = WebhookEndpoint.objects.filter(pk=pk)
    with transaction.atomic():
        before = _facts_of(pk)
        if changes:
            endpoints.update(**changes)
        if enabled is False:
            switch_off([pk], _("switched off by hand"), now=now)
        elif enabled is True:
            endpoints.filter(enabled=False).update(
                enabled=True,
                disabled_at=None,
                disabled_reason="",
                failing_since=None,
                throttled_until=None,
            )
        _changed(pk, before, by)
    forget_wanted()


def rotate_secret(pk: int, *, now: datetime, by: By = NOBODY) -> str:
    """Make a new secret and answer it, this once; the one before it signs for another 24 hours.

    Raises: DoesNotExist.
    """
    made = new_secret()
    with transaction.atomic():
        endpoint = WebhookEndpoint.objects.select_for_update(no_key=True).get(pk=pk)
        endpoint.previous_secret = endpoint.secret
        endpoint.previous_check = endpoint.secret_check
        endpoint.previous_until = now + OLD_SECRET_FOR
        endpoint.secret, endpoint.secret_check = made.salt, made.check
        endpoint.save(
            update_fields=[
                "previous_secret", "previous_check", "previous_until", "secret", "secret_check",
            ]
        )  # fmt: skip
        record_change(Area.WEBHOOK, endpoint.url, "got a new secret", by=by)
    return made.secret


def delete_endpoint(pk: int, *, by: By = NOBODY) -> None:
    """Delete an endpoint with all that it was told."""
    with transaction.atomic():
        if before := _facts_of(pk):
            record_change(Area.WEBHOOK, before["url"], "deleted", by=by, before=before)
        WebhookAttempt.objects.filter(delivery__endpoint=pk).delete()
        WebhookDelivery.objects.filter(endpoint=pk).delete()
        WebhookEndpoint.objects.filter(pk=pk).delete()
    forget_wanted()


def send_test(endpoint: WebhookEndpoint, *, now: datetime) -> WebhookDelivery:
    """Tell one endpoint that this is a test, whatever it asked for.

    Raises: WebhookRefused where it is off.
    """
    if not endpoint.enabled:
        raise WebhookRefused("", _("this endpoint is off; switch it on first"))
    message_id = new_message_id()
    data = {"webhook": str(endpoint.pk), "text": "This is a test of Promise Gap."}
    return WebhookDelivery.objects.create(
        endpoint=endpoint,
        message_id=message_id,
        key=f"{TEST_TYPE}:{message_id}",
        type=TEST_TYPE,
        body=payload(TEST_TYPE, now, data),
        created_at=now,
        next_at=now,
    )


def replay(delivery: WebhookDelivery, *, now: datetime) -> bool:
    """Send a delivery again, under its id, with all attempts before it. False where it is already
    under way."""
    return bool(_replay(WebhookDelivery.objects.filter(pk=delivery.pk), now))


def replay_failed(endpoint: WebhookEndpoint, since: datetime, *, now: datetime) -> int:
    """Send again what was given up since a moment; answer how many it is."""
    given_up = WebhookDelivery.objects.filter(
        endpoint=endpoint, state=WebhookDelivery.State.FAILED, created_at__gte=since
    )
    return _replay(given_up, now)


def purge(*, now: datetime) -> int:
    """Delete deliveries of 30 days ago and before, and what deleted endpoints left behind."""
    purged = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(_PURGE, {"before": now - KEPT_FOR, "most": _PURGED_AT_ONCE})
            taken: int = cursor.fetchone()[0]
        purged += taken
        if taken < _PURGED_AT_ONCE:
            return purged


def _facts(endpoint: WebhookEndpoint) -> dict[str, Any]:
    return {
        "url": endpoint.url,
        "description": endpoint.description,
        "event_types": endpoint.event_types,
        "enabled": endpoint.enabled,
    }


def _facts_of(pk: int) -> dict[str, Any]:
    found = WebhookEndpoint.objects.filter(pk=pk).first()
    return _facts(found) if found else {}


def _changed(pk: int, before: dict[str, Any], by: By) -> None:
    after = _facts_of(pk)
    if before and after:
        record_change(Area.WEBHOOK, after["url"], "changed", by=by, before=before, after=after)


def _replay(deliveries: QuerySet[WebhookDelivery], now: datetime) -> int:
    return deliveries.exclude(state=WebhookDelivery.State.PENDING).update(
        state=WebhookDelivery.State.PENDING,
        attempts=0,
        next_at=now,
        claimed_until=None,
        delivered_at=None,
    )


def _checked_url(url: str) -> str:
    try:
        return check_reachable(url.strip())
    except UrlRefused as refused:
        raise WebhookRefused("/url", refused.reason) from None


def _checked_description(description: str) -> str:
    text = description.strip()
    if len(text) > MOST_DESCRIPTION or "\0" in text:
        reason = _("must be a text of at most {most} characters")
        raise WebhookRefused("/description", reason.format(most=MOST_DESCRIPTION))
    return text


def _checked_types(event_types: Sequence[str]) -> list[str]:
    unknown = sorted(set(event_types) - set(WebhookEvent.values))
    if unknown or not event_types:
        words = ", ".join(WebhookEvent.values)
        raise WebhookRefused(
            "/event_types", _("must name at least one of {words}").format(words=words)
        )
    return [kind for kind in WebhookEvent.values if kind in event_types]
