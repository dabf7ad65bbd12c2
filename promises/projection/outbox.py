"""The outbox of webhooks: a row for each message and each endpoint that wants it, written in the
transaction of its cause. Where nobody wants anything it costs a look at the clock."""

import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec
from django.db import connection
from django.utils import timezone

from interactions.arrays import plain_array, text_array
from promises.models import WebhookEndpoint, WebhookEvent

# What the endpoints want is looked up once in so many seconds, in each process.
CACHE_SECONDS = 1.0
# The specification wants payloads below 20 kB.
MOST_BYTES = 20_000
MOST_KEY = 500

# `heard`: an endpoint is told nothing that was known before it was made.
_INSERT = """
INSERT INTO promises_webhookdelivery
    (endpoint_id, message_id, key, type, body, created_at, state, attempts, next_at, reason)
SELECT e.id, m.id, m.key, m.type, m.body, %(now)s, 'pending', 0, %(now)s, ''
FROM unnest(%(ids)s::text[], %(keys)s::text[], %(types)s::text[], %(bodies)s::text[],
            %(heard)s::timestamptz[]) AS m(id, key, type, body, heard)
JOIN promises_webhookendpoint e
  ON e.enabled AND m.type = ANY(e.event_types) AND m.heard >= e.created_at
ON CONFLICT (endpoint_id, key) DO NOTHING
"""


class PayloadTooLarge(ValueError):
    """A payload of 20 kB or more."""


@dataclass(frozen=True, slots=True)
class Message:
    """One thing to tell. Shape: `key` names it for good; `at` is when it happened, `heard` when it
    became known here."""

    type: str
    key: str
    at: datetime
    heard: datetime
    data: Mapping[str, object]


class _Wanted:
    """What this process last knew of the types that any endpoint wants."""

    def __init__(self) -> None:
        self.types: frozenset[str] = frozenset()
        self.known_until = 0.0


_wanted = _Wanted()


def wanted_types() -> frozenset[str]:
    """The types that some endpoint wants, as of at most a second ago."""
    now = time.monotonic()
    if now >= _wanted.known_until:
        wanted = WebhookEndpoint.objects.filter(enabled=True).values_list("event_types", flat=True)
        _wanted.types = frozenset(kind for types in wanted for kind in types)
        _wanted.known_until = now + CACHE_SECONDS
    return _wanted.types


def forget_wanted() -> None:
    """Look again at once: an endpoint was changed in this process."""
    _wanted.known_until = 0.0


def publish(event_type: str, data: dict[str, object], *, key: str) -> None:
    """Tell every interested endpoint, once the caller's transaction is committed.

    Shape: `data` is what JSON can say; `key` names the message for good: the same key again adds
    nothing for an endpoint that has it.
    Raises: ValueError for an unknown type or an empty or long key; PayloadTooLarge from 20 kB on.
    """
    if event_type not in WebhookEvent.values:
        raise ValueError(f"{event_type!r} is no type of webhooks")
    if not key or len(key) > MOST_KEY:
        raise ValueError(f"a key has 1 to {MOST_KEY} characters")
    if event_type in wanted_types():
        now = timezone.now()
        insert([Message(event_type, key, now, now, data)], now=now)


def insert(messages: Sequence[Message], *, now: datetime) -> None:
    """Write the rows of the endpoints that want them.

    Raises: PayloadTooLarge.
    """
    if not messages:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            _INSERT,
            {
                "now": now,
                "ids": text_array(new_message_id() for _ in messages),
                "keys": text_array(message.key for message in messages),
                "types": text_array(message.type for message in messages),
                "bodies": text_array(
                    payload(message.type, message.at, message.data) for message in messages
                ),
                "heard": plain_array(f'"{message.heard.isoformat()}"' for message in messages),
            },
        )


def new_message_id() -> str:
    """A `webhook-id`."""
    return f"msg_{uuid.uuid4().hex}"


def payload(event_type: str, at: datetime, data: Mapping[str, object]) -> str:
    """The body of a message, exactly as it is signed and sent.

    Raises: PayloadTooLarge.
    """
    body = msgspec.json.encode({"type": event_type, "timestamp": at.astimezone(UTC), "data": data})
    if len(body) >= MOST_BYTES:
        raise PayloadTooLarge(f"the payload has {len(body):,} bytes; {MOST_BYTES:,} are too many")
    return body.decode()
