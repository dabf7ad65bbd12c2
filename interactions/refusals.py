"""The last refused request of each key, kept for whoever connects a source."""

import logging
import threading
import time
from datetime import datetime
from typing import Any

from django.db import DatabaseError, transaction
from django.utils import timezone

from interactions.authentication import Caller
from interactions.models import KeyRefusal

logger = logging.getLogger(__name__)

# A program that errs in a loop writes once a second and process at most.
SPACING_SECONDS = 1.0
_MOST_KEYS = 10_000
_LONGEST = 500

_noted: dict[int, float] = {}
_lock = threading.Lock()


def note_refusal(caller: Any, *, status: int, pointer: str, reason: str) -> None:
    """Keep why a request was refused, if a key made it. Never fails the request."""
    if not isinstance(caller, Caller) or not _is_due(caller.key_id):
        return
    try:
        with transaction.atomic():
            _write(caller.key_id, status, pointer, reason, timezone.now())
    except DatabaseError as error:
        logger.info("A refusal could not be kept (%r).", error)


def _is_due(key_id: int) -> bool:
    now = time.monotonic()
    with _lock:
        if now - _noted.get(key_id, -SPACING_SECONDS) < SPACING_SECONDS:
            return False
        if len(_noted) >= _MOST_KEYS:
            _noted.clear()
        _noted[key_id] = now
    return True


def _write(key_id: int, status: int, pointer: str, reason: str, at: datetime) -> None:
    KeyRefusal.objects.bulk_create(
        [
            KeyRefusal(
                key_id=key_id,
                at=at,
                status=status,
                pointer=_storable(pointer),
                reason=_storable(reason),
            )
        ],
        update_conflicts=True,
        unique_fields=["key"],
        update_fields=["at", "status", "pointer", "reason"],
    )


def _storable(text: str) -> str:
    """What PostgreSQL takes as text: no NUL, no half of a surrogate pair."""
    return text[:_LONGEST].replace("\x00", "").encode("utf-8", "replace").decode()
