"""How many items came in over the API, and what became of them."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from interactions.models.event import ApiKey


class IntakeCounts(models.Model):
    """received = accepted + duplicate + rejected, by key and source.

    The key is not checked by the database row by row: keys are never deleted, and a shared lock on
    a key's row for every request would be in the way of all others.
    """

    key = models.ForeignKey(
        ApiKey,
        on_delete=models.PROTECT,
        null=True,
        db_index=False,
        db_constraint=False,
        related_name="+",
    )
    source = models.TextField(db_collation="C")
    received = models.BigIntegerField()
    accepted = models.BigIntegerField()
    duplicate = models.BigIntegerField()
    rejected = models.BigIntegerField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.source}: {self.received}"


def _adds_up(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        name=name,
        condition=Q(received=F("accepted") + F("duplicate") + F("rejected"))
        & Q(accepted__gte=0, duplicate__gte=0, rejected__gte=0),
    )


class IntakeRow(IntakeCounts):
    """One request; inserted with the events that it brought, folded into hours soon after."""

    at = models.DateTimeField()

    class Meta:
        db_table = "interactions_intake"
        constraints: ClassVar = [_adds_up("intake_adds_up")]


class IntakeHour(IntakeCounts):
    """The sums of one key and source in one hour (UTC)."""

    starts_at = models.DateTimeField()
    requests = models.BigIntegerField()
    last_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            _adds_up("intake_hour_adds_up"),
            models.UniqueConstraint(
                fields=["key", "source", "starts_at"],
                name="intake_hour_unique",
                nulls_distinct=False,
            ),
        ]
        indexes: ClassVar = [
            # The data health page: the hours of the last days; when each source was heard last.
            models.Index(fields=["starts_at"], name="intake_hour_starts"),
            models.Index(fields=["source", "starts_at"], name="intake_hour_source"),
        ]
