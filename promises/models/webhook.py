"""Webhooks out: who is told what, every telling, and every attempt at it."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _


class WebhookEvent(models.TextChoices):
    """What can be told; the value is the `type` of the payload."""

    MADE = "promise.made", _("a promise was made")
    KEPT = "promise.kept", _("a promise was kept")
    LATE = "promise.late", _("a promise was kept, but late")
    PARTIAL = "promise.partial", _("a promise was kept in part")
    FAILED = "promise.failed", _("a promise failed")
    WITHDRAWN = "promise.withdrawn", _("the customer withdrew a promise")
    RESCHEDULED = "promise.rescheduled", _("a promise has another due date")
    OVERDUE = "promise.overdue", _("an open promise is overdue")
    ALERT = "alert.raised", _("a rule for alerts was met")


# Sent by a button, to one endpoint, whatever it asked for.
TEST_TYPE = "webhook.test"


class WebhookEndpoint(models.Model):
    """An address that is told. `secret` is a random salt: the secret itself is computed from it
    and the installation's signing key, and stands nowhere."""

    url = models.TextField(_("address"))
    description = models.TextField(_("description"), default="")
    event_types = ArrayField(models.TextField(choices=WebhookEvent.choices))
    enabled = models.BooleanField(_("on"), default=True)
    disabled_at = models.DateTimeField(null=True)
    disabled_reason = models.TextField(default="")
    secret = models.TextField()
    # Tells whether the signing key is still the one that the secret was shown under.
    secret_check = models.TextField()
    previous_secret = models.TextField(default="")
    previous_check = models.TextField(default="")
    previous_until = models.DateTimeField(null=True)
    # The first failure since the last success.
    failing_since = models.DateTimeField(null=True)
    throttled_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")

    def __str__(self) -> str:
        return self.url


class WebhookDelivery(models.Model):
    """One message to one endpoint: the outbox, and for 30 days the record of it.

    The endpoint is not checked by the database: the row is written where promises change, and an
    endpoint that goes away meanwhile must not stop that. What it leaves is swept away.
    """

    class State(models.TextChoices):
        PENDING = "pending", _("to be delivered")
        DELIVERED = "delivered", _("delivered")
        FAILED = "failed", _("given up")

    endpoint = models.ForeignKey(
        WebhookEndpoint, on_delete=models.CASCADE, db_index=False, db_constraint=False
    )
    # The `webhook-id`, the same for every attempt and replay.
    message_id = models.TextField()
    # What it is about, once for each endpoint.
    key = models.TextField()
    type = models.TextField()
    body = models.TextField()
    created_at = models.DateTimeField()
    state = models.TextField(choices=State.choices, default=State.PENDING)
    # Since it was written, or replayed last.
    attempts = models.SmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    # Until when a worker has it in hand; after that anybody may take it.
    claimed_until = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    status = models.SmallIntegerField(null=True)
    reason = models.TextField(default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["endpoint", "key"], name="webhook_delivery_once")
        ]
        indexes: ClassVar = [
            # What is due, endpoint by endpoint.
            models.Index(
                fields=["endpoint", "next_at"],
                name="webhook_delivery_due",
                condition=models.Q(state="pending"),
            ),
            # The list of an endpoint, latest first.
            models.Index(fields=["endpoint", "-id"], name="webhook_delivery_list"),
            # The purge.
            models.Index(fields=["created_at"], name="webhook_delivery_created"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.message_id}"


class WebhookAttempt(models.Model):
    """One attempt at a delivery: the answer, or why there was none. Units: milliseconds."""

    delivery = models.ForeignKey(
        WebhookDelivery, on_delete=models.CASCADE, related_name="tries", db_constraint=False
    )
    at = models.DateTimeField()
    took_ms = models.IntegerField()
    status = models.SmallIntegerField(null=True)
    reason = models.TextField(default="")
    answer = models.TextField(default="")

    def __str__(self) -> str:
        return f"{self.status or self.reason} at {self.at}"
