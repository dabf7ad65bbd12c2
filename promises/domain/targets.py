"""How a due date was reckoned: so much time in a version of a calendar (R15, R18)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from promises.domain.business_time import Unit


@dataclass(frozen=True, slots=True)
class TimeTarget:
    """The amount of time that a promise gave itself, and the calendar that it pins.

    Shape: calendar is "" and calendar_version None where no calendar was needed.
    """

    amount: float
    unit: Unit
    calendar: str
    calendar_version: int | None
    same_time: bool


def target_of(data: Mapping[str, Any]) -> TimeTarget | None:
    """The target in an event's data, None where it has none."""
    given = data.get("target")
    if given is None:
        return None
    return TimeTarget(
        amount=float(given["amount"]),
        unit=Unit(given["unit"]),
        calendar=given.get("calendar", ""),
        calendar_version=given.get("calendar_version"),
        same_time=given.get("same_time", False),
    )
