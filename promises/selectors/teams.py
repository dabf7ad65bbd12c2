"""Who is in a team, what falls due next, and to whom it owes something."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django.db import connection
from django.db.models import Count, Min, Q, QuerySet

from interactions.models import Membership, Team
from interactions.models.party import NOT_STATED
from interactions.selectors import Viewer
from promises.domain.clock import day_of
from promises.models import OpenPromise, Promise
from promises.projection.facts import installation_zone
from promises.scores.relations import TOLD_THEN
from promises.selectors.pages import Asked
from promises.selectors.visibility import visible_promises
from promises.selectors.worklists import PARTIES, open_promises

# Id and name of a customer, how many are open, how many overdue, the nearest date
_OwedRow = tuple[str, str, int, int, datetime]

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
    """A customer to whom a team owes something. Shape: `oldest_due` is the earliest date of what
    is open."""

    customer_id: str
    name: str
    open: int
    overdue: int
    oldest_due: datetime

    @property
    def ahead(self) -> int:
        """How many are open and not due yet."""
        return self.open - self.overdue


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


def owed_customers(team: Team, asked: Asked, *, limit: int) -> tuple[Owed, ...]:
    """The customers that a team owes most: by overdue promises, then by the oldest date of these;
    those without any by the nearest."""
    # One more: who was not stated is no customer.
    rows = (_owed_now if asked.is_now else _owed_then)(team, asked, limit + 1)
    found = [Owed(*row) for row in rows if row[0] != NOT_STATED]
    return tuple(found[:limit])


def _owed_now(team: Team, asked: Asked, most: int) -> Iterable[_OwedRow]:
    wanted = {
        "kind": asked.kind or None,
        "promise__touchpoint_id": asked.filters.touchpoint_id,
        "promise__segment": asked.filters.segment,
        "promise__explicit": asked.filters.explicit,
    }
    given = {name: value for name, value in wanted.items() if value is not None}
    promises = OpenPromise.objects.filter(team=team, **given)
    # What a team owes is mostly not due yet: it need not be gone through for those it owes most.
    worst = (
        promises.filter(matures_at__lt=asked.as_of)
        .values_list("customer_id")
        .annotate(overdue=Count("pk"), oldest=Min("due"))
        .order_by("-overdue", "oldest", "customer_id")
    )
    shown = [customer for customer, *_ in worst[:most]]
    if len(shown) == most:
        promises = promises.filter(customer_id__in=shown)
    return (
        promises.values_list("customer__reference", "customer__name")
        .annotate(
            open=Count("pk"),
            overdue=Count("pk", filter=Q(matures_at__lt=asked.as_of)),
            oldest_due=Min("due"),
        )
        .order_by("-overdue", "oldest_due", "customer_id")[:most]
    )


# What may have been open then: what is so still, what was overdue and something happened to it
# since, what matures later. The planner would rather go through all that a team ever promised.
_OWED_THEN = """
SELECT c.reference, c.name, owed.open, owed.overdue, owed.oldest_due FROM (
    SELECT customer_id, count(*) AS open, count(*) FILTER (WHERE matures_at < %(as_of)s) AS overdue,
           min(due) AS oldest_due
    FROM promises_promise WHERE id = ANY(ARRAY(
        SELECT promise_id FROM promises_openpromise WHERE team_id = %(team)s
        UNION SELECT id FROM promises_promise
        WHERE team_id = %(team)s AND late_event_at > %(as_of)s AND day <= %(today)s
        UNION SELECT id FROM promises_promise
        WHERE team_id = %(team)s AND matures_at >= %(as_of)s AND made_at <= %(as_of)s))
      AND {told_then} AND {asked_for}
      AND ((NOT eventful AND settled_at > %(as_of)s) OR (state = 'open' AND stopped_at IS NULL))
    GROUP BY customer_id ORDER BY overdue DESC, oldest_due, customer_id LIMIT %(most)s
) AS owed JOIN interactions_customer c ON c.id = owed.customer_id
ORDER BY owed.overdue DESC, owed.oldest_due, owed.customer_id
"""


def _owed_then(team: Team, asked: Asked, most: int) -> Iterable[_OwedRow]:
    parameters: dict[str, Any] = {
        "team": team.pk,
        "as_of": asked.as_of,
        "today": day_of(asked.as_of, installation_zone()),
        "most": most,
    }
    wanted = {
        "kind": asked.kind or None,
        "touchpoint_id": asked.filters.touchpoint_id,
        "segment": asked.filters.segment,
        "explicit": asked.filters.explicit,
    }
    given = {name: value for name, value in wanted.items() if value is not None}
    asked_for = " AND ".join(f"{name} = %({name})s" for name in given) or "true"
    statement = _OWED_THEN.format(told_then=TOLD_THEN, asked_for=asked_for)
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters | given)
        return cast(list[_OwedRow], cursor.fetchall())
