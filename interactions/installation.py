"""The installation's own row: who we are, and in which zone days are counted."""

import time
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings

from interactions.models import Installation
from interactions.one_reading import once

# Pages and tasks look once a second; whoever files promises under days reads the row itself.
CACHE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Installed:
    """The row as it is read. Shape: `zone` is empty where TIME_ZONE holds."""

    company: str = ""
    zone: str = ""
    sample_asked_at: datetime | None = None
    checklist_dismissed_at: datetime | None = None


_known: tuple[float, Installed] | None = None


def installed(*, fresh: bool = False) -> Installed:
    """The row; an empty one where nobody has said anything yet."""
    global _known
    now = time.monotonic()
    if fresh:
        return _read()
    if _known is not None and now < _known[0]:
        return _known[1]
    # A page that takes longer than that still has one zone.
    found = once("installation", _read)
    _known = (now + CACHE_SECONDS, found)
    return found


def installation_zone(*, fresh: bool = False) -> ZoneInfo:
    """The zone whose days the cells count: the stored one, else TIME_ZONE.

    Shape: `fresh` for whoever holds the lock on promises, which a change of the zone takes alone.
    """
    return ZoneInfo(installed(fresh=fresh).zone or settings.TIME_ZONE)


def store(**values: object) -> None:
    """Change the row, which is made where there is none."""
    Installation.objects.update_or_create(pk=Installation.ONLY, defaults=values)
    forget_installed()


def forget_installed() -> None:
    """Read it again the next time."""
    remember(None)


def remember(known: Installed | None) -> None:
    """Know a row by heart until it is forgotten: for tests that must not ask."""
    global _known
    _known = None if known is None else (float("inf"), known)


def _read() -> Installed:
    row = Installation.objects.filter(pk=Installation.ONLY).first()
    if row is None:
        return Installed()
    return Installed(row.company, row.zone, row.sample_asked_at, row.checklist_dismissed_at)
