"""Windows read from stretches of days are what their days add up to, whatever day the base is."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from promises.cells import begin_day, cell_differences, fold_deltas, rebuild_cells
from promises.cells.stretches import ALL, LENGTHS, TABLE, base_day, window_sql
from promises.models import CellLateness, LatenessStretch, StretchBase
from promises.services.checking import check_ledger
from promises.services.counting import keep_today
from tests.events import START, fulfilled, made, store
from tests.promises.asking import count

pytestmark = pytest.mark.django_db

TODAY = date(2026, 3, 1)
DAY = timedelta(days=1)
# Days around today and every border of a stretch, some of them still to come.
ages = st.sampled_from([*range(-2, 4), *(a + d for a in LENGTHS for d in range(-2, 3)), 700])
rows = st.lists(st.tuples(ages, st.integers(-3, 3), st.integers(1, 9)), max_size=25)
moves = st.lists(st.integers(0, 40), max_size=3)


def put(days: Sequence[tuple[int, int, int]]) -> Counter[tuple[date, int]]:
    """Cells of lateness of one team. Shape: what is settled by day and bucket."""
    held: Counter[tuple[date, int]] = Counter()
    for age, bucket, number in days:
        held[TODAY - age * DAY, bucket] += number
    CellLateness.objects.bulk_create(
        CellLateness(
            team_id=1, kind="delivery", parameters_version=1, day=day, bucket=bucket, settled=number
        )
        for (day, bucket), number in held.items()
    )
    return held


def read(stretch: int, today: date) -> dict[int, int]:
    first = None if stretch == ALL else today - LENGTHS[stretch] * DAY
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT bucket, sum(settled)::int FROM ({window_sql('true', stretch)}) AS days "  # noqa: S608
            "GROUP BY 1 HAVING sum(settled) <> 0",
            {"today": today, "first_day": first},
        )
        return dict(cursor.fetchall())


def plain(held: Counter[tuple[date, int]], stretch: int, today: date) -> dict[int, int]:
    first = date.min if stretch == ALL else today - LENGTHS[stretch] * DAY
    found: Counter[int] = Counter()
    for (day, bucket), number in held.items():
        if first <= day < today:
            found[bucket] += number
    return {bucket: number for bucket, number in found.items() if number}


@given(days=rows, begun=st.integers(0, 800), moved=moves, off=st.integers(-60, 60))
def test_a_window_is_what_its_days_add_up_to(
    days: list[tuple[int, int, int]], begun: int, moved: list[int], off: int
) -> None:
    for table in (CellLateness, LatenessStretch, StretchBase):
        table.objects.all().delete()
    held = put(days)
    base = TODAY - begun * DAY
    for step in [0, *moved]:
        base += step * DAY
        begin_day(base)
        assert base_day() == base
        assert cell_differences()[TABLE] == []
    for today in (base, base + off * DAY, TODAY):
        for stretch in range(ALL + 1):
            assert read(stretch, today) == plain(held, stretch, today)


def test_the_base_never_goes_back() -> None:
    begin_day(TODAY)
    assert not begin_day(TODAY - DAY)
    assert base_day() == max(TODAY, base_day())


def test_without_a_base_every_day_is_read_by_itself() -> None:
    StretchBase.objects.all().delete()
    held = put([(1, 2, 3), (400, 2, 5)])
    assert read(1, TODAY) == plain(held, 1, TODAY) == {2: 3}
    assert read(ALL, TODAY) == {2: 8}


def test_folding_and_rebuilding_file_by_the_base() -> None:
    StretchBase.objects.all().delete()
    store(made("order-1"), fulfilled("order-1", START + 9 * DAY), made("order-2"))
    count()
    assert not LatenessStretch.objects.exists()
    keep_today(now=datetime.now(UTC))
    before = list(LatenessStretch.objects.values_list())
    assert before
    store(fulfilled("order-2", START + 20 * DAY))
    count()
    while fold_deltas():
        pass
    after = sorted(LatenessStretch.objects.values_list())
    assert after != sorted(before)
    rebuild_cells()
    assert sorted(LatenessStretch.objects.values_list()) == after


@pytest.mark.django_db(transaction=True)
def test_the_check_finds_a_stretch_that_was_tampered_with() -> None:
    store(made("order-1"), fulfilled("order-1", START + 9 * DAY))
    count()
    keep_today(now=datetime.now(UTC))
    assert cell_differences()[TABLE] == []
    LatenessStretch.objects.update(settled=7)
    assert {found["side"] for found in cell_differences()[TABLE]} == {"stored", "recomputed"}
    assert not check_ledger().ok
