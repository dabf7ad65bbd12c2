"""Rows for a table that is read slowly: each once, in order, and nothing held meanwhile."""

from datetime import timedelta
from itertools import islice

import pytest
from django.db import connection
from django.utils import timezone

from interactions.selectors import EVERYTHING
from promises.models import Promise
from promises.selectors import row_chunks
from promises.selectors.promise_rows import (
    ORDERS,
    Found,
    PromiseFilter,
    filtered_promises,
    in_order,
)
from promises.selectors.row_chunks import stream_promises
from tests.events import START, made, store
from tests.promises.api.clients import store_company
from tests.promises.asking import count
from tests.threads import together

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def few_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(row_chunks, "BLOCK", 4)
    monkeypatch.setattr(row_chunks, "CHUNK", 3)


def found(**wanted: tuple[str, ...]) -> Found:
    return filtered_promises(EVERYTHING, PromiseFilter(equal={}, **wanted), now=timezone.now())  # type: ignore[arg-type]


@pytest.mark.django_db
@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("words", [(), ("order",), ("order", "2")])
def test_each_row_comes_once_and_in_order(order: str, words: tuple[str, ...]) -> None:
    # Three at the same moment; two held back by a pause have no maturity.
    store(*(made(f"n-{n}", statement=f"order {n}", at=START + n // 3 * DAY) for n in range(11)))
    count()
    Promise.objects.filter(reference__in=("n-3", "n-7")).update(matures_at=None)
    asked = found(words=words)
    rows = [row.id for row in stream_promises(asked, order=order)]
    assert rows == list(in_order(asked, order).values_list("pk", flat=True))
    assert len(rows) == (1 if "2" in words else 11)


@pytest.mark.django_db
def test_a_change_meanwhile_moves_nothing_within_a_block() -> None:
    store_company()
    *_, fourth, _, _ = in_order(found(), "due").values_list("reference", flat=True)
    rows = stream_promises(found(), order="due")
    first, *_ = islice(rows, 3)
    store(made("new", at=START))
    count()
    Promise.objects.filter(pk=first.id).update(due=START + 100 * DAY)
    seen = [row.reference for row in rows]
    # The fourth is of the block that was read; the first comes again with the next one.
    assert seen[0] == fourth
    assert seen.count(first.reference) == 1
    assert "new" not in seen


@pytest.mark.django_db
def test_one_that_passes_no_more_is_left_out() -> None:
    store_company()
    rows = stream_promises(
        filtered_promises(
            EVERYTHING, PromiseFilter(equal={"kind": "delivery"}), now=timezone.now()
        ),
        order="made_at",
    )
    assert next(rows).reference == "kept"
    Promise.objects.filter(reference="withdrawn").update(kind="quality")
    Promise.objects.filter(reference="moved").delete()
    # What was in memory already is told as it stood.
    assert [row.reference for row in rows] == ["overdue", "failed"]


@pytest.mark.django_db(transaction=True)
def test_nothing_is_held_between_two_rows() -> None:
    store_company()

    def read() -> list[str]:
        rows = stream_promises(found(), order="made_at")
        seen = []
        for row in rows:
            seen.append(row.reference)
            assert not connection.in_atomic_block
            with connection.cursor() as cursor:
                cursor.execute("SELECT count(*) FROM pg_cursors WHERE name NOT LIKE '<unnamed%'")
                assert cursor.fetchone() == (0,)
        return seen

    # The connection that a row is read over may end before the next.
    rows = stream_promises(found(), order="made_at")
    first = [row.reference for row in islice(rows, 3)]
    connection.close()
    assert [*first, *(row.reference for row in rows)] == together(read)[0]
