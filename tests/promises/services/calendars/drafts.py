"""Drafts of calendars for tests."""

from datetime import UTC, date, datetime
from typing import Any

from promises.services.calendars import Draft, DraftDay, HolidaysOf

MARCH_1 = datetime(2026, 3, 1, tzinfo=UTC)
WEEK = {day: ["09:00-17:00"] for day in ("mon", "tue", "wed", "thu", "fri")}
BERLIN = HolidaysOf("DE", 2026, 2026, "BE")


def draft(**more: Any) -> Draft:
    """An office in UTC."""
    return Draft(**{"name": "Office", "zone": "UTC", "week": WEEK} | more)


def closed(day: str, name: str = "") -> DraftDay:
    """A date on which it is closed."""
    return DraftDay(date.fromisoformat(day), name)
