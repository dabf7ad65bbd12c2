"""Who calls the API: `Authorization: Bearer KEY`."""

import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from interactions.changes import NOBODY, By
from interactions.keys import hash_key
from interactions.models import ApiKey

# A key is looked up once a second and process; a revoked one therefore works a second at most.
CACHE_SECONDS = 1.0
_CACHE_SIZE = 10_000
# last_used_at is written at most this often.
_USED_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Caller:
    """The key behind a request."""

    key_id: int
    name: str
    scopes: frozenset[str]
    source: str | None
    expires_at: datetime | None


_WRITING = {ApiKey.Scope.EVENTS_WRITE.value, ApiKey.Scope.EVENTS_WRITE_ANY.value}

_known: dict[str, tuple[float, Caller | None]] = {}


class ApiKeyAuthentication(BaseAuthentication):
    """Bearer keys, cached by hash in the process. Sessions never reach the API."""

    def authenticate(self, request: Request) -> tuple[Any, Caller] | None:
        """Shape: (anonymous user, caller); None without the header."""
        words = get_authorization_header(request).split()
        if not words or words[0].lower() != b"bearer":
            return None
        if len(words) != 2:
            raise AuthenticationFailed("The Authorization header must be: Bearer KEY.")
        caller = _look_up(words[1].decode("latin-1"))
        if caller is None or (caller.expires_at and caller.expires_at <= timezone.now()):
            raise AuthenticationFailed("This key is unknown, revoked or expired.")
        return AnonymousUser(), caller

    def authenticate_header(self, request: Request) -> str:
        """The challenge of a 401."""
        return 'Bearer realm="api"'


class HasScope(BasePermission):
    """Base of the permissions of keys; subclasses name the scope."""

    scope = ""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Whether the key carries the scope."""
        caller = request.auth
        return isinstance(caller, Caller) and (
            self.scope in caller.scopes or ApiKey.Scope.ADMIN in caller.scopes
        )


class CanRead(HasScope):
    """Keys that may read."""

    scope = ApiKey.Scope.READ.value


class CanAdminister(HasScope):
    """Keys that may make and revoke sources and keys."""

    scope = ApiKey.Scope.ADMIN.value


class CanWriteEvents(HasScope):
    """Keys that may record events, under the source that they belong to."""

    scope = ApiKey.Scope.EVENTS_WRITE.value

    def has_permission(self, request: Request, view: Any) -> bool:
        """Whether the key carries the scope and has a source to write under."""
        caller = request.auth
        if not isinstance(caller, Caller) or caller.source is None:
            return False
        return bool(_WRITING & caller.scopes)


def caller_of(request: Request) -> By:
    """Who changes something over the API: the key behind a request."""
    caller = request.auth
    return By(key_id=caller.key_id) if isinstance(caller, Caller) else NOBODY


def forget_cached_keys() -> None:
    """Forget what was looked up; for whoever revokes a key and wants it to hold at once."""
    _known.clear()


def _look_up(key: str) -> Caller | None:
    hashed, now = hash_key(key), time.monotonic()
    cached = _known.get(hashed)
    if cached is not None and now - cached[0] < CACHE_SECONDS:
        return cached[1]
    if len(_known) >= _CACHE_SIZE:
        _known.clear()
    caller = _read(hashed)
    _known[hashed] = (now, caller)
    return caller


def _read(hashed: str) -> Caller | None:
    row = ApiKey.objects.select_related("source").filter(hash=hashed, revoked_at=None).first()
    if row is None:
        return None
    now = timezone.now()
    if row.last_used_at is None or (now - row.last_used_at).total_seconds() > _USED_SECONDS:
        ApiKey.objects.filter(pk=row.pk).update(last_used_at=now)
    return Caller(
        key_id=row.pk,
        name=row.name,
        scopes=frozenset(row.scopes),
        source=row.source.name if row.source else None,
        expires_at=row.expires_at,
    )
