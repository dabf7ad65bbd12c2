"""How long promises took, counted; how likely open ones are kept, and how well that was told."""

from typing import ClassVar

from django.db import models

from interactions.models import Team
from promises.models.kinds import Kind
from promises.models.promise import Promise


class Measure(models.TextChoices):
    """By which clock the time is counted (domain/settling.py)."""

    TIME = "time"
    SHARE = "share"


class SettlingCell(models.Model):
    """How many of the promises made in a month settled, or stopped unsettled, in a bucket.

    Rows for a team's standard, for a team's kind (standard '') and for the kind of the whole
    company (team 0, standard ''): a curve is a sum over months, never over teams. A job counts
    them; no projection waits for it.
    """

    pk = models.CompositePrimaryKey("kind", "team_id", "standard", "measure", "month", "bucket")
    kind = models.TextField(choices=Kind.choices)
    team_id = models.BigIntegerField()
    standard = models.TextField(db_collation="C")
    measure = models.TextField(choices=Measure.choices)
    month = models.DateField()
    bucket = models.SmallIntegerField()
    settled = models.BigIntegerField(default=0)
    censored = models.BigIntegerField(default=0)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["month"], name="settling_cell_month")]


class OpenChance(models.Model):
    """The chance of an open promise as of its last refresh: it only orders lists; the chance shown
    is computed at as_of, as with stored customer rows (R14)."""

    promise = models.OneToOneField(
        Promise, on_delete=models.CASCADE, primary_key=True, db_constraint=False
    )
    team = models.ForeignKey(Team, on_delete=models.CASCADE, db_index=False, db_constraint=False)
    kind = models.TextField(choices=Kind.choices)
    matures_at = models.DateTimeField()
    chance = models.FloatField()

    class Meta:
        indexes: ClassVar = [
            # The list, worst first, whoever looks at however many teams.
            models.Index(
                fields=["chance", "promise"],
                name="open_chance_worst",
                include=["team", "kind", "matures_at"],
            ),
            models.Index(fields=["team", "chance", "promise"], name="open_chance_team"),
        ]

    def __str__(self) -> str:
        return f"{self.promise_id}: {self.chance:.2f}"


class RiskFit(models.Model):
    """What was learnt from the past about open promises, and how well it foretold what came."""

    as_of = models.DateTimeField()
    # `promises.domain.risk.Fit` by kind
    fits = models.JSONField()
    # `promises.domain.risk.Calibration`, null where there was too little to test on
    calibration = models.JSONField(null=True)

    def __str__(self) -> str:
        return f"fit of {self.as_of:%Y-%m-%d}"
