"""Rules: which crossings are told, to whom, once."""

import json
from datetime import time
from typing import Any

import pytest
from django.contrib.auth.models import User

from interactions.models import Membership, Team
from interactions.selectors import viewer_for
from promises.models import Delivery, Message, WebhookDelivery
from promises.selectors.inbox import inbox_read, unread_count
from promises.services.alerts import channels
from promises.services.alerts.delivering import deliver
from promises.services.watching import watch
from promises.services.webhooks.endpoints import make_endpoint
from tests.events import START, fulfilled, made, retracted, store
from tests.promises.asking import count
from tests.promises.services.alerts.company import HOUR, pass_time, person, promise, rule
from tests.threads import together

pytestmark = pytest.mark.django_db


@pytest.fixture
def mail_is_on(settings: Any) -> None:
    settings.EMAIL_ENABLED = True


def told(user: User) -> list[str]:
    """What a person finds in the inbox."""
    return sorted(line.sentence for line in inbox_read(viewer_for(user)).lines)


def test_without_a_rule_nobody_is_told() -> None:
    person("bob", "agent", "fulfilment")
    promise("one")
    pass_time(9)
    assert not Message.objects.exists()


def test_members_of_the_promises_team_are_told_of_what_the_rule_names() -> None:
    bob, eve = person("bob", "agent", "fulfilment"), person("eve", "agent", "support")
    rule("three_quarters", "due")
    promise("one")
    pass_time(9)
    assert told(bob) == ["Due, and still open", "Three quarters of the time are gone"]
    assert told(eve) == []


def test_one_message_however_many_rules_say_so() -> None:
    bob = person("bob", "agent", "fulfilment")
    for _ in range(3):
        rule("due")
    rule("due", audience="person", person=bob)
    promise("one")
    pass_time(9)
    assert told(bob) == ["Due, and still open"]


def test_days_over_are_told_up_to_the_day_that_the_rule_names() -> None:
    bob = person("bob", "agent", "fulfilment")
    rule("over", days_over=2)
    promise("one")
    pass_time(8 + 24 * 5 + 1)
    assert told(bob) == ["1 day over", "2 days over"]


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, 1),
        ({"kinds": ["delivery"]}, 1),
        ({"kinds": ["response", "quality"]}, 0),
        ({"least_stake": 2}, 1),
        ({"least_stake": 4}, 0),
        ({"enabled": False}, 0),
    ],
)
def test_what_a_rule_filters(more: dict[str, Any], expected: int) -> None:
    bob = person("bob", "agent", "fulfilment")
    rule("due", **more)
    promise("one", stake=2)
    pass_time(9)
    assert unread_count(viewer_for(bob)) == expected


def test_a_rule_of_some_teams() -> None:
    bob = person("bob", "manager")
    promise("one")
    promise("two", team="support")
    rule("due", audience="role", role="manager").teams.add(Team.objects.get(reference="support"))
    pass_time(9)
    assert [line.team_name for line in inbox_read(viewer_for(bob)).lines] == ["support"]


def test_who_may_not_see_the_team_is_not_told_whatever_the_rule_says() -> None:
    promise("one", team="support")
    support = Team.objects.get(reference="support")
    bob, eve = person("bob", "agent", "fulfilment"), person("eve", "agent", "support")
    gone = person("gone", "agent", "support")
    gone.is_active = False
    gone.save()
    for audience in (
        {"audience": "person", "person": bob},
        {"audience": "role", "role": "agent"},
        {"audience": "team", "team": Team.objects.get(reference="fulfilment")},
        {"audience": "team", "team": support},
    ):
        rule("due", **audience)
    pass_time(9)
    assert set(Message.objects.values_list("user__username", flat=True)) == {"eve"}
    assert told(eve) == ["Due, and still open"]


def test_who_may_not_see_the_team_any_more_does_not_see_the_message() -> None:
    bob = person("bob", "agent", "fulfilment", "support")
    rule("due")
    promise("one")
    pass_time(9)
    assert unread_count(viewer_for(bob)) == 1
    Membership.objects.filter(user=bob, team__reference="fulfilment").delete()
    assert (told(bob), unread_count(viewer_for(bob))) == ([], 0)


def test_a_promise_that_was_taken_back_leaves_the_inbox() -> None:
    bob = person("bob", "agent", "fulfilment")
    rule("due")
    promise("one")
    pass_time(9)
    assert told(bob) == ["Due, and still open"]
    store(retracted(made("one", due=START + 8 * HOUR), START + 9 * HOUR))
    count()
    assert told(bob) == []


def test_the_inbox_says_that_a_promise_is_not_open_any_more() -> None:
    bob = person("bob", "agent", "fulfilment")
    rule("due")
    promise("one")
    pass_time(9)
    store(fulfilled("one", START + 9 * HOUR))
    count()
    assert [line.open for line in inbox_read(viewer_for(bob)).lines] == [False]


def test_an_e_mail_goes_to_those_who_want_and_can_have_one(mail_is_on: None) -> None:
    person("ann", "agent", "fulfilment")
    person("bob", "agent", "fulfilment", alerts_by_email=False)
    eve = person("eve", "agent", "fulfilment")
    User.objects.filter(pk=eve.pk).update(email="")
    rule("due", channels=("email",))
    promise("one")
    pass_time(9)
    assert list(Delivery.objects.values_list("user__username", flat=True)) == ["ann"]
    inboxes = Message.objects.filter(in_inbox=True).order_by("user__username")
    assert list(inboxes.values_list("user__username", flat=True)) == ["bob", "eve"]


def test_without_a_mail_server_the_inbox_takes_what_a_rule_says() -> None:
    bob = person("bob", "agent", "fulfilment")
    rule("due", channels=("email",))
    promise("one")
    pass_time(9)
    assert told(bob) == ["Due, and still open"]
    assert not Delivery.objects.exists()


def test_quiet_hours_hold_the_e_mail_back_and_not_the_inbox(mail_is_on: None) -> None:
    # Due at 17:00 UTC, which is 02:00 in Tokyo.
    bob = person(
        "bob", "agent", "fulfilment", zone="Asia/Tokyo", quiet_from=time(22), quiet_until=time(7)
    )
    rule("due", channels=("email", "inbox"))
    promise("one")
    pass_time(9)
    assert Delivery.objects.get().next_try_at == START + 13 * HOUR
    assert told(bob) == ["Due, and still open"]


@pytest.mark.django_db(transaction=True)
def test_many_watchers_tell_everybody_once() -> None:
    for name in ("ann", "bob"):
        person(name, "agent", "fulfilment")
    rule("half", "due", "over", days_over=3)
    for number in range(12):
        promise(f"p-{number}")
    now = START + 100 * HOUR
    together(*[lambda: watch(now=now, batch=2)] * 4)
    watch(now=now)
    assert Message.objects.count() == 12 * 2 * 5


def test_a_crossing_is_published_once_to_webhooks() -> None:
    make_endpoint(url="https://hooks.example.com/", description="", event_types=["alert.raised"])
    person("bob", "agent", "fulfilment")
    rule("due", channels=("webhook",))
    rule("due", channels=("webhook", "inbox"))
    promise("one")
    now = pass_time(9)
    assert deliver(now=now) == 1
    (sent,) = WebhookDelivery.objects.all()
    data = json.loads(sent.body)["data"]
    assert sent.type == "alert.raised"
    assert (data["threshold"], data["moment"]) == ("due", "2026-03-01T17:00:00Z")
    assert sent.key.startswith("crossing:")
    assert Message.objects.count() == 1
    assert deliver(now=now + 3 * HOUR) == 0


def test_a_channel_that_is_not_connected_is_not_offered(settings: Any) -> None:
    assert [name for name, _ in channels.offered()] == ["inbox", "webhook"]
    settings.EMAIL_ENABLED = True
    assert [name for name, _ in channels.offered()] == ["inbox", "email", "webhook"]
