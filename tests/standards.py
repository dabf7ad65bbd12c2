"""Standards for tests, and the contacts that concern them."""

from datetime import datetime, timedelta
from typing import Any

from interactions.decode import NewEvent
from promises.domain.conditions import Condition, Operator
from promises.domain.standards import Cycle, Terms
from promises.models import StandardVersion
from promises.services.calendars import Draft, make_calendar
from promises.services.standards import make_standard
from tests.events import START, event

# Before anything happens in the tests.
EARLY = START - timedelta(days=30)
HOUR = timedelta(hours=1)
WEEK = {day: ["09:00-17:00"] for day in ("mon", "tue", "wed", "thu", "fri")}


def terms(**more: Any) -> Terms:
    """A first answer within four hours, unless told otherwise."""
    usual: dict[str, Any] = {
        "name": "First answer",
        "cycle": Cycle.REPLY,
        "kind": "response",
        "statement": "We answer {customer} by {due}",
        "event_type": "contact.received",
        "amount": 240.0,
        "unit": "minutes",
    }
    return Terms(**usual | more)


def standard(id: str = "answer", *, at: datetime = EARLY, **more: Any) -> StandardVersion:
    """Make a standard, long before anything happens."""
    return make_standard(id, terms(**more), now=at, by="Ada")


def condition(field: str, operator: str = "is", value: str = "") -> Condition:
    """One condition."""
    return Condition(field, Operator(operator), value)


def office() -> None:
    """A calendar in UTC."""
    make_calendar("office", Draft("Office", "UTC", WEEK), now=EARLY, by="Ada")


def received(
    at: datetime, customer: str = "c-1", *, id: str | None = None, **data: Any
) -> NewEvent:
    """Something that a customer said."""
    return event("contact.received", customer, at, data, id=id)


def answered(at: datetime, customer: str = "c-1", **data: Any) -> NewEvent:
    """Our answer to it."""
    return event("contact.answered", customer, at, data)
