"""Through what people can be told: the inbox and webhooks, and e-mail where a server is named."""

from django.conf import settings

from promises.models import Channel


def email_is_on() -> bool:
    """Whether a mail server is named."""
    return bool(settings.EMAIL_ENABLED)


def offered() -> list[tuple[str, str]]:
    """The channels that a rule may name, with their words."""
    present = {
        Channel.INBOX: True,
        Channel.EMAIL: email_is_on(),
        Channel.WEBHOOK: True,
    }
    return [(channel.value, str(channel.label)) for channel in Channel if present[channel]]
