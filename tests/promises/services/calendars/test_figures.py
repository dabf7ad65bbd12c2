"""What moving open promises does to the scores: shown first, then kept beside what it became."""

from dataclasses import astuple
from datetime import timedelta

import pytest

from promises.models import Restatement
from promises.scores.figures import rows_from, standing
from promises.selectors.calendars import calendar_at
from promises.services.calendars import (
    apply_to_open,
    figures_after,
    make_calendar,
    move_some,
    moves,
)
from promises.services.counting import count_pending
from tests.promises.asking import ask
from tests.promises.services.calendars.drafts import MARCH_1, draft
from tests.promises.services.calendars.test_moving import DUE, LATER, edited, promise, row

pytestmark = pytest.mark.django_db
# All of them are overdue by then.
LATE = DUE + timedelta(hours=3)


def test_the_figures_shown_are_those_that_come() -> None:
    make_calendar("office", draft(), now=MARCH_1, by="Ada")
    for reference in ("p1", "p2"):
        promise(reference)
    promise("own", due=DUE - timedelta(hours=1))
    promise("other", team="support", stake=4)
    count_pending()
    version = edited(week=LATER)
    found = moves("office", calendar_at("office", version), now=LATE)
    assert found.later == 3

    for window in ("28d", "all"):
        shown = figures_after(found.moves, window=window, now=LATE)
        assert all((side.gap_difference or 0) > 0 for side in shown)
        assert all(side.kept_difference == 0 for side in shown)
    before = standing(ask(LATE))
    apply_to_open("office", version, reason="shorter", now=LATE, actor_id=None, by="Ada")
    assert not move_some()
    assert row("p1").slips_unannounced == 1
    after = standing(ask(LATE))
    for real, side in zip(after, shown, strict=True):
        assert side.new is not None
        assert astuple(real)[3:] == pytest.approx(astuple(side.new)[3:], rel=1e-6)

    kept = Restatement.objects.get()
    assert (kept.calendar, kept.version, kept.kind, kept.state) == ("office", version, "", "done")
    assert (kept.done, kept.moved, kept.reason, kept.asked_by) == (4, 3, "shorter", "Ada")
    assert rows_from(kept.before["all"]) == before
    assert rows_from(kept.after["all"]) == after
    # Again, nothing is left to be moved.
    again = apply_to_open("office", version, reason="again", now=LATE, actor_id=None)
    assert not move_some()
    again.refresh_from_db()
    assert (again.state, again.moved) == ("done", 0)
    assert rows_from(again.after["all"]) == rows_from(again.before["all"])
