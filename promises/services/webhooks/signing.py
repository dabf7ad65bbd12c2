"""Secrets and signatures.

A secret is computed from a random salt and the installation's signing key whenever it is needed:
what is stored signs nothing, and a copy of the database gives no secret away.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.crypto import salted_hmac
from standardwebhooks import Webhook

from promises.models import WebhookEndpoint

PREFIX = "whsec_"
_KEY_SALT = "promises.services.webhooks"
_SALT_BYTES = 32


class SecretLost(Exception):
    """The installation's signing key is another one than when the secret was shown."""


@dataclass(frozen=True, slots=True)
class NewSecret:
    """A secret, shown once, and what is stored of it."""

    secret: str
    salt: str
    check: str


def new_secret() -> NewSecret:
    """Make a secret of 32 random-looking bytes."""
    salt = secrets.token_urlsafe(_SALT_BYTES)
    secret = _secret_of(salt)
    return NewSecret(secret, salt, _check_of(secret))


def live_secrets(endpoint: WebhookEndpoint, now: datetime) -> list[str]:
    """The secrets that sign now: the newest first, and for a day the one before it.

    Raises: SecretLost where the newest cannot be computed any more.
    """
    found = _secret_of(endpoint.secret)
    if not _is(found, endpoint.secret_check):
        raise SecretLost
    live = [found]
    if endpoint.previous_until is not None and endpoint.previous_until > now:
        previous = _secret_of(endpoint.previous_secret)
        if _is(previous, endpoint.previous_check):
            live.append(previous)
    return live


def signed_headers(
    message_id: str, body: str, secrets_live: Sequence[str], *, now: datetime
) -> dict[str, str]:
    """The three headers of the specification, with a signature for each secret."""
    signatures = [Webhook(secret).sign(message_id, now, body) for secret in secrets_live]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


def _secret_of(salt: str) -> str:
    raw = salted_hmac(_KEY_SALT, salt, algorithm="sha256").digest()
    return PREFIX + base64.b64encode(raw).decode()


def _check_of(secret: str) -> str:
    return hashlib.sha256(f"check:{secret}".encode()).hexdigest()


def _is(secret: str, check: str) -> bool:
    return hmac.compare_digest(_check_of(secret), check)
