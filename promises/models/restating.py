"""Restatements: what was judged anew, why, by whom, and the figures before and after (R18)."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from promises.models.kinds import Kind


class Restatement(models.Model):
    """One restatement. A kind's: promises made before `made_until` are judged by `version` from the
    moment that this row is there; the job writes down what follows. A calendar's: the job moves
    open promises to `version` of it."""

    class State(models.TextChoices):
        RUNNING = "running", _("running")
        # On the way back: what was judged anew is judged again as before.
        CANCELLING = "cancelling", _("being taken back")
        CANCELLED = "cancelled", _("taken back")
        DONE = "done", _("done")

    # Exactly one of the two is told.
    kind = models.TextField(_("kind"), choices=Kind.choices, default="", blank=True)
    calendar = models.TextField(_("calendar"), default="", blank=True, db_collation="C")
    version = models.IntegerField(_("version"))
    made_until = models.DateTimeField(_("made before"))
    reason = models.TextField(_("reason"))
    # A name, not an account: what was written stands when the account is gone.
    asked_by = models.TextField(_("asked for by"), default="")
    # Whose events a calendar's moves are.
    actor_id = models.BigIntegerField(null=True)
    asked_at = models.DateTimeField(_("asked for"))
    state = models.TextField(choices=State.choices, default=State.RUNNING)
    # How far the job is: the number of the last promise that it looked at.
    cursor = models.BigIntegerField(default=0)
    done = models.BigIntegerField(default=0)
    # null until it is counted
    total = models.BigIntegerField(null=True)
    # Promises with an event that cannot be counted; they are judged anew once it can (R5).
    skipped = models.BigIntegerField(default=0)
    # Of a calendar's, how many of those looked at got another date.
    moved = models.BigIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)
    # Window -> rows of figures at asked_at, as they were and as they are judged now.
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("restatement")
        verbose_name_plural = _("restatements")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="restatement_of_one",
                condition=models.Q(kind="") ^ models.Q(calendar=""),
            ),
            models.UniqueConstraint(
                fields=["kind"],
                name="restatement_one_at_a_time",
                condition=models.Q(state__in=["running", "cancelling"]) & ~models.Q(kind=""),
            ),
            models.UniqueConstraint(
                fields=["calendar"],
                name="restatement_of_calendar_at_a_time",
                condition=models.Q(state__in=["running", "cancelling"]) & ~models.Q(calendar=""),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["asked_at"], name="restatement_asked")]

    def __str__(self) -> str:
        return f"{self.kind or self.calendar} v{self.version}"

    @property
    def is_finished(self) -> bool:
        """Whether nothing is left to do."""
        return self.state in (self.State.DONE, self.State.CANCELLED)
