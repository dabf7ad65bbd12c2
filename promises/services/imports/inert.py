"""Cells that no spreadsheet runs as formulas, and the way back."""

import re

# The columns that a reject file has before those of its rows.
REJECT_COLUMNS = ("rejected_line", "rejected_column", "rejected_value", "rejected_reason")
# What a spreadsheet would take for a formula, also behind quotes of ours.
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_QUOTED = re.compile(r"'+[=+\-@\t\r]")


def inert(cell: str) -> str:
    """A copy of a cell with a quote before what would be run."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def restored(cell: str) -> str:
    """The cell as it was before `inert`."""
    return cell[1:] if _QUOTED.match(cell) else cell
