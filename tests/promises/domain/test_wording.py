"""What agents write, and what is read in it: kind, measure, and by when."""

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promises.domain.calendars import calendar_from
from promises.domain.said_dates import due_said, time_alone_said
from promises.domain.said_ranges import what_is_promised
from promises.domain.said_reading import NoDate, Proposed, Reading
from promises.domain.said_written import written_said
from promises.domain.wording import Measure, kind_said, measure_said

ZONE = ZoneInfo("UTC")
OFFICE = calendar_from("UTC", dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), ("09:00-17:00",)))
# A Tuesday, three in the afternoon.
TUESDAY = Reading(datetime(2026, 11, 24, 15, 0, tzinfo=UTC), ZONE, OFFICE)

KINDS = [
    ("I'll ship it by Friday", "delivery"),
    ("The plumber comes tomorrow", "delivery"),
    ("we answer within four hours", "response"),
    ("I'll get back to you today", "response"),
    ("We'll call you back in half an hour", "response"),
    ("Sie bekommen bis Freitag eine Antwort", "response"),
    ("Ich melde mich bis übermorgen", "response"),
    ("99.9 % uptime this month", "quality"),
    ("at least 98 percent arrive whole", "quality"),
    ("mindestens 95 Prozent", "quality"),
    ("We will refund 20 percent by Friday", "delivery"),
    ("I called this morning: parcel arrives tomorrow evening", "delivery"),
    ("you will be called by Friday", "response"),
    ("I'll call you by Friday", "response"),
    ("  ", None),
]

MEASURES = [
    ("99.9 % uptime this month", Measure(99.9, ">=", "%")),
    ("höchstens 2,5 Prozent", Measure(2.5, "<=", "%")),
    ("latency below 200 ms", Measure(200, "<=", "ms")),
    ("temperature under 8 degrees", Measure(8, "<=", "°C")),
    ("satisfaction of 4 stars", Measure(4, ">=", "stars")),
    ("it costs 20 %", None),
]

# (words, day, time, whether by office hours); TUESDAY is now
DATES = [
    ("I'll ship it by Friday", date(2026, 11, 27), None),
    ("by Tuesday", date(2026, 12, 1), None),
    ("next Monday", date(2026, 11, 30), None),
    ("next Friday", date(2026, 12, 4), None),
    ("on Wednesday next week", date(2026, 12, 2), None),
    ("Friday afternoon next week", date(2026, 12, 4), time(17)),
    ("Freitag Nachmittag kommender Woche", date(2026, 12, 4), time(17)),
    ("Friday at 10", date(2026, 11, 27), time(10)),
    ("by 17:00 on Thursday", date(2026, 11, 26), time(17)),
    ("bis Freitag um 17 Uhr", date(2026, 11, 27), time(17)),
    ("nächsten Montag", date(2026, 11, 30), None),
    ("by Friday 22:00", date(2026, 11, 27), time(22)),
    ("by EOD Friday", date(2026, 11, 27), None),
    ("we answer within four hours", date(2026, 11, 24), time(19)),
    ("within 24 hours", date(2026, 11, 25), time(15)),
    ("in half an hour", date(2026, 11, 24), time(15, 30)),
    ("in an hour", date(2026, 11, 24), time(16)),
    ("within the hour", date(2026, 11, 24), time(16)),
    ("within the next hour", date(2026, 11, 24), time(16)),
    ("we call within the hour and ship in 2 days", date(2026, 11, 24), time(16)),
    ("in the next half hour", date(2026, 11, 24), time(15, 30)),
    ("innerhalb der nächsten Stunde", date(2026, 11, 24), time(16)),
    ("in der nächsten halben Stunde", date(2026, 11, 24), time(15, 30)),
    ("dans l'heure", date(2026, 11, 24), time(16)),
    ("binnen het uur", date(2026, 11, 24), time(16)),
    ("within 90 minutes", date(2026, 11, 24), time(16, 30)),
    ("innerhalb von 4 Stunden", date(2026, 11, 24), time(19)),
    ("in two days", date(2026, 11, 26), None),
    ("in a couple of days", date(2026, 11, 26), None),
    ("in 6 weeks", date(2027, 1, 5), None),
    ("within a month", date(2026, 12, 24), None),
    ("today", date(2026, 11, 24), None),
    ("tonight", date(2026, 11, 24), None),
    ("at 5 today", date(2026, 11, 24), time(17)),
    # Two o'clock has passed.
    ("today at 2 pm", date(2026, 11, 24), None),
    ("this afternoon", date(2026, 11, 24), time(17)),
    ("by end of day", date(2026, 11, 24), None),
    ("tomorrow noon", date(2026, 11, 25), time(12)),
    ("tomorrow at 5pm", date(2026, 11, 25), time(17)),
    ("tomorrow morning", date(2026, 11, 25), time(12)),
    ("Lieferung morgen Mittag", date(2026, 11, 25), time(12)),
    ("the day after tomorrow", date(2026, 11, 26), None),
    ("übermorgen", date(2026, 11, 26), None),
    ("by end of week", date(2026, 11, 27), None),
    ("Ende der Woche", date(2026, 11, 27), None),
    ("by the end of next week", date(2026, 12, 4), None),
    ("Ende nächster Woche", date(2026, 12, 4), None),
    ("at the end of next week", date(2026, 12, 4), None),
    ("later this week", date(2026, 11, 27), None),
    ("by the end of the month", date(2026, 11, 30), None),
    ("some time next month", date(2026, 12, 31), None),
    ("by the end of the year", date(2026, 12, 31), None),
    ("order 1001 ships on 2026-12-24 at 10:30", date(2026, 12, 24), time(10, 30)),
]

# What names a month, how much time it is, and which of several.
MORE_DATES: list[tuple[str, date, time | None]] = [
    ("by the end of January", date(2027, 1, 31), None),
    ("end of March", date(2027, 3, 31), None),
    ("Ende Januar", date(2027, 1, 31), None),
    ("fin janvier", date(2027, 1, 31), None),
    ("a finales de marzo", date(2027, 3, 31), None),
    ("até o fim de janeiro", date(2027, 1, 31), None),
    ("in March", date(2027, 3, 31), None),
    ("in March 2028", date(2028, 3, 31), None),
    ("in May", date(2027, 5, 31), None),
    ("in November", date(2026, 11, 30), None),
    ("mid-March", date(2027, 3, 15), None),
    ("by month end", date(2026, 11, 30), None),
    ("fin du mois", date(2026, 11, 30), None),
    ("by the end of the quarter", date(2026, 12, 31), None),
    ("Ende des Quartals", date(2026, 12, 31), None),
    ("by the end of Q1", date(2027, 3, 31), None),
    ("by the end of next quarter", date(2027, 3, 31), None),
    ("by year end", date(2026, 12, 31), None),
    ("fim do ano", date(2026, 12, 31), None),
    # The last of several days, the longer of two times; on a Tuesday both are next week's.
    ("between Monday and Wednesday", date(2026, 12, 2), None),
    ("Wednesday to Friday", date(2026, 11, 27), None),
    ("von Mittwoch bis Freitag", date(2026, 11, 27), None),
    ("within 3-5 days", date(2026, 11, 29), None),
    ("in 24 to 48 hours", date(2026, 11, 26), time(15)),
    ("between two and four pm on Friday, 2 pm to 4 pm", date(2026, 11, 27), time(16)),
    ("in two and a half hours", date(2026, 11, 24), time(17, 30)),
    ("in an hour and a half", date(2026, 11, 24), time(16, 30)),
    ("in zweieinhalb Stunden", date(2026, 11, 24), time(17, 30)),
    ("in eleven days", date(2026, 12, 5), None),
    ("in 1.5 days", date(2026, 11, 26), None),
]

# The last day before what the words name.
EVES = [
    ("before Friday", date(2026, 11, 26)),
    ("before this Friday", date(2026, 11, 26)),
    ("before next Friday", date(2026, 12, 3)),
    ("the day before Friday", date(2026, 11, 26)),
    ("before Friday morning", date(2026, 11, 26)),
    ("prior to Friday", date(2026, 11, 26)),
    ("sooner than Friday", date(2026, 11, 26)),
    ("before Monday or Wednesday", date(2026, 12, 1)),
    ("vor Freitag", date(2026, 11, 26)),
    ("vor dem nächsten Freitag", date(2026, 12, 3)),
    ("before tomorrow", date(2026, 11, 24)),
    ("before tomorrow morning", date(2026, 11, 24)),
    ("before Wednesday", date(2026, 11, 24)),
    ("before the day after tomorrow", date(2026, 11, 25)),
    ("vor übermorgen", date(2026, 11, 25)),
    ("before 2026-12-24", date(2026, 12, 23)),
    ("before March", date(2027, 2, 28)),
    ("vor März", date(2027, 2, 28)),
    ("avant mars", date(2027, 2, 28)),
    ("antes de marzo", date(2027, 2, 28)),
    ("before next week", date(2026, 11, 29)),
    ("before next month", date(2026, 11, 30)),
    ("before next quarter", date(2026, 12, 31)),
    ("before next year", date(2026, 12, 31)),
    ("before Q1", date(2026, 12, 31)),
    ("before Q2", date(2027, 3, 31)),
]
# The last moment before a time, or before the end of something, is that itself.
NO_EVES: list[tuple[str, date, time | None]] = [
    ("by Friday", date(2026, 11, 27), None),
    ("until Friday", date(2026, 11, 27), None),
    ("till Friday", date(2026, 11, 27), None),
    ("bis Freitag", date(2026, 11, 27), None),
    ("on or before Friday", date(2026, 11, 27), None),
    ("before Friday 5 pm", date(2026, 11, 27), time(17)),
    ("before 5 pm on Friday", date(2026, 11, 27), time(17)),
    ("before noon on Friday", date(2026, 11, 27), time(12)),
    ("before Friday afternoon", date(2026, 11, 27), time(12)),
    ("before Friday evening", date(2026, 11, 27), time(17)),
    ("vor Freitag Nachmittag", date(2026, 11, 27), time(12)),
    ("by Friday morning", date(2026, 11, 27), time(12)),
    ("by Friday afternoon", date(2026, 11, 27), time(17)),
    ("before Friday EOD", date(2026, 11, 27), None),
    ("before the end of Friday", date(2026, 11, 27), None),
    ("before you leave on Friday", date(2026, 11, 27), None),
    ("before the weekend", date(2026, 11, 27), None),
    ("before the end of next week", date(2026, 12, 4), None),
    ("before the end of March", date(2027, 3, 31), None),
    ("before the end of next month", date(2026, 12, 31), None),
    ("on or before March", date(2027, 3, 31), None),
    ("before month end", date(2026, 11, 30), None),
    ("before the end of Q1", date(2027, 3, 31), None),
]
# The part of the day that stands beside the day is meant, not one of something else.
PARTS_OF_DAY: list[tuple[str, date, time | None]] = [
    ("We'll treat the lunch room by Thursday evening", date(2026, 11, 26), time(20)),
    ("we ship the lunch boxes by Friday evening", date(2026, 11, 27), time(20)),
    ("we ship the lunch boxes by Friday", date(2026, 11, 27), None),
    ("the evening dress is ready by Friday", date(2026, 11, 27), None),
    ("by Friday, lunch is on us", date(2026, 11, 27), None),
    ("by Friday lunch", date(2026, 11, 27), time(12)),
    ("by Friday lunchtime", date(2026, 11, 27), time(12)),
    ("by lunch on Friday", date(2026, 11, 27), time(12)),
    ("by Friday afternoon, not in the morning", date(2026, 11, 27), time(17)),
    ("not in the morning but on Friday", date(2026, 11, 27), None),
    ("I called this morning: parcel arrives tomorrow evening", date(2026, 11, 25), time(20)),
    ("I called this morning: parcel arrives tomorrow", date(2026, 11, 25), None),
    # It is three in the afternoon: what has passed is told.
    ("I called this morning, the parcel arrives on Friday", date(2026, 11, 27), None),
    ("good morning, we ship by Friday", date(2026, 11, 27), None),
    ("Guten Abend, Lieferung bis Freitag", date(2026, 11, 27), None),
    ("by Friday afternoon or Saturday morning", date(2026, 11, 28), time(12)),
    ("by Friday afternoon or Saturday", date(2026, 11, 28), None),
    ("by Friday morning or afternoon", date(2026, 11, 27), time(17)),
    ("by Friday afternoon or in the morning", date(2026, 11, 27), time(17)),
    ("Friday at 10 or Saturday at 12", date(2026, 11, 28), time(12)),
    ("in the afternoon of Friday", date(2026, 11, 27), time(17)),
    ("Friday in the afternoon", date(2026, 11, 27), time(17)),
    ("Friday, probably in the afternoon", date(2026, 11, 27), time(17)),
    ("on Friday we deliver in the afternoon", date(2026, 11, 27), time(17)),
    ("by noon it is with you on Friday", date(2026, 11, 27), time(12)),
    ("after lunch on Friday", date(2026, 11, 27), None),
    ("am Freitag gegen Mittag", date(2026, 11, 27), time(12)),
    ("am Nachmittag vom Freitag", date(2026, 11, 27), time(17)),
    ("before the afternoon of Friday", date(2026, 11, 27), time(12)),
    ("before Friday night", date(2026, 11, 27), time(20)),
    ("Friday night", date(2026, 11, 27), None),
    ("either Friday afternoon or Monday morning", date(2026, 11, 30), time(12)),
    ("Monday morning to Wednesday afternoon", date(2026, 12, 2), time(17)),
    ("deliver lunch on Friday", date(2026, 11, 27), None),
    ("on Friday. In the morning I am out", date(2026, 11, 27), None),
    ("Friday mid-afternoon", date(2026, 11, 27), time(17)),
    ("next week, Thursday evening", date(2026, 12, 3), time(20)),
    ("next week on Thursday", date(2026, 12, 3), None),
    ("by the end of next week, Friday noon", date(2026, 12, 4), time(12)),
    ("nächste Woche Donnerstag", date(2026, 12, 3), None),
    ("by Friday 12 noon", date(2026, 11, 27), time(12)),
    ("at 5 on Friday", date(2026, 11, 27), time(17)),
    ("boxes, 5 on Friday", date(2026, 11, 27), None),
    ("tomorrow at 3 in the afternoon", date(2026, 11, 25), time(15)),
    ("Friday at 9 in the evening", date(2026, 11, 27), time(21)),
    ("Freitag um 8 Uhr abends", date(2026, 11, 27), time(20)),
    ("tomorrow morning at 7", date(2026, 11, 25), time(7)),
    ("tomorrow evening at 8", date(2026, 11, 25), time(20)),
    ("tomorrow morning at 8", date(2026, 11, 25), time(8)),
    ("this evening", date(2026, 11, 24), time(20)),
]
# The end of open hours, not of the day.
CLOSE: list[tuple[str, date, time | None]] = [
    ("by close of business", date(2026, 11, 24), time(17)),
    ("EOB", date(2026, 11, 24), time(17)),
    ("by COB Thursday", date(2026, 11, 26), time(17)),
    ("before COB Thursday", date(2026, 11, 26), time(17)),
    ("by the end of the business day tomorrow", date(2026, 11, 25), time(17)),
    ("bis Freitag Geschäftsschluss", date(2026, 11, 27), time(17)),
    ("by COB Thursday, 16:30", date(2026, 11, 26), time(16, 30)),
    ("by COB tomorrow, lunch at noon", date(2026, 11, 25), time(17)),
    ("by close of business this week", date(2026, 11, 27), time(17)),
    ("by EOD Thursday", date(2026, 11, 26), None),
    ("by end of day", date(2026, 11, 24), None),
]
# How long it takes, in other languages; hours and minutes keep the moment.
LATIN: list[tuple[str, date, time | None]] = [
    ("dans deux heures", date(2026, 11, 24), time(17)),
    ("dans 2 heures", date(2026, 11, 24), time(17)),
    ("dans une heure et demie", date(2026, 11, 24), time(16, 30)),
    ("dans une demi-heure", date(2026, 11, 24), time(15, 30)),
    ("nous répondons sous 48 heures", date(2026, 11, 26), time(15)),
    ("d'ici 2 heures", date(2026, 11, 24), time(17)),
    ("dans un délai de 24 heures", date(2026, 11, 25), time(15)),
    ("dans 2 à 3 heures", date(2026, 11, 24), time(18)),
    ("dans 30 minutes", date(2026, 11, 24), time(15, 30)),
    ("dans 3 jours", date(2026, 11, 27), None),
    ("dans deux semaines", date(2026, 12, 8), None),
    ("dans un mois", date(2026, 12, 24), None),
    ("en 2 horas", date(2026, 11, 24), time(17)),
    ("en dos horas y media", date(2026, 11, 24), time(17, 30)),
    ("respondemos en 48 horas", date(2026, 11, 26), time(15)),
    ("dentro de las próximas 24 horas", date(2026, 11, 25), time(15)),
    ("en menos de una hora", date(2026, 11, 24), time(16)),
    ("entre 2 y 4 horas", date(2026, 11, 24), time(19)),
    ("en media hora", date(2026, 11, 24), time(15, 30)),
    ("en 30 minutos", date(2026, 11, 24), time(15, 30)),
    ("en tres días", date(2026, 11, 27), None),
    ("en 2 semanas", date(2026, 12, 8), None),
    ("em duas horas", date(2026, 11, 24), time(17)),
    ("entro due ore", date(2026, 11, 24), time(17)),
    ("binnen twee uur", date(2026, 11, 24), time(17)),
]

BUSINESS = [
    ("within 3 business days", date(2026, 11, 27), time(17)),
    ("in 2 Werktagen", date(2026, 11, 26), time(17)),
    ("within 4 business hours", date(2026, 11, 25), time(11)),
    ("within two working days", date(2026, 11, 26), time(17)),
    ("within 2-3 business days", date(2026, 11, 27), time(17)),
    ("dans 2 jours ouvrés", date(2026, 11, 26), time(17)),
    ("en 2 días hábiles", date(2026, 11, 26), time(17)),
]

SAID = [*DATES, *MORE_DATES, *NO_EVES, *PARTS_OF_DAY, *CLOSE, *LATIN]
NOTHING = [
    *("the lunch room", "the lunch boxes will be there", "good morning", "in the evening dress"),
    *("", "order 1001", "you sat on it", "it was 2020-01-01", "as soon as I can", "2026-13-77"),
    *(
        "I may come",
        "this may be long",
        "we worked 2 hours ago",
        "for 2 hours",
        "by 5 %",
        "0 hours",
    ),
    *("2 days' worth of it", "by 5 boxes", "one day we will"),
    *("il y a 2 heures", "pendant 2 heures", "hace 2 horas", "2 horas de soporte"),
]


@pytest.mark.parametrize(("words", "kind"), KINDS)
def test_the_kind(words: str, kind: str | None) -> None:
    assert kind_said(words) == kind


@pytest.mark.parametrize(("words", "measure"), MEASURES)
def test_the_measure(words: str, measure: Measure | None) -> None:
    assert measure_said(words) == measure


@pytest.mark.parametrize(
    ("measure", "scale"),
    [
        (Measure(99.9, ">=", "%"), 1),
        (Measure(100, ">=", "%"), 1),
        (Measure(92.3, ">=", "%"), 7.7),
        (Measure(60, "<=", "%"), 6),
        (Measure(120, ">=", "%"), 12),
        (Measure(200, "<=", "ms"), 20),
        (Measure(4, ">=", "stars"), 1),
    ],
)
def test_how_far_off_nothing_is_left(measure: Measure, scale: float) -> None:
    assert measure.scale == scale


@pytest.mark.parametrize(("words", "day", "at"), SAID)
def test_by_when(words: str, day: date, at: time | None) -> None:
    assert due_said(words, TUESDAY) == Proposed(day, at)


@pytest.mark.parametrize(("words", "day"), EVES)
def test_before_a_day_is_by_the_end_of_the_one_in_front_of_it(words: str, day: date) -> None:
    assert due_said(words, TUESDAY) == Proposed(day, eve=True)


@pytest.mark.parametrize(
    "words", ["before today", "2 days before Friday", "the week before Friday"]
)
def test_what_was_to_be_done_already_or_some_time_before_is_none(words: str) -> None:
    with pytest.raises(NoDate):
        due_said(words, TUESDAY)


@pytest.mark.parametrize(("words", "day", "at"), BUSINESS)
def test_by_when_in_office_hours(words: str, day: date, at: time) -> None:
    found = due_said(words, TUESDAY)
    assert found is not None
    assert (found.day, found.at, found.open_time is None) == (day, at, False)


@pytest.mark.parametrize("words", NOTHING)
def test_no_date_is_invented(words: str) -> None:
    assert due_said(words, TUESDAY) is None
    assert time_alone_said(words, TUESDAY) is None


@pytest.mark.parametrize(
    ("words", "day", "at"),
    [
        ("by 5 pm", date(2026, 11, 24), time(17)),
        ("by 2 pm", date(2026, 11, 25), time(14)),
        ("before 5 pm", date(2026, 11, 24), time(17)),
        ("before 5", date(2026, 11, 24), time(17)),
        ("um 18 Uhr", date(2026, 11, 24), time(18)),
        ("avant 17h", date(2026, 11, 24), time(17)),
        ("avant 17h30", date(2026, 11, 24), time(17, 30)),
        ("antes de las 17 horas", date(2026, 11, 24), time(17)),
        ("48 heures", date(2026, 11, 26), time(15)),
        ("at noon", date(2026, 11, 25), time(12)),
        ("in the afternoon", date(2026, 11, 24), time(17)),
        ("by lunch", date(2026, 11, 25), time(12)),
        ("nachmittags, nicht am Morgen", date(2026, 11, 24), time(17)),
        ("2 hours", date(2026, 11, 24), time(17)),
        ("2½ hours at most", date(2026, 11, 24), time(17, 30)),
        ("3 to 5 days", date(2026, 11, 29), None),
        # A bare hour is one between eight and eight.
        ("by 5", date(2026, 11, 24), time(17)),
        ("by 2", date(2026, 11, 25), time(14)),
        ("um 9", date(2026, 11, 25), time(9)),
        ("by 8 at the latest", date(2026, 11, 24), time(20)),
    ],
)
def test_a_time_alone_is_the_next_of_its_kind(words: str, day: date, at: time | None) -> None:
    assert time_alone_said(words, TUESDAY) == Proposed(day, at)


@pytest.mark.parametrize("lead", ["", "by ", "we ship the lunch boxes by "])
@pytest.mark.parametrize(
    ("day", "named"),
    [
        *[("tomorrow", 25), ("Friday", 27), ("Saturday", 28), ("Freitag", 27)],
        *[("the day after tomorrow", 26), ("2026-11-30", 30)],
    ],
)
def test_each_part_of_each_day_ends_alike_wherever_it_stands(
    lead: str, day: str, named: int
) -> None:
    for parts, at in (
        (("morning", "Vormittag"), time(12)),
        (("noon", "midday", "lunchtime", "Mittag"), time(12)),
        (("afternoon", "Nachmittag", "nachmittags"), time(17)),
        (("evening", "Abend", "abends"), time(20)),
    ):
        for part in parts:
            for words in (f"{day} {part}", f"{day} in the {part}", f"in the {part} of {day}"):
                due = Proposed(date(2026, 11, named), at)
                assert due_said(lead + words, TUESDAY) == due, lead + words
                assert due_said(f"{lead}{words}, not at night", TUESDAY) == due, lead + words


@pytest.mark.parametrize(
    "words",
    [
        *("this afternoon", "heute Nachmittag", "today in the afternoon", "by noon today"),
        *("this morning", "by close of business", "before this evening"),
    ],
)
def test_a_part_of_today_that_has_passed_was_not_meant(words: str) -> None:
    late = replace(TUESDAY, now=datetime(2026, 11, 24, 19, 40, tzinfo=UTC))
    with pytest.raises(NoDate):
        due_said(words, late)


def test_on_a_day_on_which_nobody_works_there_is_no_close_of_business() -> None:
    with pytest.raises(NoDate):
        due_said("by COB Saturday", TUESDAY)


def test_close_of_business_is_on_the_clock_of_the_calendar() -> None:
    tokyo = replace(TUESDAY, zone=ZoneInfo("Asia/Tokyo"))
    assert due_said("by COB Thursday", tokyo) == Proposed(date(2026, 11, 27), time(2))
    there = replace(tokyo, is_elsewhere=True)
    assert due_said("by COB Thursday", there) == Proposed(date(2026, 11, 26), time(17))


@pytest.mark.parametrize(
    "words",
    [
        *("early March", "the first Monday of March", "Anfang Januar"),
        *("by early next week", "mid next week", "mid-next week", "late next week"),
        *("early in the next week", "at the beginning of next week", "by the middle of the week"),
        *("Anfang nächster Woche", "Mitte nächster Woche", "Anfang der nächsten Woche"),
        *("early next month", "by the middle of the month", "Mitte nächsten Monats"),
        *("début du mois prochain", "a principios del próximo mes", "early next year"),
    ],
)
def test_what_may_be_any_of_several_days_is_none(words: str) -> None:
    with pytest.raises(NoDate):
        due_said(words, TUESDAY)


NEXT_WEEKS = [
    *("next week", "nächste Woche", "in der kommenden Woche", "Ende kommender Woche"),
    *("la semaine prochaine", "à la fin de la semaine prochaine", "volgende week", "komende week"),
    *("la próxima semana", "la semana que viene", "a finales de la próxima semana"),
    *("la prossima settimana", "entro la settimana prossima", "na próxima semana"),
    "semana que vem",
]
THIS_WEEKS = [
    *("this week", "diese Woche", "cette semaine", "fin de semaine", "esta semana"),
    *("questa settimana", "entro fine settimana", "deze week", "eind van de week"),
    "fim da semana",
]
# A weekday of the next week, and what is before it.
OF_NEXT_WEEKS = [
    ("lundi de la semaine prochaine", date(2026, 11, 30), None),
    ("el lunes de la próxima semana", date(2026, 11, 30), None),
    ("la semana que viene, el jueves", date(2026, 12, 3), None),
    ("jeudi après-midi de la semaine prochaine", date(2026, 12, 3), time(17)),
    ("volgende week donderdag", date(2026, 12, 3), None),
    ("giovedì della prossima settimana", date(2026, 12, 3), None),
    ("quinta-feira da próxima semana", date(2026, 12, 3), None),
    ("avant la semaine prochaine", date(2026, 11, 29), None),
    ("prima della prossima settimana", date(2026, 11, 29), None),
    ("l'année prochaine", date(2027, 12, 31), None),
    ("il mese prossimo", date(2026, 12, 31), None),
]


@pytest.mark.parametrize(
    ("words", "day", "at"),
    [
        *((words, date(2026, 12, 4), None) for words in NEXT_WEEKS),
        *((words, date(2026, 11, 27), None) for words in THIS_WEEKS),
        *OF_NEXT_WEEKS,
    ],
)
def test_weeks_are_the_same_in_every_language(words: str, day: date, at: time | None) -> None:
    found = due_said(what_is_promised(words), TUESDAY)
    assert found is not None
    assert (found.day, found.at) == (day, at)


@pytest.mark.parametrize("words", ["début de la semaine prochaine", "begin volgende week"])
def test_a_part_of_a_week_is_no_day_in_any_language(words: str) -> None:
    with pytest.raises(NoDate):
        due_said(what_is_promised(words), TUESDAY)


@pytest.mark.parametrize("hour", [9, 15])
@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("I called this morning, the parcel arrives on Friday", date(2026, 11, 27)),
        ("I called this morning: the parcel arrives next week", date(2026, 12, 4)),
        ("heute früh angerufen, das Paket kommt am Freitag", date(2026, 11, 27)),
        ("heute morgen angerufen, das Paket kommt am Freitag", date(2026, 11, 27)),
        ("Llamé esta mañana, llega la próxima semana", date(2026, 12, 4)),
    ],
)
def test_what_was_done_this_morning_is_told_at_any_hour(words: str, day: date, hour: int) -> None:
    reading = replace(TUESDAY, now=TUESDAY.now.replace(hour=hour))
    assert due_said(what_is_promised(words), reading) == Proposed(day)


def test_this_afternoon_stays_this_afternoon() -> None:
    for words in ("this afternoon", "this afternoon, as on every Tuesday", "cet après-midi"):
        found = due_said(what_is_promised(words), TUESDAY)
        assert found == Proposed(TUESDAY.today, time(17))


def test_over_a_weekend_the_end_of_the_week_is_the_next() -> None:
    saturday = Reading(datetime(2026, 11, 28, 12, tzinfo=UTC), ZONE, OFFICE)
    assert due_said("by end of week", saturday) == Proposed(date(2026, 12, 4))


def test_the_day_is_that_of_the_zone() -> None:
    late = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)
    tokyo = Reading(late, ZoneInfo("Asia/Tokyo"), OFFICE)
    assert due_said("today", tokyo) == Proposed(date(2026, 11, 25))
    assert due_said("within 2 hours", tokyo) == Proposed(date(2026, 11, 25), time(10, 30))


def test_half_a_minute_is_rounded_up_and_midnight_ends_the_day_before() -> None:
    odd = Reading(datetime(2026, 11, 24, 15, 0, 31, tzinfo=UTC), ZONE, OFFICE)
    assert due_said("within 1 hour", odd) == Proposed(date(2026, 11, 24), time(16, 1))
    assert due_said("in 9 hours", TUESDAY) == Proposed(date(2026, 11, 24))


PARTS = [
    *("by", "within", "in", "at", "next", "the", "end", "of", "business", "days", "hours", "5"),
    *("17:30", "pm", "Friday", "week", "month", "tomorrow", "9999", "0", "-1", "12.", "März", "%"),
    *("between", "and", "to", "not", "before", "January", "31", "February", "12th", "2½", "3-5"),
    *(
        "dans",
        "en",
        "antes de",
        "morning",
        "evening",
        "COB",
        "heures",
        "horas",
        "une",
        "y media",
        "avant",
        "ouvrés",
        "or",
    ),
    *("vendredi", "14h", "après-midi", "pasado mañana", "por la tarde", "morgen", "noon", "lunch"),
    *("early", "12/5", "24/7", "the hour", "this afternoon", "zwischen", "entre", "sera", "'"),
    *("uptime", "a", "half", "an", "2026-02-30", "٣", "\0", "\u2028", "Werktagen"),
]


@settings(max_examples=200, deadline=None)
@given(
    st.one_of(st.text(max_size=500), st.lists(st.sampled_from(PARTS), max_size=12).map(" ".join)),
    st.datetimes(datetime(1971, 1, 1), datetime(2190, 1, 1)),  # noqa: DTZ001
    st.sampled_from(["UTC", "America/Havana", "Asia/Kathmandu", "Pacific/Apia"]),
)
def test_whatever_is_written_never_fails(words: str, at: datetime, zone: str) -> None:
    reading = Reading(at.replace(tzinfo=UTC), ZoneInfo(zone), OFFICE)
    for read in (due_said, time_alone_said, written_said):
        with suppress(NoDate):
            found = read(what_is_promised(words), reading)
            assert found is None or found.day >= reading.today
    assert kind_said(words) in (None, "delivery", "response", "quality")
