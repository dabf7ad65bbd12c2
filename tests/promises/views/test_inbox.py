"""The inbox, my notifications, and the way out of e-mails."""

from datetime import time
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from promises.models import Message, NotificationSettings, OpenPromise
from promises.services.alerts.unsubscribing import Mails, token_for
from promises.services.watching import watch
from tests.promises.services.alerts.company import rule
from tests.promises.views.test_pages import read
from tests.promises.views.world import DAY, World, build_world

pytestmark = pytest.mark.django_db

FORM = {"zone": "", "quiet_from": "", "quiet_until": "", "digest": "off", "digest_weekday": "0"}


@pytest.fixture
def world() -> World:
    """One promise of fulfilment is 17 days over; the last four days are told."""
    rule("due", "over", days_over=90)
    rule("due", "over", days_over=90, audience="role", role="manager")
    world = build_world()
    OpenPromise.objects.update(next_check=world.now - 4 * DAY)
    watch(now=world.now)
    return world


def test_the_number_stands_in_the_header_and_goes_when_it_is_read(
    client: Client, world: World
) -> None:
    assert "Inbox, 4 unread" in read(client, world.bob, "/")
    said = read(client, world.bob, "/inbox/")
    assert "4 messages are unread." in said
    assert "days over" in said
    newest = client.get("/inbox/").context["inbox"].lines[0].id
    client.post("/inbox/read", {"newest": newest})
    assert "Nothing is unread." in read(client, world.bob, "/inbox/")
    assert "inbox-count" not in client.get("/").content.decode()
    assert Message.objects.filter(user=world.alice, read_at__isnull=True).count() == 4


def test_a_message_leads_to_its_promise_and_is_read_then(client: Client, world: World) -> None:
    message = Message.objects.filter(user=world.bob).order_by("-pk")[0]
    client.force_login(world.bob)
    answer = client.get(f"/inbox/{message.pk}")
    assert answer["Location"] == f"/promises/{message.crossing.promise_id}"
    message.refresh_from_db()
    assert message.read_at is not None
    foreign = Message.objects.filter(user=world.alice)[0]
    for number in (foreign.pk, 0, 2**63, 10**40):
        assert client.get(f"/inbox/{number}").status_code == 404


def test_what_came_after_the_page_was_shown_stays_unread(client: Client, world: World) -> None:
    client.force_login(world.bob)
    oldest = Message.objects.filter(user=world.bob).order_by("pk")[0]
    client.post("/inbox/read", {"newest": oldest.pk})
    assert Message.objects.filter(user=world.bob, read_at__isnull=True).count() == 3
    for number in ("", "x", "9" * 40):
        assert client.post("/inbox/read", {"newest": number}).status_code == 302


def test_pages_of_messages(client: Client, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("promises.selectors.inbox.PAGE", 3)
    client.force_login(world.bob)
    first = client.get("/inbox/").context["inbox"]
    second = client.get(f"/inbox/?before={first.next}").context["inbox"]
    assert (len(first.lines), len(second.lines), second.next) == (3, 1, None)


def test_charlie_of_another_team_was_told_nothing(client: Client, world: World) -> None:
    assert "Nothing is unread." in read(client, world.charlie, "/inbox/")


def test_my_notifications_are_kept(client: Client, world: World) -> None:
    assert "E-mail is off" in read(client, world.bob, "/notifications/")
    more = {"zone": "Asia/Kathmandu", "quiet_from": "22:00", "quiet_until": "07:30"}
    answer = client.post("/notifications/", FORM | more | {"digest": "weekly"})
    assert answer["Location"] == "/notifications/"
    wanted = NotificationSettings.objects.get(user=world.bob)
    assert (wanted.quiet_from, wanted.quiet_until) == (time(22), time(7, 30))
    assert (wanted.zone, wanted.digest, wanted.alerts_by_email) == (
        "Asia/Kathmandu",
        "weekly",
        False,
    )
    since = wanted.digest_since
    assert since is not None
    assert 'value="22:00"' in client.get("/notifications/").content.decode()
    client.post("/notifications/", FORM | more | {"digest": "weekly", "alerts_by_email": "on"})
    wanted.refresh_from_db()
    assert (wanted.digest_since, wanted.alerts_by_email) == (since, True)


WRONG: list[tuple[dict[str, str], str]] = [
    ({"zone": "Mars/Olympus"}, "zone"),
    ({"quiet_from": "25:00"}, "quiet_from"),
    ({"quiet_from": "22:00"}, "quiet_until"),
    ({"quiet_until": "07:00"}, "quiet_from"),
    ({"digest": "hourly"}, "digest"),
    ({"digest_weekday": "7"}, "digest_weekday"),
]


def test_a_bad_value_is_named_beside_its_field(client: Client, world: World) -> None:
    client.force_login(world.bob)
    for wrong, field in WRONG:
        answer = client.post("/notifications/", FORM | wrong)
        assert answer.status_code == 422
        assert field in answer.context["form"].errors
        assert f'id="id_{field}-error"' in answer.content.decode()
    assert not NotificationSettings.objects.exists()


def test_who_has_no_address_is_told_so(client: Client, world: World, settings: Any) -> None:
    settings.EMAIL_ENABLED = True
    assert "no e-mail address" in read(client, world.bob, "/notifications/")
    User.objects.filter(pk=world.bob.pk).update(email="bob@example.com")
    said = read(client, world.bob, "/notifications/")
    assert "E-mails go to bob@example.com ." in said
    assert "no e-mail address" not in said


def test_e_mails_end_with_one_click_and_without_signing_in(world: World) -> None:
    # As a mail program does it (RFC 8058): no cookie, no token of a page.
    program = Client(enforce_csrf_checks=True)
    path = f"/unsubscribe/{token_for(world.bob.pk, Mails.ALERTS)}"
    assert "End these e-mails" in program.get(path).content.decode()
    assert not NotificationSettings.objects.exists()
    answer = program.post(path, {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert "no more alerts by e-mail" in answer.content.decode()
    assert NotificationSettings.objects.get(user=world.bob).alerts_by_email is False
    assert program.post(path).status_code == 200


def test_a_digest_ends_by_its_own_link(client: Client, world: World) -> None:
    NotificationSettings.objects.create(user=world.bob, digest="daily")
    client.post(f"/unsubscribe/{token_for(world.bob.pk, Mails.DIGEST)}")
    wanted = NotificationSettings.objects.get(user=world.bob)
    assert (wanted.digest, wanted.alerts_by_email) == ("off", True)


def test_a_link_that_is_not_ours_ends_nothing(client: Client, world: World) -> None:
    good = token_for(world.bob.pk, Mails.ALERTS)
    gone = token_for(10**9, Mails.ALERTS)
    for token in (good[:-1], good[1:], "x", "a:b:c", gone, good.swapcase()):
        for answer in (client.get(f"/unsubscribe/{token}"), client.post(f"/unsubscribe/{token}")):
            assert answer.status_code == 404
    assert not NotificationSettings.objects.exists()


def test_quiet_hours_that_never_begin_are_refused(client: Client, world: World) -> None:
    client.force_login(world.bob)
    same = FORM | {"quiet_from": "22:00", "quiet_until": "22:00"}
    answer = client.post("/notifications/", same)
    assert answer.status_code == 422
    said = answer.content.decode().partition('name="quiet_until"')[2]
    assert "Hours that end when they begin never begin." in said
    assert not NotificationSettings.objects.exists()
