"""Signed links that end e-mails without signing in (RFC 8058)."""

from enum import StrEnum
from typing import NamedTuple

from django.conf import settings
from django.contrib.auth.models import User
from django.core import signing
from django.urls import reverse

from promises.models import NotificationSettings

_SALT = "promises.unsubscribe"


class Mails(StrEnum):
    """What a link ends."""

    ALERTS = "alerts"
    DIGEST = "digest"


class Subscription(NamedTuple):
    """Whose e-mails, and which."""

    user_id: int
    mails: Mails


class BadLink(ValueError):
    """Not a link that this site has signed."""


def token_for(user_id: int, mails: Mails) -> str:
    """The signed part of a link; it works for as long as the person is here."""
    return signing.dumps([user_id, mails.value], salt=_SALT)


def link_for(user_id: int, mails: Mails) -> str:
    """The whole link."""
    return settings.SITE_URL + reverse("unsubscribe", args=[token_for(user_id, mails)])


def subscription_of(token: str) -> Subscription:
    """What a link ends.

    Raises: BadLink.
    """
    try:
        user_id, mails = signing.loads(token, salt=_SALT)
        found = Subscription(user_id, Mails(mails))
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise BadLink(token) from error
    if not User.objects.filter(pk=user_id).exists():
        raise BadLink(token)
    return found


def unsubscribe(subscription: Subscription) -> None:
    """End these e-mails; again is fine."""
    wanted, _ = NotificationSettings.objects.get_or_create(user_id=subscription.user_id)
    if subscription.mails is Mails.ALERTS:
        wanted.alerts_by_email = False
    else:
        wanted.digest = NotificationSettings.Digest.OFF
    wanted.save()
