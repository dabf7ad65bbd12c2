"""What is taken from a table that is empty most of the time is not compared all with all.

The planner may know such a table as empty, however much it holds by now.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from promises.cells import fold_deltas
from promises.models import CellDelta, CustomerMark
from promises.services.customer_scores import refresh_all, refresh_marked
from tests.events import fulfilled, made, store
from tests.promises.asking import count

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
MANY = 200


@contextmanager
def compared(starts: str) -> Iterator[list[int]]:
    """How many rows each statement that starts so compares in vain."""
    found: list[int] = []

    def explained(execute: Callable[..., Any], sql: str, params: Any, *rest: Any) -> Any:
        if " ".join(sql.split()).startswith(starts):
            cursor = rest[-1]["cursor"].cursor
            cursor.execute("SAVEPOINT explained")
            cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF) {sql}", params)
            plan = "\n".join(line for (line,) in cursor.fetchall())
            cursor.execute("ROLLBACK TO SAVEPOINT explained")
            removed = re.findall(r"Rows Removed by Join Filter: (\d+)", plan)
            found.append(sum(map(int, removed)))
        return execute(sql, params, *rest)

    with connection.execute_wrapper(explained):
        yield found


def test_deltas_and_marks_are_looked_up() -> None:
    now = timezone.now()
    orders = [f"order-{place}" for place in range(MANY)]
    # Each on a day of its own: what lies on one day is one delta.
    store(
        *(
            made(one, at=now - (5 + place) * DAY, customer=f"c-{one}")
            for place, one in enumerate(orders)
        )
    )
    count()
    refresh_all(now=now)
    assert not CellDelta.objects.exists()
    assert not CustomerMark.objects.exists()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE promises_celldelta, promises_customermark")
    store(*(fulfilled(one, now - DAY) for one in orders))
    count(fold=False)
    assert CellDelta.objects.count() >= MANY
    assert CustomerMark.objects.count() >= MANY
    with compared("WITH taken AS ( DELETE FROM promises_celldelta") as in_cells:
        fold_deltas()
    with compared("WITH taken AS MATERIALIZED ( DELETE FROM promises_customermark") as in_rows:
        refresh_marked(now=now)
    assert len(in_cells) == len(in_rows) == 1
    # By the number of parameters and windows, but not of each other.
    assert in_cells[0] < 30 * MANY
    assert in_rows[0] < 30 * MANY
