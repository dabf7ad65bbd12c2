"""Through what people can be told here: the inbox always, the others where they are connected."""

from typing import Protocol

from django.conf import settings

from promises.models import Channel


class Publish(Protocol):
    """Hands an event to the outgoing webhooks.

    Shape: writes in the caller's transaction; the same key again changes nothing.
    """

    def __call__(self, event_type: str, data: dict[str, object], *, key: str) -> None: ...


_webhooks: list[Publish] = []


def connect_webhooks(publish: Publish) -> None:
    """Offer the channel "webhook" from now on; called once, when the site starts."""
    _webhooks[:] = [publish]


def webhooks() -> Publish | None:
    """What takes the events of the channel "webhook"; None while nothing is connected."""
    return _webhooks[0] if _webhooks else None


def email_is_on() -> bool:
    """Whether a mail server is named."""
    return bool(settings.EMAIL_ENABLED)


def offered() -> list[tuple[str, str]]:
    """The channels that a rule may name, with their words."""
    present = {
        Channel.INBOX: True,
        Channel.EMAIL: email_is_on(),
        Channel.WEBHOOK: webhooks() is not None,
    }
    return [(channel.value, str(channel.label)) for channel in Channel if present[channel]]
