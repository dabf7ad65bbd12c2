"""Deliveries on their way: taken, tried, tried again with growing pauses, given up visibly.

An attempt is counted, and the next one planned, before anything is sent: whoever dies in the middle
has it tried again after the pause, under the same Message-ID.
"""

import time
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import groupby

from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F

from interactions.away import database_is_away
from interactions.locks import only_one
from promises.models import Channel, Delivery, Message
from promises.selectors.inbox import inbox_lines, visible_messages, with_promises
from promises.services.alerts.channels import email_is_on
from promises.services.alerts.mail import MailServer, Refused, ServerAway, TryLater, compose
from promises.services.alerts.people import People, Person
from promises.services.alerts.publishing import publish_crossing
from promises.services.alerts.texts import alert_body, alert_subject
from promises.services.alerts.unsubscribing import Mails

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
# The pause after each attempt but the last, with which it has failed.
PAUSES = (MINUTE, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 6 * HOUR, 12 * HOUR)
MOST_ATTEMPTS = len(PAUSES) + 1
BATCH = 500
# A task may run 45 s, and a server that hangs may cost 10 of them.
BUDGET_SECONDS = 15.0
# One worker at a time: a mail server that hangs must not hold them all.
_MAIL_LOCK = 7406

State = Delivery.State


def deliver(*, now: datetime, budget_seconds: float = BUDGET_SECONDS) -> int:
    """Try what is due; answer how many deliveries are done with."""
    until = time.monotonic() + budget_seconds
    done = 0
    if email_is_on():
        with only_one(_MAIL_LOCK) as mine:
            done += _deliver_mails(now, until) if mine else 0
    return done + _deliver_webhooks(now, until)


def retry(deliveries: Iterable[int] | None, *, now: datetime) -> int:
    """Try failed deliveries again, or all of them; answer how many."""
    failed = Delivery.objects.filter(state=State.FAILED)
    if deliveries is not None:
        failed = failed.filter(pk__in=list(deliveries))
    return failed.update(state=State.WAITING, attempts=0, next_try_at=now, reason="", done_at=None)


def pause_after(attempts: int) -> timedelta:
    """How long to wait after so many attempts."""
    return PAUSES[min(attempts, len(PAUSES)) - 1]


def _take(channel: Channel, now: datetime) -> list[Delivery]:
    """Some deliveries, their attempt counted; those in other hands are left to them."""
    with transaction.atomic():
        taken = list(
            Delivery.objects.select_for_update(skip_locked=True)
            .filter(state=State.WAITING, channel=channel, next_try_at__lte=now)
            .order_by("next_try_at", "pk")[:BATCH]
        )
        for delivery in taken:
            delivery.attempts += 1
            delivery.next_try_at = now + pause_after(delivery.attempts)
        Delivery.objects.bulk_update(taken, ["attempts", "next_try_at"])
    return taken


def _deliver_mails(now: datetime, until: float) -> int:
    done = 0
    with MailServer() as server:
        while time.monotonic() < until and (taken := _take(Channel.EMAIL, now)):
            people, left = People(), _letters(taken)
            while left and time.monotonic() < until:
                letter = left.pop(0)
                try:
                    done += _send(server, letter, people, now)
                except ServerAway as error:
                    # Nobody's message is the reason: all that is in hand waits.
                    for each in (letter, *left):
                        done += _again(each, str(error), now)
                    return done
                except Exception as error:
                    # One mail that cannot be written keeps no other back.
                    if database_is_away(error):
                        raise
                    done += _again(letter, f"{type(error).__name__}: {error}"[:500], now)
            for letter in left:
                _hold(letter, now)
    return done


def _letters(taken: Sequence[Delivery]) -> list[list[Delivery]]:
    """What goes into one mail: a digest alone, all that a person is to be told together."""

    def address(delivery: Delivery) -> tuple[int, int]:
        return (delivery.digest_id or 0, delivery.user_id or 0)

    return [list(group) for _, group in groupby(sorted(taken, key=address), key=address)]


def _send(server: MailServer, letter: list[Delivery], people: People, now: datetime) -> int:
    """Send one mail; answer how many deliveries are done with.

    Raises: ServerAway.
    """
    person = people.by_id.get(letter[0].user_id or 0)
    is_digest = letter[0].digest_id is not None
    if person is None or not _wants(person, digest=is_digest):
        return _finish(letter, State.DROPPED, "the person does not want it any more", now)
    if (until := person.told_from(now)) > now:
        return _hold(letter, until)
    still = letter if is_digest else _still_wanted(letter, person, now)
    done = len(letter) - len(still)
    if not still:
        return done
    try:
        server.send(_written(still, person))
    except ServerAway:
        raise
    except TryLater as error:
        return done + _again(still, str(error), now)
    except Refused as error:
        return done + _finish(still, State.FAILED, str(error), now)
    return done + _finish(still, State.SENT, "", now)


def _written(letter: Sequence[Delivery], person: Person) -> EmailMessage:
    """The mail that carries these deliveries."""
    digest = letter[0].digest
    if digest is not None:
        subject, body, mails = digest.subject, digest.body, Mails.DIGEST
    else:
        rows = Message.objects.filter(pk__in=[each.message_id for each in letter])
        lines = inbox_lines(with_promises(rows))
        subject, body, mails = alert_subject(lines), alert_body(lines, person.zone), Mails.ALERTS
    return compose(
        user_id=person.user_id,
        to=person.email,
        subject=subject,
        body=body,
        mails=mails,
        name=f"delivery-{letter[0].pk}-{letter[-1].pk}",
    )


def _wants(person: Person, *, digest: bool) -> bool:
    if not person.email:
        return False
    return person.wanted.digest != "off" if digest else person.wanted.alerts_by_email


def _still_wanted(letter: list[Delivery], person: Person, now: datetime) -> list[Delivery]:
    """The deliveries about promises that are still open, and still for these eyes."""
    news = set(
        visible_messages(person.viewer)
        .filter(
            pk__in=[each.message_id for each in letter],
            crossing__promise__openpromise__isnull=False,
        )
        .values_list("pk", flat=True)
    )
    _finish(
        [each for each in letter if each.message_id not in news],
        State.DROPPED,
        "the promise is not open any more",
        now,
    )
    return [each for each in letter if each.message_id in news]


def _deliver_webhooks(now: datetime, until: float) -> int:
    done = 0
    while time.monotonic() < until and (taken := _take(Channel.WEBHOOK, now)):
        for delivery in taken:
            try:
                with transaction.atomic():
                    publish_crossing(delivery.crossing_id or 0)
                    done += _finish([delivery], State.SENT, "", now)
            except Exception as error:
                # Whatever the channel raises is its own trouble, shown on the page.
                done += _again([delivery], f"{type(error).__name__}: {error}"[:500], now)
    return done


def _finish(deliveries: Sequence[Delivery], state: str, reason: str, now: datetime) -> int:
    ids = [delivery.pk for delivery in deliveries]
    Delivery.objects.filter(pk__in=ids).update(state=state, reason=reason, done_at=now)
    return len(ids)


def _again(deliveries: Sequence[Delivery], reason: str, now: datetime) -> int:
    """Note the reason; those out of attempts have failed. Answers how many have."""
    Delivery.objects.filter(pk__in=[each.pk for each in deliveries]).update(reason=reason)
    over = [each for each in deliveries if each.attempts >= MOST_ATTEMPTS]
    return _finish(over, State.FAILED, reason, now)


def _hold(deliveries: Sequence[Delivery], until: datetime) -> int:
    """Not tried after all: quiet hours, or out of time. No attempt was made. Answers 0."""
    Delivery.objects.filter(pk__in=[each.pk for each in deliveries]).update(
        attempts=F("attempts") - 1, next_try_at=until
    )
    return 0
