"""Written dates and other languages; whatever is written, there is an answer."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from promises.domain.business_time import Unit
from promises.domain.calendars import WEEKDAYS
from promises.services.calendars.drafts import Draft
from promises.services.calendars.editing import make_calendar
from promises.services.proposing import Proposal, propose
from promises.services.reckoning import Reckoned, target_of_form, ways_to_reckon
from promises.templatetags.promise_desk import proposed_sentence
from tests.standards import office, standard

pytestmark = pytest.mark.django_db

# A Tuesday.
NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)

WRITTEN = [
    ("we deliver on 6 March", date(2027, 3, 6), None),
    ("on March 6th at 5pm", date(2027, 3, 6), time(17)),
    ("by the 3rd of December", date(2026, 12, 3), None),
    ("it will arrive 12 Dec, 10:30", date(2026, 12, 12), time(10, 30)),
    ("Friday 4 December", date(2026, 12, 4), None),
    ("Lieferung am 6. März um 17 Uhr", date(2027, 3, 6), time(17)),
    ("am 24.12. um 10 Uhr", date(2026, 12, 24), time(10)),
    ("am 06.03.", date(2027, 3, 6), None),
    ("bis 24.12.2026", date(2026, 12, 24), None),
    ("by 6/3", date(2027, 3, 6), None),
    ("I'll call you on the 15th", date(2026, 12, 15), None),
    ("le 6 mars", date(2027, 3, 6), None),
    ("entregaremos mañana", date(2026, 11, 25), None),
    ("livraison vendredi", date(2026, 11, 27), None),
    ("livraison le 12 décembre", date(2026, 12, 12), None),
    ("entregamos o 12 de dezembro", date(2026, 12, 12), None),
    ("entregamos na sexta-feira", date(2026, 11, 27), None),
    ("entregamos amanhã", date(2026, 11, 25), None),
    ("lo enviamos el viernes", date(2026, 11, 27), None),
    ("el viernes a las 10", date(2026, 11, 27), time(10)),
    ("a las 10 de la mañana del viernes", date(2026, 11, 27), time(10)),
    ("el viernes a las 5 de la tarde", date(2026, 11, 27), time(17)),
    ("amanhã às 5 da tarde", date(2026, 11, 25), time(17)),
    ("el viernes antes de las 12", date(2026, 11, 27), time(12)),
    ("envío a las 10 tiendas el viernes", date(2026, 11, 27), None),
    ("bis Freitagnachmittag", date(2026, 11, 27), time(17)),
    ("am Freitag früh", date(2026, 11, 27), time(12)),
    ("Freitag morgen", date(2026, 11, 27), time(12)),
    ("consegna venerdì", date(2026, 11, 27), None),
    ("consegna domani", date(2026, 11, 25), None),
    ("levering morgen", date(2026, 11, 25), None),
    ("ik lever het uiterlijk vrijdag", date(2026, 11, 27), None),
    ("I'll ship it by Friday", date(2026, 11, 27), None),
    ("by 5 pm", date(2026, 11, 24), time(17)),
    ("by 5", date(2026, 11, 24), time(17)),
    ("2 hours", date(2026, 11, 24), time(17)),
    ("a 30 minute call tomorrow", date(2026, 11, 25), None),
    # Said on that day: its end, where the time has passed.
    ("by 24 November", date(2026, 11, 24), None),
    ("by 24 November at 10:00", date(2026, 11, 24), None),
    ("by 23 November", date(2027, 11, 23), None),
    ("by 29 February", date(2028, 2, 29), None),
    ("by 12th", date(2026, 12, 12), None),
    # Of several the last.
    ("between 3 and 5 December", date(2026, 12, 5), None),
    ("December 3-5", date(2026, 12, 5), None),
    ("3 December to 5 December", date(2026, 12, 5), None),
    ("vom 3.12. bis 5.12.", date(2026, 12, 5), None),
    ("3.-5.12.", date(2026, 12, 5), None),
    ("today or tomorrow", date(2026, 11, 25), None),
    ("tomorrow afternoon or Friday morning", date(2026, 11, 27), time(12)),
    ("Freitagnachmittag oder Samstagvormittag", date(2026, 11, 28), time(12)),
    ("Friday 17:00-18:00", date(2026, 11, 27), time(18)),
    # A weekday and a day of a month that go together.
    ("by Friday the 4th", date(2026, 12, 4), None),
    ("by Fri, 4.12.", date(2026, 12, 4), None),
    ("I won't ship before Friday, but by next Monday you have it", date(2026, 11, 30), None),
    ("not later than Friday", date(2026, 11, 27), None),
    ("don't worry, it will be there by Friday", date(2026, 11, 27), None),
    ("don't worry, it will be there before Friday 17:00", date(2026, 11, 27), time(17)),
    ("livraison vendredi à 17h", date(2026, 11, 27), time(17)),
    ("on or before 6 March", date(2027, 3, 6), None),
    ("before 6 March at 10:00", date(2027, 3, 6), time(10)),
    ("le entregamos pasado mañana a las 10", date(2026, 11, 26), time(10)),
    ("la caja llega pasado mañana", date(2026, 11, 26), None),
    ("el viernes a las 10 entregamos 4 cajas", date(2026, 11, 27), time(10)),
    ("el lunes a las 9 se lo enviamos", date(2026, 11, 30), time(9)),
    ("amanhã às 10 entregamos", date(2026, 11, 25), time(10)),
    ("envío a las 10 personas el viernes", date(2026, 11, 27), None),
    ("d'ici vendredi 14h", date(2026, 11, 27), time(14)),
    ("d'ici demain 14h30", date(2026, 11, 25), time(14, 30)),
    ("vendredi 2h de travail", date(2026, 11, 27), None),
    ("vendredi 14 heures de formation", date(2026, 11, 27), None),
    ("between 9 and 12 on Friday", date(2026, 11, 27), time(12)),
    ("Friday between 2 and 4", date(2026, 11, 27), time(16)),
    ("from 10 to 2 on Friday", date(2026, 11, 27), time(14)),
    ("between 9 am and 12 on Friday", date(2026, 11, 27), time(12)),
    ("between 8 and 10 in the evening on Friday", date(2026, 11, 27), time(22)),
    ("between 9 and 12 boxes on Friday", date(2026, 11, 27), None),
    ("open from 9 to 5, delivery on Friday", date(2026, 11, 27), None),
    ("we ship it from 9:30 to 12, Friday", date(2026, 11, 27), time(12)),
    ("1/2 of it by Friday", date(2026, 11, 27), None),
    ("zwischen 9 und 12 am Freitag", date(2026, 11, 27), time(12)),
    ("entre las 9 y las 12 el viernes", date(2026, 11, 27), time(12)),
    ("vendredi entre 14h et 16h", date(2026, 11, 27), time(16)),
    ("tussen 9 en 12 uur vrijdag", date(2026, 11, 27), time(12)),
    ("avant vendredi après-midi", date(2026, 11, 27), time(12)),
    ("avant vendredi midi", date(2026, 11, 27), time(12)),
    ("voor vrijdagavond", date(2026, 11, 27), time(17)),
    ("antes del viernes por la noche", date(2026, 11, 27), time(20)),
    ("l'après-midi de vendredi", date(2026, 11, 27), time(17)),
    ("la mañana del viernes", date(2026, 11, 27), time(12)),
    ("vendredi ou samedi matin", date(2026, 11, 28), time(12)),
    # In French "sera" is what it will be.
    ("vendredi sera livré", date(2026, 11, 27), None),
    ("j'ai appelé ce matin : livraison vendredi", date(2026, 11, 27), None),
    ("llamé esta mañana, llega el viernes", date(2026, 11, 27), None),
    ("cet après-midi", date(2026, 11, 24), time(17)),
    ("morgenmiddag", date(2026, 11, 25), time(17)),
    ("vandaag, morgen of overmorgen", date(2026, 11, 26), None),
    ("dans deux heures", date(2026, 11, 24), time(17)),
    ("en 48 horas", date(2026, 11, 26), time(15)),
]
EVES = [
    ("don't worry, it will be there before Friday", date(2026, 11, 26)),
    ("before 6 March", date(2027, 3, 5)),
    ("before the 6th of March", date(2027, 3, 5)),
    ("before March 6th", date(2027, 3, 5)),
    ("before the 15th", date(2026, 12, 14)),
    ("before Friday 4 December", date(2026, 12, 3)),
    ("before Friday the 4th", date(2026, 12, 3)),
    ("vor dem 6. März", date(2027, 3, 5)),
    ("vor dem 6.3.", date(2027, 3, 5)),
    ("avant le 6 mars", date(2027, 3, 5)),
    ("antes del 6 de marzo", date(2027, 3, 5)),
    ("avant vendredi", date(2026, 11, 26)),
    ("avant vendredi prochain", date(2026, 11, 26)),
    ("antes de pasado mañana", date(2026, 11, 25)),
    ("avant après-demain", date(2026, 11, 25)),
    ("avant vendredi matin", date(2026, 11, 26)),
    ("avant demain", date(2026, 11, 24)),
    ("vor Freitag", date(2026, 11, 26)),
    ("antes del viernes", date(2026, 11, 26)),
    ("antes de mañana", date(2026, 11, 24)),
    ("antes de sexta-feira", date(2026, 11, 26)),
    ("prima di venerdì", date(2026, 11, 26)),
    ("voor vrijdag", date(2026, 11, 26)),
    ("before Friday EST", date(2026, 11, 26)),
]
# Friday, tomorrow, the day after; morning, afternoon, evening, noon.
TONGUES = [
    (
        ("vendredi", "demain", "après-demain"),
        ("matin", "après-midi", "soir", "midi"),
    ),
    (
        ("el viernes", "mañana", "pasado mañana"),
        ("por la mañana", "por la tarde", "", "a mediodía"),
    ),
    (
        ("venerdì", "domani", "dopodomani"),
        ("mattina", "pomeriggio", "sera", "a mezzogiorno"),
    ),
    (("vrijdag", "morgen", "overmorgen"), ("ochtend", "middag", "avond", "")),
    (
        ("na sexta-feira", "amanhã", "depois de amanhã"),
        ("de manhã", "à tarde", "", "ao meio-dia"),
    ),
]
UNDATED = [
    *("esta mañana", "we answer 24/7"),
    *("no later than 31 February", "by 31.02.", "by 30 February at noon"),
    *("I won't ship before Friday", "not before Friday", "nicht vor Freitag"),
    *("not until 5 December", "nicht vor dem 5. Dezember", "frühestens Freitag"),
    *("2 days before 6 March", "before 24 November", "before today"),
    *("pas avant vendredi", "no antes del viernes", "it was 2 hours ago", "early March"),
    # The next 12th that is a Friday is half a year away: one of the two is wrong.
    *("by Fri 12th", "by Friday the 12th", "Friday 5 December", "Friday, 5.12.", "5.12. (Friday)"),
]


def test_written_dates_and_other_languages() -> None:
    for words, day, at in WRITTEN:
        found = propose(words, now=NOW)
        assert (found.day, found.at) == (day, at), words


def test_days_and_their_parts_are_read_alike_in_every_language() -> None:
    ends = (time(12), time(17), time(20), time(12))
    for days, parts in TONGUES:
        for day, number in zip(days, (27, 25, 26), strict=True):
            named = date(2026, 11, number)
            assert propose(f"4 x {day}", now=NOW).day == named, day
            for part, at in zip(parts, ends, strict=True):
                # Dutch writes it as one word.
                space = "" if day.endswith(("dag", "rgen")) else " "
                if part:
                    for words in (f"{day}{space}{part}", f"{day}{space}{part.upper()}, 4 x"):
                        found = propose(words, now=NOW)
                        assert (found.day, found.at) == (named, at), words


def test_before_a_day_is_by_the_end_of_the_one_in_front_of_it_and_says_so() -> None:
    for words, day in EVES:
        found = propose(words, now=NOW)
        assert (found.day, found.at, found.eve) == (day, None, True), words
    for words, day, _ in WRITTEN:
        assert not propose(words, now=NOW).eve, (words, day)
    said = proposed_sentence(propose("before Friday 4 December 2026", now=NOW))
    assert said.endswith(
        "by Thursday 3 December 2026, end of the day: the last one before what was said"
    )


def test_no_date_is_invented() -> None:
    for words in (
        "you may have 2 boxes",
        "version 1.2 of it",
        "order 1001",
        "I may come",
        "31.02.",
        *UNDATED,
    ):
        assert propose(words, now=NOW).day is None, words


def test_where_a_date_seems_to_stand_and_none_was_read_it_says_so() -> None:
    for words in ("not before Friday", "31 February", "order 1001", "early March", "this morning"):
        assert propose(words, now=NOW).unread, words
    for words in ("as soon as I can", "by Friday"):
        assert not propose(words, now=NOW).unread, words


def test_what_is_today_elsewhere_is_not_yesterday_here() -> None:
    at = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
    assert propose("today, 20:00 EST", now=at).day is None
    assert propose("today, 23:00 EST", now=at).at == time(4)


# Now is 15:00 of a Tuesday; the page is in UTC.
ZONED: list[tuple[str, date, time | None]] = [
    ("by Friday 5pm EST", date(2026, 11, 27), time(22)),
    ("by 5 pm on Friday, EST", date(2026, 11, 27), time(22)),
    ("by Friday 5pm est", date(2026, 11, 27), time(22)),
    ("by Friday 5pm ET", date(2026, 11, 27), time(22)),
    ("by Friday 5 p.m. Eastern time", date(2026, 11, 27), time(22)),
    ("by COB Friday, EST", date(2026, 11, 27), time(22)),
    ("by Friday at 5 EST", date(2026, 11, 27), time(22)),
    ("on 6 July at 5pm ET", date(2027, 7, 6), time(21)),
    ("on 6 July at 5pm EST", date(2027, 7, 6), time(22)),
    ("by 5pm EST", date(2026, 11, 24), time(22)),
    ("by 9am PST", date(2026, 11, 24), time(17)),
    ("by Friday 8 pm (PDT)", date(2026, 11, 28), time(3)),
    ("bis Freitag 17 Uhr MEZ", date(2026, 11, 27), time(16)),
    ("Friday 17:00 CET", date(2026, 11, 27), time(16)),
    ("Friday 17:00 UTC", date(2026, 11, 27), time(17)),
    ("Friday 17:00Z", date(2026, 11, 27), time(17)),
    ("Friday 17:00 GMT+2", date(2026, 11, 27), time(15)),
    ("UTC-5, Friday 17:00", date(2026, 11, 27), time(22)),
    ("Friday 17:00 UTC +5:30", date(2026, 11, 27), time(11, 30)),
    ("2026-11-27 17:00 +02:00", date(2026, 11, 27), time(15)),
    ("by Friday 7pm EST", date(2026, 11, 27), None),  # the end of that day in UTC
    ("tomorrow 6am NZDT", date(2026, 11, 25), time(17)),
]
UNREAD = [
    "by Friday 5pm IST",
    "by 5pm on Friday IST",
    "by Friday 5pm WAKT",
    "by Friday 5pm your time",
    "by Friday 17:00 Tokyo time",
    "by Friday 17 Uhr Ortszeit",
    "by Friday 17:00 GMT+19",
    "by Friday 5pm EST or CET",
    "by Friday, EST",
]


def test_a_time_in_another_zone_is_told_on_the_clock_of_the_page() -> None:
    for words, day, at in ZONED:
        found = propose(words, now=NOW)
        assert (found.day, found.at) == (day, at), words
        assert (bool(found.said_zone), found.zone_unread) == (True, False), words


def test_where_the_zone_is_not_read_no_time_is_proposed() -> None:
    for words in UNREAD:
        found = propose(words, now=NOW)
        assert (found.day, found.at, found.zone_unread) == (date(2026, 11, 27), None, True), words


def test_what_only_looks_like_a_zone_is_none() -> None:
    for words in (
        "by Friday 5pm, it will be there",
        "livraison vendredi, 17:00 est possible",
        "by Friday 5pm next time",
        "ET is shown on Friday at 17:00",
    ):
        found = propose(words, now=NOW)
        assert (found.at, found.said_zone) == (time(17), ""), words


def test_the_order_of_day_and_month_is_that_of_the_page_whatever_zone_is_said() -> None:
    with timezone.override("America/New_York"):
        found = propose("by 6/3 5pm UTC", now=NOW)
        assert (found.day, found.at) == (date(2027, 6, 3), time(13))


def test_a_far_day_whose_numbers_the_other_way_round_are_a_near_one_is_not_read() -> None:
    for zone, near, far in (
        ("UTC", "5/12", "12/5"),
        ("Europe/Berlin", "5/12", "12/5"),
        ("America/New_York", "12/5", "5/12"),
    ):
        with timezone.override(zone):
            assert propose(f"by {near}", now=NOW).day == date(2026, 12, 5), zone
            assert propose(f"by {near} 17:00", now=NOW).at == time(17), zone
            unread = propose(f"by {far}", now=NOW)
            assert (unread.day, unread.unread) == (None, True), zone
            assert propose(f"by {far}/2027", now=NOW).day == date(2027, 5, 12), zone
            assert propose(f"by Wednesday {far}", now=NOW).day == date(2027, 5, 12), zone


def test_in_new_york_the_month_comes_first() -> None:
    with timezone.override("America/New_York"):
        assert propose("by 6/3", now=NOW).day == date(2027, 6, 3)


def test_business_days_are_those_of_the_only_calendar() -> None:
    words = "within 2 business days"
    usual = propose(words, now=NOW)
    assert (usual.day, usual.at, usual.calendar) == (date(2026, 11, 26), time(17), "")

    shop = Draft("Shop", "UTC", dict.fromkeys(WEEKDAYS, ("08:00-20:00",)))
    make_calendar("shop", shop, now=NOW, by="alice")
    found = propose(words, now=NOW)
    assert (found.day, found.at, found.calendar) == (date(2026, 11, 26), time(20), "Shop")
    assert found.sent == "2|business days|shop|1|0|2026-11-26|20:00"
    closing = propose("by COB", now=NOW, by="calendar:shop")
    assert (closing.day, closing.at, closing.sent) == (date(2026, 11, 24), time(20), "")
    assert propose("by COB Saturday", now=NOW, by="calendar:shop").at == time(20)
    make_calendar("other", shop, now=NOW, by="alice")
    assert propose(words, now=NOW) == usual
    assert propose(words, now=NOW, by="calendar:shop") == found
    assert propose(words, now=NOW, by="calendar:nobody's") == usual
    assert propose("tomorrow", now=NOW, by="calendar:shop").sent == ""


def test_a_standard_says_the_date_without_words() -> None:
    office()
    four = {"amount": 240, "unit": "business minutes", "calendar": "office"}
    standard("first-answer", **four)
    found = propose("", now=NOW, by="standard:first-answer")
    # 15:00 on a Tuesday, open until 17:00: two hours are left for the next day.
    assert (found.kind, found.day, found.at) == ("response", date(2026, 11, 25), time(11))
    assert (found.calendar, found.reckoned) == (
        "Office",
        Reckoned(240, Unit.BUSINESS_MINUTES, "office", 1),
    )
    standard("off", is_on=False)
    standard("plain", amount=3, unit="days")
    assert [way.value for way in ways_to_reckon()] == [
        "calendar:office",
        "standard:first-answer",
        "standard:plain",
    ]
    plain = propose("", now=NOW, by="standard:plain")
    assert (plain.day, plain.at, plain.sent) == (
        date(2026, 11, 27),
        time(15),
        "3|days|||0|2026-11-27|15:00",
    )


@pytest.mark.parametrize(
    ("sent", "target"),
    [
        ("", None),
        ("240|business minutes|office|1|0|2026-11-26|11:00", None),
        ("240|business minutes|office|1|0|2026-11-25|", None),
        ("240|business minutes|office|2|0|2026-11-25|11:00", None),
        ("240|business minutes|no\0ne|1|0|2026-11-25|11:00", None),
        ("240|business minutes|office|x|0|2026-11-25|11:00", None),
        ("many|business minutes|office|1|0|2026-11-25|11:00", None),
        ("240|moons|office|1|0|2026-11-25|11:00", None),
        ("240|minutes|||0|2026-11-25|11:00", {"amount": 240, "unit": "minutes"}),
        (
            "2|business days|office|1|1|2026-11-25|11:00",
            {
                "amount": 2,
                "unit": "business days",
                "calendar": "office",
                "calendar_version": 1,
                "same_time": True,
            },
        ),
    ],
)
def test_only_what_led_to_the_date_is_said_of_it(sent: str, target: object) -> None:
    office()
    assert target_of_form(sent, date(2026, 11, 25), time(11)) == target


def test_nothing_is_proposed_from_nothing() -> None:
    assert propose(" \n ", now=NOW) == Proposal()


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.text(max_size=300))
def test_whatever_is_written_never_fails(words: str) -> None:
    found = propose(words, now=NOW)
    assert found.day is None or found.day >= NOW.date()
    assert found.day is None or found.day <= NOW.date() + timedelta(days=400 * 30)
