"""Cells that no spreadsheet runs as formulas, and the way back."""

import re

# The columns that a reject file has before those of its rows.
REJECT_COLUMNS = ("rejected_line", "rejected_column", "rejected_value", "rejected_reason")
# What a spreadsheet would take for a formula, as in `promises/domain/tables.py`: also after blanks,
# in full width, and behind quotes of ours.
_BEGINS = r"(?:[\s\0]*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n\0])"
_FORMULA = re.compile(rf"'*{_BEGINS}")
_QUOTED = re.compile(rf"'+{_BEGINS}")


def inert(cell: str) -> str:
    """A copy of a cell with a quote before what would be run."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def restored(cell: str) -> str:
    """The cell as it was before `inert`."""
    return cell[1:] if _QUOTED.match(cell) else cell
