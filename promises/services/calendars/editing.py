"""Making a calendar, and editing one: every edit is a new version (R18)."""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.text import slugify
from django.utils.translation import gettext as _

from interactions.changes import Area, record_change
from promises.domain.calendars import Calendar
from promises.models import Calendar as CalendarRow
from promises.models import CalendarDay, CalendarVersion, Promise
from promises.projection import project
from promises.selectors.calendars import CalendarRead
from promises.services.calendars.drafts import (
    Draft,
    DraftDay,
    DraftRefused,
    HolidaysOf,
    check_reason,
    finished,
)

MAX_REFERENCE = 64
# So many promises are counted in one transaction.
_CHUNK = 500


class AlreadyEdited(ValueError):
    """Somebody else made a newer version meanwhile. Shape: `latest` is its number."""

    def __init__(self, latest: int) -> None:
        super().__init__(str(latest))
        self.latest = latest


@dataclass(frozen=True, slots=True)
class Kept:
    """A version that was stored, and what it means."""

    reference: str
    version: int
    calendar: Calendar


def new_reference(name: str) -> str:
    """An id made of a name: small letters, digits and hyphens."""
    return slugify(name)[:MAX_REFERENCE].strip("-_")


def make_calendar(
    reference: str, draft: Draft, *, now: datetime, by: str, reason: str = ""
) -> Kept:
    """Make a calendar with its first version.

    Raises: DraftRefused, also where the id is taken or none.
    """
    draft, calendar = finished(draft)
    check_reason(reason)
    if not reference or len(reference) > MAX_REFERENCE or new_reference(reference) != reference:
        raise DraftRefused(
            "/id", _("An id has small letters, digits and hyphens: 1 to 64 of them.")
        )
    try:
        with transaction.atomic():
            row = CalendarRow.objects.create(reference=reference, name=draft.name.strip())
            after = _store(row, 1, draft, now=now, by=by, reason=reason)
            record_change(Area.CALENDAR, reference, "made", by=by, after=after)
    except IntegrityError:
        raise DraftRefused("/id", _("There is a calendar with this id.")) from None
    _count_anew(reference, 1, now)
    return Kept(reference, 1, calendar)


def edit_calendar(
    reference: str, draft: Draft, *, base: int, now: datetime, by: str, reason: str = ""
) -> Kept:
    """Store an edit of the version `base` as the next one.

    Raises: DraftRefused; AlreadyEdited where base is not the newest; DoesNotExist.
    """
    draft, calendar = finished(draft)
    check_reason(reason)
    with transaction.atomic():
        row = CalendarRow.objects.select_for_update().get(reference=reference)
        known = row.versions.order_by("-version")[0]
        latest, before = known.version, _facts(row, known, list(known.days.order_by("date")))
        if base != latest:
            raise AlreadyEdited(latest)
        if row.name != draft.name.strip():
            row.name = draft.name.strip()
            row.save(update_fields=["name"])
        after = _store(row, latest + 1, draft, now=now, by=by, reason=reason)
        record_change(Area.CALENDAR, reference, "changed", by=by, before=before, after=after)
    _count_anew(reference, latest + 1, now)
    return Kept(reference, latest + 1, calendar)


def _count_anew(reference: str, version: int, now: datetime) -> None:
    """Count the promises again that pinned a version before it was there: their pauses moved them,
    and their warnings were set, by the wall clock so far."""
    early = Promise.objects.filter(calendar=reference, calendar_version=version)
    early = early.filter(Q(eventful=True) | Q(state="open"))
    keys = list(early.values_list("source_id", "reference"))
    for start in range(0, len(keys), _CHUNK):
        project(keys[start : start + _CHUNK], now=now)


def draft_of(read: CalendarRead) -> Draft:
    """A version as the draft that would make it again."""
    place = None
    if read.country and read.first_year is not None and read.last_year is not None:
        place = HolidaysOf(read.country, read.first_year, read.last_year, read.subdivision)
    return Draft(
        name=read.name,
        zone=read.zone,
        week=read.week,
        days=tuple(
            DraftDay(day.date, day.name, day.hours, day.is_on, day.origin) for day in read.days
        ),
        holidays=place,
        with_holidays=True,
    )


def unchanged(read: CalendarRead, draft: Draft) -> bool:
    """Whether an edit would make the same version again.

    Raises: DraftRefused.
    """
    return _content(draft_of(read)) == _content(finished(draft)[0])


def _content(draft: Draft) -> object:
    week = {day: list(hours) for day, hours in draft.week.items() if hours}
    return draft.name.strip(), draft.zone, week, draft.days, draft.holidays


def _store(
    row: CalendarRow, number: int, draft: Draft, *, now: datetime, by: str, reason: str
) -> dict[str, object]:
    """Store a version; answer what the list of changes says of it."""
    place = draft.holidays
    version = CalendarVersion.objects.create(
        calendar=row,
        version=number,
        zone=draft.zone,
        week={day: list(hours) for day, hours in draft.week.items() if hours},
        country=place.country if place else "",
        subdivision=place.subdivision if place else "",
        first_year=place.first_year if place else None,
        last_year=place.last_year if place else None,
        reason=reason,
        made_at=now,
        made_by=by,
    )
    days = [
        CalendarDay(
            version=version,
            date=day.date,
            name=day.name,
            hours=list(day.hours),
            origin=day.origin,
            is_on=day.is_on,
        )
        for day in draft.days
    ]
    CalendarDay.objects.bulk_create(days)
    return _facts(row, version, days)


def _facts(
    row: CalendarRow, version: CalendarVersion, days: list[CalendarDay]
) -> dict[str, object]:
    place = f"{version.country} {version.subdivision}".strip()
    return {
        "name": row.name,
        "version": version.version,
        "zone": version.zone,
        "week": version.week,
        "holidays of": f"{place}, {version.first_year} to {version.last_year}" if place else "",
        "days": {
            f"{day.date} {day.name}".strip(): day.hours if day.is_on else "off" for day in days
        },
        "reason": version.reason,
    }
