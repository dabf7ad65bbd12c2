"""Alerts: who is told of which crossings, what they were told, and whether it arrived."""

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from interactions.models import Membership, Team
from promises.models.kinds import Kind
from promises.models.watching import Crossing

# The furthest day over that a rule may tell of.
MOST_DAYS_OVER = 90


class Channel(models.TextChoices):
    """Through what somebody is told."""

    INBOX = "inbox", _("inbox on these pages")
    EMAIL = "email", _("e-mail")
    WEBHOOK = "webhook", _("webhook")


class AlertRule(models.Model):
    """Whom to tell of which crossings. An empty list filters nothing."""

    class Audience(models.TextChoices):
        PROMISE_TEAM = "promise_team", _("the members of the promise's team")
        TEAM = "team", _("the members of one team")
        ROLE = "role", _("everybody of one role")
        PERSON = "person", _("one person")

    name = models.TextField(_("name"))
    enabled = models.BooleanField(_("on"), default=True)
    thresholds = ArrayField(models.TextField(choices=Crossing.Threshold.choices))
    days_over = models.IntegerField(
        _("days over"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_DAYS_OVER)],
    )
    kinds = ArrayField(models.TextField(choices=Kind.choices), default=list, blank=True)
    teams: "models.ManyToManyField[Team, Any]" = models.ManyToManyField(
        Team, blank=True, related_name="+"
    )
    least_stake = models.FloatField(_("stake of at least"), default=0)
    audience = models.TextField(choices=Audience.choices)
    team = models.ForeignKey(
        Team, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    role = models.TextField(choices=Membership.Role.choices, blank=True, default="")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
    )
    channels = ArrayField(models.TextField(choices=Channel.choices))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="alert_rule_names_its_audience",
                condition=(
                    models.Q(audience="promise_team")
                    | models.Q(audience="team", team__isnull=False)
                    | (models.Q(audience="role") & ~models.Q(role=""))
                    | models.Q(audience="person", person__isnull=False)
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class NotificationSettings(models.Model):
    """How one person wants to be told; who has no row has the defaults."""

    class Digest(models.TextChoices):
        OFF = "off", _("no digest")
        DAILY = "daily", _("every day")
        WEEKLY = "weekly", _("once a week")

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    alerts_by_email = models.BooleanField(default=True)
    # empty: the installation's
    zone = models.TextField(blank=True, default="")
    # null: never quiet
    quiet_from = models.TimeField(null=True)
    quiet_until = models.TimeField(null=True)
    digest = models.TextField(choices=Digest.choices, default=Digest.OFF)
    # Monday is 0
    digest_weekday = models.SmallIntegerField(default=0)
    # A digest whose moment lay before this was not asked for.
    digest_since = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="quiet_has_both_ends",
                condition=models.Q(quiet_from__isnull=True, quiet_until__isnull=True)
                | models.Q(quiet_from__isnull=False, quiet_until__isnull=False),
            ),
        ]


class Message(models.Model):
    """One person told of one crossing, once, however many rules say so."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, db_index=False, related_name="+"
    )
    crossing = models.ForeignKey(
        Crossing, on_delete=models.CASCADE, db_index=False, db_constraint=False
    )
    in_inbox = models.BooleanField()
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "crossing"], name="message_once")
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["user", "-id"], name="message_inbox", condition=models.Q(in_inbox=True)
            ),
            # The number in the header.
            models.Index(
                fields=["user"],
                name="message_unread",
                condition=models.Q(in_inbox=True, read_at__isnull=True),
            ),
            models.Index(fields=["created_at"], name="message_created"),
        ]


class Digest(models.Model):
    """One digest of one person for one of their local days."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, db_index=False, related_name="+"
    )
    day = models.DateField()
    subject = models.TextField()
    body = models.TextField()
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "day"], name="digest_once")
        ]


class Delivery(models.Model):
    """Something on its way out: a message or a digest by e-mail, a crossing by webhook."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        SENT = "sent", _("sent")
        FAILED = "failed", _("failed")
        DROPPED = "dropped", _("no longer needed")

    channel = models.TextField(choices=Channel.choices)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        db_index=False,
        related_name="+",
    )
    message = models.ForeignKey(
        Message, on_delete=models.CASCADE, null=True, db_index=False, db_constraint=False
    )
    digest = models.ForeignKey(Digest, on_delete=models.CASCADE, null=True, db_index=False)
    crossing = models.ForeignKey(
        Crossing, on_delete=models.CASCADE, null=True, db_index=False, db_constraint=False
    )
    state = models.TextField(choices=State.choices, default=State.WAITING)
    attempts = models.IntegerField(default=0)
    next_try_at = models.DateTimeField()
    reason = models.TextField(default="", blank=True)
    created_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["message"], name="delivery_of_message_once"),
            models.UniqueConstraint(fields=["digest"], name="delivery_of_digest_once"),
            models.UniqueConstraint(fields=["crossing"], name="delivery_of_crossing_once"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["next_try_at"],
                name="delivery_waiting",
                condition=models.Q(state="waiting"),
            ),
            models.Index(
                fields=["-id"], name="delivery_failed", condition=models.Q(state="failed")
            ),
            models.Index(fields=["created_at"], name="delivery_created"),
        ]
