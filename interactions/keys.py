"""API keys: made once in the clear, kept as a hash; renewed while the old one still works."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from interactions.changes import NOBODY, Area, record_change
from interactions.changes import By as By
from interactions.models import ApiKey, Source

PREFIX = "pg_"
MAX_NAME = 100
# The old one and its successor; no third.
MOST_LIVE = 2
# What this program itself says in the ledger: of calendars that were edited, for people on its
# pages, and of standards.
OWN_SOURCES = frozenset(("promise-gap", "promise-gap/people", "/standards"))
_SECRET_BYTES = 32
_SHOWN = 12
_WRITING = (ApiKey.Scope.EVENTS_WRITE.value, ApiKey.Scope.EVENTS_WRITE_ANY.value)


class KeyRefused(ValueError):
    """A key cannot be made or renewed; `pointer` names the field, "" where it is none."""

    def __init__(self, pointer: str, reason: str) -> None:
        super().__init__(reason)
        self.pointer = pointer
        self.reason = reason


def make_key(
    *,
    name: str,
    scopes: Sequence[str],
    source: Source | None = None,
    expires_at: datetime | None = None,
    by: By = NOBODY,
) -> tuple[ApiKey, str]:
    """Make a key. Shape: its row, and the key itself, which cannot be shown again.

    Raises: ValueError for an unknown scope.
    """
    unknown = sorted(set(scopes) - set(ApiKey.Scope.values))
    if unknown or not scopes:
        raise ValueError(f"unknown scope {', '.join(unknown) or '(none)'}")
    key = PREFIX + secrets.token_urlsafe(_SECRET_BYTES)
    with transaction.atomic():
        row = ApiKey.objects.create(
            name=name,
            prefix=key[:_SHOWN],
            hash=hash_key(key),
            scopes=list(scopes),
            source=source,
            expires_at=expires_at,
            created_by_id=by.user_id,
            created_with_id=by.key_id,
        )
        record_change(Area.KEY, str(row), "made", by=by, after=_facts(row))
    return row, key


def add_key(
    source: Source,
    *,
    name: str,
    scopes: Sequence[str],
    expires_at: datetime | None,
    now: datetime,
    by: By,
) -> tuple[ApiKey, str]:
    """Make a key of a source, under a name that none of its live keys has.

    Raises: KeyRefused.
    """
    name = name.strip()
    if not name or len(name) > MAX_NAME or not name.isprintable():
        raise KeyRefused("/name", _("must be a text of 1 to 100 characters on one line"))
    if not scopes or set(scopes) - set(ApiKey.Scope.values):
        raise KeyRefused("/scopes", _("must name at least one of the scopes, and no other"))
    if expires_at is not None and expires_at <= now:
        raise KeyRefused("/expires_at", _("must lie in the future"))
    if set(scopes) & set(_WRITING) and not _is_for_programs(source):
        reason = _("this source belongs to the product or the sample; no program writes under it")
        raise KeyRefused("/scopes", reason)
    with transaction.atomic():
        # Two clicks at once: the second one sees what the first has made.
        Source.objects.select_for_update().get(pk=source.pk)
        if live_keys(now).filter(source=source, name=name).exists():
            reason = _("a live key of this source has this name; rotate it, or take another")
            raise KeyRefused("/name", reason)
        return make_key(
            name=name, scopes=sorted(set(scopes)), source=source, expires_at=expires_at, by=by
        )


def _is_for_programs(source: Source) -> bool:
    by_person = source.door == Source.Door.PERSON
    return not (source.is_sample or by_person or source.name in OWN_SOURCES)


def rotate_key(key_id: int, *, now: datetime, by: By) -> tuple[ApiKey, str]:
    """Make a second live key with the same name, scopes and time to live.

    Raises: KeyRefused where the key lives no more, or has its successor already; DoesNotExist.
    """
    with transaction.atomic():
        old = ApiKey.objects.select_for_update(of=("self",)).select_related("source").get(pk=key_id)
        if old.source_id is not None:
            Source.objects.select_for_update().get(pk=old.source_id)
        alive = live_keys(now).filter(source=old.source, name=old.name)
        if not alive.filter(pk=old.pk).exists():
            raise KeyRefused("", _("this key is revoked or expired; make a new one"))
        if alive.count() >= MOST_LIVE:
            reason = _("two keys of this name are live already; revoke the old one first")
            raise KeyRefused("", reason)
        ttl = old.expires_at - old.created_at if old.expires_at else None
        return make_key(
            name=old.name,
            scopes=old.scopes,
            source=old.source,
            expires_at=now + ttl if ttl else None,
            by=by,
        )


def revoke_key(key_id: int, *, now: datetime, by: By) -> bool:
    """End a key; other processes hear of it within a second. False where it had ended already."""
    with transaction.atomic():
        changed = ApiKey.objects.filter(pk=key_id, revoked_at=None).update(
            revoked_at=now, revoked_by_id=by.user_id, revoked_with_id=by.key_id
        )
        if changed:
            row = ApiKey.objects.select_related("source").get(pk=key_id)
            record_change(Area.KEY, str(row), "revoked", by=by, before=_facts(row))
    return bool(changed)


def _facts(row: ApiKey) -> dict[str, object]:
    return {
        "source": row.source.name if row.source else "",
        "scopes": row.scopes,
        "expires_at": row.expires_at,
    }


def live_keys(now: datetime) -> QuerySet[ApiKey]:
    """Keys that open something."""
    return ApiKey.objects.filter(Q(expires_at=None) | Q(expires_at__gt=now), revoked_at=None)


def hash_key(key: str) -> str:
    """What is stored of a key. A fast hash is enough: the secret has 256 random bits."""
    return hashlib.sha256(key.encode()).hexdigest()
