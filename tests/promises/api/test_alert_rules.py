"""Alert rules over the API: made, replaced and deleted by keys of admins."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from interactions.models import Change, Membership, Team
from promises.models import AlertRule
from tests.promises.api.clients import assert_problem, client

pytestmark = pytest.mark.django_db
RULES = "/api/v1/alert-rules"
BODY: dict[str, Any] = {
    "name": " Overdue ",
    "thresholds": ["over", "due", "due"],
    "channels": ["inbox"],
    "audience": "promise_team",
}


def send(method: str, address: str, body: Any) -> Any:
    return getattr(client("admin"), method)(address, body, content_type="application/json")


def test_from_making_to_deleting() -> None:
    made = send("post", RULES, BODY)
    assert made.status_code == 201
    told = made.json()
    assert made["Location"] == f"{RULES}/{told['id']}"
    assert (told["name"], told["thresholds"]) == ("Overdue", ["due", "over"])
    assert client("admin").get(RULES).json() == {"results": [told]}

    team = Team.objects.create(reference="night", name="Night")
    person = User.objects.create_user("ada")
    Membership.objects.create(user=person, team=team, role=Membership.Role.AGENT)
    changed = BODY | {
        "audience": "person",
        "person": "ada",
        "teams": ["night"],
        "kinds": ["quality", "delivery"],
        "least_stake": 2,
        "enabled": False,
        "days_over": 7,
    }
    answer = send("put", made["Location"], changed)
    assert answer.status_code == 200
    assert answer.json() == changed | {
        "id": told["id"],
        "name": "Overdue",
        "thresholds": ["due", "over"],
        "kinds": ["delivery", "quality"],
        "team": "",
        "role": "",
    }
    assert client("admin").get(made["Location"]).json() == answer.json()

    assert client("admin").delete(made["Location"]).status_code == 204
    assert client("admin").get(made["Location"]).status_code == 404
    assert not AlertRule.objects.exists()
    changes = Change.objects.filter(area=Change.Area.ALERT_RULE).order_by("pk")
    assert [change.action for change in changes] == ["made", "changed", "deleted"]
    assert changes[1].before["audience"] == "promise_team"
    assert all(change.by for change in changes)


def test_archived_teams_are_kept_but_not_chosen() -> None:
    team = Team.objects.create(reference="night", name="Night")
    told = send("post", RULES, BODY | {"teams": ["night"]}).json()
    team.archived_at = timezone.now()
    team.save()
    for more, pointer in (
        ({"teams": ["night"]}, "#/teams/0"),
        ({"audience": "team", "team": "night"}, "#/team"),
    ):
        answer = send("post", RULES, BODY | more)
        assert_problem(answer, 400, pointer)
        assert "archived" in answer.json()["errors"][0]["detail"]
    kept = send("put", f"{RULES}/{told['id']}", BODY | {"teams": ["night"], "enabled": False})
    assert (kept.status_code, kept.json()["teams"]) == (200, ["night"])


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"name": "  "}, "#/name"),
        ({"name": "a\0b"}, "#/name"),
        ({"thresholds": []}, "#/thresholds"),
        ({"thresholds": ["soon"]}, "#/thresholds/0"),
        ({"channels": ["pigeon"]}, "#/channels/0"),
        ({"audience": "team"}, "#/team"),
        ({"audience": "team", "team": "nobody"}, "#/team"),
        ({"audience": "person", "person": "nobody"}, "#/person"),
        ({"role": "agent"}, "#/role"),
        ({"teams": ["gone"]}, "#/teams/0"),
        ({"days_over": 0}, "#/days_over"),
        ({"who": "all"}, "#"),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_place(
    changes: dict[str, Any], pointer: str
) -> None:
    assert_problem(send("post", RULES, BODY | changes), 400, pointer)
    assert not AlertRule.objects.exists()


def test_only_admins_may() -> None:
    for scope in ("read", "events:write"):
        assert client(scope).get(RULES).status_code == 403
        answer = client(scope).post(RULES, BODY, content_type="application/json")
        assert answer.status_code == 403
    assert client("admin").get(f"{RULES}/nine").status_code == 404
