"""Sources: who speaks, what of them was heard, and their keys."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, connection, transaction
from django.db.models import Count, Max, QuerySet
from django.utils.translation import gettext as _

from interactions.changes import NOBODY, Area, By, record_change
from interactions.keys import OWN_SOURCES, live_keys
from interactions.models import ApiKey, IntakeRow, Source
from interactions.tallies import tallies

MAX_NAME = 255
_URI_REFERENCE = re.compile(
    r"(?:[A-Za-z0-9\-._~:/?@!$&'()*+,;=\[\]]|%[0-9A-Fa-f]{2})*"
    r"(?:#(?:[A-Za-z0-9\-._~:/?@!$&'()*+,;=]|%[0-9A-Fa-f]{2})*)?",
    re.ASCII,
)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*", re.ASCII)
# More sources than this are no list any more.
MOST_LISTED = 1_000

_LAST_HOURS = """
SELECT s.name, max(h.last_at)
FROM interactions_source s JOIN interactions_intakehour h ON h.source = s.name
    AND h.starts_at = (SELECT max(starts_at) FROM interactions_intakehour WHERE source = s.name)
WHERE s.id = ANY (%s) GROUP BY s.name
"""


class SourceRefused(ValueError):
    """A source cannot be made under this name."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class KeyLine:
    """One key as lists show it; `state` is live, revoked or expired."""

    id: int
    name: str
    prefix: str
    scopes: tuple[str, ...]
    state: str
    created_at: datetime
    created_by: str
    last_used_at: datetime | None
    expires_at: datetime | None
    revoked_at: datetime | None
    revoked_by: str

    @property
    def is_live(self) -> bool:
        """Whether it opens something."""
        return self.state == "live"


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One source as lists show it.

    Shape: `last_heard_at` is the last request over the API; `has_events` counts imports, too.
    """

    id: int
    name: str
    door: str
    door_label: str
    is_sample: bool
    created_at: datetime
    last_heard_at: datetime | None
    has_events: bool
    live_keys: int


def check_source_name(name: str) -> None:
    """Whether a name is a CloudEvents `source`.

    Raises: SourceRefused with a sentence.
    """
    if not name:
        raise SourceRefused(_("must not be empty"))
    if name in OWN_SOURCES:
        raise SourceRefused(_("is the name under which this program itself speaks"))
    if len(name) > MAX_NAME:
        raise SourceRefused(_("must not be longer than 255 characters"))
    if _URI_REFERENCE.fullmatch(name) is None:
        reason = _("must be a URI reference such as /shop or https://shop.example, without spaces")
        raise SourceRefused(reason)
    first = re.split(r"[/?#]", name, maxsplit=1)[0]
    if ":" in first and _SCHEME.fullmatch(first.partition(":")[0]) is None:
        raise SourceRefused(_("has a colon before the first slash, but no scheme such as https"))


def make_source(name: str, *, by: By = NOBODY) -> Source:
    """Make a source for a program.

    Raises: SourceRefused.
    """
    check_source_name(name)
    try:
        with transaction.atomic():
            source = Source.objects.create(name=name, door=Source.Door.MACHINE)
            record_change(Area.SOURCE, name, "made", by=by, after={"name": name})
            return source
    except IntegrityError:
        raise SourceRefused(_("is the name of another source already")) from None


def source_lines(now: datetime, *, source_id: int | None = None) -> list[SourceLine]:
    """Sources by name, with what was heard of them."""
    sources = Source.objects.order_by("name")
    if source_id is not None:
        sources = sources.filter(pk=source_id)
    return _lines(sources[:MOST_LISTED], now)


def source_page(now: datetime, *, after: str, limit: int) -> tuple[list[SourceLine], str | None]:
    """A page of sources by name. Shape: (lines; the name to go on after, None at the end)."""
    lines = _lines(Source.objects.filter(name__gt=after).order_by("name")[: limit + 1], now)
    shown = lines[:limit]
    return shown, shown[-1].name if len(lines) > limit else None


def _lines(sources: QuerySet[Source], now: datetime) -> list[SourceLine]:
    rows = list(sources)
    ids = [row.pk for row in rows]
    heard, told = _last_heard(rows), tallies(ids)
    live = live_keys(now).filter(source__in=ids)
    keys = dict(live.order_by().values_list("source").annotate(Count("pk")))
    return [
        SourceLine(
            id=row.pk,
            name=row.name,
            door=row.door,
            door_label=str(Source.Door(row.door).label),
            is_sample=row.is_sample,
            created_at=row.created_at,
            last_heard_at=heard.get(row.name),
            has_events=row.pk in told,
            live_keys=keys.get(row.pk, 0),
        )
        for row in rows
    ]


def key_lines(now: datetime, *, source_id: int | None) -> list[KeyLine]:
    """The keys of a source, or those of none: live ones first, then the newest first."""
    keys = (
        ApiKey.objects.filter(source_id=source_id)
        if source_id is not None
        else ApiKey.objects.filter(source__isnull=True)
    )
    rows = keys.select_related("created_by", "created_with", "revoked_by", "revoked_with")
    lines = [key_line(row, now) for row in rows.order_by("-created_at")]
    return sorted(lines, key=lambda line: not line.is_live)


def key_line(row: ApiKey, now: datetime) -> KeyLine:
    """One key as lists show it."""
    expired = row.expires_at is not None and row.expires_at <= now
    return KeyLine(
        id=row.pk,
        name=row.name,
        prefix=row.prefix,
        scopes=tuple(row.scopes),
        state="revoked" if row.revoked_at else "expired" if expired else "live",
        created_at=row.created_at,
        created_by=_who(row.created_by, row.created_with),
        last_used_at=row.last_used_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        revoked_by=_who(row.revoked_by, row.revoked_with),
    )


def _who(user: object | None, key: ApiKey | None) -> str:
    return str(user) if user else f"{key.name} ({key.prefix}…)" if key else ""


def _last_heard(sources: Iterable[Source]) -> dict[str, datetime]:
    """When each source was heard over the API last."""
    ids = {source.name: source.pk for source in sources}
    with connection.cursor() as cursor:
        cursor.execute(_LAST_HOURS, [list(ids.values())])
        heard: dict[str, datetime] = dict(cursor.fetchall())
    # Requests that are not yet added up to hours: those of the last minute.
    rows = IntakeRow.objects.filter(source__in=ids).order_by().values_list("source")
    for name, at in rows.annotate(Max("at")):
        heard[name] = max(at, heard.get(name, at))
    return heard
