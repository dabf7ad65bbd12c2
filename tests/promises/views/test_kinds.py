"""The pages of kinds: side by side before anything is stored, then a version or a restatement."""

import re
from typing import Any

import pytest
from django.test import Client

from interactions.models import Membership
from promises.models import KindParameters, Promise, Restatement
from promises.services.restating import restate_some
from tests.promises.views.test_pages import read, words
from tests.promises.views.world import World, build_world

pytestmark = pytest.mark.django_db
KINDS, DELIVERY = "/settings/kinds/", "/settings/kinds/delivery"
# order-10 is two days late, order-11 is open since 17 days.
TOLERANT = {"base_loss": "0.5", "half_life_hours": "48", "tolerance_hours": "72"}


@pytest.fixture
def world() -> World:
    return build_world()


@pytest.fixture
def admin(client: Client, world: World) -> Client:
    Membership.objects.filter(user=world.alice).update(role=Membership.Role.ADMIN)
    client.force_login(world.alice)
    return client


def send(client: Client, path: str = DELIVERY, **more: Any) -> Any:
    return client.post(path, TOLERANT | {"base": "1"} | more)


def text(answer: Any) -> str:
    return words(answer.content.decode())


def test_only_admins_come_here(client: Client, world: World) -> None:
    for user in (world.alice, world.bob):
        client.force_login(user)
        for path in (KINDS, DELIVERY, "/settings/restatements/1"):
            assert client.get(path).status_code == 403
        assert send(client, action="save").status_code == 403
    assert not KindParameters.objects.filter(version=2).exists()


def test_the_preview_shows_both_figures_and_stores_nothing(admin: Client) -> None:
    assert "delivery" in text(admin.get(KINDS))
    assert 'value="72"' in admin.get(DELIVERY).content.decode()
    page = text(send(admin, window="28d"))
    assert "Nothing is stored yet" in page
    assert "company, all kinds" in page
    # 9 of 12 were kept; with three days of tolerance 11 are.
    assert "75.0 % 9 / 12" in page
    assert "91.7 % 11 / 12" in page
    assert "+16.7 points" in page
    assert not KindParameters.objects.filter(version=2).exists()
    back = send(admin, action="edit")
    assert 'value="48"' in back.content.decode()


def test_for_new_promises_only(admin: Client) -> None:
    answer = send(admin, action="save", apply="new")
    assert answer["Location"] == DELIVERY
    row = KindParameters.objects.get(kind="delivery", version=2)
    assert (row.tolerance_seconds, row.made_by) == (72 * 3_600, "alice")
    assert set(Promise.objects.values_list("parameters_version")) == {(1,)}
    assert "Version 2" in text(admin.get(DELIVERY))
    # Somebody else's older page.
    assert "Somebody else changed it" in text(send(admin, action="save", follow=True)) or (
        "Somebody else changed it" in text(admin.get(DELIVERY))
    )
    assert KindParameters.objects.filter(kind="delivery").count() == 2


def test_restated_with_a_reason_and_both_figures_everywhere(admin: Client, world: World) -> None:
    refused = send(admin, action="save", apply="all")
    assert refused.status_code == 422
    assert "Say why" in text(refused)
    answer = send(admin, action="save", apply="all", reason="<b>carriers</b>")
    row = Restatement.objects.get()
    assert answer["Location"] == f"/settings/restatements/{row.pk}"
    page = admin.get(answer["Location"])
    assert "It counts what is to be done" in text(page)
    assert 'hx-trigger="every 2s"' in page.content.decode()
    assert "<b>carriers" not in page.content.decode()
    assert "being judged anew" in text(admin.get(DELIVERY))
    while restate_some(budget_seconds=60):
        pass
    finished = admin.get(answer["Location"], headers={"HX-Target": "progress"})
    assert finished["HX-Refresh"] == "true"
    fragment = finished.content.decode()
    assert fragment.lstrip().startswith("<section")
    assert "12 promises were judged anew" in words(fragment)
    page_text = text(admin.get(f"{answer['Location']}?window=28d"))
    assert re.search(r"75.0 % 9 / 12 .*91.7 % 11 / 12", page_text)
    note = "Restated on"
    assert note in read(admin, world.alice, "/")
    assert "75.0 % → 91.7 %" in read(admin, world.alice, "/teams/fulfilment")
    assert note in read(admin, world.bob, "/teams/fulfilment")
    assert note not in read(admin, world.bob, "/")


def test_back_to_a_version_and_taken_back(admin: Client) -> None:
    send(admin, action="save", apply="new")
    page = text(admin.post(DELIVERY, {"action": "again", "version": "2"}))
    assert "Judge all by version 2" in page
    begun = admin.post(f"{DELIVERY}/restate", {"version": "2", "reason": "carriers"})
    row = Restatement.objects.get()
    assert begun["Location"] == f"/settings/restatements/{row.pk}"
    again = admin.post(f"{DELIVERY}/restate", {"version": "2", "reason": "x"}, follow=True)
    assert "not finished yet" in text(again)
    admin.post(f"/settings/restatements/{row.pk}/cancel")
    while restate_some(budget_seconds=60):
        pass
    assert "It was taken back" in text(admin.get(f"/settings/restatements/{row.pk}"))
    assert set(Promise.objects.values_list("parameters_version")) == {(1,)}


@pytest.mark.parametrize(
    "wrong",
    [
        {"base_loss": "2"},
        {"base_loss": "nan"},
        {"half_life_hours": "0"},
        {"half_life_hours": "soon"},
        {"tolerance_hours": "-1"},
        {"tolerance_hours": "1e300"},
    ],
)
def test_what_cannot_be_is_said_beside_its_field(admin: Client, wrong: dict[str, str]) -> None:
    for action in ("", "save"):
        answer = send(admin, action=action, **wrong)
        assert answer.status_code == 422
        assert 'class="field-error"' in answer.content.decode()
    assert not KindParameters.objects.filter(version=2).exists()


def test_what_is_not_there(admin: Client) -> None:
    for path in ("/settings/kinds/love", "/settings/restatements/9"):
        assert admin.get(path).status_code == 404
    assert admin.post(DELIVERY, {"action": "again", "version": "9"}).status_code == 404
    assert admin.post("/settings/restatements/9/cancel").status_code == 404


def test_what_lateness_costs_is_told_in_words_first(admin: Client, world: World) -> None:
    heads = "tolerance τ lost at once after it b half of the rest is lost every h"
    assert heads in text(admin.get(KINDS))
    assert heads in read(admin, world.alice, "/")
    told = "tolerance 0 s, 0.25 lost at once after it, half of the rest lost every 3 d"
    assert told in text(admin.get(DELIVERY))
    preview = text(send(admin))
    assert "lost at once after it 0.25 → 0.5 half of the rest is lost every 3 d → 2 d" in preview
    arithmetic = read(admin, world.alice, f"/promises/{world.moved.pk}")
    assert "loss from lateness g t" in arithmetic
    assert "g_t" not in arithmetic
