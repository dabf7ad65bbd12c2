"""What the clock passed while a promise was open."""

from dataclasses import dataclass
from datetime import datetime

from promises.models import Crossing, OpenPromise
from promises.selectors.inbox import sentence
from promises.selectors.pages import Asked

SHOWN = 12


@dataclass(frozen=True, slots=True)
class CrossingLine:
    """One threshold that was passed."""

    sentence: str
    moment: datetime
    noticed_at: datetime


@dataclass(frozen=True, slots=True)
class Watch:
    """The thresholds of one promise, the latest first.

    Shape: watched_from and next_check are None in the past, and where the promise is not open;
    next_check also while a pause runs. `more` are those that are not listed.
    """

    lines: tuple[CrossingLine, ...]
    more: int
    watched_from: datetime | None
    next_check: datetime | None


def watch_read(promise_id: int, asked: Asked) -> Watch:
    """What the clock passed by as_of. The caller has seen to it that the promise may be seen."""
    rows = Crossing.objects.filter(promise_id=promise_id, moment__lte=asked.as_of)
    watched = OpenPromise.objects.filter(pk=promise_id).first() if asked.is_now else None
    return Watch(
        lines=tuple(
            CrossingLine(sentence(row.threshold, row.day), row.moment, row.noticed_at)
            for row in rows.order_by("-moment", "-pk")[:SHOWN]
        ),
        more=max(0, rows.count() - SHOWN),
        watched_from=watched.watched_from if watched else None,
        next_check=watched.next_check if watched else None,
    )
