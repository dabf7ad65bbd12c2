"""The spans of days that a page compares: a window, the one before, and a year ago."""

from dataclasses import dataclass
from datetime import date, timedelta

from promises.scores.question import WINDOWS, Question

NOW, BEFORE, YEAR = "now", "before", "year"


@dataclass(frozen=True, slots=True)
class Span:
    """Local days, first and last included, whose promises are judged at the question's as_of."""

    name: str
    first_day: date
    last_day: date


def spans_of(question: Question) -> tuple[Span, ...]:
    """The question's window, the one before it, and the one that ended a year before.

    Shape: all have as many days. Raises: ValueError for the window of everything, which has no
    earlier one.
    """
    days = WINDOWS[question.window]
    if days is None:
        raise ValueError("everything has no earlier window")
    length, today = timedelta(days=days - 1), question.today
    last_days = {NOW: today, BEFORE: today - length - timedelta(days=1), YEAR: _year_before(today)}
    return tuple(Span(name, last - length, last) for name, last in last_days.items())


def _year_before(day: date) -> date:
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        # The 29th of February has no counterpart.
        return day.replace(year=day.year - 1, day=28)
