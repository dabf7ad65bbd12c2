"""The Django app of the wiring."""

from django.apps import AppConfig
from django.core import checks as system_checks
from django.utils.translation import gettext_lazy as _

from promisegap import checks
from promisegap.celery import app as celery_app

# Named here so that `shared_task` finds this app in every process that Django sets up.
__all__ = ["PromiseGapConfig", "celery_app"]


class PromiseGapConfig(AppConfig):
    """The wiring: the system checks and the command `up`."""

    name = "promisegap"
    verbose_name = _("Promise Gap")

    def ready(self) -> None:
        """Register the system checks."""
        system_checks.register(checks.zone_is_known_to_postgres, system_checks.Tags.database)
        system_checks.register(checks.postgres_is_new_enough, system_checks.Tags.database)
        system_checks.register(checks.hosts_are_named, deploy=True)
        system_checks.register(checks.servers_are_outside, deploy=True)
