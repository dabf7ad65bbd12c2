"""Stored customer rows: they only order lists (R14); what is shown is computed at as_of."""

from typing import ClassVar

from django.db import models

from interactions.models import Customer


class CustomerScore(models.Model):
    """One customer in one window and kind ('' = all kinds), as of `as_of`."""

    pk = models.CompositePrimaryKey("customer_id", "window", "kind")
    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, db_index=False, db_constraint=False
    )
    window = models.TextField()
    kind = models.TextField()
    n = models.IntegerField()
    open_overdue = models.IntegerField()
    weight = models.FloatField()
    weight_squared = models.FloatField()
    loss = models.FloatField()
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
            # Best first: the lowest upper bound.
            models.Index(
                fields=["window", "kind", "gap_high"],
                name="customer_score_best",
                condition=models.Q(enough=True),
            ),
        ]


class CustomerMark(models.Model):
    """A customer whose stored rows are to be refreshed: inserted, never updated (R3)."""

    id = models.BigAutoField(primary_key=True)
    customer_id = models.BigIntegerField()
