"""Who is in a team, what falls due next, and to whom it owes something."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Q, QuerySet

from interactions.models import Membership, Team
from interactions.models.party import NOT_STATED
from interactions.selectors import Viewer
from promises.models import OpenPromise, Promise
from promises.selectors.pages import Asked
from promises.selectors.visibility import visible_promises
from promises.selectors.worklists import PARTIES, open_promises

# More people than this are a crowd: they are counted.
MOST_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in a team, as its page names them."""

    username: str
    name: str
    role: str
    role_word: str


@dataclass(frozen=True, slots=True)
class TeamPeople:
    """Who a team is. Shape: `more` are the people who are not shown."""

    pk: int
    reference: str
    is_new: bool
    archived_at: datetime | None
    shown: tuple[Person, ...]
    more: int


@dataclass(frozen=True, slots=True)
class Owed:
    """A customer to whom a team owes something."""

    customer_id: str
    name: str
    open: int
    overdue: int
    next_due: datetime


def team_people(team: Team) -> TeamPeople:
    """The members of a team who may sign in, by name."""
    seats = Membership.objects.filter(team=team, user__is_active=True).select_related("user")
    rows = list(seats.order_by("user__username", "role"))
    shown = tuple(
        Person(
            row.user.get_username(),
            row.user.get_full_name(),
            row.role,
            str(Membership.Role(row.role).label),
        )
        for row in rows[:MOST_SHOWN]
    )
    more = max(0, len(rows) - MOST_SHOWN)
    return TeamPeople(team.pk, team.reference, team.is_new, team.archived_at, shown, more)


def upcoming_promises(viewer: Viewer, team: Team, asked: Asked) -> QuerySet[Promise]:
    """Open promises of a team that have not matured, the nearest first."""
    if not asked.is_now:
        still_open = open_promises(visible_promises(viewer), asked)
        return still_open.filter(matures_at__gte=asked.as_of).order_by("matures_at", "pk")
    found = Promise.objects.filter(openpromise__team=team, openpromise__matures_at__gte=asked.as_of)
    if asked.kind:
        found = found.filter(openpromise__kind=asked.kind)
    return found.select_related(*PARTIES).order_by("openpromise__matures_at", "pk")


def owed_customers(viewer: Viewer, team: Team, asked: Asked, *, limit: int) -> tuple[Owed, ...]:
    """The customers that a team owes most: by overdue promises, then by the nearest date."""
    promises: QuerySet[OpenPromise] | QuerySet[Promise]
    if asked.is_now:
        promises = OpenPromise.objects.filter(team=team)
        if asked.kind:
            promises = promises.filter(kind=asked.kind)
    else:
        promises = open_promises(visible_promises(viewer), asked).order_by()
    rows = (
        promises.order_by()
        .values("customer_id", "customer__reference", "customer__name")
        .annotate(
            open=Count("pk"),
            overdue=Count("pk", filter=Q(matures_at__lt=asked.as_of)),
            next_due=Min("due"),
        )
        .order_by("-overdue", "next_due", "customer_id")[:limit]
    )
    return tuple(
        Owed(
            row["customer__reference"],
            row["customer__name"],
            row["open"],
            row["overdue"],
            row["next_due"],
        )
        for row in rows
        if row["customer__reference"] != NOT_STATED
    )
