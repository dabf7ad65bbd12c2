"""API keys: made once in the clear, kept as a hash."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime

from interactions.models import ApiKey, Source

PREFIX = "pg_"
_SECRET_BYTES = 32
_SHOWN = 12


def make_key(
    *,
    name: str,
    scopes: Sequence[str],
    source: Source | None = None,
    expires_at: datetime | None = None,
) -> tuple[ApiKey, str]:
    """Make a key. Shape: its row, and the key itself, which cannot be shown again.

    Raises: ValueError for an unknown scope.
    """
    unknown = sorted(set(scopes) - set(ApiKey.Scope.values))
    if unknown or not scopes:
        raise ValueError(f"unknown scope {', '.join(unknown) or '(none)'}")
    key = PREFIX + secrets.token_urlsafe(_SECRET_BYTES)
    row = ApiKey.objects.create(
        name=name,
        prefix=key[:_SHOWN],
        hash=hash_key(key),
        scopes=list(scopes),
        source=source,
        expires_at=expires_at,
    )
    return row, key


def hash_key(key: str) -> str:
    """What is stored of a key. A fast hash is enough: the secret has 256 random bits."""
    return hashlib.sha256(key.encode()).hexdigest()
