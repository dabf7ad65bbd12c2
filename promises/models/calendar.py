"""Calendars as data: versions that are never changed, so that a promise can pin one (R15, R18)."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class Calendar(models.Model):
    """A calendar under the name by which targets speak of it; what it says is in its versions."""

    reference = models.TextField(_("id"), db_collation="C")
    name = models.TextField(_("name"))
    made_at = models.DateTimeField(_("made"), auto_now_add=True)

    class Meta:
        verbose_name = _("calendar")
        verbose_name_plural = _("calendars")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["reference"], name="calendar_reference_unique")
        ]

    def __str__(self) -> str:
        return self.name


class CalendarVersion(models.Model):
    """One version; a trigger refuses UPDATE and DELETE."""

    calendar = models.ForeignKey(Calendar, on_delete=models.PROTECT, related_name="versions")
    version = models.IntegerField(_("version"))
    zone = models.TextField(_("time zone"))
    # {"mon": ["09:00-17:00"], ...}; a day that is left out is closed
    week = models.JSONField(_("week"))
    # Whose holidays the days hold; "" = nobody's
    country = models.TextField(_("country"), default="")
    subdivision = models.TextField(_("part of the country"), default="")
    first_year = models.IntegerField(null=True)
    last_year = models.IntegerField(null=True)
    reason = models.TextField(_("reason"), default="")
    made_at = models.DateTimeField(_("made"))
    # A name, not an account: what was written stands when the account is gone.
    made_by = models.TextField(_("made by"), default="")

    class Meta:
        verbose_name = _("version of a calendar")
        verbose_name_plural = _("versions of calendars")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["calendar", "version"], name="calendar_version_unique")
        ]

    def __str__(self) -> str:
        return f"{self.calendar} v{self.version}"


class CalendarDay(models.Model):
    """A date of a version on which other hours hold; a trigger refuses UPDATE and DELETE."""

    class Origin(models.TextChoices):
        HOLIDAYS = "holidays", _("public holidays")
        ADDED = "added", _("added here")

    version = models.ForeignKey(CalendarVersion, on_delete=models.PROTECT, related_name="days")
    date = models.DateField(_("date"))
    name = models.TextField(_("name"), default="")
    # ["09:00-12:00"]; empty: closed
    hours = models.JSONField(_("hours"), default=list)
    origin = models.TextField(choices=Origin.choices)
    # Switched off, a day is as its weekday says.
    is_on = models.BooleanField(_("on"), default=True)

    class Meta:
        verbose_name = _("day of a calendar")
        verbose_name_plural = _("days of calendars")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["version", "date"], name="calendar_day_unique")
        ]
