"""The anti-gaming panel beside a team's score: what a good figure may have been bought with (R22).

Counts come from the cells, day by day, as every score does. What cells do not have is told by the
team's promises themselves (`looked_at.py`).
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from django.utils.translation import gettext as _

from promises.domain.clock import day_end
from promises.domain.score import Sums
from promises.scores import Question, Scope, ScoreRow, Tally, tallies
from promises.selectors.looked_at import Looked, Window, look

# Below this many promises a share says nothing, and nobody is warned.
ENOUGH: Final = 20
FALLING: Final = 0.75
# Points of 100: a tenth of all that was promised is lost.
GOOD: Final = 10.0
RISING_SLACK: Final = 1.25
HIGH_RETRO: Final = 0.05
HIGH_WITHDRAWN: Final = 0.10
HIGH_PAUSED: Final = 0.20


@dataclass(frozen=True, slots=True)
class PanelFigures:
    """The figures of one window.

    Shape: n, withdrawn and the rates of slips, withdrawals and retro are of all promises; the
    others of the `looked_at` that matured last. null where there is nothing to divide by.
    Units: shares 0 to 1; slips per promise; slack is from making to the first date, in hours.
    """

    n: int
    withdrawn: int
    looked_at: int
    median_slack_hours: float | None
    slip_rate: float | None
    withdrawal_rate: float | None
    retro_share: float | None
    paused_share: float | None
    implicit_share: float | None
    imported_share: float | None


@dataclass(frozen=True, slots=True)
class PanelWarning:
    """A warning. Shape: code is for programs, text for people."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class GamingPanel:
    """The panel of one team. Shape: before is the window of the same length before it, None where
    the window has no begin; sums_before are its sums."""

    now: PanelFigures
    before: PanelFigures | None
    warnings: tuple[PanelWarning, ...]
    sums_before: Sums | None


def panel_read(question: Question, team_id: int, row: ScoreRow) -> GamingPanel:
    """The panel of one team for the window of a question. Shape: row is its score there."""
    first = question.first_day
    since = None
    if first is not None:
        last = question.last_day or question.today
        since = first - max(timedelta(days=1), last - first + timedelta(days=1))
    about = replace(question, team_ids=frozenset({team_id}), since=since)
    sums, sums_before = _added_up(about, first)
    windows: list[Window] = [(question.starts_at, question.ends_at or question.as_of)]
    if since is not None and question.starts_at is not None:
        windows.append((day_end(since - timedelta(days=1), question.zone), question.starts_at))
    looked = look(question, team_id, windows)
    now = _figures(sums, looked[0])
    before = _figures(sums_before, looked[1]) if len(looked) > 1 else None
    warnings = tuple(_warnings(now, before, row, over=_days_over(question)))
    return GamingPanel(now, before, warnings, None if since is None else sums_before.sums)


def _days_over(question: Question) -> float:
    """The part of the window's days that is over: of today, what is due at its end is to come."""
    first = question.first_day
    if first is None or question.last_day is not None:
        return 1.0
    days = (question.today - first).days + 1
    return (days - 1) / days


def _added_up(question: Question, first: date | None) -> tuple[Tally, Tally]:
    """The tallies of the window that begins on a day, and of all before it."""
    now, before = Tally(), Tally()
    for day, tally in tallies(question, Scope.DAY).items():
        # Promises that a pause holds back have no day, and have not matured.
        if first is None or not day or date.fromisoformat(day) >= first:
            now += tally
        else:
            before += tally
    return now, before


def _figures(tally: Tally, looked: Looked) -> PanelFigures:
    sums, slack = tally.sums, looked.median_slack_seconds
    return PanelFigures(
        n=sums.n,
        withdrawn=sums.withdrawn,
        looked_at=looked.n,
        median_slack_hours=None if slack is None else slack / 3_600,
        slip_rate=_share(sums.slips, sums.n),
        withdrawal_rate=_share(sums.withdrawn, sums.n + sums.withdrawn),
        retro_share=_share(tally.retro, sums.n),
        paused_share=looked.paused_share,
        implicit_share=looked.implicit_share,
        imported_share=looked.imported_share,
    )


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def _warnings(
    now: PanelFigures, before: PanelFigures | None, row: ScoreRow, *, over: float
) -> list[PanelWarning]:
    found = []
    if before is not None and before.n >= ENOUGH:
        found += _against(now, before, row, over)
    if now.n >= ENOUGH:
        found += _by_themselves(now)
    return found


def _is_good(row: ScoreRow) -> bool:
    """Whether a score is clearly better than the company's, or good by itself."""
    if row.gap_score is None or row.gap_high is None:
        return False
    better = row.parent_mean is not None and row.gap_high < row.parent_mean
    return better or row.gap_score <= GOOD


def _against(
    now: PanelFigures, before: PanelFigures, row: ScoreRow, over: float
) -> list[PanelWarning]:
    found = []
    if now.n < FALLING * before.n * over:
        good = _is_good(row)
        code = "good_score_on_falling_volume" if good else "falling_volume"
        said = (
            _("A good score on falling volume: %(now)s promises fell due, %(before)s before.")
            if good
            else _("Falling volume: %(now)s promises fell due, %(before)s before.")
        )
        found.append(PanelWarning(code, said % {"now": now.n, "before": before.n}))
    slack, slack_before = now.median_slack_hours, before.median_slack_hours
    if slack is not None and slack_before and slack > RISING_SLACK * slack_before > 0:
        said = _("Dates are given later after the promise is made than in the period before.")
        found.append(PanelWarning("rising_slack", said))
    return found


def _by_themselves(now: PanelFigures) -> list[PanelWarning]:
    checks = (
        (
            now.retro_share,
            HIGH_RETRO,
            "high_retro",
            _("Many promises were written down after their outcome had occurred."),
        ),
        (
            now.withdrawal_rate,
            HIGH_WITHDRAWN,
            "high_withdrawal",
            _("Many promises were withdrawn before they fell due, and count nowhere."),
        ),
        (
            now.paused_share,
            HIGH_PAUSED,
            "high_paused",
            _("Much of the time promised was paused."),
        ),
    )
    return [
        PanelWarning(code, said)
        for value, most, code, said in checks
        if value is not None and value > most
    ]
