"""Stored customer rows: they only order lists (R14); what is shown is computed at as_of."""

from typing import ClassVar

from django.db import models

from interactions.models import Customer


class CustomerScore(models.Model):
    """One customer in one window and kind ('' = all kinds), as of `as_of`.

    Units: weight, weight_squared and loss are sums of integers of 1e-9, each promise's loss at
    `as_of` rounded to one, so that adding what changed gives what recomputing gives, exactly.
    """

    pk = models.CompositePrimaryKey("customer_id", "window", "kind")
    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, db_index=False, db_constraint=False
    )
    window = models.TextField()
    kind = models.TextField()
    n = models.IntegerField()
    open_overdue = models.IntegerField()
    weight = models.BigIntegerField()
    weight_squared = models.BigIntegerField()
    loss = models.BigIntegerField()
    mu = models.FloatField()
    gap_score = models.FloatField()
    gap_low = models.FloatField()
    gap_high = models.FloatField()
    enough = models.BooleanField()
    as_of = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            # Worst first: the highest lower bound among those with enough promises.
            models.Index(
                fields=["window", "kind", "-gap_low"],
                name="customer_score_worst",
                condition=models.Q(enough=True),
            ),
        ]


class CustomerMark(models.Model):
    """What a stored row has not taken in yet: inserted, never updated (R3).

    With a kind: what one promise says of the customer, `n` 1 where it is to be added and -1 where
    it is to be taken away; without: something of this customer matured since the row was computed.
    Units: weights and losses in 1e-9; `loss` with all that is still open lost, `open_residual` is
    what is not lost yet (R12).
    """

    id = models.BigAutoField(primary_key=True)
    customer_id = models.BigIntegerField()
    kind = models.TextField(null=True)
    parameters_version = models.IntegerField(null=True)
    day = models.DateField(null=True)
    matures_at = models.DateTimeField(null=True)
    n = models.SmallIntegerField(db_default=0)
    open = models.SmallIntegerField(db_default=0)
    weight = models.BigIntegerField(db_default=0)
    weight_squared = models.BigIntegerField(db_default=0)
    loss = models.BigIntegerField(db_default=0)
    open_residual = models.BigIntegerField(db_default=0)
    # The customer has so many promises that it waits for the hourly refresh.
    waits = models.BooleanField(db_default=False)
