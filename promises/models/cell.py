"""Cells: sums over the promises of one maturity day, and the deltas on their way into them.

The grains (DESIGN section 1): `Cell` with `CellLateness` beside it for teams, `CellDetail` for
filters, `CellStake` for comparisons by stake and standard; of all teams together `CellTouchpoint`,
`CellSegment` and `CellStandard`. All sums are integers, so that adding differences is exact in any
order.
"""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from interactions.models import Team, Touchpoint
from promises.domain.survival import LAST_BUCKET


class CellSums(models.Model):
    """What is added up. Units: weights and losses in 1e-9; `paused_seconds` in seconds."""

    n = models.BigIntegerField(default=0)
    kept = models.BigIntegerField(default=0)
    late = models.BigIntegerField(default=0)
    partial = models.BigIntegerField(default=0)
    failed = models.BigIntegerField(default=0)
    open = models.BigIntegerField(default=0)
    withdrawn = models.BigIntegerField(default=0)
    slips = models.BigIntegerField(default=0)
    retro = models.BigIntegerField(default=0)
    weight = models.BigIntegerField(default=0)
    weight_squared = models.BigIntegerField(default=0)
    loss = models.BigIntegerField(default=0)
    open_weight = models.BigIntegerField(default=0)
    open_residual = models.BigIntegerField(default=0)
    paused_seconds = models.BigIntegerField(default=0)

    class Meta:
        abstract = True


# In the order in which every statement that adds cells names them.
SUM_COLUMNS = (
    "n",
    "kept",
    "late",
    "partial",
    "failed",
    "open",
    "withdrawn",
    "slips",
    "retro",
    "weight",
    "weight_squared",
    "loss",
    "open_weight",
    "open_residual",
    "paused_seconds",
)


class Cell(CellSums):
    """(team, kind, parameter version, day)."""

    pk = models.CompositePrimaryKey("team_id", "kind", "parameters_version", "day")
    team = models.ForeignKey(Team, on_delete=models.CASCADE, db_index=False, db_constraint=False)
    kind = models.TextField()
    parameters_version = models.IntegerField()
    day = models.DateField()

    class Meta:
        indexes: ClassVar = [
            # Windows over all teams: the overview.
            models.Index(fields=["day", "team"], name="cell_day_team"),
        ]


class CellLateness(models.Model):
    """The lateness histogram of a cell: how many settled, or stopped unsettled, in a bucket
    (R13)."""

    pk = models.CompositePrimaryKey("team_id", "kind", "parameters_version", "day", "bucket")
    team = models.ForeignKey(Team, on_delete=models.CASCADE, db_index=False, db_constraint=False)
    kind = models.TextField()
    parameters_version = models.IntegerField()
    day = models.DateField()
    bucket = models.SmallIntegerField()
    settled = models.BigIntegerField(default=0)
    censored = models.BigIntegerField(default=0)

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["day", "team"],
                name="cell_lateness_day_team",
                include=["kind", "bucket", "settled", "censored"],
            ),
            # Those that are open still, and stopped: no age grows of what a cell has as open.
            models.Index(
                fields=["day", "team"],
                name="cell_lateness_stopped",
                include=["kind", "parameters_version", "bucket", "censored"],
                condition=~models.Q(censored=0) & models.Q(bucket__lte=LAST_BUCKET),
            ),
        ]


class Histograms(models.Model):
    """Lateness of the days of one stretch, bucket by bucket from the least to MAX_BUCKET: what
    settled, what stopped or never settles, and how old the open ones are as of the base's
    `aged_at`."""

    settled = ArrayField(models.IntegerField())
    censored = ArrayField(models.IntegerField())
    ages = ArrayField(models.IntegerField())

    class Meta:
        abstract = True


class LatenessStretch(Histograms):
    """The lateness of the days of one stretch: those of 28 days before the base (0), the rest of
    90 (1), the rest of a year (2), all before (3)."""

    pk = models.CompositePrimaryKey("stretch", "team_id", "kind")
    stretch = models.SmallIntegerField()
    team = models.ForeignKey(Team, on_delete=models.CASCADE, db_index=False, db_constraint=False)
    kind = models.TextField()


class TeamLatenessStretch(Histograms):
    """The same by team, all kinds together."""

    pk = models.CompositePrimaryKey("stretch", "team_id")
    stretch = models.SmallIntegerField()
    team = models.ForeignKey(Team, on_delete=models.CASCADE, db_index=False, db_constraint=False)


class KindLatenessStretch(Histograms):
    """The same by kind, all teams together."""

    pk = models.CompositePrimaryKey("stretch", "kind")
    stretch = models.SmallIntegerField()
    kind = models.TextField()


class CellStretch(CellSums):
    """The sums of the days of one stretch, by team and kind, without what is left of losses to
    come; -1 are the base and the days after it."""

    pk = models.CompositePrimaryKey("stretch", "team_id", "kind")
    stretch = models.SmallIntegerField()
    team = models.ForeignKey(Team, on_delete=models.CASCADE, db_index=False, db_constraint=False)
    kind = models.TextField()
    open_residual = None  # type: ignore[assignment]  # so a field is left out


class ResidueStretch(models.Model):
    """What is left of the losses to come of the days of one stretch when the base begins.

    Units: 1e-9 of a promise.
    """

    pk = models.CompositePrimaryKey("stretch", "team_id", "kind", "parameters_version")
    stretch = models.SmallIntegerField()
    team = models.ForeignKey(Team, on_delete=models.CASCADE, db_index=False, db_constraint=False)
    kind = models.TextField()
    parameters_version = models.IntegerField()
    left_over = models.FloatField()


class StretchBase(models.Model):
    """The day before which stretches end, when it began, and as of when the ages in them are: one
    row, moved along by the clock."""

    id = models.SmallIntegerField(primary_key=True)
    day = models.DateField()
    starts_at = models.DateTimeField()
    aged_at = models.DateTimeField()


class CellDetail(CellSums):
    """The fine grain: the same key with touchpoint, explicit or implicit, segment at making."""

    pk = models.CompositePrimaryKey(
        "team_id",
        "kind",
        "parameters_version",
        "day",
        "touchpoint_id",
        "explicit",
        "segment",
    )
    team = models.ForeignKey(Team, on_delete=models.CASCADE, db_index=False, db_constraint=False)
    kind = models.TextField()
    parameters_version = models.IntegerField()
    day = models.DateField()
    touchpoint = models.ForeignKey(
        Touchpoint, on_delete=models.CASCADE, db_index=False, db_constraint=False
    )
    explicit = models.BooleanField()
    segment = models.TextField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["day", "team"], name="cell_detail_day_team"),
            # Which segments there are, found by walking from one to the next.
            models.Index(fields=["segment"], name="cell_detail_segment"),
        ]


class CellTouchpoint(CellSums):
    """(day, kind, parameter version, touchpoint) of all teams together: the whole company, and its
    touchpoints, which the fine grain would have to be added up for."""

    pk = models.CompositePrimaryKey("day", "kind", "parameters_version", "touchpoint_id")
    day = models.DateField()
    kind = models.TextField()
    parameters_version = models.IntegerField()
    touchpoint = models.ForeignKey(
        Touchpoint, on_delete=models.CASCADE, db_index=False, db_constraint=False
    )


class CellSegment(CellSums):
    """(day, kind, parameter version, explicit or implicit, segment at making) of all teams."""

    pk = models.CompositePrimaryKey("day", "kind", "parameters_version", "explicit", "segment")
    day = models.DateField()
    kind = models.TextField()
    parameters_version = models.IntegerField()
    explicit = models.BooleanField()
    segment = models.TextField()


class CellStandard(CellSums):
    """(day, kind, parameter version, stake, standard) of all teams."""

    pk = models.CompositePrimaryKey("day", "kind", "parameters_version", "stake", "standard")
    day = models.DateField()
    kind = models.TextField()
    parameters_version = models.IntegerField()
    stake = models.FloatField()
    standard = models.TextField(db_collation="C")


class CellStake(CellSums):
    """(team, kind, parameter version, day, stake, standard): beside `CellDetail`, not in its key,
    which would be many times as many rows."""

    pk = models.CompositePrimaryKey(
        "team_id", "kind", "parameters_version", "day", "stake", "standard"
    )
    team = models.ForeignKey(Team, on_delete=models.CASCADE, db_index=False, db_constraint=False)
    kind = models.TextField()
    parameters_version = models.IntegerField()
    day = models.DateField()
    stake = models.FloatField()
    # '' where no standard made it
    standard = models.TextField(db_collation="C")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["day", "team"], name="cell_stake_day_team"),
        ]


class CellDelta(CellSums):
    """New minus old of one projection, inserted with it and folded into the cells later.

    No foreign keys and no index but the key: rows live for a fraction of a second. Reading cells
    adds what is here, so that a figure never waits for the folding.
    """

    id = models.BigAutoField(primary_key=True)
    team_id = models.BigIntegerField()
    kind = models.TextField()
    parameters_version = models.IntegerField()
    day = models.DateField()
    touchpoint_id = models.BigIntegerField()
    explicit = models.BooleanField()
    segment = models.TextField()
    # null: filed before there were cells by stake, which have counted it already
    stake = models.FloatField(null=True)
    standard = models.TextField(null=True, db_collation="C")
    # null: this delta moves no histogram
    bucket = models.SmallIntegerField(null=True)
    # Of those of which one more or less is open and has matured, or will within the hour.
    first_due = models.DateTimeField(null=True)
    settled = models.BigIntegerField(default=0)
    censored = models.BigIntegerField(default=0)
