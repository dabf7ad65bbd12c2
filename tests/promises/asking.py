"""Counting what was stored, and asking for figures at a moment of the tests."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from interactions.models import Customer, Team
from promises.cells import fold_deltas
from promises.projection import drain
from promises.scores import Question
from tests.events import NOW


def count(*, fold: bool = True) -> None:
    """Project all that is pending; the deltas may be left on their way."""
    while drain():
        pass
    if fold:
        while fold_deltas():
            pass


def ask(
    as_of: datetime = NOW, *, is_now: bool = True, window: str = "all", **more: Any
) -> Question:
    """A question about everything, unless told otherwise."""
    zone = ZoneInfo(settings.TIME_ZONE)
    return Question(as_of=as_of, is_now=is_now, zone=zone, window=window, **more)


def team_ids(*references: str) -> frozenset[int]:
    """The keys of teams."""
    return frozenset(Team.objects.filter(reference__in=references).values_list("pk", flat=True))


def customer_ids(*references: str) -> frozenset[int]:
    """The keys of customers."""
    return frozenset(Customer.objects.filter(reference__in=references).values_list("pk", flat=True))
