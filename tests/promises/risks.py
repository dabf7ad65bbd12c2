"""A past of two teams from which risks can be told, and promises that are open."""

from datetime import datetime, timedelta

from interactions.decode import NewEvent
from interactions.ledger import record
from interactions.models import Source
from promises.services.risk import learn, tell_chances
from promises.services.settling import count_all
from tests.events import NOW, event, fulfilled, made
from tests.promises.asking import count

DAY = timedelta(days=1)


def store_past(n: int = 400, *, now: datetime = NOW) -> None:
    """A year of promises due after four days, kept two times of three; every tenth moved once."""
    events = []
    for number in range(n):
        reference, at = f"past-{number}", now - (8 + 350 * number / n) * DAY
        team = ("north", "south")[number % 2]
        took = timedelta(hours=6 + number * 41.7 % 140)
        events.append(made(reference, at=at, due=at + 4 * DAY, team=team))
        if number % 10 == 0:
            at_half, due = at + 2 * DAY, (at + 6 * DAY).isoformat()
            told = {"due_at": due, "told_at": at_half.isoformat(), "reason": "late"}
            events.append(event("promise.rescheduled", reference, at_half, told))
            took = 5 * DAY
        events.append(fulfilled(reference, at + took))
    _store(events, now)
    count_all(now=now)


def store_open(*, now: datetime = NOW) -> None:
    """Four open ones: fresh, half gone, nearly gone and moved, and one that has matured."""
    moved = {"due_at": (now + 3 * DAY).isoformat(), "reason": "late"}
    _store(
        [
            made("fresh", at=now, due=now + 4 * DAY, team="north"),
            made("half", at=now - 2 * DAY, due=now + 2 * DAY, team="north"),
            made("moved", at=now - 3 * DAY, due=now + DAY, team="south"),
            event("promise.rescheduled", "moved", now - DAY, moved),
            made("over", at=now - 9 * DAY, due=now - DAY, team="south"),
        ],
        now,
    )


def store_risks(n: int = 400, *, now: datetime) -> None:
    """All of it, counted, learnt and told."""
    store_past(n, now=now)
    store_open(now=now)
    learn(now=now)
    tell_chances(now=now)


def _store(events: list[NewEvent], now: datetime) -> None:
    record(events, recorded_at=now, door=Source.Door.MACHINE)
    count()
