"""Calendars as the API takes and answers them."""

from datetime import date, datetime
from typing import Annotated, Literal

import msgspec

from interactions.data_types import Moment
from promises.domain.calendars import MOST_DATES
from promises.selectors.calendars import CalendarLine, CalendarRead
from promises.services.calendars import Draft, DraftDay, HolidaysOf

HoursText = Annotated[str, msgspec.Meta(max_length=20, examples=["09:00-17:00"])]
Year = Annotated[int, msgspec.Meta(ge=1970, le=2199)]


class HolidaysBody(msgspec.Struct, forbid_unknown_fields=True):
    """Whose public holidays become days, the first and the last year included."""

    country: Annotated[str, msgspec.Meta(min_length=1, max_length=10, examples=["DE"])]
    first_year: Year
    last_year: Year
    subdivision: Annotated[str, msgspec.Meta(max_length=10)] = ""


class DayBody(msgspec.Struct, forbid_unknown_fields=True):
    """A date on which other hours hold than on its weekday; none: closed. Switched off, it is as
    its weekday. `origin` is answered, and need not be sent."""

    date: date
    name: Annotated[str, msgspec.Meta(max_length=80)] = ""
    hours: list[HoursText] = []
    on: bool = True
    origin: Literal["holidays", "added"] = "added"


class CalendarBody(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What a version says. `week` has the hours of mon to sun; a day that is left out is closed.

    A day that is sent wins over the holiday of its date; holidays that are not sent are added.
    """

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
    zone: Annotated[str, msgspec.Meta(min_length=1, max_length=100, examples=["Europe/Berlin"])]
    week: dict[str, list[HoursText]]
    holidays: HolidaysBody | None = None
    days: Annotated[list[DayBody], msgspec.Meta(max_length=MOST_DATES)] = []
    reason: Annotated[str, msgspec.Meta(max_length=1_000)] = ""


class NewCalendarBody(CalendarBody, kw_only=True, forbid_unknown_fields=True):
    """A new calendar. Without `id` it gets one made of its name."""

    id: Annotated[str, msgspec.Meta(max_length=64)] = ""


class EditBody(CalendarBody, kw_only=True, forbid_unknown_fields=True):
    """An edit of `version`, which must be the newest. `apply_to_open` moves open promises, too, and
    needs a reason: it stands on each of them."""

    version: Annotated[int, msgspec.Meta(ge=1)]
    apply_to_open: bool = False


class VersionAnswer(msgspec.Struct):
    """One version, without what it says."""

    version: int
    made_at: datetime
    made_by: str
    reason: str


class CalendarItem(msgspec.Struct):
    """A calendar in a list; `open_promises` pin one of its versions."""

    id: str
    name: str
    version: int
    zone: str
    made_at: datetime
    open_promises: int


class CalendarsAnswer(msgspec.Struct):
    """All calendars by name."""

    results: list[CalendarItem]


class CalendarAnswer(msgspec.Struct):
    """One version of a calendar, and the list of all of them, newest first."""

    id: str
    name: str
    version: int
    zone: str
    week: dict[str, list[HoursText]]
    holidays: HolidaysBody | None
    days: list[DayBody]
    versions: list[VersionAnswer]


class EditAnswer(CalendarAnswer):
    """The new version. `restatement` is the id of the job that moves open promises; null where none
    was asked for."""

    restatement: str | None


class PauseBody(msgspec.Struct, forbid_unknown_fields=True):
    """A wait that does not count."""

    since: Moment
    until: Moment


class ReckonBody(msgspec.Struct, forbid_unknown_fields=True):
    """What is to be reckoned: `amount` asks when it is due, `end` how much has elapsed.

    Days and business days are whole. `same_time` speaks of business days: due at the same time of
    day, else at the close. Without `version` the newest counts.
    """

    start: Moment
    unit: Literal["minutes", "business minutes", "days", "business days"]
    amount: Annotated[float, msgspec.Meta(ge=-10_000_000, le=10_000_000)] | None = None
    end: Moment | None = None
    same_time: bool = False
    pauses: Annotated[list[PauseBody], msgspec.Meta(max_length=1_000)] = []
    version: Annotated[int, msgspec.Meta(ge=1)] | None = None


class ReckonAnswer(msgspec.Struct):
    """The answer in the version that was used: `due` to an amount, `elapsed` to an end."""

    version: int
    unit: str
    due: datetime | None
    elapsed: float | None


def draft_from(body: CalendarBody) -> Draft:
    """A body as a draft."""
    place = body.holidays
    return Draft(
        name=body.name,
        zone=body.zone,
        week=dict(body.week),
        days=tuple(
            DraftDay(day.date, day.name, tuple(day.hours), day.on, day.origin) for day in body.days
        ),
        holidays=None
        if place is None
        else HolidaysOf(place.country, place.first_year, place.last_year, place.subdivision),
    )


def item_of(line: CalendarLine) -> CalendarItem:
    """A line of the list."""
    return CalendarItem(
        id=line.reference,
        name=line.name,
        version=line.version,
        zone=line.zone,
        made_at=line.made_at,
        open_promises=line.open_promises,
    )


def answer_of(read: CalendarRead) -> CalendarAnswer:
    """A version."""
    place = None
    if read.country and read.first_year is not None and read.last_year is not None:
        place = HolidaysBody(read.country, read.first_year, read.last_year, read.subdivision)
    return msgspec.convert(
        {
            "id": read.reference,
            "name": read.name,
            "version": read.version,
            "zone": read.zone,
            "week": read.week,
            "holidays": place,
            "days": [
                DayBody(day.date, day.name, list(day.hours), day.is_on, _origin(day.origin))
                for day in read.days
            ],
            "versions": [
                VersionAnswer(v.version, v.made_at, v.made_by, v.reason) for v in read.versions
            ],
        },
        CalendarAnswer,
    )


def _origin(text: str) -> Literal["holidays", "added"]:
    return "holidays" if text == "holidays" else "added"
