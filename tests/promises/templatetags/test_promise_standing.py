"""The one sentence that says how it stands: every branch of it."""

from datetime import UTC, datetime

import pytest

from promises.selectors.pages import Asked
from promises.selectors.standing import Change, Costliest, Standing, change_between
from promises.templatetags.promise_standing import standing_sentence
from tests.promises.views.rows import score_row

NOW = Asked("90d", "", datetime(2026, 3, 31, 12, tzinfo=UTC), True)
KEPT = "91 of 100 promises that fell due in the last 90 days were kept"
COSTS = Costliest("delivery", "PWDx", 0.4)
ROW = score_row(n=100, kept=91, kept_rate=0.91, kept_low=0.84, kept_high=0.95)


@pytest.mark.parametrize(
    ("standing", "sentence"),
    [
        (Standing(score_row(n=0)), "No promises fell due in the last 90 days."),
        (
            Standing(score_row(n=0, not_yet_due=2), Change.BETTER, COSTS),
            "No promises fell due in the last 90 days. 2 promises are not due yet.",
        ),
        (
            Standing(score_row(n=3, kept=1, enough=False), Change.WORSE, COSTS),
            "1 of 3 promises that fell due in the last 90 days were kept. "
            "That is too few for a score to mean much yet.",
        ),
        (Standing(ROW), f"{KEPT}."),
        (Standing(ROW, Change.NOT_CLEAR), f"{KEPT}; no clear change."),
        (Standing(ROW, Change.BETTER), f"{KEPT}; better than in the period before."),
        (Standing(ROW, Change.WORSE), f"{KEPT}; worse than in the period before."),
        (Standing(ROW, Change.UNKNOWN, COSTS), f"{KEPT}; delivery in PWDx costs the most."),
        (
            Standing(ROW, Change.NOT_CLEAR, COSTS),
            f"{KEPT}; no clear change; delivery in PWDx costs the most.",
        ),
    ],
)
def test_it_says_how_it_stands(standing: Standing, sentence: str) -> None:
    assert standing_sentence(standing, NOW) == sentence


@pytest.mark.parametrize(
    ("low", "high", "enough", "change"),
    [
        (0.5, 0.83, True, Change.BETTER),
        (0.5, 0.85, True, Change.NOT_CLEAR),
        (0.96, 0.99, True, Change.WORSE),
        (0.94, 0.99, True, Change.NOT_CLEAR),
        (0.5, 0.83, False, Change.UNKNOWN),
        (None, None, False, Change.UNKNOWN),
    ],
)
def test_ranges_that_overlap_are_no_clear_change(
    low: float | None, high: float | None, enough: bool, change: Change
) -> None:
    before = score_row(kept_low=low, kept_high=high, enough=enough)
    assert change_between(ROW, before) is change
