"""The figures that stand, and those that would: side by side before anything is applied."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from promises.domain.loss import KindParameters
from promises.projection.facts import installation_zone
from promises.scores import WINDOWS, Question
from promises.scores.figures import SideBySide, side_by_side, standing
from promises.scores.rejudging import rejudged
from promises.services.restating.versions import Draft, checked

Figures = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Preview:
    """What judging a kind by other parameters would do to the figures of a window.

    Shape: where not `all_folded`, the oldest of the promises with pauses or changed dates keep
    their verdict in these figures.
    """

    rows: list[SideBySide]
    all_folded: bool


def preview(kind: str, draft: Draft, *, window: str, now: datetime) -> Preview:
    """The figures as they stand beside those under the draft.

    Raises: ParametersRefused.
    """
    checked(draft)
    proposed = KindParameters(
        0, kind, draft.base_loss, draft.half_life_seconds, draft.tolerance_seconds
    )
    question = Question(now, True, installation_zone(), window, kind)
    found = rejudged(question, proposed)
    return Preview(side_by_side(standing(question), found.rows), found.all_folded)


def kept_figures(kind: str, as_of: datetime, *, is_now: bool) -> Figures:
    """The figures of every window, as they are stored with a restatement; `kind` "" = all."""
    found: Figures = {}
    for window in WINDOWS:
        question = Question(as_of, is_now, installation_zone(), window, kind)
        found[window] = [asdict(row) for row in standing(question)]
    return found
