"""A past moment of the whole company: teams, kinds, days and touchpoints in one statement.

Cells know the team or the touchpoint. But most of the work are the promises of which something was
told since and those under way then, one by one, and these know both.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

from promises.scores import relations
from promises.scores.adding import TOGETHER, Source, added_rows
from promises.scores.question import Question
from promises.scores.relations import Parameters

# What a row may be counted by.
_BOTH, _TEAMS_ONLY, _TOUCHPOINTS_ONLY = 0, 1, 2
# PostgreSQL's grouping() of team, day and touchpoint: which of them was not grouped by.
_BY_TEAM, _BY_DAY, _BY_TOUCHPOINT = 0b011, 0b101, 0b110


class Row(NamedTuple):
    """The sums of a team and kind, of a day, or of a touchpoint; the other keys are None."""

    team: int | None
    kind: str
    day: date | None
    touchpoint: int | None
    matured: bool
    sums: list[Any]


def can_answer(question: Question) -> bool:
    """Whether it is about everybody at a past moment, and not about the fine grain."""
    return not question.is_now and question.team_ids is None and not question.is_fine


def rows(question: Question) -> Iterator[Row]:
    """The rows of all groups; more than one for a group, which are to be added up."""
    sources = [
        _marked(relations.from_cells_alone, _TEAMS_ONLY),
        _marked(relations.from_touchpoint_cells, _TOUCHPOINTS_ONLY),
        _marked(relations.from_deltas, _BOTH),
        _marked(relations.from_late_events, _BOTH),
    ]
    if question.last_day is None:
        sources.append(_marked(relations.from_today_on_then, _BOTH))
    keys = "part, team_id, kind, day, touchpoint_id, matured"
    for bits, part, team, kind, day, touchpoint, matured, *sums in added_rows(
        question,
        sources,
        group=f"grouping(team_id, day, touchpoint_id), {keys}",
        sums=TOGETHER,
        join="",
        by="GROUP BY GROUPING SETS ((part, team_id, kind, matured), (part, day, matured), "
        "(part, touchpoint_id, matured))",
    ):
        by_touchpoint = bits == _BY_TOUCHPOINT
        if part == (_TEAMS_ONLY if by_touchpoint else _TOUCHPOINTS_ONLY):
            continue
        yield Row(
            team if bits == _BY_TEAM else None,
            kind or "",
            day if bits == _BY_DAY else None,
            touchpoint if by_touchpoint else None,
            matured,
            sums,
        )


def _marked(source: Source, part: int) -> Source:
    def marked(question: Question) -> tuple[str, Parameters]:
        sql, parameters = source(question)
        return f"SELECT {part} AS part, one.* FROM ({sql}) AS one", parameters  # noqa: S608 (a number of ours)

    return marked
