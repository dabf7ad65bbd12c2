"""What the API takes and tells of sources and keys."""

from datetime import datetime
from typing import Any

import msgspec
from django.http import HttpResponse
from django.utils import timezone
from rest_framework import status

from interactions.models import ApiKey
from interactions.sources import KeyLine, SourceLine, key_line


class NewSource(msgspec.Struct, forbid_unknown_fields=True):
    """A source to make: its name as a CloudEvents `source`."""

    name: str


class NewKey(msgspec.Struct, forbid_unknown_fields=True):
    """A key to make; `expires_at` is an RFC 3339 moment with its offset."""

    name: str
    scopes: list[str]
    expires_at: str | None = None


class NoFields(msgspec.Struct, forbid_unknown_fields=True):
    """A body that says nothing."""


class SourceAnswer(msgspec.Struct):
    """One source. `last_heard_at` is its last request with events over the API."""

    id: str
    name: str
    door: str
    is_sample: bool
    created_at: datetime
    last_heard_at: datetime | None
    live_keys: int


class SourcesAnswer(msgspec.Struct):
    """One page of sources, by name; `next` is the address of the page after it, null at the end."""

    results: list[SourceAnswer]
    next: str | None


class KeyAnswer(msgspec.Struct):
    """One key; the key itself cannot be shown again."""

    id: str
    name: str
    prefix: str
    scopes: list[str]
    state: str
    created_at: datetime
    created_by: str
    last_used_at: datetime | None
    expires_at: datetime | None
    revoked_at: datetime | None
    revoked_by: str


class KeysAnswer(msgspec.Struct):
    """The keys of a source: live ones first."""

    results: list[KeyAnswer]


class NewKeyAnswer(KeyAnswer):
    """A key that was made just now; `key` is shown this once."""

    key: str


def source_answer(line: SourceLine) -> SourceAnswer:
    """A source as the API tells it."""
    return SourceAnswer(
        id=str(line.id),
        name=line.name,
        door=line.door,
        is_sample=line.is_sample,
        created_at=line.created_at,
        last_heard_at=line.last_heard_at,
        live_keys=line.live_keys,
    )


def key_fields(line: KeyLine) -> dict[str, Any]:
    """The fields of a key as the API tells it."""
    fields = {name: getattr(line, name) for name in KeyAnswer.__struct_fields__}
    return fields | {"id": str(line.id), "scopes": list(line.scopes)}


def new_key_response(row: ApiKey, key: str) -> HttpResponse:
    """The answer that shows a key this once; nobody may keep it."""
    line = key_line(row, timezone.now())
    response = json_response(NewKeyAnswer(**key_fields(line), key=key), status.HTTP_201_CREATED)
    response["Cache-Control"] = "no-store"
    return response


def json_response(body: msgspec.Struct, status_code: int = status.HTTP_200_OK) -> HttpResponse:
    """An answer in JSON."""
    return HttpResponse(
        msgspec.json.encode(body), status=status_code, content_type="application/json"
    )
