"""Endpoints that lead to receivers on loopback, which these tests allow."""

import ipaddress
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from promises.models import WebhookEndpoint, WebhookEvent
from promises.projection.outbox import forget_wanted
from promises.services.webhooks.endpoints import make_endpoint
from tests.receivers import Receiver, receiver

Make = Callable[..., tuple[Receiver, WebhookEndpoint, str]]


@pytest.fixture(autouse=True)
def nobody_wants_anything() -> None:
    """What another test's endpoints wanted is forgotten."""
    forget_wanted()


@pytest.fixture
def loopback(settings: Any) -> None:
    """Allow receivers on this machine."""
    settings.WEBHOOK_ALLOWED_NETWORKS = [ipaddress.ip_network("127.0.0.0/8")]


@pytest.fixture
def make(loopback: None, db: None) -> Iterator[Make]:
    """Make a receiver with its endpoint; its secret comes along."""
    with ExitStack() as stack:

        def made(
            types: list[str] | None = None, **how: object
        ) -> tuple[Receiver, WebhookEndpoint, str]:
            told = stack.enter_context(receiver(**how))
            row, secret = make_endpoint(
                url=told.url, description="", event_types=types or WebhookEvent.values
            )
            return told, row, secret

        yield made
