"""A real SMTP server of a test, that takes, refuses or puts off what it is told to."""

from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, cast

from aiosmtpd.controller import Controller


class Mailbox:
    """What arrived, and how to answer. Shape: `answers` holds the answer to each address; a
    missing one is 250."""

    def __init__(self) -> None:
        self.arrived: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.answers: dict[str, str] = {}
        self.answer_to_data = "250 taken"
        self.asked = 0
        self.port = 0

    def forget(self) -> None:
        """Begin anew: nothing arrived, everything is taken."""
        self.arrived.clear()
        self.recipients.clear()
        self.answers.clear()
        self.answer_to_data, self.asked = "250 taken", 0

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        self.asked += 1
        answer = self.answers.get(address, "250 fine")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.answer_to_data.startswith("250"):
            parsed = message_from_bytes(envelope.content, policy=policy.default)
            self.arrived.append(cast(EmailMessage, parsed))
            self.recipients += envelope.rcpt_tos
        return self.answer_to_data


class _AnyPort(Controller):
    """Listens where the system finds a port."""

    def _trigger_server(self) -> None:
        assert self.server is not None
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def mail_server() -> Iterator[Mailbox]:
    """Run the server on a free port of this machine."""
    mailbox = Mailbox()
    controller = _AnyPort(mailbox, hostname="127.0.0.1", port=0, ready_timeout=30)
    controller.start()
    try:
        mailbox.port = controller.port
        yield mailbox
    finally:
        controller.stop()
