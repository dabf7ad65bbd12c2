"""Calendars: what is read from texts, and what is refused with the field named."""

from collections.abc import Mapping, Sequence
from datetime import date

import pytest

from promises.domain.calendars import (
    Calendar,
    CalendarRefused,
    Fault,
    Hours,
    calendar_from,
    parse_hours,
)

OFFICE = {day: ["09:00-17:00"] for day in ("mon", "tue", "wed", "thu", "fri")}
CHRISTMAS = date(2026, 12, 25)


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("09:00-17:00", Hours(540, 1_020)),
        (" 09:00 – 17:00 ", Hours(540, 1_020)),
        ("22:00-06:00", Hours(1_320, 1_800)),
        ("00:00-24:00", Hours(0, 1_440)),
        ("12:00-24:00", Hours(720, 1_440)),
        ("12:00-00:00", Hours(720, 1_440)),
    ],
)
def test_it_reads_hours(text: str, hours: Hours) -> None:
    assert parse_hours(text, "/x") == hours


def test_it_writes_hours_as_it_reads_them() -> None:
    for text in ("09:00-17:00", "22:00-06:00", "00:00-24:00", "08:05-08:06"):
        assert str(parse_hours(text, "/x")) == text


@pytest.mark.parametrize(
    ("zone", "week", "other", "field", "fault"),
    [
        ("Mars/Olympus", OFFICE, {}, "/zone", Fault.UNKNOWN_ZONE),
        ("", OFFICE, {}, "/zone", Fault.UNKNOWN_ZONE),
        ("../etc/passwd", OFFICE, {}, "/zone", Fault.UNKNOWN_ZONE),
        ("Europe", OFFICE, {}, "/zone", Fault.UNKNOWN_ZONE),
        ("UTC", {}, {}, "/week", Fault.NEVER_OPEN),
        ("UTC", {"mon": []}, {CHRISTMAS: ["09:00-12:00"]}, "/week", Fault.NEVER_OPEN),
        ("UTC", {"mon": ["9-17"]}, {}, "/week/mon/0", Fault.BAD_HOURS),
        ("UTC", {"mon": ["09:00-24:01"]}, {}, "/week/mon/0", Fault.BAD_HOURS),
        ("UTC", {"mon": ["24:00-06:00"]}, {}, "/week/mon/0", Fault.BAD_HOURS),
        ("UTC", {"mon": ["09:60-17:00"]}, {}, "/week/mon/0", Fault.BAD_HOURS),
        ("UTC", {"mon": ["09:00-09:00"]}, {}, "/week/mon/0", Fault.EMPTY_HOURS),
        (
            "UTC",
            {"tue": ["13:00-17:00", "09:00-13:30"]},
            {},
            "/week/tue/0",
            Fault.OVERLAP,
        ),
        ("UTC", {"mon": ["08:00-09:00"] * 9}, {}, "/week/mon", Fault.TOO_MANY_HOURS),
        (
            "UTC",
            {"mon": ["22:00-06:00"], "tue": ["05:00-12:00"]},
            {},
            "/week/tue",
            Fault.OVERLAPS_DAY_BEFORE,
        ),
        # Sunday night runs into Monday.
        (
            "UTC",
            {"sun": ["22:00-06:00"], "mon": ["05:00-12:00"]},
            {},
            "/week/mon",
            Fault.OVERLAPS_DAY_BEFORE,
        ),
        ("UTC", OFFICE, {CHRISTMAS: ["noon"]}, "/days/2026-12-25/0", Fault.BAD_HOURS),
        (
            "UTC",
            OFFICE,
            {CHRISTMAS: ["09:00-12:00", "11:00-13:00"]},
            "/days/2026-12-25/1",
            Fault.OVERLAP,
        ),
        (
            "UTC",
            {"thu": ["22:00-06:00"]},
            {CHRISTMAS: ["05:00-12:00"]},
            "/days/2026-12-25",
            Fault.OVERLAPS_DAY_BEFORE,
        ),
        (
            "UTC",
            {"sat": ["05:00-12:00"]},
            {CHRISTMAS: ["22:00-06:00"]},
            "/days/2026-12-25",
            Fault.OVERLAPS_DAY_BEFORE,
        ),
    ],
)
def test_it_refuses_what_makes_no_sense(
    zone: str,
    week: Mapping[str, Sequence[str]],
    other: Mapping[date, Sequence[str]],
    field: str,
    fault: Fault,
) -> None:
    with pytest.raises(CalendarRefused) as refused:
        calendar_from(zone, week, other)

    assert (refused.value.field, refused.value.fault) == (field, fault)


def test_hours_that_touch_are_no_overlap_and_are_put_in_order() -> None:
    calendar = calendar_from("UTC", {"mon": ["12:00-17:00", "08:00-12:00", "22:00-24:00"]})

    assert [str(hours) for hours in calendar.week[0]] == [
        "08:00-12:00",
        "12:00-17:00",
        "22:00-24:00",
    ]
    assert calendar == calendar_from("UTC", {"mon": ["08:00-12:00", "12:00-17:00", "22:00-24:00"]})
    assert isinstance(calendar, Calendar)


def test_a_date_replaces_its_weekday() -> None:
    calendar = calendar_from("UTC", OFFICE, {CHRISTMAS: [], date(2026, 12, 26): ["10:00-12:00"]})

    assert calendar.hours_of(CHRISTMAS) == ()
    assert calendar.hours_of(date(2026, 12, 26)) == (Hours(600, 720),)
    assert calendar.hours_of(date(2026, 12, 24)) == (Hours(540, 1_020),)
