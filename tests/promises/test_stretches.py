"""Windows read from stretches of days are what their days add up to, whatever day the base is."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.db.models import F, Model
from hypothesis import given, settings
from hypothesis import strategies as st

from promises.cells import begin_day, cell_differences, fold_deltas, rebuild_cells
from promises.cells.base import base_now
from promises.cells.histograms import HISTOGRAMS, LATENESS
from promises.cells.residues import TABLE as RESIDUES
from promises.cells.stretches import AHEAD, SUMS, Stretches
from promises.models import (
    Cell,
    CellLateness,
    CellStretch,
    KindLatenessStretch,
    LatenessStretch,
    ResidueStretch,
    StretchBase,
    TeamLatenessStretch,
)
from promises.services.checking import check_ledger
from promises.services.counting import keep_today
from tests.events import START, fulfilled, made, store
from tests.promises.asking import count

pytestmark = pytest.mark.django_db

TODAY = date(2026, 3, 1)
DAY = timedelta(days=1)
STRETCHED: tuple[Stretches, ...] = (SUMS, *HISTOGRAMS)
# Days around today and every border of a stretch, some of them still to come.
ages = st.sampled_from([*range(-2, 4), *(a + d for a in SUMS.lengths for d in range(-2, 3)), 900])
EVERY = pytest.mark.parametrize("stretches", STRETCHED, ids=lambda one: one.table)
KEPT: tuple[type[Model], ...] = (
    LatenessStretch,
    TeamLatenessStretch,
    KindLatenessStretch,
    CellStretch,
    ResidueStretch,
)
rows = st.lists(st.tuples(ages, st.integers(-3, 3), st.integers(1, 9)), max_size=25)
# Each goes through all tables, several times.
some = settings(max_examples=35, deadline=None)
moves = st.lists(st.integers(0, 40), max_size=3)


def put(days: Sequence[tuple[int, int, int]]) -> Counter[tuple[date, int]]:
    """Cells of lateness of one team, and of sums. Shape: what is settled by day and bucket."""
    held: Counter[tuple[date, int]] = Counter()
    for age, bucket, number in days:
        held[TODAY - age * DAY, bucket] += number
    about = {"team_id": 1, "kind": "delivery"}
    CellLateness.objects.bulk_create(
        CellLateness(**about, parameters_version=1, day=day, bucket=bucket, settled=number)
        for (day, bucket), number in held.items()
    )
    # The same in the cells of sums, where buckets are versions.
    Cell.objects.bulk_create(
        Cell(**about, parameters_version=bucket, day=day, n=number, open_residual=5)
        for (day, bucket), number in held.items()
    )
    # As folding would have filed them before there was a base: all days are ahead.
    with connection.cursor() as cursor:
        filed = f"INSERT INTO {SUMS.table} ({SUMS.columns}) {SUMS.select(SUMS.days)}"
        cursor.execute(filed)
    return held


def add_up(stretches: Stretches, sql: str, parameters: dict[str, object]) -> dict[int, int]:
    """By bucket; sums have none: all of it is in bucket 0."""
    bucket, number = ("0", "n") if stretches is SUMS else ("bucket", "settled")
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {bucket}, sum({number})::int FROM ({sql}) AS days "  # noqa: S608
            f"GROUP BY 1 HAVING sum({number}) <> 0",
            parameters,
        )
        return dict(cursor.fetchall())


def read(stretches: Stretches, stretch: int, today: date) -> dict[int, int]:
    first = None if stretch == stretches.all_days else today - stretches.lengths[stretch] * DAY
    sql = stretches.window_sql("true", stretch)
    return add_up(stretches, sql, {"today": today, "first_day": first})


def plain(
    stretches: Stretches, held: Counter[tuple[date, int]], first: date, last: date
) -> dict[int, int]:
    found: Counter[int] = Counter()
    for (day, bucket), number in held.items():
        if first <= day <= last:
            found[0 if stretches is SUMS else bucket] += number
    return {bucket: number for bucket, number in found.items() if number}


def plain_window(
    stretches: Stretches, held: Counter[tuple[date, int]], stretch: int, today: date
) -> dict[int, int]:
    every = stretch == stretches.all_days
    first = date.min if every else today - stretches.lengths[stretch] * DAY
    return plain(stretches, held, first, today - DAY)


def clear() -> None:
    for table in (Cell, CellLateness, StretchBase, *KEPT):
        table._default_manager.all().delete()


@some
@given(days=rows, begun=st.integers(0, 800), moved=moves, off=st.integers(-60, 60))
def test_a_window_is_what_its_days_add_up_to(
    days: list[tuple[int, int, int]], begun: int, moved: list[int], off: int
) -> None:
    clear()
    held = put(days)
    base = TODAY - begun * DAY
    for step in [0, *moved]:
        base += step * DAY
        begin_day(base)
        assert base_now().day == base
        for table in (*(one.table for one in STRETCHED), RESIDUES):
            assert cell_differences()[table] == []
    for today in (base, base + off * DAY, TODAY):
        for one in STRETCHED:
            for stretch in range(one.all_days + 1):
                found = read(one, stretch, today)
                assert found == plain_window(one, held, stretch, today)
        ahead = add_up(SUMS, SUMS.ahead_sql("true"), {"today": today})
        assert ahead == plain(SUMS, held, today + DAY, date.max)


@some
@given(days=rows, begun=st.integers(0, 60), off=st.integers(-40, 40), long=st.integers(-40, 40))
def test_a_period_before_is_what_its_days_add_up_to(
    days: list[tuple[int, int, int]], begun: int, off: int, long: int
) -> None:
    clear()
    held, base = put(days), TODAY - begun * DAY
    begin_day(base)
    for held_by in (range(1, 2), range(3, 4), range(5, 6), range(2, 5)):
        # As long as it should be, or longer or shorter.
        last = base - (SUMS.lengths[held_by.start - 1] + 1 + off) * DAY
        first = base - (SUMS.lengths[held_by.stop - 1] + off + long) * DAY
        first = min(first, last)
        sql = SUMS.span_sql("true", held_by, "%(begins)s::date", "%(ends)s::date")
        found = add_up(SUMS, sql, {"begins": first, "ends": last})
        assert found == plain(SUMS, held, first, last), held_by


def test_the_base_never_goes_back() -> None:
    begin_day(TODAY)
    assert not begin_day(TODAY - DAY)
    assert base_now().day == TODAY


def test_without_a_base_every_day_is_read_by_itself() -> None:
    StretchBase.objects.all().delete()
    held = put([(1, 2, 3), (400, 2, 5)])
    assert read(LATENESS, 1, TODAY) == plain_window(LATENESS, held, 1, TODAY) == {2: 3}
    assert read(LATENESS, 3, TODAY) == {2: 8}
    assert read(SUMS, 2, TODAY) == {0: 3}


def told(table: type[Model]) -> list[tuple[object, ...]]:
    """What it says; fractions as far as they are good."""
    rows = (
        tuple(round(value, 1) if isinstance(value, float) else value for value in row)
        for row in table._default_manager.values_list()
    )
    return sorted(row for row in rows if row[-1] != 0.0 or isinstance(row[-1], int))


@pytest.mark.parametrize("table", KEPT)
def test_folding_and_rebuilding_file_by_the_base(table: type[Model]) -> None:
    StretchBase.objects.all().delete()
    kept = table._default_manager
    store(made("order-1"), fulfilled("order-1", START + 9 * DAY), made("order-2"), made("order-3"))
    count()
    # Without a base all days are ahead.
    assert not kept.exclude(stretch=AHEAD).exists()
    begin_day((START + 15 * DAY).date())
    before = told(table)
    assert before
    store(fulfilled("order-2", START + 20 * DAY))
    count()
    while fold_deltas():
        pass
    after = told(table)
    assert after != before
    rebuild_cells()
    assert told(table) == after


@pytest.mark.django_db(transaction=True)
@EVERY
def test_the_check_finds_a_stretch_that_was_tampered_with(stretches: Stretches) -> None:
    store(made("order-1"), fulfilled("order-1", START + 9 * DAY))
    count()
    keep_today(now=datetime.now(UTC))
    assert cell_differences()[stretches.table] == []
    first = stretches.sums[0]
    value = f"promises_counted({first}, ARRAY[7], ARRAY[7])" if stretches in HISTOGRAMS else "7"
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {stretches.table} SET {first} = {value}")  # noqa: S608
    found = {one["side"] for one in cell_differences()[stretches.table]}
    # What was in no bucket is only stored; what was in one is recomputed otherwise.
    assert found == ({"stored"} if stretches in HISTOGRAMS else {"stored", "recomputed"})
    assert not check_ledger().ok


@pytest.mark.django_db(transaction=True)
def test_the_check_finds_a_residue_that_was_tampered_with() -> None:
    store(made("order-1"), made("order-2"))
    count()
    begin_day((START + 15 * DAY).date())
    assert cell_differences()[RESIDUES] == []
    ResidueStretch.objects.update(left_over=F("left_over") + 0.1)
    assert cell_differences()[RESIDUES] == []  # so little is no difference
    ResidueStretch.objects.update(left_over=F("left_over") + 1e7)
    assert len(cell_differences()[RESIDUES]) == 1
    assert not check_ledger().ok


@given(youngest=st.integers(1, 900), long=st.integers(0, 500))
def test_the_nearest_stretches_leave_the_fewest_days_to_read(youngest: int, long: int) -> None:
    oldest = youngest + long
    asked_for = set(range(youngest, oldest + 1))
    ends = (0, *LATENESS.lengths)
    differing = {
        range(begin, end): len(asked_for ^ set(range(ends[begin] + 1, ends[end] + 1)))
        for begin in range(len(ends))
        for end in range(begin + 1, len(ends))
    }
    held, fewest = LATENESS.nearest(youngest, oldest), min(differing.values())
    if held is None:
        assert fewest >= len(asked_for)
    else:
        # Where both lie apart altogether, what is told of them is more than that.
        assert differing[held] == fewest < len(asked_for)
