"""Whose eyes see what, and what waits."""

import pytest
from django.contrib.auth.models import AnonymousUser, User

from interactions.models import Membership, PendingEvent, Team
from interactions.selectors import EVERYTHING, NOTHING, viewer_for
from interactions.todo import counts_by_state
from tests.events import list_all_singly, made, store

pytestmark = pytest.mark.django_db

Role = Membership.Role


@pytest.fixture
def bob() -> User:
    return User.objects.create_user("bob")


def team(reference: str) -> Team:
    return Team.objects.create(reference=reference, name=reference)


def test_an_agent_sees_the_own_teams(bob: User) -> None:
    teams = [team("one"), team("two")]
    team("three")
    for each in teams:
        Membership.objects.create(user=bob, role=Role.AGENT, team=each)
    viewer = viewer_for(bob)
    assert viewer.team_ids == {each.pk for each in teams}
    assert (viewer.role, viewer.sees_all, viewer.manages) == ("agent", False, False)


@pytest.mark.parametrize("role", [Role.MANAGER, Role.ADMIN])
def test_managers_and_admins_see_all(bob: User, role: Membership.Role) -> None:
    Membership.objects.create(user=bob, role=role)
    viewer = viewer_for(bob)
    assert (viewer.team_ids, viewer.role, viewer.sees_all, viewer.manages) == (
        None,
        role.value,
        True,
        True,
    )


def test_the_widest_role_counts(bob: User) -> None:
    Membership.objects.create(user=bob, role=Role.AGENT, team=team("one"))
    Membership.objects.create(user=bob, role=Role.MANAGER)
    assert viewer_for(bob).role == "manager"
    Membership.objects.create(user=bob, role=Role.ADMIN)
    assert viewer_for(bob).role == "admin"


def test_without_a_membership_nothing_is_seen(bob: User) -> None:
    viewer = viewer_for(bob)
    assert (viewer.team_ids, viewer.sees_all, viewer.manages) == (frozenset(), False, False)


def test_somebody_elses_membership_opens_nothing(bob: User) -> None:
    Membership.objects.create(user=User.objects.create_user("eve"), role=Role.ADMIN)
    assert viewer_for(bob).team_ids == frozenset()


def test_somebody_inactive_sees_nothing(bob: User) -> None:
    Membership.objects.create(user=bob, role=Role.ADMIN)
    bob.is_active = False
    assert viewer_for(bob) == NOTHING


def test_nobody_signed_out_sees_anything() -> None:
    assert viewer_for(AnonymousUser()) == NOTHING
    assert NOTHING.team_ids == frozenset()


def test_everything_is_everything() -> None:
    assert EVERYTHING.sees_all


def test_what_waits_is_counted_by_state() -> None:
    assert counts_by_state() == {"pending": 0, "waiting": 0, "set aside": 0}
    store(*(made(f"order-{number}") for number in range(6)))
    list_all_singly()
    rows = list(PendingEvent.objects.order_by("pk").values_list("pk", flat=True))
    PendingEvent.objects.filter(pk__in=rows[:1]).update(state="waiting")
    PendingEvent.objects.filter(pk__in=rows[1:3]).update(state="set aside")
    assert counts_by_state() == {"pending": 3, "waiting": 1, "set aside": 2}
