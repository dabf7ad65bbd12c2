"""What a page is asked for: read from the URL, and told where it cannot be."""

from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings as now_settings
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from promises.selectors.asked import asked_from_query, question_for, read_as_of
from tests.events import NOW

TEXTS = st.text(max_size=20) | st.from_regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T0-9:.Z+-]*")


def test_asked_for_nothing_it_is_now_and_90_days() -> None:
    asked = asked_from_query({}, now=NOW)
    assert (asked.window, asked.kind, asked.as_of) == ("90d", "", NOW)
    assert asked.is_now
    assert asked.problems == ()


def test_everything_can_be_asked_for() -> None:
    given = {"window": "all", "kind": "quality", "as_of": "2026-03-02T09:30:00Z"}
    asked = asked_from_query(given, now=NOW)
    assert (asked.window, asked.kind, asked.is_now, asked.problems) == ("all", "quality", False, ())
    assert asked.as_of == datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"window": "30d"}, "The period “30d” is unknown."),
        ({"kind": "gift"}, "The kind “gift” is unknown."),
        ({"as_of": "yesterday"}, "“yesterday” is no moment"),
        ({"as_of": "2026-03-31T12:00:01Z"}, "lies in the future"),
        ({"as_of": "2026-04-01"}, "future"),
        ({"as_of": "1989-12-31"}, "before 1990"),
        ({"as_of": "0001-01-01"}, "before 1990"),
        ({"as_of": "2026-02-30"}, "no moment"),
        # ISO 8601 knows these ways to write a day and a time; nobody here means them.
        ({"as_of": "2026-W10-1"}, "no moment"),
        ({"as_of": "2026-W10-1T10:00"}, "no moment"),
        ({"as_of": "20260302T10:00"}, "no moment"),
        ({"from": "2026-W10-1"}, "“2026-W10-1” is no day"),
        ({"to": "20260302"}, "“20260302” is no day"),
        ({"from": "２０２６-03-02"}, "is no day"),
        ({"as_of": "2026-03-02T09:30:00+25:00"}, "no moment"),
    ],
)
def test_what_cannot_be_read_is_told_and_left_out(query: dict[str, str], words: str) -> None:
    asked = asked_from_query(query, now=NOW)
    (problem,) = asked.problems
    assert words in problem
    assert (asked.window, asked.kind, asked.as_of, asked.is_now) == ("90d", "", NOW, True)


def test_every_part_is_told_by_itself() -> None:
    asked = asked_from_query({"window": "x", "kind": "y", "as_of": "z"}, now=NOW)
    assert len(asked.problems) == 3


def test_a_long_word_is_cut_off_in_what_is_told() -> None:
    (problem,) = asked_from_query({"kind": "x" * 5_000}, now=NOW).problems
    assert len(problem) < 100


@given(window=TEXTS, kind=TEXTS, as_of=TEXTS)
def test_anything_may_stand_in_the_url(window: str, kind: str, as_of: str) -> None:
    query = {"window": window, "kind": kind, "as_of": as_of}
    asked = asked_from_query(query, now=NOW)
    assert asked.as_of <= NOW
    question = question_for(asked, team_ids=None)
    assert question.today_starts_at <= asked.as_of < question.today_ends_at


def test_a_day_means_its_end_in_the_installations_zone(settings: Settings) -> None:
    settings.TIME_ZONE = "America/New_York"
    ends = datetime(2026, 3, 9, 4, tzinfo=UTC)
    assert read_as_of("2026-03-08", now=NOW) == ends - timedelta(microseconds=1)


def test_today_means_now() -> None:
    asked = asked_from_query({"as_of": "2026-03-31"}, now=NOW)
    assert (asked.as_of, asked.is_now, asked.problems) == (NOW, True, ())


@pytest.mark.parametrize("given_", ["2026-03-02T09:30", "2026-03-02T09:30:00"])
def test_a_form_sends_local_time(settings: Settings, given_: str) -> None:
    settings.TIME_ZONE = "America/New_York"
    assert read_as_of(given_, now=NOW) == datetime(2026, 3, 2, 14, 30, tzinfo=UTC)


def test_the_question_is_the_one_asked() -> None:
    asked = asked_from_query({"window": "28d", "kind": "response"}, now=NOW)
    question = question_for(asked, team_ids=frozenset({1}), customer_ids=frozenset({2}))
    assert (question.window, question.kind, question.as_of, question.is_now) == (
        "28d",
        "response",
        NOW,
        True,
    )
    assert (question.team_ids, question.customer_ids) == ({1}, {2})
    assert str(question.zone) == now_settings.TIME_ZONE
