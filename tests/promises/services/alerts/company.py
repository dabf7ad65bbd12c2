"""People, rules and promises for the tests of telling."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import User

from interactions.ledger import record
from interactions.models import Membership, Source, Team
from promises.models import AlertRule, NotificationSettings
from promises.services.watching import watch
from tests.events import START, made
from tests.promises.asking import count

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def promise(reference: str, *, team: str = "fulfilment", **more: Any) -> None:
    """An open promise made at START, due eight hours later, heard at once."""
    event = made(reference, team=team, due=more.pop("due", START + 8 * HOUR), **more)
    record([event], recorded_at=START, door=Source.Door.MACHINE)
    count()


def person(name: str, role: str = "agent", *teams: str, **wanted: Any) -> User:
    """Somebody with a role, in teams, with wishes."""
    user = User.objects.create_user(name, email=f"{name}@example.com")
    for reference in teams or ([None] if role != "agent" else []):
        team = (
            reference
            and Team.objects.get_or_create(reference=reference, defaults={"name": reference})[0]
        )
        Membership.objects.create(user=user, role=role, team=team or None)
    if wanted:
        NotificationSettings.objects.create(user=user, **wanted)
    return user


def rule(*thresholds: str, channels: tuple[str, ...] = ("inbox",), **more: Any) -> AlertRule:
    """A rule that tells the promise's team, unless told otherwise."""
    usual: dict[str, Any] = {
        "name": "rule",
        "thresholds": list(thresholds or ("due",)),
        "audience": "promise_team",
        "channels": list(channels),
    }
    return AlertRule.objects.create(**usual | more)


def pass_time(hours: float) -> datetime:
    """Let somebody look so many hours after START; answers that moment."""
    now = START + hours * HOUR
    watch(now=now)
    return now
