"""E-mails over a real SMTP server: taken, refused, put off, away."""

from collections.abc import Iterator
from datetime import time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import User
from django.db import transaction

from interactions.models import Membership
from promises.models import Crossing, Delivery, Message, NotificationSettings
from promises.services.alerts import delivering
from promises.services.alerts.clearing import clear_old
from promises.services.alerts.delivering import MOST_ATTEMPTS, PAUSES, deliver, retry
from tests.events import START, fulfilled, store
from tests.mail_server import Mailbox, mail_server
from tests.promises.asking import count
from tests.promises.services.alerts.company import DAY, HOUR, pass_time, person, promise, rule
from tests.threads import together

pytestmark = pytest.mark.django_db

NOW = START + 9 * HOUR


@pytest.fixture(scope="module")
def running() -> Iterator[Mailbox]:
    with mail_server() as mailbox:
        yield mailbox


@pytest.fixture
def mailbox(running: Mailbox, settings: Any) -> Mailbox:
    running.forget()
    settings.EMAIL_ENABLED = True
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", running.port
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.DEFAULT_FROM_EMAIL = "promises@example.com"
    settings.SITE_URL = "https://promises.example"
    return running


def one_alert(*references: str) -> User:
    """Bob is to be mailed that promises are due."""
    bob = person("bob", "agent", "fulfilment")
    rule("due", channels=("email",))
    for reference in references or ("one",):
        promise(reference)
    pass_time(9)
    return bob


def states() -> list[tuple[str, int]]:
    return list(Delivery.objects.order_by("pk").values_list("state", "attempts"))


def test_an_alert_arrives_with_its_way_out(mailbox: Mailbox) -> None:
    one_alert()
    assert deliver(now=NOW) == 1
    assert states() == [("sent", 1)]
    (mail,) = mailbox.arrived
    assert mailbox.recipients == ["bob@example.com"]
    assert mail["Subject"] == "Due, and still open: one arrives in time"
    assert mail["From"] == "promises@example.com"
    body = mail.get_content()
    assert "https://promises.example/promises/" in body
    assert "Sun 1 Mar 2026, 17:00 UTC" in body
    link = mail["List-Unsubscribe"].strip()
    assert link.startswith("<https://promises.example/unsubscribe/")
    assert link.strip("<>") in body
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert deliver(now=NOW + DAY) == 0


def test_what_is_due_together_comes_in_one_mail(mailbox: Mailbox) -> None:
    one_alert(*(f"p-{number}" for number in range(7)))
    assert deliver(now=NOW) == 7
    (mail,) = mailbox.arrived
    assert mail["Subject"] == "7 promises need a look"
    assert all(f"p-{number} arrives in time" in mail.get_content() for number in range(7))


def test_words_that_would_break_a_header_do_not(mailbox: Mailbox) -> None:
    person("bob", "agent", "fulfilment")
    rule("due", channels=("email",))
    promise("one", statement="First line\r\nBcc: eve@example.com\nüñí " + "x" * 300)
    pass_time(9)
    assert deliver(now=NOW) == 1
    (mail,) = mailbox.arrived
    subject = mail["Subject"].strip()
    assert subject.startswith("Due, and still open: First line Bcc: eve@example.com üñí x")
    assert mail["Bcc"] is None
    assert mailbox.recipients == ["bob@example.com"]


def test_a_refusal_is_final_and_shown_with_its_words(mailbox: Mailbox) -> None:
    mailbox.answers["bob@example.com"] = "550 No such mailbox here"
    one_alert()
    assert deliver(now=NOW) == 1
    assert states() == [("failed", 1)]
    assert Delivery.objects.get().reason == "550 No such mailbox here"
    assert deliver(now=NOW + DAY) == 0
    del mailbox.answers["bob@example.com"]
    assert retry([Delivery.objects.get().pk], now=NOW + DAY) == 1
    assert deliver(now=NOW + DAY) == 1
    assert (states(), len(mailbox.arrived)) == ([("sent", 1)], 1)


@pytest.mark.parametrize("where", ["address", "data"])
def test_what_is_put_off_is_tried_again_after_a_pause(mailbox: Mailbox, where: str) -> None:
    if where == "address":
        mailbox.answers["bob@example.com"] = "450 Mailbox busy"
    else:
        mailbox.answer_to_data = "451 Try again later"
    one_alert()
    assert deliver(now=NOW) == 0
    assert states() == [("waiting", 1)]
    delivery = Delivery.objects.get()
    assert delivery.reason[:2] == "45"
    assert delivery.next_try_at == NOW + PAUSES[0]
    assert deliver(now=NOW + PAUSES[0] / 2) == 0
    mailbox.forget()
    assert deliver(now=NOW + PAUSES[0]) == 1
    assert (states(), len(mailbox.arrived)) == ([("sent", 2)], 1)


def test_it_is_given_up_after_the_last_pause(mailbox: Mailbox) -> None:
    mailbox.answers["bob@example.com"] = "450 Mailbox busy"
    one_alert()
    now = NOW
    for pause in PAUSES:
        deliver(now=now)
        now += pause
        assert states()[0][0] == "waiting"
    assert deliver(now=now) == 1
    assert states() == [("failed", MOST_ATTEMPTS)]
    assert deliver(now=now + DAY) == 0
    assert mailbox.asked == MOST_ATTEMPTS


def test_one_refused_address_stops_no_other(mailbox: Mailbox) -> None:
    mailbox.answers["bob@example.com"] = "550 No"
    person("ann", "agent", "fulfilment")
    one_alert()
    assert deliver(now=NOW) == 2
    assert mailbox.recipients == ["ann@example.com"]


def test_a_mail_that_cannot_be_written_keeps_no_other_back(
    mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    person("ann", "agent", "fulfilment", zone="Asia/Tokyo")
    one_alert()
    whole = delivering.alert_body

    def broken(lines: Any, zone: ZoneInfo) -> str:
        if zone.key == "Asia/Tokyo":
            raise KeyError("no words for it")
        return whole(lines, zone)

    monkeypatch.setattr(delivering, "alert_body", broken)
    assert deliver(now=NOW) == 1
    assert mailbox.recipients == ["bob@example.com"]
    stuck = Delivery.objects.get(state="waiting")
    assert (stuck.attempts, stuck.reason) == (1, "KeyError: 'no words for it'")


def test_a_zone_that_exists_no_more_is_the_installations(mailbox: Mailbox) -> None:
    bob = one_alert()
    NotificationSettings.objects.create(user=bob, zone="Mars/Olympus")
    assert deliver(now=NOW) == 1
    assert "17:00 UTC" in mailbox.arrived[0].get_content()


def test_a_server_that_is_away_costs_one_attempt_for_all(mailbox: Mailbox, settings: Any) -> None:
    person("ann", "agent", "fulfilment")
    one_alert("one", "two")
    settings.EMAIL_PORT = 1
    assert deliver(now=NOW) == 0
    assert states() == [("waiting", 1)] * 4
    assert "refused" in Delivery.objects.all()[0].reason
    settings.EMAIL_PORT = mailbox.port
    assert deliver(now=NOW + timedelta(minutes=2)) == 4
    assert len(mailbox.arrived) == 2


def test_a_password_that_the_server_does_not_know_is_told_and_tried_again(
    mailbox: Mailbox, settings: Any
) -> None:
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "me", "wrong"
    one_alert()
    assert deliver(now=NOW) == 0
    assert states() == [("waiting", 1)]
    assert Delivery.objects.get().reason


def test_what_is_settled_meanwhile_is_not_mailed(mailbox: Mailbox) -> None:
    one_alert("one", "two")
    store(fulfilled("one", START + 9 * HOUR))
    count()
    assert deliver(now=NOW) == 2
    (mail,) = mailbox.arrived
    assert mail["Subject"].endswith("two arrives in time")
    assert sorted(state for state, _ in states()) == ["dropped", "sent"]


def test_who_sees_or_wants_it_no_more_is_not_mailed(mailbox: Mailbox) -> None:
    bob = one_alert()
    Membership.objects.filter(user=bob).update(team=None, role="manager")
    NotificationSettings.objects.create(user=bob, alerts_by_email=False)
    assert deliver(now=NOW) == 1
    assert (states(), mailbox.arrived) == ([("dropped", 1)], [])


def test_what_comes_due_again_in_quiet_hours_waits_for_their_end(mailbox: Mailbox) -> None:
    bob = one_alert()
    NotificationSettings.objects.create(user=bob, quiet_from=time(17), quiet_until=time(20))
    assert deliver(now=NOW) == 0
    delivery = Delivery.objects.get()
    assert (delivery.attempts, delivery.next_try_at) == (0, START + 11 * HOUR)
    assert deliver(now=START + 11 * HOUR) == 1
    assert len(mailbox.arrived) == 1


@pytest.mark.django_db(transaction=True)
def test_many_workers_send_each_mail_once(mailbox: Mailbox) -> None:
    for number in range(9):
        person(f"p{number}", "agent", "fulfilment")
    one_alert()
    together(*[lambda: deliver(now=NOW)] * 4)
    assert sorted(mailbox.recipients) == sorted(
        ["bob@example.com", *(f"p{number}@example.com" for number in range(9))]
    )


@pytest.mark.django_db(transaction=True)
def test_a_delivery_in_other_hands_is_left_to_them(mailbox: Mailbox) -> None:
    one_alert()
    with transaction.atomic():
        Delivery.objects.select_for_update().get()
        assert together(lambda: deliver(now=NOW)) == [0]
    assert deliver(now=NOW) == 1


def test_without_time_left_nothing_is_counted_as_tried(mailbox: Mailbox) -> None:
    one_alert()
    assert deliver(now=NOW, budget_seconds=0) == 0
    assert states() == [("waiting", 0)]


def test_old_things_are_cleared(mailbox: Mailbox) -> None:
    one_alert()
    deliver(now=NOW)
    clear_old(now=NOW + 31 * DAY)
    assert (Delivery.objects.count(), Message.objects.count()) == (0, 1)
    clear_old(now=NOW + 91 * DAY)
    assert (Message.objects.count(), Crossing.objects.count()) == (0, 0)
