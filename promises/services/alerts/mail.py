"""E-mails: how they look, and what the mail server answered."""

import smtplib
from types import TracebackType

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend
from django.utils.translation import gettext as _

from promises.services.alerts.unsubscribing import Mails, link_for

_PERMANENT = 500
_CLOSING = 421


class TryLater(Exception):
    """The server did not take this message now."""


class ServerAway(TryLater):
    """The server takes nothing now: unreachable, full, or it does not know us."""


class Refused(Exception):
    """The server will never take this message."""


def compose(
    *, user_id: int, to: str, subject: str, body: str, mails: Mails, name: str
) -> EmailMessage:
    """One message with its way out.

    Shape: `name` is the same for the same message tried again, so that a mailbox shows it once.
    """
    link = link_for(user_id, mails)
    footer = _("You get this because of your role at %(site)s. Settings: %(settings)s") % {
        "site": settings.SITE_URL,
        "settings": f"{settings.SITE_URL}/notifications/",
    }
    end = _("No more of these e-mails: %(link)s") % {"link": link}
    host = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2]
    return EmailMessage(
        subject=" ".join(subject.split()),
        body=f"{body}\n\n-- \n{footer}\n{end}\n",
        to=[to],
        headers={
            "Message-ID": f"<{name}@{host}>",
            "List-Unsubscribe": f"<{link}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Auto-Submitted": "auto-generated",
        },
    )


class MailServer:
    """One connection to the mail server, opened at the first message."""

    def __init__(self) -> None:
        self._backend = EmailBackend()

    def __enter__(self) -> "MailServer":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        try:
            self._backend.close()
        except (OSError, smtplib.SMTPException):
            self._backend.connection = None

    def send(self, message: EmailMessage) -> None:
        """Send one message.

        Raises: Refused, TryLater, ServerAway.
        """
        try:
            self._backend.open()
        except (OSError, smtplib.SMTPException) as error:
            raise ServerAway(said(error)) from error
        try:
            self._backend.send_messages([message])
        except smtplib.SMTPRecipientsRefused as error:
            code, _text = next(iter(error.recipients.values()))
            raise _answer(code)(said(error)) from error
        except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
            raise _answer(error.smtp_code)(said(error)) from error
        except (OSError, smtplib.SMTPException) as error:
            raise ServerAway(said(error)) from error
        except ValueError as error:
            # An address or a header that cannot be written down.
            raise Refused(said(error)) from error


def said(error: BaseException) -> str:
    """What went wrong, in one line."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, words = next(iter(error.recipients.values()))
        return f"{code} {_words(words)}"[:500]
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_words(error.smtp_error)}"[:500]
    return f"{type(error).__name__}: {error}"[:500]


def _answer(code: int) -> type[Exception]:
    if code == _CLOSING:
        return ServerAway
    return Refused if code >= _PERMANENT else TryLater


def _words(text: bytes | str) -> str:
    decoded = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return " ".join(decoded.split())
