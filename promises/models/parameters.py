"""How a kind of promise is judged: b, h and tau, as data with versions (R9)."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from promises.models.kinds import Kind


class KindParameters(models.Model):
    """One version of a kind's parameters; a promise keeps the version that held when it was made
    (R18)."""

    kind = models.TextField(_("kind"), choices=Kind.choices)
    version = models.IntegerField(_("version"))
    base_loss = models.FloatField(_("loss at the first moment after due (b)"))
    half_life_seconds = models.FloatField(_("half-life (h)"))
    tolerance_seconds = models.FloatField(_("tolerance (tau)"))
    valid_from = models.DateTimeField(_("valid from"))
    reason = models.TextField(_("reason"), default="", blank=True)
    # A name, not an account: what was written stands when the account is gone.
    made_by = models.TextField(_("made by"), default="", blank=True)

    class Meta:
        verbose_name = _("parameters of a kind")
        verbose_name_plural = _("parameters of the kinds")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "version"], name="parameters_version_unique"),
            models.CheckConstraint(
                name="parameters_sane",
                condition=models.Q(
                    base_loss__gte=0,
                    base_loss__lte=1,
                    half_life_seconds__gt=0,
                    tolerance_seconds__gte=0,
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} v{self.version}"
