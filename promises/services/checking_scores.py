"""The part of `ledger_check` that recomputes stored customer rows."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from interactions.arrays import plain_array
from promises.domain.loss import NANO
from promises.domain.score import Sums, gap_score
from promises.models import CustomerMark, CustomerScore, WorstFloor
from promises.projection.facts import installation_zone
from promises.scores import STORED_WINDOWS
from promises.services.customer_means import KINDS
from promises.services.customer_sums import (
    CHANGES,
    SUM_COLUMNS,
    change_parameters,
    compute_parameters,
    compute_some,
    strengths_at,
)
from promises.services.customer_worst import held_floors

# Rows are compared in parts of so many customers.
CHUNK = 10_000
# Scores are told by roots and quotients, in which PostgreSQL and Python may round another way.
# Units: scores, 0 to 100.
_APART = 1e-6

# What the marks on their way add to rows of one moment. There may be as many as events: they are
# joined with nothing but short lists.
_ON_THEIR_WAY = f"""
WITH marks AS (
    SELECT *, %(as_of)s::timestamptz AS as_of FROM promises_customermark
    WHERE kind IS NOT NULL AND customer_id = ANY(%(customers)s::bigint[])
), {CHANGES.format(marks="marks t")}
SELECT customer_id, kind, {", ".join(SUM_COLUMNS)} FROM changes
"""  # noqa: S608 (our own names)

_Key = tuple[int, str]


def customer_score_differences() -> tuple[int, list[dict[str, Any]]]:
    """Recompute stored rows at their own as_of, and compare them with what is stored and marked.

    Shape: (how many were compared, what differs).
    """
    compared, different = 0, []
    for as_of in CustomerScore.objects.values_list("as_of", flat=True).distinct().order_by("as_of"):
        customers = list(
            CustomerScore.objects.filter(as_of=as_of)
            .order_by("customer_id")
            .values_list("customer_id", flat=True)
            .distinct()
        )
        for start in range(0, len(customers), CHUNK):
            number, found = _differences(as_of, customers[start : start + CHUNK])
            compared += number
            different += found
    return compared, different


def _differences(as_of: datetime, customers: Sequence[int]) -> tuple[int, list[dict[str, Any]]]:
    rows = CustomerScore.objects.filter(as_of=as_of, customer_id__in=customers)
    stored: dict[_Key, CustomerScore] = {(r.customer_id, r.kind): r for r in rows}
    changes = _on_their_way(as_of, customers)
    computed = _computed(as_of, customers)
    strengths, floors = strengths_at([as_of]), held_floors()
    different = [
        {"customer": key[0], "kind": key[1], "column": column}
        for key in sorted(stored.keys() | computed.keys() | changes.keys())
        if (column := _sums_difference(stored.get(key), changes.get(key), computed.get(key)))
    ]
    different += [
        {"customer": key[0], "kind": key[1], "column": column}
        for key, row in stored.items()
        if (column := _score_difference(row, strengths[as_of, row.kind], floors.get(row.kind)))
    ]
    return len(stored), different


def _on_their_way(as_of: datetime, customers: Sequence[int]) -> dict[_Key, dict[str, int]]:
    marked = CustomerMark.objects.values_list("day", flat=True).distinct()
    days = [day for day in marked if day is not None]
    parameters = change_parameters(days, [as_of], installation_zone())
    with connection.cursor() as cursor:
        cursor.execute(
            _ON_THEIR_WAY, {**parameters, "as_of": as_of, "customers": plain_array(customers)}
        )
        return {row[:2]: dict(zip(SUM_COLUMNS, row[2:], strict=True)) for row in cursor.fetchall()}


def _computed(as_of: datetime, customers: Sequence[int]) -> dict[_Key, dict[str, int]]:
    """The sums as the promises say."""
    means = {(window, kind): 0.0 for window in STORED_WINDOWS for kind in KINDS}
    parameters = compute_parameters(as_of, installation_zone(), means, customers)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT customer_id, kind, {', '.join(SUM_COLUMNS)} "  # noqa: S608 (our own names)
            f"FROM ({compute_some()}) AS computed",
            parameters,
        )
        return {row[:2]: dict(zip(SUM_COLUMNS, row[2:], strict=True)) for row in cursor.fetchall()}


def _sums_difference(
    row: CustomerScore | None, change: dict[str, int] | None, computed: dict[str, int] | None
) -> str:
    """The first sum that differs, '' where none does."""
    added = {
        name: (getattr(row, name) if row else 0) + (change[name] if change else 0)
        for name in SUM_COLUMNS
    }
    if computed is None:
        # Without weight there is no row.
        return "all" if added["weight_all"] > 0 else ""
    return next((name for name in SUM_COLUMNS if added[name] != computed[name]), "")


def _score_difference(row: CustomerScore, strength: float, floors: WorstFloor | None) -> str:
    """The first bound that does not follow from the row's own sums and mu, or is not among the
    worst as its floor says, '' where all do."""
    for window in STORED_WINDOWS:
        low, stored = _low(row, window, strength), getattr(row, f"gap_low_{window}")
        if (low is None) != (stored is None) or abs((low or 0) - (stored or 0)) > _APART:
            return f"gap_low_{window}"
        floor = getattr(floors, f"floor_{window}", None)
        among = stored is not None and floor is not None and stored >= floor
        if getattr(row, f"worst_{window}") != (stored if among else None):
            return f"worst_{window}"
    return ""


def _low(row: CustomerScore, window: str, strength: float) -> float | None:
    n, weight, weight_squared, loss, mu = (
        getattr(row, f"{name}_{window}") for name in ("n", "weight", "weight_squared", "loss", "mu")
    )
    sums = Sums(n=n, weight=weight / NANO, weight_squared=weight_squared / NANO, loss=loss / NANO)
    gap = gap_score(sums, mu, strength) if mu is not None else None
    return gap.low if gap is not None and gap.enough else None
