"""Making and editing calendars: versions that stand, holidays as rows, faults by their field."""

from dataclasses import replace
from datetime import date

import pytest
from django.db import DatabaseError, transaction

from promises.models import Calendar, CalendarDay, CalendarVersion
from promises.selectors.calendars import NoCalendar, calendar_at, calendar_lines, calendar_read
from promises.services.calendars import (
    AlreadyEdited,
    Draft,
    DraftDay,
    DraftRefused,
    HolidaysOf,
    draft_of,
    edit_calendar,
    make_calendar,
    new_reference,
    unchanged,
)
from tests.promises.services.calendars.drafts import BERLIN, MARCH_1, WEEK, closed, draft

pytestmark = pytest.mark.django_db


def make(given: Draft, reference: str = "office") -> None:
    make_calendar(reference, given, now=MARCH_1, by="Ada")


def edit(given: Draft, base: int, **more: str) -> int:
    return edit_calendar("office", given, base=base, now=MARCH_1, by="Bob", **more).version


def test_an_edit_is_a_new_version_and_the_old_one_stands() -> None:
    make(draft())
    later = {day: ["10:00-18:00"] for day in WEEK}

    assert edit(draft(name="The office", week=later), 1, reason="winter hours") == 2

    read = calendar_read("office")
    assert (read.name, read.version, read.latest, read.week) == ("The office", 2, 2, later)
    assert [(v.version, v.made_by, v.reason) for v in read.versions] == [
        (2, "Bob", "winter hours"),
        (1, "Ada", ""),
    ]
    assert calendar_read("office", 1).week == WEEK
    assert str(calendar_at("office", 1).week[0][0]) == "09:00-17:00"
    assert str(calendar_at("office", 2).week[0][0]) == "10:00-18:00"
    assert [(line.name, line.version) for line in calendar_lines()] == [("The office", 2)]
    for version in (3, 0):
        with pytest.raises(NoCalendar):
            calendar_at("office", version)


def test_versions_and_their_days_cannot_be_changed() -> None:
    make(draft(days=(closed("2026-12-25"),)))
    for change in (
        lambda: CalendarVersion.objects.update(zone="Europe/Berlin"),
        lambda: CalendarDay.objects.update(is_on=False),
        lambda: CalendarDay.objects.all()._raw_delete("default"),
        lambda: CalendarVersion.objects.all()._raw_delete("default"),
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()


def test_two_edits_at_once_are_not_mixed() -> None:
    make(draft())
    edit(draft(zone="Europe/Berlin"), 1)

    with pytest.raises(AlreadyEdited) as refused:
        edit(draft(zone="Europe/Paris"), 1)

    assert refused.value.latest == 2
    assert calendar_read("office").zone == "Europe/Berlin"


def test_holidays_are_rows_that_can_be_switched_off_and_added_to() -> None:
    make(draft(holidays=BERLIN, days=(closed("2026-12-24", "Christmas Eve"),)))
    read = calendar_read("office")
    days = {day.date: day for day in read.days}
    womens_day, eve = date(2026, 3, 8), date(2026, 12, 24)
    assert (days[womens_day].origin, days[womens_day].hours) == ("holidays", ())
    assert (days[eve].origin, days[eve].name) == ("added", "Christmas Eve")
    assert date(2026, 12, 25) in days
    assert unchanged(read, draft_of(read))

    labour_day = date(2026, 5, 1)
    switched = tuple(
        replace(day, is_on=False) if day.date == labour_day else day for day in draft_of(read).days
    )
    edit(draft(holidays=BERLIN, days=switched), 1)

    assert calendar_at("office", 1).hours_of(labour_day) == ()
    assert calendar_at("office", 2).hours_of(labour_day) != ()
    row = next(day for day in calendar_read("office").days if day.date == labour_day)
    assert (row.is_on, row.origin) == (False, "holidays")
    assert len(calendar_read("office").days) == len(read.days)


def test_another_country_takes_its_own_holidays_and_leaves_what_was_added() -> None:
    make(draft(holidays=BERLIN, days=(closed("2026-12-24", "Christmas Eve"),)))
    days = draft_of(calendar_read("office")).days

    edit(draft(holidays=HolidaysOf("US", 2026, 2026, "MA"), days=days), 1)

    names = {day.name for day in calendar_read("office").days}
    assert {"Patriots' Day", "Christmas Eve"} <= names
    assert "Labor Day" in names
    assert date(2026, 3, 8) not in {day.date for day in calendar_read("office").days}


def test_half_day_holidays_leave_the_hours_before_them() -> None:
    make(draft(holidays=HolidaysOf("TR", 2026, 2026)), "istanbul")
    make(draft(holidays=HolidaysOf("GR", 2026, 2026)), "athens")
    make(draft(holidays=HolidaysOf("AU", 2026, 2026, "SA")), "adelaide")

    eve_of_republic_day = date(2026, 10, 28)
    assert _hours("istanbul", eve_of_republic_day) == ["09:00-13:00"]
    assert _hours("athens", date(2026, 12, 24)) == ["09:00-12:00"]
    # From 7 pm: nothing of these hours is left out, so there is no row.
    assert date(2026, 12, 24) not in {day.date for day in calendar_read("adelaide").days}


def _hours(reference: str, day: date) -> list[str]:
    return [str(hours) for hours in calendar_at(reference, 1).hours_of(day)]


CHRISTMAS = date(2026, 12, 25)


@pytest.mark.parametrize(
    ("given", "pointer"),
    [
        (draft(name=" "), "/name"),
        (draft(name="x" * 81), "/name"),
        (draft(name="a\x00b"), "/name"),
        (draft(zone="Europe/Atlantis"), "/zone"),
        (draft(week={}), "/week"),
        (draft(week={"monday": ["09:00-17:00"]}), "/week"),
        (draft(week={"mon": ["09:00-17:00", "16:00-18:00"]}), "/week/mon/1"),
        (draft(week={"mon": ["25:00-26:00"]}), "/week/mon/0"),
        (draft(days=(closed("2026-12-25"), closed("2026-12-25"))), "/days/1/date"),
        (draft(days=(DraftDay(date(1900, 1, 1)),)), "/days/0/date"),
        (draft(days=(closed("2026-01-01"), DraftDay(CHRISTMAS, "", ("9",)))), "/days/1/hours/0"),
        (
            draft(
                # The library's rows come before it, but the field is the one that was sent.
                holidays=BERLIN,
                days=(DraftDay(CHRISTMAS, "", ("09:00-12:00", "11:00-13:00")),),
            ),
            "/days/0/hours/1",
        ),
        (
            draft(
                week={"mon": ["22:00-06:00"]},
                days=(DraftDay(date(2026, 3, 3), "", ("05:00-09:00",)),),
            ),
            "/days/0/hours",
        ),
        (draft(holidays=HolidaysOf("ZZ", 2026, 2026)), "/holidays/country"),
        (draft(holidays=HolidaysOf("DE", 2026, 2026, "XX")), "/holidays/subdivision"),
        (draft(holidays=HolidaysOf("DE", 2027, 2026)), "/holidays/first_year"),
        (draft(holidays=HolidaysOf("DE", 2000, 2100)), "/holidays/last_year"),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_field(given: Draft, pointer: str) -> None:
    with pytest.raises(DraftRefused) as refused:
        make(given)

    assert refused.value.pointer == pointer
    assert refused.value.reason.endswith(".")
    assert not Calendar.objects.exists()


@pytest.mark.parametrize("reference", ["", "Office", "a b", "-a", "x" * 65, "ü"])
def test_an_id_that_is_none_is_refused(reference: str) -> None:
    with pytest.raises(DraftRefused) as refused:
        make(draft(), reference)

    assert refused.value.pointer == "/id"


def test_an_id_is_taken_once_and_made_of_the_name() -> None:
    make(draft())
    with pytest.raises(DraftRefused) as refused:
        make(draft())
    assert refused.value.pointer == "/id"
    assert new_reference("Büro Köln, 2. Stock") == "buro-koln-2-stock"
