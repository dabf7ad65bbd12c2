"""Digests: once for each person and local day, at 08:00 there."""

from datetime import datetime

from django.db import transaction

from promises.domain.local_times import latest_digest
from promises.models import Channel, Delivery, Digest, NotificationSettings
from promises.selectors.digests import digest_read
from promises.services.alerts.channels import email_is_on
from promises.services.alerts.people import People, Person
from promises.services.alerts.texts import digest_body, digest_subject

WEEK = 7


def write_digests(*, now: datetime) -> int:
    """Write the digests that are due; answer how many go out.

    Shape: the row of (person, local day) is claimed first, so that any number of workers, and a
    clock that changes, write it once. One with nothing in it is not sent.
    """
    if not email_is_on():
        return 0
    people = People().by_id.values()
    wanted = [one for one in people if one.email and one.wanted.digest != "off"]
    return sum(_write(person, now) for person in wanted)


def _write(person: Person, now: datetime) -> bool:
    weekly = person.wanted.digest == NotificationSettings.Digest.WEEKLY
    weekday = person.wanted.digest_weekday if weekly else None
    day, moment = latest_digest(now, person.zone, weekday=weekday)
    since = person.wanted.digest_since
    if since is not None and moment <= since:
        return False
    if Digest.objects.filter(user_id=person.user_id, day=day).exists():
        return False
    with transaction.atomic():
        claimed, mine = Digest.objects.get_or_create(
            user_id=person.user_id,
            day=day,
            defaults={"subject": "", "body": "", "created_at": now},
        )
        if not mine:
            return False
        days_back = WEEK if weekly else 1
        page = digest_read(person.viewer, day, person.zone, now=now, days_back=days_back)
        if page.empty:
            return False
        claimed.subject = digest_subject(page, day)
        claimed.body = digest_body(page, person.zone, weekly=weekly)
        claimed.save(update_fields=["subject", "body"])
        Delivery.objects.create(
            channel=Channel.EMAIL,
            user_id=person.user_id,
            digest=claimed,
            next_try_at=person.told_from(now),
            created_at=now,
        )
    return True
