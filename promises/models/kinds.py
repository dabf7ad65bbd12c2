"""The kinds and states of a promise (DESIGN section 1)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """What sort of commitment it is."""

    DELIVERY = "delivery", _("delivery")
    RESPONSE = "response", _("response")
    QUALITY = "quality", _("quality")


class State(models.TextChoices):
    """Where a promise stands (R6); overdue is open and past its maturity, never stored."""

    OPEN = "open", _("open")
    KEPT = "kept", _("kept")
    LATE = "late", _("late")
    PARTIAL = "partial", _("partial")
    FAILED = "failed", _("failed")
    WITHDRAWN = "withdrawn", _("withdrawn")
