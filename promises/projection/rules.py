"""The rulebook of this process: all versions of all standards, read anew every second.

A version holds from a little after it was made, later than any process can be without it: what is
heard is judged by the same versions whichever process counts it.
"""

import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec
from django.db import transaction

from promises.domain.calendars import Calendar
from promises.domain.rulebook import Rule, Rulebook
from promises.domain.standards import Terms
from promises.models import CalendarVersion, StandardOrder, StandardVersion
from promises.projection.facts import installation_zone
from promises.selectors.calendars import calendar_at

HOLDS_AFTER = timedelta(seconds=2)
_KEPT_SECONDS = 1.0


@dataclass(slots=True)
class Rules:
    """The rulebook, and the versions of the calendars that its standards name."""

    book: Rulebook
    calendars: dict[str, list[tuple[datetime, int]]] = field(default_factory=dict)
    _known: dict[tuple[str, int], Calendar] = field(default_factory=dict)

    def calendar(self, reference: str, heard: datetime) -> tuple[int, Calendar]:
        """The version of a calendar in which what is heard at a moment is reckoned."""
        versions = self.calendars[reference]
        number = versions[0][1]
        for holds_from, version in versions:
            if holds_from <= heard:
                number = version
        key = (reference, number)
        if key not in self._known:
            self._known[key] = calendar_at(*key)
        return number, self._known[key]


class _Kept:
    """The rules of this process, and until when they are good enough."""

    rules: Rules | None = None
    until = 0.0


def rules() -> Rules:
    """The rules as they stood at most a second ago."""
    if _Kept.rules is None or time.monotonic() >= _Kept.until:
        until = time.monotonic() + _KEPT_SECONDS
        _Kept.rules = _loaded()
        _Kept.until = until
    return _Kept.rules


def forget_rules() -> None:
    """Read them anew: somebody has just changed them here."""
    _Kept.rules = None
    if transaction.get_connection().in_atomic_block:
        transaction.on_commit(_forget)


def decoded_terms(terms: object) -> Terms:
    """What a version says, as it is stored."""
    return msgspec.convert(terms, Terms)


def _forget() -> None:
    _Kept.rules = None


def _loaded() -> Rules:
    rows = list(StandardVersion.objects.select_related("standard").order_by("pk"))
    if not rows:
        return Rules(Rulebook())
    starts: dict[str, datetime] = {}
    versions = []
    for row in rows:
        reference = row.standard.reference
        starts_at = starts.setdefault(reference, row.made_at)
        terms = decoded_terms(row.terms)
        versions.append(Rule(reference, row.version, row.pk, terms, row.holds_from, starts_at))
    orders = list(StandardOrder.objects.order_by("pk").values_list("holds_from", "references"))
    return Rules(Rulebook(versions, orders, installation_zone()), _calendars(versions))


def _calendars(versions: list[Rule]) -> dict[str, list[tuple[datetime, int]]]:
    named = {rule.terms.calendar for rule in versions} - {""}
    found: dict[str, list[tuple[datetime, int]]] = {}
    rows = CalendarVersion.objects.filter(calendar__reference__in=named).order_by("version")
    for reference, made_at, version in rows.values_list(
        "calendar__reference", "made_at", "version"
    ):
        found.setdefault(reference, []).append((made_at + HOLDS_AFTER, version))
    return found
