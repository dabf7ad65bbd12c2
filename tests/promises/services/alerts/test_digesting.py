"""Digests: at local 08:00, once, with what the person may see."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import User

from promises.models import Delivery, Digest, NotificationSettings
from promises.services.alerts.delivering import deliver
from promises.services.alerts.digesting import write_digests
from tests.events import START, fulfilled, store
from tests.mail_server import Mailbox, mail_server
from tests.promises.asking import count
from tests.promises.services.alerts.company import DAY, HOUR, person, promise
from tests.threads import together

pytestmark = pytest.mark.django_db

EIGHT = datetime(2026, 3, 3, 8, tzinfo=UTC)


@pytest.fixture(autouse=True)
def mail_is_on(settings: Any) -> None:
    settings.EMAIL_ENABLED = True


def reader(name: str = "bob", digest: str = "daily", **more: Any) -> User:
    return person(name, more.pop("role", "manager"), *more.pop("teams", ()), digest=digest, **more)


def company() -> None:
    """On 3 March at eight: two overdue, one of them since yesterday; one due today; two broken
    yesterday, one of them settled since."""
    promise("old", due=START + HOUR)
    promise("yesterday", due=START + DAY)
    promise("late", due=START + DAY + HOUR)
    promise("kept", due=START + DAY)
    promise("today", due=EIGHT + 5 * HOUR, team="support")
    promise("tomorrow", due=EIGHT + DAY)
    store(fulfilled("kept", START + HOUR), fulfilled("late", START + DAY + 2 * HOUR))
    count()


@pytest.fixture
def mailbox(settings: Any) -> Iterator[Mailbox]:
    with mail_server() as mailbox:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", mailbox.port
        yield mailbox


def test_it_says_what_is_overdue_due_and_broken(mailbox: Mailbox) -> None:
    company()
    reader()
    assert write_digests(now=EIGHT) == 1
    assert deliver(now=EIGHT) == 1
    (mail,) = mailbox.arrived
    assert mail["Subject"] == "3 Mar 2026: 2 overdue, 1 due today, 2 broken"
    body = mail.get_content().replace("\r", "")
    overdue, today, broken = body.split("\n\n")[:3]
    assert overdue.startswith("Overdue: 2\n- Sun 1 Mar 2026, 10:00 UTC | old arrives in time")
    assert "today arrives in time" in today
    assert "yesterday arrives" in broken
    assert "late arrives" in broken
    assert "/unsubscribe/" in mail["List-Unsubscribe"]


def test_nothing_goes_out_before_eight_and_one_after_however_often_it_is_asked() -> None:
    company()
    bob = reader()
    NotificationSettings.objects.filter(user=bob).update(digest_since=EIGHT - HOUR)
    assert write_digests(now=EIGHT - timedelta(seconds=1)) == 0
    assert sum(write_digests(now=EIGHT + n * HOUR) for n in range(24)) == 1
    assert write_digests(now=EIGHT + DAY) == 1


@pytest.mark.django_db(transaction=True)
def test_workers_at_once_write_it_once() -> None:
    company()
    reader()
    assert sorted(together(*[lambda: write_digests(now=EIGHT)] * 4)) == [0, 0, 0, 1]
    assert Delivery.objects.count() == 1


def test_it_is_eight_where_the_person_is_on_both_sides_of_a_change() -> None:
    promise("old", due=START + HOUR)
    reader(zone="Europe/Berlin")
    berlin = ZoneInfo("Europe/Berlin")
    now, written = datetime(2026, 3, 27, 12, tzinfo=UTC), []
    while now < datetime(2026, 3, 31, 12, tzinfo=UTC):
        if write_digests(now=now):
            written.append(now.astimezone(berlin).strftime("%d %H:%M"))
        now += timedelta(minutes=30)
    # What was missed on the first day is made up for at once.
    assert written[1:] == ["28 08:00", "29 08:00", "30 08:00", "31 08:00"]


def test_a_move_to_another_zone_does_not_repeat_a_day() -> None:
    company()
    bob = reader(zone="Asia/Tokyo")
    assert write_digests(now=EIGHT) == 1
    NotificationSettings.objects.filter(user=bob).update(zone="America/New_York")
    assert write_digests(now=EIGHT + 6 * HOUR) == 0
    assert list(Digest.objects.values_list("day", flat=True)) == [EIGHT.date()]


def test_a_weekly_one_looks_back_over_the_week() -> None:
    company()
    reader(digest="weekly", digest_weekday=EIGHT.weekday())
    assert write_digests(now=EIGHT) == 1
    assert Digest.objects.get().subject.endswith("3 broken")
    assert sum(write_digests(now=EIGHT + n * DAY) for n in range(7)) == 0
    assert write_digests(now=EIGHT + 7 * DAY) == 1


def test_an_agent_reads_of_their_teams_only() -> None:
    company()
    reader(role="agent", teams=("support",))
    assert write_digests(now=EIGHT) == 1
    digest = Digest.objects.get()
    assert digest.subject == "3 Mar 2026: 0 overdue, 1 due today, 0 broken"
    assert "old" not in digest.body


def test_it_names_the_rests_that_are_due() -> None:
    """Of promises fulfilled in part; not of those due later, and old ones by their number."""
    company()
    for reference, due in (
        ("short", START + DAY),
        ("short-today", EIGHT + HOUR),
        ("short-later", EIGHT + 2 * DAY),
        ("short-of-old", EIGHT - 40 * DAY),
    ):
        promise(reference, due=due, at=EIGHT - 50 * DAY)
        store(fulfilled(reference, EIGHT - 45 * DAY, fraction=0.609))
    promise("whole", due=START + DAY)
    store(fulfilled("whole", START, fraction=0.5), fulfilled("whole", START + HOUR))
    count()
    reader()
    reader("ann", role="agent", teams=("support",))
    assert write_digests(now=EIGHT) == 2
    digest, of_ann = Digest.objects.order_by("user__username").reverse()
    assert digest.subject == "3 Mar 2026: 2 overdue, 1 due today, 3 broken, 2 rests owed"
    parts = digest.body.split("\n\n")
    assert parts[3].startswith(
        "Fulfilled in part, the rest is still owed: 2\n- Mon 2 Mar 2026, 09:00 UTC | short arrives"
    )
    assert "60 % so far" in parts[3]
    assert "short-today arrives" in parts[3]
    assert parts[4].startswith("1 older rest, due more than 30 days ago, is not listed: http")
    assert parts[4].endswith("/promises/?stands=rest_owed")
    assert "short-later" not in digest.body
    assert "whole" not in digest.body
    assert "rest" not in of_ann.subject + of_ann.body


def test_for_rests_alone_it_is_sent_while_they_are_not_old() -> None:
    promise("short", due=EIGHT - HOUR)
    store(fulfilled("short", EIGHT - 3 * HOUR, fraction=0.004))
    count()
    reader()
    assert write_digests(now=EIGHT) == 1
    assert Digest.objects.get().subject.endswith("0 broken, 1 rest owed")
    assert "less than 1 % so far" in Digest.objects.get().body
    assert write_digests(now=EIGHT + 40 * DAY) == 0


def test_an_empty_one_is_not_sent() -> None:
    reader()
    assert write_digests(now=EIGHT) == 0
    assert (Digest.objects.count(), Delivery.objects.count()) == (1, 0)


def test_who_asks_for_it_later_gets_the_next_one() -> None:
    company()
    reader(digest_since=EIGHT + HOUR)
    assert write_digests(now=EIGHT + 2 * HOUR) == 0
    assert write_digests(now=EIGHT + DAY) == 1


def test_who_wants_none_or_has_no_address_gets_none(settings: Any) -> None:
    company()
    reader("ann", digest="off")
    User.objects.filter(pk=reader("eve").pk).update(email="")
    assert write_digests(now=EIGHT) == 0
    reader()
    settings.EMAIL_ENABLED = False
    assert write_digests(now=EIGHT) == 0
