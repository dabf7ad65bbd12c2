"""Boston's 311 requests through import, ledger, projection and API: figures counted elsewhere."""

import csv
import gzip
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from promises.scores import Question
from promises.selectors.comparison import comparison_read
from promises.selectors.drivers import Drivers, all_drivers_read
from promises.services.risk import look_back
from tests.promises.figures import EXPECTED, SAMPLES, chosen, company, expected, imported, scores
from tests.promises.kaplan_meier import Case, check_rows
from tests.real_data import ROOT

pytestmark = pytest.mark.django_db
FILE = SAMPLES / "boston311.csv.gz"
BOSTON = ZoneInfo("America/New_York")
SETTLED = ("n", "kept", "late", "open_overdue")
JULY = datetime(2016, 7, 1, 3, 59, 59, tzinfo=UTC)
AS_OF = expected(EXPECTED / "boston311_as_of.csv", "as_of")


@pytest.fixture(scope="module")
def key(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    with django_db_blocker.unblock(), imported(FILE, mapping="boston311.toml") as read_key:
        yield read_key


def test_the_whole_city(key: str) -> None:
    figures = company(key)
    assert chosen(figures, *SETTLED) == {
        "n": 17_500,
        "kept": 14_803,
        "late": 675,
        "open_overdue": 2_022,
    }
    others = ("partial", "failed", "withdrawn", "not_yet_due", "kept_early", "slips")
    assert not any(chosen(figures, *others).values())
    assert figures["kept_rate"] == pytest.approx(14_803 / 17_500, abs=1e-12)


def test_every_department(key: str) -> None:
    wanted = expected(EXPECTED / "boston311_departments.csv", "department")
    assert len(wanted) == 11
    assert {name: chosen(row, *SETTLED) for name, row in scores(key, scope="team").items()} == {
        name: chosen(row, *SETTLED) for name, row in wanted.items()
    }


def test_every_neighborhood(key: str) -> None:
    wanted: dict[str, Counter[str]] = {}
    for name, row in expected(EXPECTED / "boston311_neighborhoods.csv", "neighborhood").items():
        # An empty one and a blank one are both "not stated".
        wanted.setdefault(name.strip() or "not-stated", Counter()).update(chosen(row, *SETTLED))
    assert {name: chosen(row, *SETTLED) for name, row in scores(key, scope="customer").items()} == {
        name: {figure: row[figure] for figure in SETTLED} for name, row in wanted.items()
    }


@pytest.mark.parametrize(
    ("scope", "name"), [("company", ""), ("team", "team"), ("customer", "customer")]
)
def test_lateness_is_what_lifelines_has(key: str, scope: str, name: str) -> None:
    """Customers exactly, teams and the company to a bucket."""
    compared = check_rows(scores(key, scope=scope), cases(), name, exact=scope == "customer")
    assert compared >= {"company": 5, "team": 25, "customer": 100}[scope]


@pytest.mark.parametrize("as_of", [*AS_OF][::4])
def test_lateness_as_it_stood_is_what_lifelines_has(key: str, as_of: str) -> None:
    rows = scores(key, scope="customer", as_of=as_of)
    assert check_rows(rows, cases(datetime.fromisoformat(as_of)), "customer", exact=True) > 0
    rows = scores(key, scope="team", as_of=as_of)
    assert check_rows(rows, cases(datetime.fromisoformat(as_of)), "team", exact=False) > 0


def test_chances_foretell_better_than_the_base_rate(key: str) -> None:
    """Trained on the past only; the printed table is that of docs/at-risk.md."""
    end = datetime(2018, 1, 1, tzinfo=UTC)
    judged = look_back(end).calibration
    assert judged is not None
    assert judged.all.n > 500
    assert judged.all.score < 0.7 * judged.all.base
    printed = StringIO()
    call_command("learn_risk", as_of=end.isoformat(), stdout=printed)
    page = (ROOT / "docs" / "at-risk.md").read_text(encoding="utf-8")
    for line in printed.getvalue().splitlines():
        assert line in page


def test_now_and_a_moment_ago_agree(key: str) -> None:
    now = company(key)
    past = company(key, as_of=timezone.now().isoformat())
    for name in ("as_of", "gap_score", "gap_low", "gap_high", "gap_raw"):
        # They are a few seconds apart: losses grow, the counts do not.
        assert past.pop(name)
        assert now.pop(name)
    for name in ("parent_mean", "lateness_over_hours"):
        past.pop(name)
        now.pop(name)
    assert past == now


@pytest.mark.parametrize("as_of", AS_OF)
def test_the_city_as_it_stood(key: str, as_of: str) -> None:
    """The one difference to the expected table is R7's: early ones count at their maturity."""
    figures = company(key, as_of=as_of)
    recounted = recount(datetime.fromisoformat(as_of))
    assert chosen(figures, *SETTLED, "not_yet_due", "kept_early") == recounted
    wanted = chosen(AS_OF[as_of], *SETTLED, "open_pending")
    assert recounted["kept"] + recounted["kept_early"] == wanted["kept"]
    assert recounted["late"] == wanted["late"]
    assert recounted["open_overdue"] == wanted["open_overdue"]
    assert recounted["not_yet_due"] == wanted["open_pending"]
    assert recounted["kept_early"] > 0


@pytest.mark.parametrize("as_of", AS_OF)
def test_departments_add_up_to_the_city_as_it_stood(key: str, as_of: str) -> None:
    names = (*SETTLED, "not_yet_due", "kept_early")
    added: Counter[str] = Counter()
    for row in scores(key, scope="team", as_of=as_of).values():
        added.update(chosen(row, *names))
    assert added == chosen(company(key, as_of=as_of), *names)


def recount(as_of: datetime) -> dict[str, int]:
    """Count the file by R7 without any code of ours."""
    counts: Counter[str] = Counter()
    with gzip.open(FILE, "rt", encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            if row["sla_target_dt"] and moment(row["open_dt"]) <= as_of:
                due, closed = moment(row["sla_target_dt"]), row["closed_dt"]
                done = moment(closed) if closed and moment(closed) <= as_of else None
                counts[verdict(due, done, as_of)] += 1
    states = ("kept", "late", "open_overdue", "not_yet_due", "kept_early")
    n = counts["kept"] + counts["late"] + counts["open_overdue"]
    return {"n": n, **{state: counts[state] for state in states}}


def cases(as_of: datetime | None = None) -> list[Case]:
    """The requests of the file that had a target and were due, settled by then or not."""
    found = []
    with gzip.open(FILE, "rt", encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            if not row["sla_target_dt"] or (as_of and moment(row["open_dt"]) > as_of):
                continue
            due, closed = moment(row["sla_target_dt"]), row["closed_dt"]
            settled = moment(closed) if closed else None
            if as_of is not None and due >= as_of:
                continue
            if as_of is not None and settled is not None and settled > as_of:
                settled = None
            place = row["neighborhood"].strip() or "not-stated"
            found.append(Case(place, row["department"], due, settled))
    return found


def verdict(due: datetime, done: datetime | None, as_of: datetime) -> str:
    if due >= as_of:
        return "not_yet_due" if done is None else "kept_early"
    if done is None:
        return "open_overdue"
    return "kept" if done <= due else "late"


def moment(cell: str) -> datetime:
    return datetime.fromisoformat(cell).replace(tzinfo=BOSTON).astimezone(UTC)


def month() -> Question:
    """The 28 days up to the end of June 2016."""
    return Question(JULY, False, BOSTON, "28d")


def june(*against: str) -> tuple[Drivers, ...]:
    return all_drivers_read(month(), against=against)


def test_the_drivers_of_a_month_add_up_to_the_last_digit(key: str) -> None:
    whole = comparison_read(month(), by=("kind",)).whole
    raws = {period.period: period.gap_raw for period in whole.periods}
    for found in june("before", "year"):
        assert found.difference is not None
        assert sum(part.total for part in found.parts) == pytest.approx(found.difference, abs=1e-9)
        assert found.raw_now == pytest.approx(raws["now"], abs=1e-9)
        assert found.raw_before == pytest.approx(raws[found.against], abs=1e-9)


def test_the_docs_show_the_drivers_of_a_month(key: str) -> None:
    """The lines of the tables in docs/analysis.md."""
    page = (ROOT / "docs" / "analysis.md").read_text()
    for found in june("before"):
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
