"""Who we are and in which zone days are counted: said once, at the first run."""

from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from interactions.changes import Area, By, record_change
from interactions.installation import installation_zone, installed, store
from interactions.models import Installation, Source
from interactions.moments import zone_names
from promises.models import Promise, StandardVersion
from promises.services.sample import SOURCE, sample_loaded, sample_removed

MAX_COMPANY = 80
SAMPLE_LOCK = 7418


class InstallationRefused(Exception):
    """Something that cannot be stored; `field` says what."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field
        self.reason = reason


def zone_is_open() -> bool:
    """Whether the zone can still be chosen: no promise is filed under its days yet, and no standard
    reckons in it."""
    return not Promise.objects.exists() and not StandardVersion.objects.exists()


def sample_holds_zone() -> bool:
    """Whether the zone could be chosen again if the sample were removed: nothing else is there."""
    if not sample_loaded() or StandardVersion.objects.exists():
        return False
    of_sample = Source.objects.filter(name=SOURCE, is_sample=True).values("pk")
    return not Promise.objects.exclude(source__in=of_sample).exists()


def known_zones() -> list[str]:
    """The zones that can be chosen, by name."""
    return [zone for zone in zone_names() if "/" in zone or zone == "UTC"]


def store_company(company: str, *, by: By) -> None:
    """Name the company.

    Raises: InstallationRefused.
    """
    company = company.strip()
    if len(company) > MAX_COMPANY or not company.isprintable():
        reason = _("Give a name of at most %(limit)d characters.") % {"limit": MAX_COMPANY}
        raise InstallationRefused("company", reason)
    before = {"company": installed(fresh=True).company}
    with transaction.atomic():
        store(company=company)
        _record(by, before, {"company": company})


def store_zone(zone: str, *, by: By) -> None:
    """Choose the zone, before anything is filed under its days.

    Shape: whoever projects promises waits for it, and reads the zone after it.
    Raises: InstallationRefused.
    """
    if zone not in zone_names() or not _server_knows(zone):
        raise InstallationRefused("zone", _("Choose a zone of the list."))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE promises_promise IN EXCLUSIVE MODE")
        if not zone_is_open():
            raise InstallationRefused(
                "zone",
                _(
                    "There are promises already, and every sum is filed under the days of the zone "
                    "that they were counted in. It stays."
                ),
            )
        before = {"zone": installation_zone(fresh=True).key}
        store(zone=zone)
        _record(by, before, {"zone": zone})


def ask_for_sample(*, now: datetime, by: By) -> None:
    """Have the sample loaded by a worker."""
    with transaction.atomic():
        store(sample_asked_at=now)
        record_change(Area.SOURCE, SOURCE, "sample asked for", by=by)


def sample_is_due() -> bool:
    """Whether the sample was asked for and is not there yet, as a whole or in part."""
    row = Installation.objects.filter(pk=Installation.ONLY).first()
    return row is not None and row.sample_asked_at is not None


def sample_came() -> None:
    """Note that it is loaded."""
    store(sample_asked_at=None)


def sample_can_come() -> bool:
    """Whether the sample could be loaded: it was never here, and nothing else is."""
    return not (sample_loaded() or sample_removed() or Promise.objects.exists())


def dismiss_checklist(*, now: datetime) -> None:
    """Show the first steps no more."""
    store(checklist_dismissed_at=now)


def _record(by: By, before: dict[str, str], after: dict[str, str]) -> None:
    record_change(
        Area.INSTALLATION, installed().company, "changed", by=by, before=before, after=after
    )


def _server_knows(zone: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_timezone_names WHERE name = %s", [zone])
        return cursor.fetchone() is not None
