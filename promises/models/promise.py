"""The projection: one row per promise, computed from its events."""

from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.utils.translation import gettext_lazy as _

from interactions.models import Customer, Source, Team, Touchpoint
from promises.models.kinds import Kind, State


class Promise(models.Model):
    """One promise as its events leave it.

    Every column can be rebuilt from the ledger. What changes often is in no index, so that an
    outcome is a HOT update (the table's fillfactor is 90). Keys are resolved by the projection and
    not checked again by the database; `ledger_check` looks.
    """

    source = models.ForeignKey(
        Source, on_delete=models.PROTECT, db_index=False, db_constraint=False
    )
    reference = models.TextField(db_collation="C")
    kind = models.TextField(_("kind"), choices=Kind.choices)
    statement = models.TextField(_("statement"))
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, db_index=False, db_constraint=False
    )
    team = models.ForeignKey(Team, on_delete=models.PROTECT, db_index=False, db_constraint=False)
    touchpoint = models.ForeignKey(
        Touchpoint, on_delete=models.PROTECT, db_index=False, db_constraint=False
    )
    segment = models.TextField(_("segment at making"), default="")
    made_by = models.TextField(default="")
    claim_source = models.TextField(default="")
    parameters_version = models.IntegerField()

    made_at = models.DateTimeField(_("made"))
    given_due = models.DateTimeField(_("first date given"))
    first_due = models.DateTimeField(_("first due (d0)"))
    due = models.DateTimeField(_("due"))
    # null while a pause holds it back from maturing
    matures_at = models.DateTimeField(_("matures"), null=True)

    state = models.TextField(_("state"), choices=State.choices)
    settled_at = models.DateTimeField(_("settled"), null=True)
    stopped_at = models.DateTimeField(_("loss stopped growing"), null=True)
    fraction = models.FloatField(default=0)
    quality_loss = models.FloatField(default=0)
    slips_announced = models.SmallIntegerField(default=0)
    slips_unannounced = models.SmallIntegerField(default=0)
    stake = models.FloatField(_("stake"), default=1)
    paid_in_advance = models.BooleanField(default=False)
    explicit = models.BooleanField(default=True)
    confidence = models.FloatField(default=1)
    eventful = models.BooleanField(default=False)
    retro = models.BooleanField(default=False)
    paused_seconds = models.BigIntegerField(default=0)
    # [[code, source, id], ...] of events that changed nothing, and why
    notes = models.JSONField(default=list)

    # The contribution as filed in the cells, integers of 1e-9 (R12); null day = not filed.
    day = models.DateField(null=True)
    weight = models.BigIntegerField(default=0)
    weight_squared = models.BigIntegerField(default=0)
    loss = models.BigIntegerField(default=0)
    open_weight = models.BigIntegerField(default=0)
    open_residual = models.BigIntegerField(default=0)
    bucket = models.SmallIntegerField(null=True)
    censored_bucket = models.SmallIntegerField(null=True)

    events_count = models.IntegerField(default=0)
    # When the last of its events occurred: up to there a past as_of needs the ledger (R4).
    last_event_at = models.DateTimeField()
    # The same where it is eventful. Apart, for an index of what every event changes would make each
    # outcome a new entry in all indexes.
    eventful_at = models.DateTimeField(null=True)
    # When the last thing happened to it, where that was after it had matured. Null for most: an
    # outcome in time leaves it, and the indexes, as they are.
    late_event_at = models.DateTimeField(null=True)
    # The calendar, by its reference, and its version that the latest reckoned date pins (R15).
    calendar = models.TextField(_("calendar"), null=True, db_collation="C")
    calendar_version = models.IntegerField(_("version of the calendar"), null=True)
    # The standard that made it, by its reference, and its version.
    standard = models.TextField(_("standard"), null=True, db_collation="C")
    standard_version = models.IntegerField(_("version of the standard"), null=True)
    projected_at = models.DateTimeField()

    class Meta:
        verbose_name = _("promise")
        verbose_name_plural = _("promises")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["reference", "source"], name="promise_reference_unique")
        ]
        indexes: ClassVar = [
            # A customer's score and page; the nightly refresh of customer rows.
            models.Index(fields=["customer", "matures_at"], name="promise_customer_matures"),
            # Lists of what fell due, read from either end: what a pause holds back stands with the
            # latest. When it was made tells of how many of a past moment there was nothing yet.
            models.Index(fields=["matures_at", "id", "made_at"], name="promise_matures"),
            # Today's matured promises of a team, team pages, lists.
            models.Index(fields=["team", "matures_at"], name="promise_team_matures"),
            # Lists of the API, latest first: what was made never moves.
            models.Index(fields=["made_at", "id"], name="promise_made"),
            # Words of statements, which never change once a promise is there.
            GinIndex(
                models.Func(
                    "statement", function="promises_words", output_field=SearchVectorField()
                ),
                name="promise_words",
            ),
            # A past as_of: the promises whose ledger has to be folded anew.
            models.Index(
                fields=["eventful_at", "made_at"],
                name="promise_eventful",
                condition=models.Q(eventful_at__isnull=False),
            ),
            # A past as_of: the promises that stood otherwise then than in today's cells.
            models.Index(
                fields=["late_event_at", "day"],
                name="promise_late_event",
                condition=models.Q(late_event_at__isnull=False),
            ),
            # Which promises an edit of a calendar speaks of; what pins a calendar keeps it.
            models.Index(
                fields=["calendar"],
                name="promise_calendar",
                condition=models.Q(calendar__isnull=False),
            ),
            # How many promises a standard made, and how they ended.
            models.Index(
                fields=["standard"],
                name="promise_standard",
                condition=models.Q(standard__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.statement


class OpenPromise(models.Model):
    """The narrow table of promises still open: what is overdue, what falls due next."""

    promise = models.OneToOneField(
        Promise, on_delete=models.CASCADE, primary_key=True, db_constraint=False
    )
    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, db_index=False, db_constraint=False
    )
    team = models.ForeignKey(Team, on_delete=models.CASCADE, db_index=False, db_constraint=False)
    kind = models.TextField(choices=Kind.choices)
    # Who gave the promise: an agent's desk.
    made_by = models.TextField(default="", db_default="")
    due = models.DateTimeField()
    first_due = models.DateTimeField()
    matures_at = models.DateTimeField(null=True)
    # The warnings (domain/thresholds.py); null where there was no time to warn in.
    half_at = models.DateTimeField(null=True)
    three_quarters_at = models.DateTimeField(null=True)
    # What was passed at or before this moment had passed before these dates were known.
    watched_from = models.DateTimeField(null=True)
    # When the clock has to look next; null while a pause runs.
    next_check = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            # The watch: which thresholds were passed.
            models.Index(
                fields=["next_check"],
                name="open_promise_next_check",
                condition=models.Q(next_check__isnull=False),
            ),
            # The tick: what matured since the last look. And, from the index alone, how many are
            # overdue and for how long (R13).
            models.Index(
                fields=["matures_at"],
                name="open_promise_matures",
                include=["team", "kind", "first_due"],
            ),
            # A team's overdue and next due promises.
            models.Index(fields=["team", "matures_at"], name="open_promise_team_matures"),
            # What one person promised and still owes.
            models.Index(
                fields=["made_by", "matures_at"],
                name="open_promise_made_by",
                condition=~models.Q(made_by=""),
            ),
        ]

    def __str__(self) -> str:
        return f"open {self.promise_id}"


class Remainder(models.Model):
    """The narrow table of promises fulfilled in part, whose rest is still owed (R6).

    How much was fulfilled, and when, stands with the promise: a larger part writes nothing here.
    """

    promise = models.OneToOneField(
        Promise, on_delete=models.CASCADE, primary_key=True, db_constraint=False
    )
    team = models.ForeignKey(Team, on_delete=models.CASCADE, db_index=False, db_constraint=False)
    # Who gave the promise: an agent's desk.
    made_by = models.TextField(default="")
    # The latest date given, by which the rest is looked at; null while a pause holds it back.
    due = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            # Whoever sees all teams.
            models.Index(fields=["due"], name="remainder_due"),
            models.Index(fields=["team", "due"], name="remainder_team_due"),
            # What one person promised and has fulfilled in part.
            models.Index(
                fields=["made_by", "due"],
                name="remainder_made_by_due",
                condition=~models.Q(made_by=""),
            ),
        ]

    def __str__(self) -> str:
        return f"rest of {self.promise_id}"
