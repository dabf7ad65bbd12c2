"""All that people can set up, in an installation that has promises already: rules, webhooks,
standards, uploads, what was kept for reading; so that every page has something to show."""

from datetime import datetime, timedelta

from django.contrib.auth.models import User

from interactions.keys import make_key
from interactions.models import ApiKey, Membership, Source, Team
from promises.models import (
    Channel,
    DatedNote,
    Delivery,
    LastAsked,
    SavedView,
    UploadPiece,
    WebhookEvent,
)
from promises.services.calendars import Draft, make_calendar
from promises.services.reports import freeze
from promises.services.uploads.changing import describe
from promises.services.webhooks.endpoints import make_endpoint, send_test
from tests.promises.services.alerts.company import rule
from tests.standards import standard
from tests.uploads import mapping, uploaded

DAY = timedelta(days=1)
# So many of each sort.
EACH = 3
WEEK = {day: ["09:00-17:00"] for day in ("mon", "tue", "wed", "thu", "fri")}


def furnish(team: Team, *, now: datetime) -> User:
    """Set it all up; answers an admin, who is a member of no team."""
    admin = User.objects.create_user("ada", email="ada@example.com")
    Membership.objects.create(user=admin, role=Membership.Role.ADMIN)
    make_calendar("office", Draft("Office", "UTC", WEEK), now=now - 40 * DAY, by="ada")
    freeze((now - timedelta(days=now.day)).date().replace(day=1), now=now, by="ada")
    for number in range(EACH):
        standard(f"answer-{number}", at=now - 30 * DAY, event_type="contact.received")
        _connect(number, now)
        _alert(number, admin, now)
    described = describe(uploaded().pk, mapping())
    UploadPiece.objects.create(upload=described, kind="rejects", number=0, content=b"a line\n")
    _read(admin, team, now)
    return admin


def _connect(number: int, now: datetime) -> None:
    endpoint, _secret = make_endpoint(
        url=f"https://93.184.215.14/{number}", description="", event_types=WebhookEvent.values
    )
    send_test(endpoint, now=now)
    source = Source.objects.get_or_create(name=f"/connected/{number}")[0]
    make_key(name=f"key {number}", scopes=[ApiKey.Scope.EVENTS_WRITE], source=source)


def _alert(number: int, admin: User, now: datetime) -> None:
    made = rule("due", "over", days_over=90, audience="role", role="admin", name=str(number))
    made.teams.set(Team.objects.order_by("pk")[:EACH])
    Delivery.objects.create(
        channel=Channel.EMAIL,
        user=admin,
        state="failed",
        attempts=number,
        reason="550 no such mailbox",
        next_try_at=now,
        created_at=now,
    )


def _read(admin: User, team: Team, now: datetime) -> None:
    for page in ("overview", "promises"):
        LastAsked.objects.create(user=admin, page=page, query="window=365d")
        for owner, of in ((admin, None), (None, team)):
            SavedView.objects.create(
                page=page, name="Ours", query="window=28d", pinned=True, owner=owner, team=of
            )
    for of in (None, team):
        day = (now - 12 * DAY).date()
        DatedNote.objects.create(day=day, text="Strike", team=of, made_by=admin)
