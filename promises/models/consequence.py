"""What customers did, and what came after promises: figures that a nightly job adds up."""

from typing import ClassVar

from django.db import models

from interactions.models import Source, Team


class CustomerFact(models.Model):
    """An event about a customer that may follow from a promise, taken out of the ledger.

    Every row can be taken anew. The key is the event's, without a foreign key: it follows the
    ledger by number.
    """

    event_id = models.BigIntegerField(primary_key=True)
    type = models.TextField(db_collation="C")
    # The id of the customer as the customers' table has it.
    customer = models.TextField(db_collation="C")
    occurred_at = models.DateTimeField()
    # The promise that feedback names; '' where it names none.
    promise = models.TextField(default="", db_collation="C")
    promise_source = models.ForeignKey(
        Source,
        on_delete=models.CASCADE,
        null=True,
        db_index=False,
        db_constraint=False,
        related_name="+",
    )
    # Feedback of 5; null for other facts
    score = models.FloatField(null=True)

    def __str__(self) -> str:
        return f"{self.type} {self.customer}"


class FactMark(models.Model):
    """Up to which event the facts were taken. There is one row."""

    id = models.SmallIntegerField(primary_key=True)
    event = models.BigIntegerField(default=0)


class Consequence(models.Model):
    """What came after the promises of one team, kind and outcome in one window.

    `domain/aftermath.py` says what the sums are.
    """

    pk = models.CompositePrimaryKey("window", "team_id", "kind", "outcome")
    window = models.TextField()
    team = models.ForeignKey(Team, on_delete=models.CASCADE, db_index=False, db_constraint=False)
    kind = models.TextField()
    outcome = models.TextField()
    n = models.BigIntegerField()
    spoken = models.BigIntegerField()
    feedback = models.FloatField()
    feedback_squares = models.FloatField()
    contacted = models.BigIntegerField()
    left = models.BigIntegerField()
    referred = models.BigIntegerField()
    as_of = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            # Whether today's figures are there.
            models.Index(fields=["as_of"], name="consequence_as_of"),
        ]
