"""Reads of facts: who may see what, and how much of the ledger still waits."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import connection
from django.db.models import F

from interactions.models import Membership, PendingEvent
from interactions.one_reading import keep, once
from interactions.preferences import chosen_from, chosen_place
from interactions.todo import BY_STATE


@dataclass(frozen=True, slots=True)
class Viewer:
    """Whose eyes a page is made for; `team_ids` None means all teams."""

    user_id: int | None
    role: str
    team_ids: frozenset[int] | None

    @property
    def sees_all(self) -> bool:
        """Whether no team is hidden from the viewer."""
        return self.team_ids is None

    @property
    def manages(self) -> bool:
        """Whether the viewer may act for the whole installation."""
        return self.role in (Membership.Role.MANAGER, Membership.Role.ADMIN)

    @property
    def administers(self) -> bool:
        """Whether the viewer may let people and programs in."""
        return self.role == Membership.Role.ADMIN


EVERYTHING = Viewer(user_id=None, role=Membership.Role.MANAGER, team_ids=None)
NOTHING = Viewer(user_id=None, role="", team_ids=frozenset())


def viewer_for(user: AbstractBaseUser | AnonymousUser) -> Viewer:
    """What a signed-in person may see: agents their teams, managers and admins all; nobody else
    anything."""
    if not user.is_authenticated or not user.is_active:
        return NOTHING
    # Every page needs both.
    rows = Membership.objects.filter(user_id=user.pk).annotate(
        single_keys=F("user__preference__single_keys"),
        theme=F("user__preference__theme"),
        table_mark=F("user__preference__table_mark"),
    )
    memberships = once(("memberships", user.pk), lambda: list(rows))
    for row in memberships[:1]:
        keep(chosen_place(user.pk), chosen_from(row.single_keys, row.theme, row.table_mark))
    return _viewer(user.pk, memberships)


def all_viewers() -> list[Viewer]:
    """Everybody who may sign in and see something."""
    by_user: dict[int, list[Membership]] = {}
    for membership in Membership.objects.filter(user__is_active=True).order_by("user_id"):
        by_user.setdefault(membership.user_id, []).append(membership)
    return [_viewer(user_id, memberships) for user_id, memberships in by_user.items()]


def _viewer(user_id: int, memberships: Iterable[Membership]) -> Viewer:
    memberships = list(memberships)
    roles = {membership.role for membership in memberships}
    for everywhere in (Membership.Role.ADMIN.value, Membership.Role.MANAGER.value):
        if everywhere in roles:
            return Viewer(user_id=user_id, role=everywhere, team_ids=None)
    team_ids = frozenset(m.team_id for m in memberships if m.team_id is not None)
    role = Membership.Role.AGENT.value if team_ids else ""
    return Viewer(user_id=user_id, role=role, team_ids=team_ids)


# Also whether there is a sample, which is looked up along the index of sources.
_WAITING = f"""
SELECT state, count, false FROM ({BY_STATE}) AS todo(state, count, first)
UNION ALL
SELECT '', 0, EXISTS (SELECT FROM interactions_source s WHERE s.is_sample
                      AND EXISTS (SELECT FROM interactions_event e WHERE e.source_id = s.id))
"""  # noqa: S608 (nothing but constants)


_HEARD = """
UNION ALL
SELECT 'heard', count(*), false FROM (
    SELECT FROM interactions_event WHERE occurred_at <= %(since)s AND recorded_at > %(since)s
    LIMIT %(most)s) AS heard
"""


class Waiting(NamedTuple):
    """How many events wait, by state as of `counts_by_state`; whether a sample is loaded; and how
    many events of up to a past moment were recorded after it."""

    counts: dict[str, int]
    sample_loaded: bool
    heard: int


def waiting_read(since: datetime | None, *, most: int) -> Waiting:
    """All of it in one statement; `since` None where no past moment is asked about.

    Shape: what was heard is counted to `most`.
    """
    return once(("waiting", since), lambda: _waiting_read(since, most))


def _waiting_read(since: datetime | None, most: int) -> Waiting:
    statement = _WAITING if since is None else _WAITING + _HEARD
    with connection.cursor() as cursor:
        cursor.execute(statement, {"since": since, "most": most})
        rows = {state: (count, sample) for state, count, sample in cursor.fetchall()}
    (_none, sample_loaded), (heard, _no) = rows.pop(""), rows.pop("heard", (0, False))
    counts = dict.fromkeys(PendingEvent.State.values, 0)
    counts.update({state: count for state, (count, _) in rows.items()})
    return Waiting(counts, sample_loaded, heard)
