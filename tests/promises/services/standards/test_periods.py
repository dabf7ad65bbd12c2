"""A quality standard makes one promise for each period, which measured values fulfil."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from promises.domain.standards import SOURCE, Cycle
from promises.models import Promise
from promises.services.standards import edit_standard, make_periods, switch_standard
from tests.events import fulfilled, store
from tests.promises.asking import count
from tests.standards import standard, terms

pytestmark = pytest.mark.django_db
MADE = datetime(2026, 1, 20, 12, tzinfo=UTC)
UPTIME: dict[str, Any] = {
    "name": "Uptime",
    "cycle": Cycle.PERIOD,
    "kind": "quality",
    "event_type": "",
    "amount": None,
    "unit": "",
    "period": "month",
    "value": 99.9,
    "comparator": ">=",
    "measure": "%",
    "scale": 1.0,
    "statement": "{value} {measure} uptime in {period}",
    "customer": "c-9",
    "promise_team": "operations",
}


def test_each_month_has_one_promise_and_a_clock_that_stood_still_is_made_up_for() -> None:
    standard("uptime", at=MADE, **UPTIME)
    now = datetime(2026, 3, 5, tzinfo=UTC)
    assert make_periods(now=now) == 3
    assert make_periods(now=now) == 0
    count()
    rows = Promise.objects.order_by("made_at")
    assert [(row.reference, row.statement) for row in rows] == [
        ("uptime/2026-01", "99.9 % uptime in 2026-01"),
        ("uptime/2026-02", "99.9 % uptime in 2026-02"),
        ("uptime/2026-03", "99.9 % uptime in 2026-03"),
    ]
    first = rows[0]
    assert first.made_at - MADE < timedelta(seconds=5)
    assert (first.customer.reference, first.team.reference) == ("c-9", "operations")
    assert first.due == datetime(2026, 1, 31, 23, 59, 59, 999_999, tzinfo=UTC)


def test_measured_values_fulfil_it() -> None:
    standard("uptime", at=MADE, **UPTIME)
    make_periods(now=datetime(2026, 2, 5, tzinfo=UTC))
    for month, value in ((1, 99.95), (2, 99.4)):
        store(
            fulfilled(
                f"uptime/2026-{month:02}",
                datetime(2026, month + 1, 1, 12, tzinfo=UTC),
                source="/monitor",
                promise_source=SOURCE,
                value=value,
            )
        )
    count()
    states = dict(Promise.objects.values_list("reference", "state"))
    assert states == {"uptime/2026-01": "kept", "uptime/2026-02": "partial"}
    assert Promise.objects.get(state="partial").quality_loss == pytest.approx(0.5)


def test_a_period_is_promised_in_the_version_that_held_at_its_begin() -> None:
    standard("uptime", at=MADE, **UPTIME)
    later = terms(**UPTIME | {"value": 99.0, "statement": "{value}"})
    edit_standard("uptime", later, base=1, now=MADE + timedelta(days=1), by="Ada")
    switch_standard("uptime", on=False, now=datetime(2026, 2, 10, tzinfo=UTC), by="Ada")
    make_periods(now=datetime(2026, 3, 5, tzinfo=UTC))
    count()
    found = Promise.objects.order_by("made_at").values_list("reference", "standard_version")
    assert list(found) == [("uptime/2026-01", 1), ("uptime/2026-02", 2)]


def test_weeks_too() -> None:
    standard("uptime", at=MADE, **UPTIME | {"period": "week"})
    assert make_periods(now=MADE) == 0
    assert make_periods(now=MADE + timedelta(days=7)) == 2
    count()
    assert set(Promise.objects.values_list("reference", flat=True)) == {
        "uptime/2026-W04",
        "uptime/2026-W05",
    }
