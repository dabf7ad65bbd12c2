"""What moving open promises does to the scores: a later date is a slip, and those overdue lose by
it at once (R8, R18)."""

import math
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from promises.domain.clock import day_end
from promises.domain.loss import NANO, UNANNOUNCED_SLIP_LEAVES
from promises.models import Promise
from promises.projection import kind_parameters
from promises.projection.facts import installation_zone
from promises.scores import Question, Scope, Tally, read_together, tallies
from promises.scores.figures import SideBySide, figure_rows, side_by_side, standing, total
from promises.services.calendars.moving import Move


def figures_after(moves: Iterable[Move], *, window: str, now: datetime) -> list[SideBySide]:
    """The figures of company and teams as they stand beside those after the moves."""
    question = Question(now, True, installation_zone(), window)
    read_together(question)
    by_team = tallies(question, Scope.TEAM)
    parameters = kind_parameters()
    for move in moves:
        promise = move.promise
        if not (move.is_later and _counts(promise, question)):
            continue
        half_life = parameters(promise.kind, promise.made_at).half_life_seconds
        team = promise.team.reference
        had = by_team.get(team, Tally())
        lost = had.sums.loss + (1 - UNANNOUNCED_SLIP_LEAVES) * _left(promise, half_life, now)
        by_team[team] = replace(had, sums=replace(had.sums, loss=lost))
    return side_by_side(standing(question), figure_rows(question, by_team, total(by_team)))


def _counts(promise: Promise, question: Question) -> bool:
    matures_at, starts_at = promise.matures_at, question.starts_at
    return (
        matures_at is not None
        and matures_at < question.as_of
        and (starts_at is None or matures_at >= starts_at)
    )


def _left(promise: Promise, half_life: float, now: datetime) -> float:
    """What an overdue promise has not lost yet, times its weight (R12)."""
    if promise.day is None:
        return 0.0
    seconds = (now - day_end(promise.day, installation_zone())).total_seconds()
    return promise.open_residual / NANO * math.exp2(max(-1_000.0, -seconds / half_life))
