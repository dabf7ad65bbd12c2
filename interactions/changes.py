"""The list of changes of settings: who changed what, and how it was before and after."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Q, QuerySet

from interactions.models import ApiKey, Change

Area = Change.Area
_NOTHING: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True)
class By:
    """Who changes something: somebody on the pages, or a key over the API."""

    user_id: int | None = None
    key_id: int | None = None


NOBODY = By()


@dataclass(frozen=True, slots=True)
class ChangeFilter:
    """Which changes are asked for: of each field that is given."""

    area: str = ""
    by: str = ""
    subject: str = ""
    start: datetime | None = None
    before: datetime | None = None


def record_change(
    area: Change.Area,
    subject: str,
    action: str,
    *,
    by: str | By,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> Change | None:
    """Write down a change, in the transaction that makes it.

    Shape: of `before` and `after` only the fields that differ are kept; where both are given and
    nothing differs, nothing was changed and nothing is written. Never pass a secret.
    """
    old, new = _plain(before or _NOTHING), _plain(after or _NOTHING)
    if before is not None and after is not None:
        names = [name for name in {**old, **new} if old.get(name) != new.get(name)]
        if not names:
            return None
        old = {name: old[name] for name in names if name in old}
        new = {name: new[name] for name in names if name in new}
    return Change.objects.create(
        area=area, subject=subject, action=action, by=who(by), before=old, after=new
    )


def who(by: str | By) -> str:
    """The name of whoever changes something: a person, a key, or '' for a command."""
    if isinstance(by, str):
        return by
    if by.user_id is not None:
        return User.objects.values_list("username", flat=True).get(pk=by.user_id)
    if by.key_id is not None:
        name, prefix = ApiKey.objects.values_list("name", "prefix").get(pk=by.key_id)
        return f"{name} ({prefix}…)"
    return ""


def changes(wanted: ChangeFilter) -> QuerySet[Change]:
    """The changes that pass a filter, latest first."""
    found = Change.objects.order_by("-pk")
    for name in ("area", "by"):
        if value := getattr(wanted, name):
            found = found.filter(**{name: value})
    if wanted.subject:
        found = found.filter(subject__icontains=wanted.subject)
    moments = Q()
    if wanted.start is not None:
        moments &= Q(at__gte=wanted.start)
    if wanted.before is not None:
        moments &= Q(at__lt=wanted.before)
    return found.filter(moments)


def change_page(
    wanted: ChangeFilter, *, before: int, limit: int
) -> tuple[list[Change], int | None]:
    """A page of them. Shape: (changes; the number to go on below, None at the end)."""
    found = changes(wanted)
    if before:
        found = found.filter(pk__lt=before)
    rows = list(found[: limit + 1])
    return rows[:limit], rows[limit - 1].pk if len(rows) > limit else None


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values as JSON keeps them: moments and dates as text, tuples as lists."""
    kept: dict[str, Any] = json.loads(json.dumps(values, cls=DjangoJSONEncoder))
    return kept
