"""Cells: what promises add up to, day by day (R12)."""

from promises.cells.ages import let_ages_grow
from promises.cells.building import rebuild_cells
from promises.cells.folding import begin_day, fold_deltas, lock_folding
from promises.cells.grains import GRAINS, TABLES, cell_differences

__all__ = [
    "GRAINS",
    "TABLES",
    "begin_day",
    "cell_differences",
    "fold_deltas",
    "let_ages_grow",
    "lock_folding",
    "rebuild_cells",
]
