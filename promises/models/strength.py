"""How strongly scores are drawn towards the company's (m of R11), in versions."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class ShrinkageStrength(models.Model):
    """One version of m for teams or customers and one kind ('' = all); version 1 has no row.

    Units: groups and n say from how much it was estimated: teams or customers with enough
    promises, and promises of equal weight.
    """

    scope = models.TextField(_("of whom"))
    kind = models.TextField(_("kind"))
    version = models.IntegerField(_("version"))
    m = models.FloatField(_("strength (m)"))
    holds_from = models.DateTimeField(_("holds from"))
    groups = models.IntegerField(_("estimated from so many"))
    n = models.FloatField(_("with so many promises"))

    class Meta:
        verbose_name = _("strength of shrinkage")
        verbose_name_plural = _("strengths of shrinkage")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["scope", "kind", "version"], name="strength_version_unique"
            ),
            models.CheckConstraint(
                name="strength_sane",
                condition=models.Q(m__gt=0, version__gt=1, scope__in=("team", "customer")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scope} {self.kind or 'all'} v{self.version}"
