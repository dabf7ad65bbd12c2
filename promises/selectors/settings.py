"""What the pages of settings list: teams, touchpoints, segments, people."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.db import connection
from django.db.models import Count

from interactions.arrays import text_array
from interactions.models import Membership, Segment, Team
from interactions.models.party import NOT_STATED, Kept

MOST_LISTED = 1_000
# So many customers of a segment are counted, and then there are "more than".
MOST_COUNTED = 10_000

# One step of the index for each segment, however many customers and cells there are, and one over
# those that have none.
_OCCURRING = """
WITH RECURSIVE seen(segment) AS (
    (SELECT segment FROM {table} WHERE segment <> '' AND segment > '' ORDER BY segment LIMIT 1)
    UNION ALL
    SELECT (SELECT t.segment FROM {table} t WHERE t.segment <> '' AND t.segment > seen.segment
            ORDER BY t.segment LIMIT 1)
    FROM seen WHERE seen.segment IS NOT NULL
)
SELECT segment FROM seen WHERE segment IS NOT NULL LIMIT %s
"""
_TABLES = ("interactions_customer", "promises_celldetail")
_COUNTED = """
SELECT segment, (SELECT count(*) FROM (SELECT FROM interactions_customer c
                 WHERE c.segment = named.segment AND c.segment <> '' LIMIT %s) AS first)
FROM unnest(%s::text[]) AS named(segment)
"""


@dataclass(frozen=True, slots=True)
class PartyLine:
    """A team or touchpoint in its list; `members` of a team only those who may sign in."""

    id: int
    reference: str
    name: str
    is_new: bool
    archived_at: datetime | None
    members: int = 0


@dataclass(frozen=True, slots=True)
class SegmentLine:
    """A segment that occurs or has a name; `label` "" where it is called as senders name it, and
    `customers` one more than MOST_COUNTED where there are more."""

    reference: str
    label: str
    customers: int

    @property
    def more(self) -> bool:
        """Whether there are more customers than are counted."""
        return self.customers > MOST_COUNTED


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in a team."""

    id: int
    person_id: int
    username: str
    name: str
    role: str
    role_word: str
    active: bool


@dataclass(frozen=True, slots=True)
class Seat:
    """What one membership lets a person do."""

    role: str
    role_word: str
    team_id: int | None
    team_reference: str
    team_name: str


@dataclass(frozen=True, slots=True)
class PersonLine:
    """An account; `everywhere` is the role that holds for all teams, "" where there is none."""

    id: int
    username: str
    name: str
    email: str
    active: bool
    invited: bool
    last_login: datetime | None
    everywhere: str
    seats: tuple[Seat, ...]


def party_lines(model: type[Kept]) -> list[PartyLine]:
    """Teams or touchpoints by name, without the one that stands for "not stated"."""
    rows = model._default_manager.exclude(reference=NOT_STATED).order_by("name", "pk")
    members: Mapping[int, int] = {}
    if model is Team:
        seats = Membership.objects.filter(team__isnull=False, user__is_active=True)
        members = dict(seats.order_by().values_list("team_id").annotate(Count("pk")))
    return [
        PartyLine(
            row.pk, row.reference, row.name, row.is_new, row.archived_at, members.get(row.pk, 0)
        )
        for row in rows[:MOST_LISTED]
    ]


def members_of(team: Team) -> list[Member]:
    """Who is in a team, by name."""
    rows = Membership.objects.filter(team=team).select_related("user")
    return [
        Member(
            row.pk,
            row.user.pk,
            row.user.username,
            row.user.first_name,
            row.role,
            str(Membership.Role(row.role).label),
            row.user.is_active,
        )
        for row in rows.order_by("-user__is_active", "user__username", "role")
    ]


def segment_labels() -> dict[str, str]:
    """What segments are called; those that are not here are called as senders name them."""
    return dict(Segment.objects.values_list("reference", "label"))


def segment_lines() -> list[SegmentLine]:
    """The segments that customers are in or promises were made in, and those that have a name."""
    labels = segment_labels()
    found = {*labels}
    with connection.cursor() as cursor:
        for table in _TABLES:
            cursor.execute(_OCCURRING.format(table=table), [MOST_LISTED])
            found |= {segment for (segment,) in cursor.fetchall()}
        listed = sorted(found, key=str.casefold)[:MOST_LISTED]
        cursor.execute(_COUNTED, [MOST_COUNTED + 1, text_array(listed)])
        counts = dict(cursor.fetchall())
    return [SegmentLine(one, labels.get(one, ""), counts[one]) for one in listed]


def person_lines() -> list[PersonLine]:
    """Everybody with an account: who may sign in first, then by name."""
    people = User.objects.order_by("-is_active", "username")
    rows = people.prefetch_related("memberships__team")
    return [_person(row) for row in rows[:MOST_LISTED]]


def person_line(pk: int) -> PersonLine:
    """One account.

    Raises: DoesNotExist.
    """
    return _person(User.objects.prefetch_related("memberships__team").get(pk=pk))


def _person(row: User) -> PersonLine:
    seats = [_seat(membership) for membership in row.memberships.all()]
    seats.sort(key=lambda seat: (seat.team_name.casefold(), seat.role))
    roles = {seat.role for seat in seats if seat.team_id is None}
    strongest = (Membership.Role.ADMIN.value, Membership.Role.MANAGER.value)
    return PersonLine(
        id=row.pk,
        username=row.username,
        name=row.first_name,
        email=row.email,
        active=row.is_active,
        invited=not row.has_usable_password(),
        last_login=row.last_login,
        everywhere=next((role for role in strongest if role in roles), ""),
        seats=tuple(seats),
    )


def _seat(row: Membership) -> Seat:
    word = str(Membership.Role(row.role).label)
    if row.team is None:
        return Seat(row.role, word, None, "", "")
    return Seat(row.role, word, row.team.pk, row.team.reference, row.team.label)
