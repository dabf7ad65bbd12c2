"""How many promises a list has, from the cells: they count by how promises stand, day by day."""

from collections.abc import Callable, Mapping
from typing import Final

from interactions.selectors import Viewer
from promises.domain.score import Sums
from promises.scores import Question, Scope, Tally, tallies
from promises.selectors.asked import question_for
from promises.selectors.pages import Asked

# What a list can be of, and how many of it some sums have.
_COUNTS: Final[Mapping[str, Callable[[Sums], int]]] = {
    "due": lambda sums: sums.n,
    "missed": lambda sums: sums.n - sums.kept,
    "kept": lambda sums: sums.kept,
    "late": lambda sums: sums.late,
    "partial": lambda sums: sums.partial,
    "failed": lambda sums: sums.failed,
    "unsettled": lambda sums: sums.open,
    "withdrawn": lambda sums: sums.withdrawn,
}


def count_by_cells(viewer: Viewer, asked: Asked, stands: str) -> int | None:
    """How many promises of the period stand so now, for all customers and whatever their words.

    Shape: None where cells do not tell it: lists of the past leave out what the figures have, and
    what has not matured yet is no matter of days.
    """
    if not asked.is_now or stands not in _COUNTS:
        return None
    found = tallies(_question(viewer, asked), Scope.COMPANY)
    return _COUNTS[stands](found.get("", Tally()).sums)


def _question(viewer: Viewer, asked: Asked) -> Question:
    team = asked.filters.team_id
    return question_for(asked, team_ids=viewer.team_ids if team is None else frozenset({team}))
