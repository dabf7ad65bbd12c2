"""Frozen reports: the figures of a month as they were known when it was frozen (R4)."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class MonthlyReport(models.Model):
    """One month. A trigger refuses UPDATE and DELETE: what is heard later changes nothing here."""

    # The first day of the month.
    month = models.DateField(_("month"))
    # The moment up to which it counts: the end of the month in the zone.
    as_of = models.DateTimeField(_("as of"))
    zone = models.TextField(_("zone"))
    frozen_at = models.DateTimeField(_("frozen"))
    # "" = by the clock; a name, not an account
    frozen_by = models.TextField(_("frozen by"), default="")
    # Events that were told and not yet counted when it was frozen.
    pending = models.BigIntegerField(default=0)
    # The ledger's newest number then: what is heard later lies above.
    heard_to = models.BigIntegerField(default=0)
    # {"company": [row], "team": [row, ...], "kind": [row, ...]}, rows as scores have them
    figures = models.JSONField()

    class Meta:
        verbose_name = _("monthly report")
        verbose_name_plural = _("monthly reports")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["month"], name="report_month_unique")
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"
