"""Pauses of promises that pin a calendar, as they stand in the rows (R16)."""

from datetime import UTC, datetime, timedelta

import pytest

from promises.models import OpenPromise, Promise
from promises.projection import folded_at
from promises.services.calendars import edit_calendar, make_calendar
from promises.services.checking import check_ledger
from promises.services.counting import count_pending
from tests.events import NOW, event, made, store
from tests.promises.services.calendars.drafts import MARCH_1, WEEK, draft

pytestmark = pytest.mark.django_db(transaction=True)

HOUR = timedelta(hours=1)
# Friday 6 March 2026, at the close; and the Monday after, at opening.
FRIDAY = datetime(2026, 3, 6, 17, 0, tzinfo=UTC)
MONDAY = FRIDAY + timedelta(hours=64)


def paused_over_the_weekend(version: int = 1) -> None:
    target = {
        "amount": 2,
        "unit": "business days",
        "calendar": "office",
        "calendar_version": version,
    }
    store(
        made("p", at=FRIDAY - 50 * HOUR, due=FRIDAY, kind="response", target=target),
        event("promise.paused", "p", FRIDAY - HOUR, {"cause": "customer"}),
        event("promise.resumed", "p", MONDAY),
    )
    count_pending()


def row() -> Promise:
    return Promise.objects.get(reference="p")


def assert_stored_is_recomputed() -> None:
    report = check_ledger()
    assert (report.promises, report.promises_different) == (1, 0)


def test_the_row_moves_by_open_hours_and_so_does_the_past() -> None:
    make_calendar("office", draft(), now=MARCH_1, by="Ada")
    paused_over_the_weekend()

    assert (row().due, row().paused_seconds) == (MONDAY + HOUR, 3600)
    key = (row().source_id, "p")
    assert folded_at([key], as_of=NOW)[key].due == MONDAY + HOUR
    assert_stored_is_recomputed()


@pytest.mark.parametrize("version", [1, 2])
def test_a_calendar_that_comes_later_counts_from_then_on(version: int) -> None:
    if version == 2:
        make_calendar("office", draft(week={"sun": ["09:00-17:00"]}), now=MARCH_1, by="Ada")
    paused_over_the_weekend(version)
    assert row().due == FRIDAY + 65 * HOUR
    assert_stored_is_recomputed()

    if version == 1:
        make_calendar("office", draft(), now=NOW, by="Ada")
    else:
        edit_calendar("office", draft(week=WEEK), base=1, now=NOW, by="Ada")

    assert row().due == MONDAY + HOUR
    assert_stored_is_recomputed()


def test_the_warnings_are_shares_of_the_open_hours() -> None:
    make_calendar("office", draft(), now=MARCH_1, by="Ada")
    target = {
        "amount": 480,
        "unit": "business minutes",
        "calendar": "office",
        "calendar_version": 1,
    }
    # Friday at three until Monday at three: four hours are Monday's opening plus two.
    store(made("p", at=FRIDAY - 2 * HOUR, due=MONDAY + 6 * HOUR, kind="response", target=target))
    count_pending()
    watched = OpenPromise.objects.get(promise__reference="p")
    assert (watched.half_at, watched.three_quarters_at) == (MONDAY + 2 * HOUR, MONDAY + 4 * HOUR)
