"""Reads of facts: who may see what, and how much of the ledger still waits."""

from collections.abc import Iterable
from dataclasses import dataclass

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
        single_keys=F("user__preference__single_keys"), theme=F("user__preference__theme")
    )
    memberships = once(("memberships", user.pk), lambda: list(rows))
    for row in memberships[:1]:
        keep(chosen_place(user.pk), chosen_from(row.single_keys, row.theme))
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


def waiting_and_sample() -> tuple[dict[str, int], bool]:
    """How many events wait, by state as of `counts_by_state`, and whether a sample is loaded."""
    return once("waiting", _waiting_and_sample)


def _waiting_and_sample() -> tuple[dict[str, int], bool]:
    counts = dict.fromkeys(PendingEvent.State.values, 0)
    with connection.cursor() as cursor:
        cursor.execute(_WAITING)
        rows = {state: (count, sample) for state, count, sample in cursor.fetchall()}
    _none, sample_loaded = rows.pop("")
    counts.update({state: count for state, (count, _) in rows.items()})
    return counts, sample_loaded
