"""Thresholds that open promises passed: each once for a promise and the date it belongs to."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from promises.models.promise import Promise


class Crossing(models.Model):
    """One threshold that was passed while the promise was open, as far as anybody knew.

    `moment` is when it was passed, `noticed_at` when the clock looked. A fact heard later does not
    take it back.
    """

    class Threshold(models.TextChoices):
        HALF = "half", _("half of the time is gone")
        THREE_QUARTERS = "three_quarters", _("three quarters of the time are gone")
        DUE = "due", _("due, and still open")
        OVER = "over", _("each full day over")

    promise = models.ForeignKey(
        Promise, on_delete=models.CASCADE, db_index=False, db_constraint=False
    )
    threshold = models.TextField(choices=Threshold.choices)
    # full days over; 0 for the other thresholds
    day = models.IntegerField(default=0)
    # the date that it belongs to: a new date has thresholds of its own
    due = models.DateTimeField()
    moment = models.DateTimeField()
    noticed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["promise", "threshold", "day", "due"], name="crossing_once"
            )
        ]
        indexes: ClassVar = [
            # The nightly clearing.
            models.Index(fields=["moment"], name="crossing_moment"),
        ]

    def __str__(self) -> str:
        return f"{self.threshold} of {self.promise_id}"
