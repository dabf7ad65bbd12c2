"""The trend: sums per day, week or month of a window."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from promises.domain.score import Sums, gap_score, wilson
from promises.scores import CUSTOM, Question, Scope, tallies
from promises.selectors.pages import TrendPoint


class Every(StrEnum):
    """Steps of the calendar; a week begins on Monday."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


# Window -> days in one step, counted back from today, or steps of the calendar.
_STEPS: dict[str, int | Every] = {
    "1d": 1,
    "7d": 1,
    "28d": 1,
    "90d": 7,
    "365d": 30,
    "all": Every.MONTH,
}
# The longest periods of the reader's own, in days, that are shown day by day and week by week.
DAILY, WEEKLY = 45, 185


@dataclass(frozen=True, slots=True)
class Step:
    """The promises that matured in the local days from `first_day` to `last_day`."""

    first_day: date
    last_day: date
    sums: Sums


def trend_read(question: Question) -> tuple[TrendPoint, ...]:
    """Points from the first day of the window (or the first promise) to the day of as_of.

    Shape: steps without a matured promise have n 0 and no rates, so that a gap is seen as a gap;
    none where nothing has matured.
    """
    steps = trend_steps(question, _step(question))
    if not any(step.sums.n for step in steps):
        return ()
    return tuple(_point(step.last_day, step.sums) for step in steps)


def _step(question: Question) -> int | Every:
    if question.window != CUSTOM:
        return _STEPS[question.window]
    if question.first_day is None:
        return Every.MONTH
    days = ((question.last_day or question.today) - question.first_day).days + 1
    return 1 if days <= DAILY else 7 if days <= WEEKLY else 30


def count_steps(question: Question, every: Every) -> int:
    """How many steps the window has for whoever was promised something from its beginning on."""
    end, first = question.last_day or question.today, question.first_day
    if first is None:
        first = min(_sums_by_day(replace(question, team_ids=None, customer_ids=None)), default=end)
    match every:
        case Every.DAY:
            return (end - first).days + 1
        case Every.WEEK:
            return ((end - first).days + first.weekday()) // 7 + 1
    return 12 * (end.year - first.year) + end.month - first.month + 1


def trend_steps(question: Question, length: int | Every) -> list[Step]:
    """Every step of the window, also empty ones; none where nothing has matured, nor was withdrawn.

    Shape: the first and the last are cut to the window.
    """
    by_day = _sums_by_day(question)
    if not by_day:
        return []
    day = question.first_day or min(by_day)
    steps: list[Step] = []
    end = question.last_day or question.today
    while day <= end:
        last = _last_day(day, length, end)
        days = (day + timedelta(days=place) for place in range((last - day).days + 1))
        steps.append(Step(day, last, sum((by_day.get(d, Sums()) for d in days), Sums())))
        day = last + timedelta(days=1)
    return steps


def _sums_by_day(question: Question) -> dict[date, Sums]:
    return {
        date.fromisoformat(day): tally.sums
        for day, tally in tallies(question, Scope.DAY).items()
        if day and (tally.sums.n or tally.sums.withdrawn)
    }


def _last_day(day: date, length: int | Every, today: date) -> date:
    """The last day of the step in which a day lies."""
    match length:
        case Every.DAY:
            return day
        case Every.WEEK:
            last = day + timedelta(days=6 - day.weekday())
        case Every.MONTH:
            following = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
            last = following - timedelta(days=1)
        case int():
            last = today - timedelta(days=(today - day).days // length * length)
    return min(last, today)


def _point(day: date, sums: Sums) -> TrendPoint:
    gap = gap_score(sums, None)
    low, high = wilson(sums.kept, sums.n) if sums.n else (None, None)
    return TrendPoint(
        day=day,
        n=sums.n,
        kept_rate=sums.kept / sums.n if sums.n else None,
        kept_low=low,
        kept_high=high,
        gap_score=gap.score if gap else None,
    )
