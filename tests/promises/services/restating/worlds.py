"""Promises of every sort, so that other parameters change many verdicts."""

from datetime import datetime, timedelta

from interactions.decode import NewEvent
from promises.domain.loss import DAY
from promises.services.restating import Draft
from tests.events import NOW, START, event, fulfilled, made, store
from tests.promises.asking import count

# A day more than is promised: what came some hours late was in time.
TOLERANT = Draft(base_loss=0.5, half_life_seconds=2 * DAY, tolerance_seconds=DAY)
HOUR = timedelta(hours=1)


def rescheduled(subject: str, at: datetime, due: datetime, **data: object) -> NewEvent:
    """Another date."""
    return event("promise.rescheduled", subject, at, {"due_at": due.isoformat(), **data})


def story(place: int, at: datetime = START) -> list[NewEvent]:
    """One promise of some sort, by its place."""
    subject, team = f"order-{place}", f"team-{place % 3}"
    due = at + timedelta(days=3)
    events = [made(subject, at=at, team=team, customer=f"c-{place % 7}")]
    match place % 9:
        case 0:
            events.append(fulfilled(subject, due - HOUR))
        case 1:
            events.append(fulfilled(subject, due + 5 * HOUR))
        case 2:
            events.append(fulfilled(subject, due + 50 * HOUR))
        case 3:
            events.append(fulfilled(subject, due + 5 * HOUR, fraction=0.5))
        case 4:
            events.append(event("promise.failed", subject, due + HOUR))
        case 5:
            events.append(rescheduled(subject, due - HOUR, due + 60 * HOUR))
        case 6:
            # Within the tolerance of one day it moves the date; without one it is a note.
            asked = {"who": "Ada", "at": (due + 3 * HOUR).isoformat()}
            at, later = due + 3 * HOUR, due + 90 * HOUR
            events.append(rescheduled(subject, at, later, customer_request=asked))
        case 7:
            withdrawn = {"by": "customer"}
            events.append(event("promise.withdrawn", subject, due + 3 * HOUR, withdrawn))
        case 8:
            events.append(event("promise.paused", subject, due + HOUR, {"cause": "customer"}))
    return events


def fill(promises: int = 54) -> None:
    """Store stories that begin on different days, and count them."""
    for place in range(promises):
        store(*story(place, START + timedelta(days=place % 20)))
    count()


__all__ = ["NOW", "TOLERANT", "fill", "story"]
