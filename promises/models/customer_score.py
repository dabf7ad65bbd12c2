"""Stored customer rows: they only order lists (R14); what is shown is computed at as_of."""

from typing import ClassVar

from django.db import models

from interactions.models import Customer


class CustomerScore(models.Model):
    """One customer in all stored windows, of one kind ('' = all kinds), as of `as_of`.

    `mu` is null for a window in which the company has nothing, `gap_low` where the customer has not
    enough promises to be ranked. `worst` is `gap_low` of those who stand worst, from the floor of
    their kind and window on (`WorstFloor`), null of the others: most changes touch no index then.
    Units: weight, weight_squared and loss are sums of integers of 1e-9, each promise's loss at
    `as_of` rounded to one, so that adding what changed gives what recomputing gives, exactly.
    """

    pk = models.CompositePrimaryKey("customer_id", "kind")
    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, db_index=False, db_constraint=False
    )
    kind = models.TextField()
    as_of = models.DateTimeField()
    n_28d = models.IntegerField()
    open_overdue_28d = models.IntegerField()
    weight_28d = models.BigIntegerField()
    weight_squared_28d = models.BigIntegerField()
    loss_28d = models.BigIntegerField()
    mu_28d = models.FloatField(null=True)
    gap_low_28d = models.FloatField(null=True)
    worst_28d = models.FloatField(null=True)
    n_90d = models.IntegerField()
    open_overdue_90d = models.IntegerField()
    weight_90d = models.BigIntegerField()
    weight_squared_90d = models.BigIntegerField()
    loss_90d = models.BigIntegerField()
    mu_90d = models.FloatField(null=True)
    gap_low_90d = models.FloatField(null=True)
    worst_90d = models.FloatField(null=True)
    n_365d = models.IntegerField()
    open_overdue_365d = models.IntegerField()
    weight_365d = models.BigIntegerField()
    weight_squared_365d = models.BigIntegerField()
    loss_365d = models.BigIntegerField()
    mu_365d = models.FloatField(null=True)
    gap_low_365d = models.FloatField(null=True)
    worst_365d = models.FloatField(null=True)
    n_all = models.IntegerField()
    open_overdue_all = models.IntegerField()
    weight_all = models.BigIntegerField()
    weight_squared_all = models.BigIntegerField()
    loss_all = models.BigIntegerField()
    mu_all = models.FloatField(null=True)
    gap_low_all = models.FloatField(null=True)
    worst_all = models.FloatField(null=True)

    class Meta:
        # Worst first: the highest lower bound.
        indexes: ClassVar = [
            models.Index(
                fields=["kind", f"-worst_{window}"],
                name=f"customer_score_worst_{window}",
                condition=models.Q(**{f"worst_{window}__isnull": False}),
            )
            for window in ("28d", "90d", "365d", "all")
        ]


class WorstFloor(models.Model):
    """The `gap_low` from which a customer stands among the worst of a kind ('' = all kinds).

    Shape: minus infinity where everybody does who is ranked; a kind without a row has nobody yet.
    """

    kind = models.TextField(primary_key=True)
    floor_28d = models.FloatField()
    floor_90d = models.FloatField()
    floor_365d = models.FloatField()
    floor_all = models.FloatField()


class CustomerMark(models.Model):
    """What a stored row has not taken in yet: inserted, never updated (R3).

    With a kind: what one promise says of the customer, `n` 1 where it is to be added, -1 where it
    is to be taken away, 0 where it says something else than before; without: something of this
    customer matured since the row was computed.
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
