"""The trend: one point per day, week or month of the window."""

from datetime import date, timedelta

from promises.domain.score import Sums, gap_score, wilson
from promises.scores import Question, Scope, tallies
from promises.selectors.pages import TrendPoint

# Window -> days in one step; None = calendar months.
_STEPS = {"28d": 1, "90d": 7, "365d": 30, "all": None}


def trend_read(question: Question) -> tuple[TrendPoint, ...]:
    """Points from the first day of the window (or the first promise) to the day of as_of.

    Shape: steps without a matured promise have n 0 and no rates, so that a gap is seen as a gap.
    """
    by_day = {
        date.fromisoformat(day): tally.sums
        for day, tally in tallies(question, Scope.DAY).items()
        if day and tally.sums.n
    }
    if not by_day:
        return ()
    first = question.first_day or min(by_day)
    step = _STEPS[question.window]
    sums: dict[date, Sums] = {}
    day = first
    while day <= question.today:
        label = _step_label(day, first, step, question.today)
        sums[label] = sums.get(label, Sums()) + by_day.get(day, Sums())
        day += timedelta(days=1)
    return tuple(_point(label, total) for label, total in sums.items())


def _step_label(day: date, first: date, step: int | None, today: date) -> date:
    """The last day of the step in which a day lies; steps are counted back from today."""
    if step is None:
        following = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
        return min(following - timedelta(days=1), today)
    return today - timedelta(days=(today - day).days // step * step)


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
