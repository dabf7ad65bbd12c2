"""Numbers, durations and moments as the pages write them."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from promises.templatetags import promise_format as say
from promises.templatetags.promise_desk import felt

NBSP = "\N{NO-BREAK SPACE}"
MINUTE, HOUR, DAY = 60, 3_600, 86_400


def spaced(text: str) -> str:
    return text.replace(NBSP, " ")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"),
        (0.4, "0 s"),
        (59, "59 s"),
        (61, "1 min 1 s"),
        (HOUR, "1 h"),
        (HOUR + 5, "1 h"),
        (5 * HOUR + 59 * MINUTE, "5 h 59 min"),
        (2 * DAY + 3 * HOUR, "2 d 3 h"),
        (DAY + 59 * MINUTE, "1 d"),
        (10 * DAY + 23 * HOUR, "10 d"),
        (365 * DAY, "365 d"),
        (366 * DAY, "1 year"),
        (1_200 * DAY, "3 years 3 months"),
        (1_811 * DAY, "4 years 11 months"),
        (-1_827 * DAY, "5 years"),
        (-2 * DAY, "2 d"),
    ],
)
def test_a_duration_is_told_in_its_two_largest_units(seconds: float, words: str) -> None:
    assert spaced(say.duration(seconds)) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (59, "a moment"),
        (119, "1 minute"),
        (5 * HOUR + 59 * MINUTE, "5 hours"),
        (2 * DAY + 21 * HOUR, "2 days"),
        (243.9 * DAY, "243 days"),
        (1_811 * DAY, "4 years 11 months"),
        (1_644 * DAY, "4 years 6 months"),
    ],
)
def test_a_wait_is_felt_as_long_as_other_pages_say(seconds: float, words: str) -> None:
    assert spaced(felt(seconds)) == words
    figures = spaced(say.duration(seconds)).split()
    assert words == "a moment" or words.split()[0] == figures[0]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (2 * DAY + 3 * HOUR, "2 d 3 h late"),
        (-5 * HOUR, "5 h early"),
        (0, "on time"),
        (-0.5, "on time"),
        (None, "–"),
    ],
)
def test_lateness_is_told_with_its_direction(seconds: float | None, words: str) -> None:
    assert spaced(say.lateness(seconds)) == words


def test_hours_are_told_like_seconds() -> None:
    assert spaced(say.lateness_hours(-5.0)) == "5 h early"
    assert spaced(say.more_than(2_000.0)) == "more than 83 d"
    assert spaced(say.hours_of(51 * HOUR)) == "51 h"
    assert spaced(say.hours_of(90 * MINUTE)) == "1.5 h"
    assert spaced(say.hours_of(HOUR / 3)) == "0.3333 h"
    assert spaced(say.hours_of(1_000 * HOUR + 20 * MINUTE)) == "1,000.33 h"


@pytest.mark.parametrize(
    ("rate", "words"), [(0.8459, "84.6 %"), (0.0, "0.0 %"), (1.0, "100.0 %"), (None, "–")]
)
def test_a_rate_is_a_percentage(rate: float | None, words: str) -> None:
    assert spaced(say.percent(rate)) == words


def test_nothing_is_never_printed_as_0() -> None:
    for written in (say.number, say.plain, say.score, say.term, say.percent, say.duration):
        assert written(None) == "–"
    assert say.more_than(None) == "–"
    assert say.moment(None) == "–"


def test_numbers_have_the_decimals_that_they_need() -> None:
    assert say.number(17_500) == "17,500"
    assert say.plain(1.5) == "1.5"
    assert say.plain(72.0) == "72"
    assert say.plain(100, 0) == "100"
    assert say.plain(1_000.12345) == "1,000.1235"
    assert say.term(0.40472) == "0.4047"
    assert say.score(26.6667) == "26.7"


def test_a_moment_is_short_to_read_and_exact_to_copy() -> None:
    with timezone.override(ZoneInfo("America/New_York")):
        html = say.moment(datetime(2026, 3, 6, 23, 30, 5, tzinfo=UTC))
    assert html == (
        '<time datetime="2026-03-06T23:30:05Z" title="Friday 6 March 2026, 18:30:05 EST">'
        "6 Mar 2026, 18:30</time>"
    )


def test_an_exact_moment_can_be_reached_by_the_keyboard() -> None:
    with timezone.override(ZoneInfo("America/New_York")):
        at = datetime(2026, 3, 6, 23, 30, 5, tzinfo=UTC)
        exact = "Friday 6 March 2026, 18:30:05 EST"
        assert say.exactly(at) == exact
        assert str(say.focusable_moment(at)).startswith('<time tabindex="0" datetime="')
        assert f'title="{exact}">6 Mar 2026, 18:30</time>' in str(say.focusable_moment(at))
        assert f'title="{exact}">6 Mar, 18:30</time>' in str(say.focusable_moment(at, "short"))
    assert say.focusable_moment(None) == "–"


def test_the_page_names_the_zone_of_its_seconds() -> None:
    with timezone.override(ZoneInfo("UTC")):
        html = say.moment(datetime(2026, 3, 6, 14, 2, 7, tzinfo=UTC), "seconds")
        assert say.zone_name() == "UTC"
    assert ">6 Mar 2026, 14:02:07 UTC</time>" in html


def test_a_date_has_no_time() -> None:
    assert say.moment(date(2026, 3, 6)) == '<time datetime="2026-03-06">6 Mar 2026</time>'


def test_an_input_gets_its_moment_in_the_zone_of_the_page() -> None:
    with timezone.override(ZoneInfo("America/New_York")):
        moment = datetime(2026, 3, 6, 23, 30, 5, tzinfo=UTC)
        assert say.input_moment(moment) == "2026-03-06T18:30:05"
