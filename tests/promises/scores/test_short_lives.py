"""The shortest half-life there may be, in the first minutes of a day: what is still to come is more
than a number can hold when it is told from the end of the day."""

from datetime import UTC, date, datetime, timedelta

import pytest

from promises.models import CustomerScore, KindParameters
from promises.scores import Scope, customer_rows, tallies
from promises.services.customer_scores import refresh_all, refresh_marked
from promises.services.reports import freeze
from promises.services.restating.versions import LEAST_HALF_LIFE
from tests.events import fulfilled, made, store
from tests.promises.asking import ask, count

pytestmark = pytest.mark.django_db(transaction=True)

MIDNIGHT = datetime(2026, 3, 20, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def short_lives() -> None:
    KindParameters.objects.create(
        kind="delivery",
        version=2,
        base_loss=0.25,
        half_life_seconds=LEAST_HALF_LIFE,
        tolerance_seconds=0,
        valid_from=MIDNIGHT - timedelta(days=100),
    )
    for number, due in enumerate((-1_500, -1, 1, 30, 1_438)):
        store(made(f"o-{number}", at=MIDNIGHT - timedelta(days=4), due=MIDNIGHT + due * MINUTE))
    store(fulfilled("o-0", MIDNIGHT + MINUTE / 2))
    count()


def direct(as_of: datetime) -> list[float]:
    """Each loss by R9, b 0.25 and h one minute."""
    losses = []
    for due in (-1_500, -1, 1, 30, 1_438):
        late = (as_of - MIDNIGHT) / MINUTE - due
        if due == -1_500:
            late = 1_500.5
        if late > 0:
            losses.append(0.25 + 0.75 * (1 - 2**-late))
    return losses


@pytest.mark.parametrize("minutes", [0, 0.5, 2, 40, 1_439, 1_440, 5_000])
@pytest.mark.parametrize("is_now", [True, False])
def test_every_figure_is_told_in_the_first_minutes_of_a_day(minutes: float, is_now: bool) -> None:
    as_of = MIDNIGHT + minutes * MINUTE
    losses = direct(as_of)
    question = ask(as_of, is_now=is_now)
    for scope in (Scope.COMPANY, Scope.TEAM, Scope.KIND, Scope.CUSTOMER):
        (tally,) = tallies(question, scope).values()
        assert tally.sums.n == len(losses)
        # What is still to come so early in the day is less than the unit it is kept in: all of it
        # counts as lost.
        assert sum(losses) - 1e-6 <= tally.sums.loss <= len(losses)
    assert [row.n for row in customer_rows(question)] == [len(losses)]


def test_stored_rows_and_reports_are_told_too() -> None:
    refresh_all(now=MIDNIGHT + 2 * MINUTE)
    store(fulfilled("o-1", MIDNIGHT))
    count()
    refresh_marked(now=MIDNIGHT + 3 * MINUTE)
    assert CustomerScore.objects.get(kind="").n_all in (2, 3)
    report = freeze(date(2026, 3, 1), now=datetime(2026, 4, 2, tzinfo=UTC))
    assert report.figures["company"][0]["n"] == 5
