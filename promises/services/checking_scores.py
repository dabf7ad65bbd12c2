"""The part of `ledger_check` that recomputes stored customer rows."""

import math
from datetime import datetime
from typing import Any

from django.db import connection

from promises.models import CustomerMark, CustomerScore
from promises.projection.facts import installation_zone
from promises.scores import STORED_WINDOWS, Question
from promises.services.customer_scores import compute_parameters, compute_sql

# Sums of floats depend on the order of adding; anything beyond is a difference.
_RELATIVE = 1e-9
_FLOATS = ("weight", "weight_squared", "loss", "gap_score", "gap_low", "gap_high")
_EXACT = ("n", "open_overdue", "enough")
_COLUMNS = ("customer_id", "kind", *_EXACT, *_FLOATS)


def customer_score_differences() -> tuple[int, list[dict[str, Any]]]:
    """Recompute stored rows at their own as_of; those marked for a refresh are left out.

    Shape: (how many were compared, what differs).
    """
    marked = set(CustomerMark.objects.values_list("customer_id", flat=True))
    compared, different = 0, []
    for as_of in CustomerScore.objects.values_list("as_of", flat=True).distinct().order_by("as_of"):
        for window in STORED_WINDOWS:
            rows = _stored(as_of, window, marked)
            computed = _computed(as_of, window, rows) if rows else {}
            compared += len(rows)
            different += [
                {"customer": key[0], "window": window, "kind": key[1], "column": column}
                for key, row in rows.items()
                if (column := _first_difference(row, computed.get(key)))
            ]
    return compared, different


def _stored(as_of: datetime, window: str, marked: set[int]) -> dict[tuple[int, str], CustomerScore]:
    rows = CustomerScore.objects.filter(as_of=as_of, window=window)
    return {(row.customer_id, row.kind): row for row in rows if row.customer_id not in marked}


def _computed(
    as_of: datetime, window: str, rows: dict[tuple[int, str], CustomerScore]
) -> dict[tuple[int, str], dict[str, Any]]:
    question = Question(as_of=as_of, is_now=True, zone=installation_zone(), window=window)
    means = {row.kind: row.mu for row in rows.values()}
    customers = sorted({customer for customer, _ in rows})
    sql = compute_sql(bounded=question.starts_at is not None, some=True)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {', '.join(_COLUMNS)} FROM ({sql}) AS computed",  # noqa: S608 (our own names)
            compute_parameters(question, means, customers),
        )
        found = [dict(zip(_COLUMNS, values, strict=True)) for values in cursor.fetchall()]
    return {(row["customer_id"], row["kind"]): row for row in found}


def _first_difference(row: CustomerScore, computed: dict[str, Any] | None) -> str:
    """The first column that differs, '' where none does."""
    if computed is None:
        return "all"
    for name in _EXACT:
        if getattr(row, name) != computed[name]:
            return name
    for name in _FLOATS:
        if not math.isclose(getattr(row, name), computed[name], rel_tol=_RELATIVE, abs_tol=1e-9):
            return name
    return ""
