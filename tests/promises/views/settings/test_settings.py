"""The pages of settings: who may open them, what they do, what they refuse."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from interactions.models import Change, Membership, Team, Touchpoint
from tests.promises.views.test_pages import words
from tests.promises.views.world import HOSTILE, PASSWORD

pytestmark = pytest.mark.django_db
PEOPLE, TEAMS, CHANGES = "/settings/people/", "/settings/teams/", "/settings/changes/"
FOR_MANAGERS = ("/settings/", TEAMS, "/settings/touchpoints/", "/settings/segments/")
FOR_ADMINS = (PEOPLE, CHANGES)


def signed_in(name: str, role: str, team: Team | None = None) -> Client:
    user = User.objects.create_user(name, password=PASSWORD)
    Membership.objects.create(user=user, role=role, team=team)
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def team() -> Team:
    return Team.objects.create(reference="support", name="Support", is_new=False)


@pytest.fixture
def admin(team: Team) -> Client:
    return signed_in("ada", "admin")


@pytest.fixture
def manager(team: Team) -> Client:
    return signed_in("mary", "manager")


def said(answer: Any, *, status: int = 200) -> str:
    assert answer.status_code == status, answer.status_code
    return words(answer.content.decode())


def test_who_may_open_what(admin: Client, manager: Client, team: Team) -> None:
    agent = signed_in("alan", "agent", team)
    for path in (*FOR_MANAGERS, *FOR_ADMINS):
        assert admin.get(path).status_code == 200, path
        assert Client().get(path)["Location"].startswith(reverse("login")), path
        assert agent.get(path).status_code in (403, 404), path
    for path in FOR_MANAGERS:
        assert manager.get(path).status_code == 200, path
    for path in FOR_ADMINS:
        assert manager.get(path).status_code == 403, path
    ada = User.objects.get(username="ada")
    for client, status in ((manager, 403), (agent, 403)):
        for name in ("person-role", "person-switch", "person-link"):
            assert client.post(reverse(name, args=[ada.pk])).status_code == status
    assert agent.post(f"{TEAMS}{team.pk}/members", {}).status_code == 404


def test_the_index_leads_everywhere_that_one_may_go(admin: Client, manager: Client) -> None:
    html = admin.get("/settings/").content.decode()
    links = re.findall(r'href="(/[^"]+)">[^<]+</a><p>', html)
    assert len(links) >= 9
    for link in links:
        assert admin.get(link).status_code == 200, link
    html = manager.get("/settings/").content.decode()
    for link in re.findall(r'href="(/[^"]+)">[^<]+</a><p>', html):
        assert manager.get(link).status_code == 200, link
    assert PEOPLE not in html


def test_a_team_is_made_named_and_archived(admin: Client) -> None:
    page = said(admin.post(TEAMS, {"name": "Night <b>shift", "reference": ""}, follow=True))
    team = Team.objects.get(name="Night <b>shift")
    assert "Night <b>shift" in page
    assert team.reference == "night-bshift"
    path = f"{TEAMS}{team.pk}"
    page = said(admin.post(path, {"name": " "}), status=422)
    assert "This field is required." in page
    page = said(admin.post(path, {"name": "SUPPORT"}), status=422)
    assert "Another one has this name." in page
    said(admin.post(f"{path}/archive", {"archived": "1"}, follow=True))
    page = said(admin.get(TEAMS))
    assert page.index("Archived") < page.index("Night <b>shift")
    page = said(admin.post(f"{path}/members", {"person": "1", "role": "agent"}), status=422)
    page = said(admin.post(f"{path}/archive", {"archived": "0"}, follow=True))
    assert "It is back." in page


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"name": ""}, "This field is required."),
        ({"name": "Support"}, "Another one has this name."),
        ({"name": "Other", "reference": "support"}, "This id is taken."),
        ({"name": "x" * 2000}, "at most 1000 characters"),
        ({"name": "\x00"}, "Null characters are not allowed."),
    ],
)
def test_a_refusal_stands_beside_its_field(
    admin: Client, given: dict[str, str], reason: str
) -> None:
    answer = admin.post(TEAMS, given)
    assert reason in said(answer, status=422)
    assert 'aria-invalid="true"' in answer.content.decode()
    assert Team.objects.count() == 1


def test_a_touchpoint_is_made_as_a_team_is(manager: Client) -> None:
    said(manager.post("/settings/touchpoints/", {"name": "Web shop"}, follow=True))
    row = Touchpoint.objects.get()
    said(manager.post(f"/settings/touchpoints/{row.pk}", {"name": "Shop"}, follow=True))
    assert Change.objects.filter(area="touchpoint", by="mary").count() == 2


def test_managers_put_agents_in_teams_and_nobody_higher(manager: Client, team: Team) -> None:
    bob = User.objects.create_user("bob")
    path = f"{TEAMS}{team.pk}/members"
    page = said(manager.post(path, {"person": str(bob.pk), "role": "admin"}), status=422)
    assert "Select a valid choice" in page
    page = said(manager.post(path, {"person": str(bob.pk), "role": "agent"}, follow=True))
    assert "bob agent" in page
    boss = Membership.objects.create(
        user=User.objects.create_user("boss"), role="manager", team=team
    )
    assert manager.post(f"{path}/{boss.pk}/removal").status_code == 404
    mine = Membership.objects.get(user=bob)
    said(manager.post(f"{path}/{mine.pk}/removal", follow=True))
    assert not Membership.objects.filter(user=bob).exists()


def test_segments_are_called_as_one_likes(manager: Client) -> None:
    page = said(manager.get("/settings/segments/"))
    assert "no event has named a segment" in page
    assert manager.post("/settings/segments/", {"reference": "none"}).status_code == 404


def test_a_person_is_invited_sets_a_password_once_and_signs_in(admin: Client, team: Team) -> None:
    given = {"username": "bob", "name": HOSTILE, "role": "agent", "team": str(team.pk)}
    answer = admin.post(PEOPLE, given)
    html = answer.content.decode()
    found = re.search(r"http://testserver(/account/set-password/[^<]+)<", html)
    assert found is not None
    assert answer["Cache-Control"] == "no-store"
    link, guest = found[1], Client()
    page = guest.get(link, follow=True)
    assert "You will sign in as bob." in said(page)
    form = page.redirect_chain[-1][0]
    both = {"new_password1": "12345678", "new_password2": "12345678"}
    weak = guest.post(form, both)
    assert "too common" in said(weak)
    assert 'id="id_new_password1-error"' in weak.content.decode()
    assert 'id="id_new_password2-error"' not in weak.content.decode()
    both = {"new_password1": PASSWORD, "new_password2": PASSWORD}
    assert "The password is set." in said(guest.post(form, both, follow=True))
    assert "works no more" in said(Client().get(link, follow=True))
    assert "works no more" in said(Client().get(link[:-2] + "x/", follow=True))
    assert "works no more" in said(
        Client().get("/account/set-password/MTAwMDAwMDAwMDAwMDAwMDAwMDAw/x/")
    )
    answer = guest.post(reverse("login"), {"username": "bob", "password": PASSWORD})
    assert answer["Location"] == reverse("start")
    assert HOSTILE not in admin.get(PEOPLE).content.decode()
    assert HOSTILE in said(admin.get(PEOPLE))


def test_a_link_dies_with_the_account(admin: Client) -> None:
    bob = User.objects.create_user("bob", password=PASSWORD)
    html = admin.post(reverse("person-link", args=[bob.pk])).content.decode()
    found = re.search(r"http://testserver(/account/set-password/[^<]+)<", html)
    assert found is not None
    client = Client()
    client.force_login(bob)
    said(admin.post(reverse("person-switch", args=[bob.pk]), {"active": "0"}, follow=True))
    assert "works no more" in said(Client().get(found[1], follow=True))
    assert client.get("/")["Location"].startswith(reverse("login"))
    page = said(admin.post(reverse("person-link", args=[bob.pk]), follow=True))
    assert "This account is deactivated." in page


def test_the_last_admin_is_told_why_not(admin: Client) -> None:
    ada = User.objects.get(username="ada")
    page = said(admin.post(reverse("person-role", args=[ada.pk]), {"role": "manager"}), status=422)
    assert "This is the last active admin." in page
    page = said(admin.post(reverse("person-switch", args=[ada.pk]), {"active": "0"}, follow=True))
    assert "This is the last active admin." in page
    eve = User.objects.create_user("eve")
    said(admin.post(reverse("person-role", args=[eve.pk]), {"role": "admin"}, follow=True))
    said(admin.post(reverse("person-role", args=[ada.pk]), {"role": ""}, follow=True))
    assert admin.get(PEOPLE).status_code == 403


def test_every_change_is_listed_with_who_before_and_after(admin: Client, team: Team) -> None:
    said(admin.post(f"{TEAMS}{team.pk}", {"name": f"New {HOSTILE}"}, follow=True))
    said(admin.post("/settings/sources/", {"name": "/shop"}, follow=True))
    answer = admin.get(CHANGES)
    page = said(answer)
    assert "source /shop made" in page
    assert "team support renamed" in page
    assert "by ada" in page
    assert f"before: Support after: New {HOSTILE}" in page
    assert HOSTILE not in answer.content.decode()
    page = said(admin.get(CHANGES, {"area": "team"}))
    assert "source /shop" not in page
    page = said(admin.get(CHANGES, {"by": "nobody\0"}))
    assert "No change fits these filters." in page
    page = said(admin.get(CHANGES, {"area": "x", "from": "tomorrow", "to": "9999-12-31"}))
    assert "There is no such setting; all are shown." in page
    assert "“tomorrow” is no day" in page
    assert "“2026-W10-1” is no day" in said(admin.get(CHANGES, {"from": "2026-W10-1"}))


def test_a_long_list_has_pages(admin: Client, team: Team) -> None:
    Change.objects.bulk_create(
        Change(area="team", subject=f"team-{n}", action="made", by="ada") for n in range(120)
    )
    seen, query = [], "area=team"
    for _page in range(3):
        html = admin.get(f"{CHANGES}?{query}").content.decode()
        seen += re.findall(r"team (team-\d+)</strong>", html)
        found = re.search(r'href="\?([^"]*before=\d+)"', html)
        query = found[1].replace("&amp;", "&") if found else ""
    assert seen == [f"team-{n}" for n in reversed(range(120))]
    assert query == ""


def test_ones_own_account(team: Team) -> None:
    client = signed_in("alan", "agent", team)
    elsewhere = Client()
    assert elsewhere.login(username="alan", password=PASSWORD)
    page = said(client.post("/account/", {"name": "Alan", "email": "nothing"}), status=422)
    assert "This is no e-mail address" in page
    said(client.post("/account/", {"name": "Alan", "email": "a@example.com"}, follow=True))
    alan = User.objects.get(username="alan")
    assert (alan.first_name, alan.email) == ("Alan", "a@example.com")
    new = "another good pass phrase"
    wrong = {"old_password": "wrong", "new_password1": new, "new_password2": new}
    answer = client.post("/account/password", wrong)
    assert "Your old password was entered incorrectly." in said(answer, status=422)
    assert new not in answer.content.decode()
    right = wrong | {"old_password": PASSWORD}
    assert "The password is changed." in said(client.post("/account/password", right, follow=True))
    assert elsewhere.get("/")["Location"].startswith(reverse("login"))
    told = Change.objects.filter(by="alan").values_list("action", flat=True)
    assert sorted(told) == ["changed", "changed the password"]


def test_the_administration_pages_change_nothing(admin: Client, team: Team) -> None:
    root = User.objects.create_superuser("root", password=PASSWORD)
    client = Client()
    client.force_login(root)
    for path in ("auth/user/add/", "interactions/membership/add/", "interactions/team/add/"):
        assert client.get(f"/admin/{path}").status_code == 403
    page = f"/admin/auth/user/{root.pk}/change/"
    html = client.get(page).content.decode()
    assert "pbkdf2" not in html
    assert client.post(page, {"is_active": ""}).status_code == 403
    assert client.post(f"/admin/interactions/team/{team.pk}/change/", {}).status_code == 403


def test_all_that_is_wrong_with_a_person_is_told_at_once(admin: Client) -> None:
    wrong = {"username": "a b", "name": "x" * 200, "email": "nowhere", "role": "agent", "team": ""}
    answer = admin.post(PEOPLE, wrong)
    assert answer.status_code == 422
    for name in ("username", "name", "email", "team"):
        assert f'id="id_{name}-error"' in answer.content.decode(), name
    bob = User.objects.create_user("bob")
    page = admin.post(f"{PEOPLE}{bob.pk}", {"name": "x" * 200, "email": "nowhere"})
    assert page.content.decode().count('class="field-error"') == 2
    assert User.objects.get(pk=bob.pk).email == ""
