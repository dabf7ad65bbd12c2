"""The one sentence that says how it stands: every branch of it."""

from datetime import UTC, datetime

import pytest

from promises.domain.difference import Verdict
from promises.selectors.pages import Asked
from promises.selectors.standing import Costliest, Standing
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
            Standing(score_row(n=0, not_yet_due=2), Verdict.BETTER, COSTS),
            "No promises fell due in the last 90 days. 2 promises are not due yet.",
        ),
        (
            Standing(score_row(n=3, kept=1, enough=False), Verdict.WORSE, COSTS),
            "1 of 3 promises that fell due in the last 90 days were kept. "
            "That is too few for a score to mean much yet.",
        ),
        (Standing(ROW), f"{KEPT}."),
        (Standing(ROW, Verdict.NO_CLEAR_CHANGE), f"{KEPT}; no clear change."),
        (Standing(ROW, Verdict.BETTER), f"{KEPT}; better than in the period before."),
        (Standing(ROW, Verdict.WORSE), f"{KEPT}; worse than in the period before."),
        (Standing(ROW, Verdict.TOO_FEW, COSTS), f"{KEPT}; delivery in PWDx costs the most."),
        (
            Standing(ROW, Verdict.NO_CLEAR_CHANGE, COSTS),
            f"{KEPT}; no clear change; delivery in PWDx costs the most.",
        ),
    ],
)
def test_it_says_how_it_stands(standing: Standing, sentence: str) -> None:
    assert standing_sentence(standing, NOW) == sentence
