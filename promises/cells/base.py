"""The base: the day before which all days are in a stretch (`stretches.py`)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection
from django.utils import timezone

from interactions.installation import installation_zone
from promises.domain.clock import day_end

# Where there is no base yet, nothing is in a stretch that was not before all of it.
BASE = "coalesce((SELECT day FROM promises_stretchbase), DATE '1970-01-01')"


@dataclass(frozen=True, slots=True)
class Base:
    """The base, when it began, and the moment as of which the ages in the stretches are.

    Shape: starts_at is None where nothing is in a stretch yet.
    """

    day: date
    starts_at: datetime | None
    aged_at: datetime

    def begins(self, lengths: Sequence[int]) -> list[datetime]:
        """When stretches of these lengths begin, and when the base does, in the order of time."""
        zone = installation_zone(fresh=True)
        days = [self.day - timedelta(days=length) for length in sorted(lengths, reverse=True)]
        return [day_end(day - timedelta(days=1), zone) for day in [*days, self.day]]


def base_now() -> Base:
    """The base."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {BASE}, (SELECT starts_at FROM promises_stretchbase), "  # noqa: S608 (our own names)
            "(SELECT aged_at FROM promises_stretchbase)"
        )
        day, starts_at, aged_at = cursor.fetchone()
    return Base(day, starts_at, aged_at or timezone.now())
