"""The usual windows of everybody, as of now: from stretches of days instead of every day.

What a day would still tell is read where it is needed: the trend, from the cells of all teams
together.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.db import connection

from promises.cells import residues
from promises.cells.stretches import SUMS as STRETCHES
from promises.domain.score import Sums
from promises.models.cell import SUM_COLUMNS
from promises.scores.adding import TOGETHER, added_rows, tally_of_matured
from promises.scores.factors import factor_sql
from promises.scores.question import CUSTOM, WINDOWS, Question
from promises.scores.reading import once
from promises.scores.relations import (
    Parameters,
    from_company,
    from_deltas,
    from_promises_today,
    whose,
)
from promises.scores.spans import BEFORE, Span

# Windows that end today and have stretches of their own.
_HELD = {
    window: STRETCHES.all_days if days is None else STRETCHES.lengths.index(days - 1)
    for window, days in WINDOWS.items()
    if days is None or days - 1 in STRETCHES.lengths
}

_LEFT = """
SELECT in_window, team_id, kind, sum(left_over) FROM (
    SELECT true AS in_window, window_.* FROM ({window}) AS window_{before}
) AS both_parts GROUP BY 1, 2, 3
"""
_BEFORE = """
    UNION ALL SELECT false, before_.* FROM ({before}) AS before_"""
_DAY = timedelta(days=1)
# Places of the sum of losses, and of what is left of those to come, in a row of TOGETHER.
_LOSS, _TO_COME = 10, 11


def can_answer(question: Question) -> bool:
    """Whether the question is about everybody, now, in a window that stretches hold."""
    everybody = question.team_ids is None and question.customer_ids is None
    usual = question.since is None and question.window in _HELD
    return question.is_now and everybody and usual and not question.is_fine


def rows(question: Question) -> Iterator[tuple[Any, ...]]:
    """Sums by team and kind, and by day.

    Shape: team, kind, None, matured and TOGETHER; and None, None, day, matured and TOGETHER.
    """
    yesterday = question.today - _DAY
    days = _Days(range(_HELD[question.window] + 1), question.first_day, yesterday)
    left = _left(question)
    for team, kind, alone, day, matured, *sums in added_rows(
        question,
        [
            lambda _: _from_stretches(question, days),
            from_deltas,
            _from_days_to_come,
            from_promises_today,
        ],
        group="team_id, kind, customer_id IS NOT NULL, CASE WHEN customer_id IS NOT NULL THEN day "
        "END, matured",
        sums=TOGETHER,
        join="",
        by="GROUP BY 1, 2, 3, 4, 5",
    ):
        if alone:
            yield (None, None, day, matured, *sums)
        elif matured:
            _take(sums, left.get((True, team, kind), 0.0))
        yield (team, kind, None, matured, *sums)
    yield from _days(question)


def _days(question: Question) -> Iterable[tuple[Any, ...]]:
    """By day, but for the promises of today, who are told one by one."""
    for day, matured, *sums in added_rows(
        question, [from_company], group="day, matured", sums=TOGETHER, join="", by="GROUP BY 1, 2"
    ):
        yield (None, None, day, matured, *sums)


def before(question: Question, span: Span) -> dict[tuple[int, str], Sums] | None:
    """The sums of the period before, by team and kind; None where no stretches hold it."""
    if span.name != BEFORE or not can_answer(question):
        return None
    held = _HELD[question.window]
    days = _Days(range(held + 1, held + 2), span.first_day, span.last_day)
    of_span = replace(question, window=CUSTOM, since=span.first_day, until=span.last_day)
    left = _left(question)
    found: dict[tuple[int, str], Sums] = {}
    for team, kind, *sums in added_rows(
        of_span,
        [lambda _: _from_stretches(question, days), from_deltas],
        group="team_id, kind",
        sums=TOGETHER,
        join="",
        by="GROUP BY 1, 2",
    ):
        _take(sums, left.get((False, team, kind), 0.0))
        found[team, kind] = tally_of_matured(sums).sums
    return found


def now(question: Question) -> dict[tuple[int, str], Sums] | None:
    """The sums of the question's own window, by team and kind; None where no stretches hold it."""
    if not can_answer(question):
        return None
    held = range(_HELD[question.window] + 1)
    days = _Days(held, question.first_day, question.today - _DAY)
    left = _left(question)
    found: dict[tuple[int, str], Sums] = {}
    for team, kind, matured, *sums in added_rows(
        question,
        [lambda _: _from_stretches(question, days), from_deltas, from_promises_today],
        group="team_id, kind, matured",
        sums=TOGETHER,
        join="",
        by="GROUP BY 1, 2, 3",
    ):
        if matured:
            _take(sums, left.get((True, team, kind), 0.0))
            found[team, kind] = tally_of_matured(sums).sums
    return found


def _take(sums: list[Any], left: float) -> None:
    """What is left to come is not lost yet."""
    sums[_LOSS] -= left
    sums[_TO_COME] += left


@dataclass(frozen=True, slots=True)
class _Days:
    """Days, and the stretches that hold about these; `first` None = from the beginning."""

    held: range
    first: date | None
    last: date


def _from_stretches(question: Question, days: _Days) -> tuple[str, Parameters]:
    conditions = whose(question)
    begins = None if days.first is None else "%(held_first)s::date"
    window = STRETCHES.span_sql(conditions.sql, days.held, begins, "%(held_last)s::date")
    sql = _as_relation(window, matured=True)
    return sql, conditions.parameters | {"held_first": days.first, "held_last": days.last}


def _from_days_to_come(question: Question) -> tuple[str, Parameters]:
    conditions = whose(question)
    sql = _as_relation(STRETCHES.ahead_sql(conditions.sql), matured=False)
    return sql, conditions.parameters | {"today": question.today}


def _as_relation(held: str, *, matured: bool) -> str:
    """The shape of a relation, from the sums of teams and kinds."""
    own = ", ".join("0::bigint" if name == "open_residual" else name for name in SUM_COLUMNS)
    return (
        "SELECT team_id, kind, NULL::int AS parameters_version, NULL::date AS day, "  # noqa: S608 (our own names)
        f"NULL::bigint AS customer_id, NULL::bigint AS touchpoint_id, {matured} AS matured, "
        f"{', '.join(SUM_COLUMNS)} FROM (SELECT team_id, kind, {own} FROM ({held}) AS held) "
        f"AS held(team_id, kind, {', '.join(SUM_COLUMNS)})"
    )


def _left(question: Question) -> dict[tuple[bool, int, str], float]:
    """What is left of losses to come in the cells of days before today.

    Shape: whether of the window or of the period before it, team, kind.
    """
    return once(("left", question), lambda: _read_left(question))


def _read_left(question: Question) -> dict[tuple[bool, int, str], float]:
    conditions, held = whose(question), _HELD[question.window]
    first, yesterday = question.first_day, question.today - _DAY
    parameters = conditions.parameters | {"as_of": question.as_of, "left_to": yesterday}
    reach, begins, before = first, None, ""
    if first is not None:
        reach, begins = first - (question.today - first) - _DAY, "%(left_from)s::date"
        parameters |= {"left_from": first, "before_from": reach, "before_to": first - _DAY}
    factor, factors = factor_sql(question, first=reach)
    if first is not None:
        before = _BEFORE.format(
            before=residues.span_sql(
                conditions.sql,
                range(held + 1, held + 2),
                "%(before_from)s::date",
                "%(before_to)s::date",
                factor,
            )
        )
    window = residues.span_sql(conditions.sql, range(held + 1), begins, "%(left_to)s::date", factor)
    with connection.cursor() as cursor:
        cursor.execute(_LEFT.format(window=window, before=before), parameters | factors)
        return {(bool(now), team, kind): left or 0.0 for now, team, kind, left in cursor.fetchall()}
