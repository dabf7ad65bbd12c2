"""Rules and deliveries: who may, what is refused beside its field, what the buttons do."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from interactions.models import Membership, Team
from promises.models import AlertRule, Channel, Delivery
from tests.promises.views.test_pages import read
from tests.promises.views.world import HOSTILE, World, build_world

pytestmark = pytest.mark.django_db

PAGES = ("/alerts/", "/alerts/new", "/alerts/deliveries")
FORM = {
    "name": "Overdue",
    "enabled": "on",
    "thresholds": ["due", "over"],
    "days_over": "3",
    "kinds": ["delivery"],
    "least_stake": "1",
    "audience": "promise_team",
    "channels": ["inbox"],
}


@pytest.fixture
def world() -> World:
    return build_world()


@pytest.fixture
def manager(world: World, client: Client) -> Client:
    client.force_login(world.alice)
    return client


def rule(**more: Any) -> AlertRule:
    usual: dict[str, Any] = {
        "name": "rule",
        "thresholds": ["due"],
        "audience": "promise_team",
        "channels": ["inbox"],
    }
    return AlertRule.objects.create(**usual | more)


def failed(world: World) -> Delivery:
    now = timezone.now()
    return Delivery.objects.create(
        channel=Channel.EMAIL,
        user=world.bob,
        state="failed",
        attempts=1,
        reason=f"550 {HOSTILE}",
        next_try_at=now,
        created_at=now,
    )


def test_agents_do_not_find_them(client: Client, world: World) -> None:
    row, lost = rule(), failed(world)
    client.force_login(world.bob)
    for path in (*PAGES, f"/alerts/{row.pk}", f"/alerts/{row.pk}/delete"):
        assert client.get(path).status_code == 404
    assert client.post("/alerts/new", FORM).status_code == 404
    assert client.post(f"/alerts/{row.pk}/delete").status_code == 404
    assert client.post("/alerts/deliveries/retry", {"delivery": lost.pk}).status_code == 404
    assert AlertRule.objects.count() == 1
    assert 'href="/alerts/"' not in client.get("/").content.decode()


def test_nobody_signed_out_sees_anything(client: Client, world: World) -> None:
    for path in (*PAGES, "/inbox/", "/notifications/", "/inbox/1"):
        assert client.get(path)["Location"].startswith("/accounts/login/")


def test_a_rule_is_made_changed_and_deleted(manager: Client, world: World) -> None:
    assert "nobody is told of anything" in read(manager, world.alice, "/alerts/")
    team = Team.objects.get(reference="support")
    answer = manager.post("/alerts/new", FORM | {"teams": [team.pk]})
    assert answer["Location"] == "/alerts/"
    row = AlertRule.objects.get()
    assert (row.thresholds, row.days_over, row.made_by) == (["due", "over"], 3, world.alice)
    said = read(manager, world.alice, "/alerts/")
    assert "each of 3 full days over" in said
    assert "delivery, support, stake 1 or more" in said
    page = manager.get(f"/alerts/{row.pk}").content.decode()
    assert 'value="over"' in page
    manager.post(f"/alerts/{row.pk}", FORM | {"name": "Due", "thresholds": ["due"], "teams": []})
    row.refresh_from_db()
    assert (row.name, row.thresholds, row.teams.count()) == ("Due", ["due"], 0)
    assert manager.get(f"/alerts/{row.pk}/delete").status_code == 200
    assert manager.post(f"/alerts/{row.pk}/delete")["Location"] == "/alerts/"
    assert not AlertRule.objects.exists()


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"name": ""}, "name"),
    ({"name": "x" * 201}, "name"),
    ({"thresholds": []}, "thresholds"),
    ({"thresholds": ["soon"]}, "thresholds"),
    ({"days_over": "0"}, "days_over"),
    ({"days_over": "91"}, "days_over"),
    ({"days_over": "x"}, "days_over"),
    ({"kinds": ["gift"]}, "kinds"),
    ({"teams": ["0"]}, "teams"),
    ({"teams": ["x"]}, "teams"),
    ({"least_stake": "nan"}, "least_stake"),
    ({"audience": "everybody"}, "audience"),
    ({"audience": "team"}, "team"),
    ({"audience": "team", "team": "0"}, "team"),
    ({"audience": "role"}, "role"),
    ({"audience": "role", "role": "king"}, "role"),
    ({"audience": "person"}, "person"),
    ({"audience": "person", "person": "9" * 30}, "person"),
    ({"channels": []}, "channels"),
    ({"channels": ["email"]}, "channels"),
    ({"channels": ["pigeon"]}, "channels"),
    ({"name": "a\0b"}, "name"),
]


def test_a_bad_value_is_named_beside_its_field(manager: Client) -> None:
    for wrong, field in WRONG:
        answer = manager.post("/alerts/new", FORM | wrong)
        assert answer.status_code == 422, wrong
        assert field in answer.context["form"].errors
        assert f'id="id_{field}-error"' in answer.content.decode()
    html = manager.post("/alerts/new", {}).content.decode()
    for said in (
        "Give the rule a name.",
        "Choose when it tells, at least once.",
        "Choose at least one way to be told.",
    ):
        assert said in html
    assert not AlertRule.objects.exists()


def test_what_another_audience_needs_is_dropped(manager: Client, world: World) -> None:
    team = Team.objects.get(reference="support")
    more = {"audience": "role", "role": "manager", "team": team.pk, "person": world.bob.pk}
    manager.post("/alerts/new", FORM | more)
    row = AlertRule.objects.get()
    assert (row.role, row.team, row.person) == ("manager", None, None)


def test_archived_teams_are_offered_no_more_and_kept_where_they_are(
    manager: Client, world: World
) -> None:
    # No other choice has such a value.
    team = Team.objects.create(pk=4_711, reference="night", name="Night")
    chosen = FORM | {"audience": "team", "team": team.pk, "teams": [team.pk]}
    manager.post("/alerts/new", chosen)
    row = AlertRule.objects.get()
    option = f'value="{team.pk}"'
    assert manager.get("/alerts/new").content.decode().count(option) == 2

    Team.objects.filter(pk=team.pk).update(archived_at=timezone.now())
    assert option not in manager.get("/alerts/new").content.decode()
    answer = manager.post("/alerts/new", chosen)
    assert answer.status_code == 422
    assert {"team", "teams"} <= set(answer.context["form"].errors)
    assert manager.get(f"/alerts/{row.pk}").content.decode().count(option) == 2
    assert manager.post(f"/alerts/{row.pk}", chosen | {"name": "Due"}).status_code == 302
    row.refresh_from_db()
    assert (row.name, row.team, list(row.teams.all())) == ("Due", team, [team])


def test_only_people_with_a_role_can_be_told(manager: Client, world: World) -> None:
    Membership.objects.filter(user=world.bob).delete()
    answer = manager.post("/alerts/new", FORM | {"audience": "person", "person": world.bob.pk})
    assert answer.status_code == 422


def test_e_mail_is_offered_where_there_is_a_server(manager: Client, settings: Any) -> None:
    assert "no mail server" in manager.get("/alerts/new").content.decode()
    settings.EMAIL_ENABLED = True
    said = manager.get("/alerts/new").content.decode()
    assert "no mail server" not in said
    assert manager.post("/alerts/new", FORM | {"channels": ["email"]}).status_code == 302
    settings.EMAIL_ENABLED = False
    row = AlertRule.objects.get()
    assert "e-mail (off)" in manager.get(f"/alerts/{row.pk}").content.decode()
    assert manager.post(f"/alerts/{row.pk}", FORM | {"channels": ["email"]}).status_code == 302


@pytest.mark.parametrize("number", [0, 10**30, 2**63 - 1])
def test_an_unknown_rule_is_not_found(manager: Client, number: int) -> None:
    assert manager.get(f"/alerts/{number}").status_code == 404


def test_a_failure_is_shown_with_the_servers_words_and_tried_again(
    manager: Client, world: World
) -> None:
    lost = failed(world)
    said = manager.get("/alerts/deliveries").content.decode()
    assert "1 delivery failed." in said
    assert "550 &lt;script&gt;" in said
    answer = manager.post("/alerts/deliveries/retry", {"delivery": lost.pk}, follow=True)
    assert "1 delivery is tried again." in answer.content.decode()
    lost.refresh_from_db()
    assert (lost.state, lost.attempts, lost.reason) == ("waiting", 0, "")
    Delivery.objects.update(state="failed")
    manager.post("/alerts/deliveries/retry", {"all": "1"})
    assert set(Delivery.objects.values_list("state", flat=True)) == {"waiting"}
    Delivery.objects.update(state="failed")
    for number in ("", "x", "9" * 40, "-1"):
        manager.post("/alerts/deliveries/retry", {"delivery": number})
    assert set(Delivery.objects.values_list("state", flat=True)) == {"failed"}
