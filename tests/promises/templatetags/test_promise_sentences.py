"""The sentence on top of a page, and the one under a trend's title."""

from datetime import UTC, date, datetime

import pytest

from promises.selectors.pages import Asked, TrendPoint
from promises.templatetags.promise_sentences import kept_sentence, trend_sentence
from tests.promises.views.rows import score_row

AS_OF = datetime(2026, 3, 31, 12, tzinfo=UTC)


def asked(window: str = "90d", kind: str = "", *, is_now: bool = True) -> Asked:
    return Asked(window, kind, AS_OF, is_now)


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        (asked(), "91 of 100 promises that fell due in the last 90 days were kept."),
        (asked("28d"), "91 of 100 promises that fell due in the last 28 days were kept."),
        (asked("all"), "91 of 100 promises that fell due so far were kept."),
        (
            asked("365d", "delivery", is_now=False),
            "91 of 100 delivery promises that fell due in the 365 days up to then were kept.",
        ),
        (
            asked("all", "quality", is_now=False),
            "91 of 100 quality promises that fell due up to then were kept.",
        ),
    ],
)
def test_it_says_how_many_were_kept(question: Asked, sentence: str) -> None:
    assert kept_sentence(score_row(n=100, kept=91), question) == sentence


def test_one_promise_is_spoken_of_in_the_singular() -> None:
    row = score_row(n=1, kept=1, enough=False)
    assert kept_sentence(row, asked()) == (
        "1 of 1 promise that fell due in the last 90 days was kept. "
        "That is too few for a score to mean much yet."
    )


def test_no_promise_is_said_and_not_counted_as_0() -> None:
    empty = score_row(n=0, kept=0, enough=False)
    assert kept_sentence(empty, asked()) == "No promises fell due in the last 90 days."
    assert kept_sentence(score_row(n=0, not_yet_due=1), asked(kind="response")) == (
        "No response promises fell due in the last 90 days. 1 promise is not due yet."
    )


def point(day: int, kept_rate: float | None) -> TrendPoint:
    """A step of many promises: its range is two points wide on each side."""
    if kept_rate is None:
        return TrendPoint(date(2026, 3, day), 0, None, None, None, None)
    low, high = kept_rate - 0.02, kept_rate + 0.02
    return TrendPoint(date(2026, 3, day), 900, kept_rate, low, high, None)


def test_it_says_between_what_the_trend_lay_and_where_it_ended() -> None:
    sentence = trend_sentence([point(1, 0.8), point(2, 0.5), point(3, None), point(4, 0.9)])
    assert sentence.replace("\N{NO-BREAK SPACE}", " ") == (
        "The kept rate was lowest on 2 Mar 2026, with 50 %, and highest on 4 Mar 2026, with 90 %; "
        "on 4 Mar 2026 it was 90 %."
    )


def test_steps_of_more_days_are_called_so() -> None:
    sentence = trend_sentence([point(2, 0.8), point(9, 0.5), point(16, 0.6)])
    assert "lowest in the days up to 9 Mar 2026" in sentence
    assert "highest in the days up to 2 Mar 2026" in sentence


def test_a_point_of_two_promises_is_no_extreme() -> None:
    few = TrendPoint(date(2026, 3, 2), 2, 0.0, 0.0, 0.6, None)
    sentence = trend_sentence([point(1, 0.8), few, point(3, 0.7)])
    assert "lowest on 3 Mar 2026" in sentence


def test_a_rate_that_stays_is_called_so() -> None:
    sentence = trend_sentence([point(1, 0.8), point(2, 0.8), point(3, 0.801)])
    assert sentence.startswith("The kept rate was about 80")


def test_one_point_is_no_trend() -> None:
    assert trend_sentence([point(1, 0.8), point(2, None)]).startswith("There are too few days")
    assert trend_sentence([]).startswith("There are too few days")
