"""One small company for the page tests: two teams, three people, promises of every outcome.

Everything lies some days before now, so that the usual period of 90 days holds it all.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone

from interactions.decode import NewEvent
from interactions.ledger import record
from interactions.models import Membership, Source, Team
from promises.models import Promise
from promises.services.counting import count_pending
from tests.events import event, fulfilled
from tests.made_once import made_once

DAY = timedelta(days=1)
PASSWORD = "a good long pass phrase"
HOSTILE = "<script>document.title='taken'</script>"


@dataclass(frozen=True)
class World:
    """Who is there, and the promise that the tests look at."""

    alice: User
    bob: User
    charlie: User
    moved: Promise
    foreign: Promise
    now: datetime


def promise_made(reference: str, at: datetime, **data: Any) -> NewEvent:
    """A promise, due three days after it was made."""
    usual = {
        "due_at": (at + 3 * DAY).isoformat(),
        "statement": f"{reference} arrives in time",
        "touchpoint": "webshop",
    }
    return event("promise.made", reference, at, usual | data)


def company_events(now: datetime) -> list[NewEvent]:
    """What happened.

    Shape: team fulfilment 12 promises to c-1, due 17 days ago: 9 kept, 2 late (one of them moved
    once, announced), 1 still open. Team support 3 to c-2: 2 kept, 1 failed.
    """
    start = now - 20 * DAY
    due = start + 3 * DAY
    ada = {"id": "c-1", "name": "Ada Lovelace"}
    eve = {"id": "c-2", "name": f"Eve {HOSTILE}"}
    events = [
        promise_made(f"order-{n}", start, kind="delivery", team="fulfilment", customer=ada)
        for n in range(12)
    ]
    events += [fulfilled(f"order-{n}", start + DAY) for n in range(9)]
    events += [
        event(
            "promise.rescheduled",
            "order-9",
            due - DAY,
            {
                "due_at": (due + DAY).isoformat(),
                "told_at": (due - DAY).isoformat(),
                "reason": "The van broke down",
            },
        ),
        fulfilled("order-9", due + DAY),
        fulfilled("order-10", due + 2 * DAY),
        event("customer.described", "c-1", start, {"preferred_name": "Ada", "segment": "gold"}),
        event("feedback.given", "c-1", due + DAY, {"score": 2, "words": "I waited all day."}),
    ]
    events += [
        promise_made(
            f"call-{n}", start, kind="response", team="support", customer=eve, statement=HOSTILE
        )
        for n in range(3)
    ]
    events += [fulfilled("call-0", start + DAY), fulfilled("call-1", start + DAY)]
    events += [event("promise.failed", "call-2", start + DAY, {"reason": HOSTILE})]
    return events


@made_once
def build_world() -> World:
    """Record and count what happened, and let alice (manager), bob and charlie (agents) in."""
    now = timezone.now()
    record(company_events(now), recorded_at=now, door=Source.Door.MACHINE)
    count_pending()
    alice, bob, charlie = (
        User.objects.create_user(name, password=PASSWORD) for name in ("alice", "bob", "charlie")
    )
    Membership.objects.create(user=alice, role=Membership.Role.MANAGER)
    for agent, team in ((bob, "fulfilment"), (charlie, "support")):
        found = Team.objects.get(reference=team)
        Membership.objects.create(user=agent, role=Membership.Role.AGENT, team=found)
    return World(
        alice,
        bob,
        charlie,
        moved=Promise.objects.get(reference="order-9"),
        foreign=Promise.objects.get(reference="call-2"),
        now=now,
    )
