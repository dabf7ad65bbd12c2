"""Cells are what the promises add up to, however the differences came in (R12)."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import F

from promises.cells import GRAINS, TABLES, cell_differences, fold_deltas, rebuild_cells
from promises.models import Cell, CellDelta, CellDetail, CellLateness, Promise
from promises.projection import drain
from tests.events import NOW, START, event, fulfilled, made, retracted, store
from tests.promises.asking import count
from tests.threads import together

pytestmark = pytest.mark.django_db(transaction=True)

DAY = timedelta(days=1)


def stored() -> dict[str, list[tuple[object, ...]]]:
    """All cells of the three grains, empty ones left out."""
    found = {}
    for grain in GRAINS:
        columns = ", ".join((*grain.key, *grain.sums))
        some = " OR ".join(f"{name} <> 0" for name in grain.sums)
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {columns} FROM {grain.table} WHERE {some} ORDER BY {columns}"  # noqa: S608 (our own names)
            )
            found[grain.table] = cursor.fetchall()
    return found


def store_some(name: str, promises: int) -> None:
    """Promises of every outcome in a few teams, kinds and days."""
    for number in range(promises):
        reference, at = f"{name}-{number}", START + number % 5 * DAY
        kind = ("delivery", "response")[number % 2]
        making = made(
            reference, at=at, team=f"team-{number % 3}", kind=kind, stake=(1, 2)[number % 2]
        )
        store(making)
        outcome = fulfilled(reference, at + number % 7 * DAY)
        if number % 5:
            store(outcome)
        if number % 6 == 1:
            store(event("promise.failed", f"{name}-{number}", at + DAY))
        if number % 7 == 2:
            store(retracted(outcome, NOW))
        if number % 11 == 3:
            store(retracted(making, NOW))


def assert_same() -> None:
    differences = cell_differences()
    assert set(differences) == set(TABLES)
    assert not any(differences.values()), differences


def test_two_that_fold_while_a_third_projects_add_up_to_what_is_recomputed() -> None:
    store_some("early", 40)
    done: list[bool] = []

    def project() -> None:
        try:
            for part in range(6):
                store_some(f"late-{part}", 14)
                while drain(limit=5):
                    pass
        finally:
            done.append(True)

    def fold() -> None:
        while not done or CellDelta.objects.exists():
            fold_deltas(limit=7)

    together(project, fold, fold)
    assert not CellDelta.objects.exists()
    assert_same()
    by_folding = stored()
    rebuild_cells()
    assert stored() == by_folding
    assert sum(Cell.objects.values_list("n", flat=True)) == Promise.objects.count() > 80


def test_folding_takes_what_is_there_and_no_more() -> None:
    store(made("order-1"), made("order-2", team="support"))
    count(fold=False)
    assert (fold_deltas(limit=1), fold_deltas(), fold_deltas()) == (1, 1, 0)


def test_deltas_on_their_way_count_as_stored() -> None:
    store_some("order", 12)
    count(fold=False)
    assert CellDelta.objects.exists()
    assert_same()


def test_a_promise_that_comes_and_goes_leaves_cells_of_nothing() -> None:
    making = made("order-1")
    store(making, fulfilled("order-1", START + 5 * DAY))
    count()
    store(retracted(making, NOW))
    count()
    assert stored() == {grain.table: [] for grain in GRAINS}
    assert_same()


def test_rebuilding_puts_right_what_was_tampered_with() -> None:
    store_some("order", 20)
    count()
    before = stored()
    Cell.objects.update(kept=F("kept") + 1)
    CellDetail.objects.all().delete()
    CellLateness.objects.update(settled=0, censored=7)
    rebuild_cells()
    assert stored() == before


def test_rebuilding_takes_deltas_on_their_way_along() -> None:
    store_some("order", 20)
    count(fold=False)
    rebuild_cells()
    assert not CellDelta.objects.exists()
    assert_same()


@pytest.mark.parametrize("column", ["n", "late", "weight", "loss", "open_residual", "slips"])
def test_a_cell_that_was_tampered_with_is_found(column: str) -> None:
    store_some("order", 12)
    count()
    Cell.objects.filter(pk=Cell.objects.order_by("team", "day", "kind")[0].pk).update(
        **{column: F(column) + 1}
    )
    differences = cell_differences()
    assert [row["side"] for row in differences["promises_cell"]] == ["stored", "recomputed"]
    assert not differences["promises_celldetail"]


@pytest.mark.parametrize(
    ("table", "model"),
    [
        ("promises_cell", Cell),
        ("promises_celldetail", CellDetail),
        ("promises_celllateness", CellLateness),
    ],
)
def test_a_cell_that_is_missing_is_found(table: str, model: type[Cell]) -> None:
    store_some("order", 12)
    count()
    model.objects.all().delete()
    found = cell_differences(limit=3)[table]
    assert {row["side"] for row in found} == {"recomputed"}
    assert len(found) == 3


def test_a_cell_of_nobody_is_found() -> None:
    store(made("order-1"))
    count()
    cell = Cell.objects.get()
    Cell.objects.create(
        team_id=cell.team_id, kind="quality", parameters_version=1, day=cell.day, n=1
    )
    assert [row["side"] for row in cell_differences()["promises_cell"]] == ["stored"]
