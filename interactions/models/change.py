"""What was changed in the settings, and by whom: a list that only grows."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class Change(models.Model):
    """One change of a setting. A trigger refuses UPDATE and DELETE.

    Who did it is kept as a name: it says who it was then, whatever becomes of the account or key.
    """

    class Area(models.TextChoices):
        TEAM = "team", _("team")
        MEMBER = "member", _("member of a team")
        PERSON = "person", _("person")
        TOUCHPOINT = "touchpoint", _("touchpoint")
        SEGMENT = "segment", _("segment")
        KIND = "kind", _("kind")
        CALENDAR = "calendar", _("calendar")
        STANDARD = "standard", _("standard")
        SOURCE = "source", _("source")
        KEY = "key", _("key")
        WEBHOOK = "webhook", _("webhook")
        ALERT_RULE = "alert rule", _("alert rule")
        INSTALLATION = "installation", _("installation")

    at = models.DateTimeField(auto_now_add=True)
    by = models.TextField(_("who"))
    area = models.TextField(_("what"), choices=Area.choices)
    subject = models.TextField(_("which"))
    action = models.TextField(_("done"))
    # Only the fields that differ; empty where there was, or is, nothing.
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("change of a setting")
        verbose_name_plural = _("changes of settings")
        indexes: ClassVar = [
            # The list of one area, or of one person, latest first.
            models.Index(fields=["area", "-id"], name="change_area"),
            models.Index(fields=["by", "-id"], name="change_by"),
        ]

    def __str__(self) -> str:
        return f"{self.area} {self.subject}: {self.action}"
