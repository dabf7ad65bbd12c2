"""Accounts and roles: who gets in, and that somebody always can let others in."""

import pytest
from django.contrib.auth.models import User

from interactions.changes import By
from interactions.models import Change, Membership, Team
from interactions.selectors import viewer_for
from promises.services.settings.people import (
    add_member,
    describe,
    invite,
    password_link,
    remove_member,
    set_active,
    set_role,
)
from promises.services.settings.refusals import SettingRefused
from tests.threads import together

pytestmark = pytest.mark.django_db
LAST = "This is the last active admin."


@pytest.fixture
def ada() -> User:
    """The first admin, as the first run makes one."""
    user = User.objects.create_superuser("ada", email="", password="x")
    Membership.objects.create(user=user, role="admin")
    return user


@pytest.fixture
def team() -> Team:
    return Team.objects.create(reference="t", name="T")


def test_an_agent_is_invited_and_sees_one_team(ada: User, team: Team) -> None:
    by = By(user_id=ada.pk)
    bob = invite(
        username=" bob ", name="Bob", email="b@example.com", role="agent", team=team, by=by
    )
    assert (bob.username, bob.has_usable_password(), bob.is_staff) == ("bob", False, False)
    assert viewer_for(bob).team_ids == {team.pk}
    change = Change.objects.get(area="person")
    assert (change.by, change.after["team"], change.after["role"]) == ("ada", "t", "agent")


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"username": ""}, "username"),
        ({"username": "ADA"}, "username"),
        ({"username": "two words"}, "username"),
        ({"username": "x" * 151}, "username"),
        ({"username": "<b>"}, "username"),
        ({"email": "no address"}, "email"),
        ({"name": "a\x00b"}, "name"),
        ({"name": "n" * 101}, "name"),
        ({"role": "king"}, "role"),
        ({"team": None}, "team"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(
    ada: User, team: Team, given: dict[str, object], field: str
) -> None:
    usual = {"username": "bob", "name": "", "email": "", "role": "agent", "team": team}
    with pytest.raises(SettingRefused) as refused:
        invite(**(usual | given), by=By())  # type: ignore[arg-type]
    assert refused.value.field == field
    assert refused.value.reason
    assert User.objects.count() == 1


def test_the_last_active_admin_stays(ada: User, team: Team) -> None:
    for attempt in (
        lambda: set_active(ada, active=False, by=By()),
        lambda: set_role(ada, role="manager", by=By()),
        lambda: set_role(ada, role="", by=By()),
    ):
        with pytest.raises(SettingRefused, match=LAST):
            attempt()
    ada.refresh_from_db()
    assert ada.is_active
    assert ada.is_superuser
    assert viewer_for(ada).administers
    assert not Change.objects.exists()


def test_a_deactivated_admin_does_not_count(ada: User) -> None:
    eve = invite(username="eve", role="admin", team=None, by=By())
    set_active(eve, active=False, by=By())
    with pytest.raises(SettingRefused, match=LAST):
        set_active(ada, active=False, by=By())
    set_active(eve, active=True, by=By())
    set_active(ada, active=False, by=By())
    assert not viewer_for(User.objects.get(pk=ada.pk)).administers


def test_who_is_no_admin_any_more_has_no_other_power_left(ada: User) -> None:
    invite(username="eve", role="admin", team=None, by=By())
    set_role(ada, role="manager", by=By())
    ada.refresh_from_db()
    assert (ada.is_staff, ada.is_superuser) == (False, False)
    assert viewer_for(ada).role == "manager"


def test_an_admin_by_a_team_is_one_as_well(ada: User, team: Team) -> None:
    eve = invite(username="eve", role="admin", team=team, by=By())
    set_role(ada, role="", by=By())
    with pytest.raises(SettingRefused, match=LAST):
        remove_member(Membership.objects.get(user=eve), by=By())
    with pytest.raises(SettingRefused, match=LAST):
        add_member(team, eve, role="agent", by=By())
    assert viewer_for(eve).administers


def test_members_come_change_and_go(ada: User, team: Team) -> None:
    bob = invite(username="bob", role="agent", team=team, by=By())
    with pytest.raises(SettingRefused, match="already"):
        add_member(team, bob, role="agent", by=By())
    add_member(team, bob, role="manager", by=By(user_id=ada.pk))
    assert [m.role for m in Membership.objects.filter(user=bob)] == ["manager"]
    remove_member(Membership.objects.get(user=bob), by=By())
    assert viewer_for(bob).role == ""
    told = [(c.action, c.before, c.after) for c in Change.objects.filter(area="member")]
    assert sorted(told) == [
        ("got another role", {"role": "agent"}, {"role": "manager"}),
        ("removed", {"role": "manager"}, {}),
    ]


def test_an_account_is_described_once(ada: User) -> None:
    describe(ada, name="Ada Lovelace", email="ada@example.com", by=By(user_id=ada.pk))
    ada.refresh_from_db()
    describe(ada, name="Ada Lovelace", email="ada@example.com", by=By(user_id=ada.pk))
    assert Change.objects.get().after == {"name": "Ada Lovelace", "email": "ada@example.com"}


def test_nobody_gets_a_link_to_a_closed_account(ada: User) -> None:
    eve = invite(username="eve", role="manager", team=None, by=By())
    set_active(eve, active=False, by=By())
    eve.refresh_from_db()
    with pytest.raises(SettingRefused, match="deactivated"):
        password_link(eve, by=By())


@pytest.mark.django_db(transaction=True)
def test_two_admins_cannot_demote_each_other_at_once() -> None:
    people = [User.objects.create_user(name) for name in ("ada", "eve")]
    for person in people:
        Membership.objects.create(user=person, role="admin")

    def demote(person: User) -> bool:
        try:
            set_role(person, role="", by=By())
        except SettingRefused:
            return False
        return True

    done = together(*(lambda person=person: demote(person) for person in people))
    assert sorted(done) == [False, True]
    assert Membership.objects.filter(role="admin").count() == 1
