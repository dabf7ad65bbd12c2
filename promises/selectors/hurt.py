"""The customers hurt most, as a page of their own: at a past moment they take longer than all the
rest of the overview, which shows them when they have come."""

from dataclasses import dataclass

from interactions.selectors import Viewer
from promises.domain.loss import KindParameters
from promises.scores import ScoreRow, read_judging
from promises.selectors.dashboards import overview_question
from promises.selectors.freshness import freshness_read, parameters_read
from promises.selectors.narrowing import choices_read
from promises.selectors.pages import Asked, Choices, Freshness
from promises.selectors.ranking import is_stored, worst_customers


@dataclass(frozen=True, slots=True)
class HurtPage:
    """The customers hurt most, worst first.

    Shape: `quick` where only those were looked at that stand worst without filters.
    """

    asked: Asked
    freshness: Freshness
    parameters: tuple[KindParameters, ...]
    choices: Choices
    customers: tuple[ScoreRow, ...]
    quick: bool


def hurt_read(viewer: Viewer, asked: Asked, *, limit: int) -> HurtPage:
    """The customers hurt most, of all that the viewer may see and asked for."""
    question = overview_question(viewer, asked)
    read_judging(question.as_of)
    rows = worst_customers(viewer, question, limit=limit, quick=True, with_lateness=False)
    return HurtPage(
        asked=asked,
        freshness=freshness_read(asked),
        parameters=parameters_read(asked),
        choices=choices_read(viewer, asked.filters),
        customers=tuple(rows),
        quick=asked.is_now and not is_stored(viewer, question),
    )
