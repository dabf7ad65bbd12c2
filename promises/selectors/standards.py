"""Standards as they are read: the list in order, one with its versions, and what they made."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from django.db import connection

from promises.domain.score import wilson
from promises.domain.standards import SOURCE, Terms
from promises.models import Promise, StandardOrder, StandardVersion

# The latest promises that a page lists.
RECENT = 20

_COUNTS = """
SELECT p.standard, p.standard_version, count(*),
       count(*) FILTER (WHERE p.state <> 'withdrawn' AND p.matures_at < %(now)s),
       count(*) FILTER (WHERE p.state = 'kept' AND p.matures_at < %(now)s)
FROM promises_promise p JOIN interactions_source s ON s.id = p.source_id AND s.name = %(source)s
WHERE p.standard IS NOT NULL AND (%(standard)s::text IS NULL OR p.standard = %(standard)s)
GROUP BY 1, 2
"""


@dataclass(frozen=True, slots=True)
class Made:
    """How many promises were made, how many of them matured, and how many of these were kept."""

    promises: int = 0
    matured: int = 0
    kept: int = 0

    @property
    def kept_rate(self) -> float | None:
        """The share that was kept; None where none has matured."""
        return self.kept / self.matured if self.matured else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Wilson's interval of that share."""
        return wilson(self.kept, self.matured) if self.matured else None

    def __add__(self, other: "Made") -> "Made":
        return Made(
            self.promises + other.promises, self.matured + other.matured, self.kept + other.kept
        )


@dataclass(frozen=True, slots=True)
class StandardLine:
    """One standard in the list, in its newest version."""

    reference: str
    version: int
    terms: Terms
    made_at: datetime
    made: Made


@dataclass(frozen=True, slots=True)
class StandardVersionLine:
    """One version, with what it made."""

    version: int
    made_at: datetime
    holds_from: datetime
    made_by: str
    reason: str
    is_on: bool
    made: Made


@dataclass(frozen=True, slots=True)
class RecentPromise:
    """A promise that a standard made."""

    id: int
    reference: str
    statement: str
    due: datetime
    state: str
    version: int | None


@dataclass(frozen=True, slots=True)
class StandardRead:
    """One version of a standard, the list of all of them, newest first, and its latest promises."""

    reference: str
    version: int
    terms: Terms
    made: Made
    versions: tuple[StandardVersionLine, ...]
    recent: tuple[RecentPromise, ...]

    @property
    def latest(self) -> int:
        """The newest version."""
        return self.versions[0].version


class NoSuchStandard(LookupError):
    """There is no such standard, or no such version of it."""


def standard_order() -> list[str]:
    """The ids of all standards, the first one first."""
    newest = StandardOrder.objects.order_by("-pk").values_list("references", flat=True).first()
    return list(newest or ())


def standard_lines(now: datetime) -> list[StandardLine]:
    """All standards in their order."""
    newest = {row.standard.reference: row for row in _versions()}
    made = _made(now)
    places = {reference: place for place, reference in enumerate(standard_order())}
    return [
        StandardLine(
            reference=reference,
            version=row.version,
            terms=msgspec.convert(row.terms, Terms),
            made_at=row.made_at,
            made=sum((one for key, one in made.items() if key[0] == reference), Made()),
        )
        for reference, row in sorted(
            newest.items(), key=lambda item: (places.get(item[0], len(places)), item[0])
        )
    ]


def standard_read(reference: str, *, now: datetime, version: int | None = None) -> StandardRead:
    """A version of a standard, the newest unless one is named.

    Raises: NoSuchStandard.
    """
    rows = [row for row in _versions(reference)][::-1]
    row = next((one for one in rows if version in (None, one.version)), None)
    if row is None:
        raise NoSuchStandard(reference, version)
    made = _made(now, reference)
    return StandardRead(
        reference=reference,
        version=row.version,
        terms=msgspec.convert(row.terms, Terms),
        made=sum(made.values(), Made()),
        versions=tuple(
            StandardVersionLine(
                version=one.version,
                made_at=one.made_at,
                holds_from=one.holds_from,
                made_by=one.made_by,
                reason=one.reason,
                is_on=bool(one.terms.get("is_on", True)),
                made=made.get((reference, one.version), Made()),
            )
            for one in rows
        ),
        recent=_recent(reference),
    )


def _versions(reference: str | None = None) -> list[StandardVersion]:
    rows = StandardVersion.objects.select_related("standard").order_by("version")
    return list(rows if reference is None else rows.filter(standard__reference=reference))


def _made(now: datetime, reference: str | None = None) -> Mapping[tuple[str, int], Made]:
    values: dict[str, Any] = {"now": now, "source": SOURCE, "standard": reference}
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, values)
        return {(name, version): Made(*counts) for name, version, *counts in cursor.fetchall()}


def _recent(reference: str) -> tuple[RecentPromise, ...]:
    rows = Promise.objects.filter(standard=reference, source__name=SOURCE).order_by(
        "-made_at", "-pk"
    )
    return tuple(
        RecentPromise(
            row.pk, row.reference, row.statement, row.due, row.state, row.standard_version
        )
        for row in rows[:RECENT]
    )
