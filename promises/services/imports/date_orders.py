"""Dates of figures that fit only one order of day and month: 25/04/2026, 04/25/2026."""

import re
from collections.abc import Iterable
from typing import Final

DAY_FIRST, MONTH_FIRST = "day first", "month first"
_FIGURES: Final = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2\d{2}(?:\d{2})?(?!\d)", re.ASCII)
_SIGNS: Final = {DAY_FIRST: ("%d", "%m"), MONTH_FIRST: ("%m", "%d")}
_MONTHS, _DAYS = 12, 31


def only_order(cell: str) -> str:
    """The one order in which a cell can be a date; "" where there is none, or both fit."""
    found = _FIGURES.match(cell)
    if found is None:
        return ""
    first, second = int(found[1]), int(found[3])
    if _MONTHS < first <= _DAYS and 0 < second <= _MONTHS:
        return DAY_FIRST
    if 0 < first <= _MONTHS < second <= _DAYS:
        return MONTH_FIRST
    return ""


def other_order(cell: str, formats: Iterable[str]) -> str:
    """The order that a cell needs where the formats have only the other one; else ""."""
    only = only_order(cell)
    signs = {(one[:2], one[3:5]) for one in formats}
    taken = {order for order, pair in _SIGNS.items() if pair in signs}
    return only if only and taken and only not in taken else ""
