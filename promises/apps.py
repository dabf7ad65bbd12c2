from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from interactions.ledger_signals import events_recorded


class PromisesConfig(AppConfig):
    """Meaning: what was promised, what came of it."""

    name = "promises"
    verbose_name = _("Promises")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect the wake-up; its module needs the models, which are there only now."""
        wakeup = import_module("promises.wakeup")
        events_recorded.connect(wakeup.on_events_recorded, dispatch_uid="promises.wakeup")
