"""The decomposition of one real month of Boston, on the file as it is: the table of the docs."""

from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from pytest_django import DjangoDbBlocker

from promises.scores import Question
from promises.selectors.comparison import comparison_read
from promises.selectors.drivers import Drivers, all_drivers_read
from tests.promises.figures import SAMPLES, imported
from tests.real_data import ROOT

pytestmark = pytest.mark.django_db
# The last 28 days of June 2016.
AS_OF = datetime(2016, 7, 1, 3, 59, 59, tzinfo=UTC)


@pytest.fixture(scope="module")
def june(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[tuple[Drivers, ...]]:
    with (
        django_db_blocker.unblock(),
        imported(SAMPLES / "boston311.csv.gz", mapping="boston311.toml", checked=False),
    ):
        yield all_drivers_read(question(), against=("before", "year"))


def question() -> Question:
    return Question(AS_OF, False, ZoneInfo("America/New_York"), "28d")


def test_it_adds_up_to_the_last_digit(june: tuple[Drivers, ...]) -> None:
    whole = comparison_read(question(), by=("kind",)).whole
    raws = {period.period: period.gap_raw for period in whole.periods}
    for found in june:
        assert found.difference is not None
        assert sum(part.total for part in found.parts) == pytest.approx(found.difference, abs=1e-9)
        assert found.raw_now == pytest.approx(raws["now"], abs=1e-9)
        assert found.raw_before == pytest.approx(raws[found.against], abs=1e-9)


def test_the_docs_show_it(june: tuple[Drivers, ...]) -> None:
    """The lines of the tables in docs/analysis.md."""
    page = (ROOT / "docs" / "analysis.md").read_text()
    for found in june:
        if found.against != "before":
            continue
        for line in lines(found):
            assert line in page, "\n".join(lines(found))


def lines(found: Drivers) -> list[str]:
    parts = [
        f"| {part.name} | {part.n_before} | {part.n_now} | {figure(part.raw_before)} "
        f"| {figure(part.raw_now)} | {part.mix:+.3f} | {part.rate:+.3f} | {part.total:+.3f} |"
        for part in found.parts
    ]
    n_before = sum(part.n_before for part in found.parts)
    n_now = sum(part.n_now for part in found.parts)
    return [
        *parts,
        f"| **all** | {n_before} | {n_now} | {figure(found.raw_before)} | {figure(found.raw_now)} "
        f"| {found.mix:+.3f} | {found.rate:+.3f} | {found.difference:+.3f} |",
    ]


def figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
