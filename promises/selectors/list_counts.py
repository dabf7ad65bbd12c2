"""How many promises a list has, without going through them: from the cells, which count by how
promises stand, day by day, and from the narrow tables of what is waited for."""

from collections.abc import Callable, Mapping
from typing import Final

from interactions.selectors import Viewer
from promises.domain.score import Sums
from promises.scores import Question, Scope, Tally, overdue_counts, tallies
from promises.selectors.asked import question_for
from promises.selectors.pages import Asked
from promises.selectors.visibility import visible_open, visible_remainders

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

    Shape: None where cells do not tell it: lists of the past leave out what the figures have, what
    has not matured yet is no matter of days, and of those overdue only stretches know which are
    waited for still.
    """
    question = _question(viewer, asked)
    if asked.is_now and stands == "overdue" and not question.is_fine:
        return overdue_counts(question)[0]
    if not asked.is_now or stands not in _COUNTS:
        return None
    found = tallies(question, Scope.COMPANY)
    return _COUNTS[stands](found.get("", Tally()).sums)


def count_by_tables(viewer: Viewer, asked: Asked, stands: str, *, most: int) -> int | None:
    """The same of what is waited for and has not matured, or owes a rest, counted up to so many.

    Shape: None where the narrow tables do not tell it.
    """
    if not asked.is_now or _question(viewer, asked).is_fine:
        return None
    team = {} if asked.filters.team_id is None else {"team_id": asked.filters.team_id}
    if stands == "rest_owed" and not asked.kind:
        return visible_remainders(viewer).filter(**team)[:most].count()
    if stands != "ahead":
        return None
    awaited = visible_open(viewer).filter(**team, **({"kind": asked.kind} if asked.kind else {}))
    dated = awaited.filter(matures_at__gte=asked.as_of)[:most].count()
    return dated + awaited.filter(matures_at__isnull=True)[: most - dated].count()


def _question(viewer: Viewer, asked: Asked) -> Question:
    team = asked.filters.team_id
    return question_for(asked, team_ids=viewer.team_ids if team is None else frozenset({team}))
