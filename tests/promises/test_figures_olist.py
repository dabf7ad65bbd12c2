"""Olist's orders through import, ledger, projection and API, where the data are at hand."""

import csv
import gzip
from collections.abc import Iterator
from datetime import UTC, datetime
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from lifelines import KaplanMeierFitter
from pytest_django import DjangoDbBlocker

from promises.models import Promise
from promises.models.settling import Measure
from promises.selectors.settling import Scope, all_curves
from promises.services.risk import look_back
from promises.services.settling import count_all
from tests.promises.figures import Figures, chosen, company, expected, imported, scores
from tests.promises.kaplan_meier import Case, check_rows
from tests.real_data import OLIST, OLIST_IS_THERE, OUTSIDE, ROOT, WITHOUT_OLIST

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not OLIST_IS_THERE, reason=WITHOUT_OLIST),
]
FILES = {name: OLIST / f"olist_{name}_dataset.csv.gz" for name in ("orders", "customers")}
SAO_PAULO = ZoneInfo("America/Sao_Paulo")
# When the last orders had come to their date.
END = datetime(2018, 10, 1, tzinfo=UTC)
DAY_SECONDS = 86_400.0
NAMES = ("n", "kept", "late", "open_overdue", "withdrawn")


@pytest.fixture(scope="module")
def key(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    with (
        django_db_blocker.unblock(),
        imported(*FILES.values(), mapping="olist_delivery.toml") as read_key,
    ):
        yield read_key


def test_all_deliveries_by_the_end_of_the_promised_day(key: str) -> None:
    assert chosen(company(key), *NAMES) == {
        "n": 15_000 - 202,
        "kept": 13_595,
        "late": 957,
        "open_overdue": 246,
        "withdrawn": 202,
    }


def test_every_state_but_for_the_promised_day_itself(key: str) -> None:
    """The table counts midnights: by the end of the day 199 more are kept."""
    table = expected(OUTSIDE / "expected" / "shared_olist_by_customer_state.csv", "customer")
    found = scores(key, scope="team")
    assert found.keys() == table.keys()
    kept_on_the_day = 0
    for state, row in found.items():
        wanted = at_midnight(table[state])
        assert chosen(row, "n", "open_overdue", "withdrawn") == {
            name: wanted[name] for name in ("n", "open_overdue", "withdrawn")
        }
        assert row["kept"] >= wanted["kept"]
        kept_on_the_day += row["kept"] - wanted["kept"]
        assert row["late"] == wanted["late"] - (row["kept"] - wanted["kept"])
    assert kept_on_the_day == 199


@pytest.mark.parametrize(("scope", "name"), [("company", ""), ("team", "team")])
def test_lateness_is_what_lifelines_has(key: str, scope: str, name: str) -> None:
    """To a bucket; no customer has twenty orders."""
    compared = check_rows(scores(key, scope=scope), cases(), name, exact=False)
    assert compared >= (5 if scope == "company" else 80)


def cases() -> list[Case]:
    """The orders that were not called off, due at the end of the promised day."""
    states = {row["customer_id"]: row["customer_state"] for row in rows_of("customers")}
    return [
        Case(
            "",
            states[row["customer_id"]],
            # Through UTC: where a day ends at the change of the clock, its last moment is not lost.
            local(row["order_estimated_delivery_date"][:10] + " 23:59:59.999999"),
            local(row["order_delivered_customer_date"])
            if row["order_delivered_customer_date"]
            else None,
        )
        for row in rows_of("orders")
        if row["order_status"] not in ("canceled", "unavailable")
    ]


def rows_of(name: str) -> list[dict[str, str]]:
    with gzip.open(FILES[name], "rt", encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def local(cell: str) -> datetime:
    return datetime.fromisoformat(cell).replace(tzinfo=SAO_PAULO).astimezone(UTC)


def test_chances_foretell_better_than_the_base_rate(key: str) -> None:
    """Trained on the past only; the printed table is that of docs/at-risk.md."""
    judged = look_back(END).calibration

    assert judged is not None
    assert judged.all.n > 4_000
    assert judged.all.score < 0.9 * judged.all.base
    for group in judged.groups:
        # The deliveries of a year change from month to month: no past foretells all of it.
        assert group.low - 0.05 < group.predicted < group.high + 0.05
    printed = StringIO()
    call_command("learn_risk", as_of=END.isoformat(), stdout=printed)
    page = (ROOT / "docs" / "at-risk.md").read_text(encoding="utf-8")
    for line in printed.getvalue().splitlines():
        assert line in page


def test_curves_say_what_lifelines_says_of_every_state(key: str) -> None:
    count_all(now=END)
    since = datetime(2017, 10, 1, tzinfo=UTC)
    curves = all_curves(Measure.TIME)
    checked = 0
    for scope, curve in curves.items():
        promises = Promise.objects.filter(made_at__gte=since, made_at__lte=END).exclude(
            state="withdrawn"
        )
        if scope.team_id:
            promises = promises.filter(team_id=scope.team_id)
        settled = [
            promise.settled_at is not None and promise.settled_at <= END for promise in promises
        ]
        times = [
            max(0.0, ((p.settled_at if done else END) - p.made_at).total_seconds())
            for p, done in zip(promises, settled, strict=True)
        ]
        assert curve.cases == len(times)
        if curve.cases < 200:
            continue
        fitter = KaplanMeierFitter().fit(times, settled)
        for days in (3, 7, 10, 14, 21, 30, 60):
            theirs = float(fitter.predict(days * DAY_SECONDS))
            assert curve.unsettled(days * DAY_SECONDS) == pytest.approx(theirs, abs=0.03)
            checked += 1
        assert curve.time_of(0.9) == pytest.approx(float(fitter.percentile(0.1)), rel=0.06)
    assert Scope("delivery") in curves
    assert checked > 50


def at_midnight(row: Figures) -> dict[str, int]:
    void = int(row["void"])
    figures = chosen(row, "kept", "late", "open_overdue")
    return {**figures, "withdrawn": void, "n": int(row["n"]) - void}
