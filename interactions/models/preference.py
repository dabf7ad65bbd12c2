"""How a person wants the pages to behave."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Preference(models.Model):
    """One person's choices; who never chose anything has none of these."""

    class Theme(models.TextChoices):
        SYSTEM = "system", _("as the system")
        LIGHT = "light", _("light")
        DARK = "dark", _("dark")

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="preference",
    )
    # Single keys get in the way of those who speak to their computer (WCAG 2.1.4).
    single_keys = models.BooleanField(_("single keys"), default=True)
    # Blank: each browser keeps its own.
    theme = models.TextField(_("colours"), choices=Theme.choices, blank=True, default="")
    # Excel takes a table for one of its own country's signs unless a mark says what it is.
    table_mark = models.BooleanField(_("tables for Excel"), default=True, db_default=True)

    class Meta:
        verbose_name = _("preference")
        verbose_name_plural = _("preferences")

    def __str__(self) -> str:
        return str(self.user)
