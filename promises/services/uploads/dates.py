"""How a file prints its dates: day first, month first, or the year first, found out from cells."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from promises.services.imports.date_orders import DAY_FIRST, MONTH_FIRST

ISO, WORDS = "iso", "words"
_ISO_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d.*)?", re.ASCII)
# Eight digits, or digits with something between them; what else there is need not be tried.
_MAY_BE: Final = re.compile(r"\d{8}|(?=.*\d\D)[\w.,/: -]{6,30}", re.ASCII)
_SEPARATORS = (".", "/", "-")
_TIMES = ("", " %H:%M", " %H:%M:%S", ", %H:%M", ", %H:%M:%S", " %I:%M %p", " %I:%M:%S %p")
# Beside other dates, ISO ones need their formats named as well.
_ISO_FORMATS = ("%Y-%m-%d", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S%z")


def _numeric(day: str, month: str, year: str) -> list[str]:
    return [f"{day}{separator}{month}{separator}{year}" for separator in _SEPARATORS]


_DATES: Final = {
    DAY_FIRST: [*_numeric("%d", "%m", "%Y"), *_numeric("%d", "%m", "%y")],
    MONTH_FIRST: [*_numeric("%m", "%d", "%Y"), *_numeric("%m", "%d", "%y")],
    WORDS: [
        *("%d %b %Y", "%d %B %Y", "%d-%b-%Y", "%d-%b-%y"),
        *("%b %d, %Y", "%B %d, %Y", "%b %d %Y", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d"),
    ],
}


@dataclass(frozen=True, slots=True)
class DateStyle:
    """How dates are printed.

    Shape: `formats` is empty for ISO; `is_open` where day first and month first read all cells
    alike well, with one of them as `example`.
    """

    order: str
    formats: tuple[str, ...]
    is_open: bool = False
    example: str = ""


def looks_like_time(cells: Sequence[str]) -> bool:
    """Whether nearly all cells that hold something are dates or times of some style."""
    given = [cell for cell in cells if cell][:20]
    if not given:
        return False
    read = sum(_ISO_DATE.fullmatch(cell) is not None or _has_style(cell) for cell in given)
    return read >= 0.8 * len(given)


def style_of(cells: Iterable[str]) -> DateStyle:
    """The style of the cells of all columns with times."""
    given = list(dict.fromkeys(cell.strip() for cell in cells if cell.strip()))[:300]
    others = [cell for cell in given if _ISO_DATE.fullmatch(cell) is None]
    if not others:
        return DateStyle(ISO, ())
    read = {order: _matched(order, others) for order in _DATES}
    order = max(read, key=lambda one: (sum(read[one].values()), one == _preferred(others)))
    if not read[order]:
        return DateStyle(ISO, ())
    both = sum(read[DAY_FIRST].values()) == sum(read[MONTH_FIRST].values())
    is_open = order in (DAY_FIRST, MONTH_FIRST) and both
    formats = formats_for(order, given)
    return DateStyle(order, formats, is_open and "." not in others[0], others[0])


def formats_for(order: str, cells: Iterable[str]) -> tuple[str, ...]:
    """The formats that read these cells with an order; all usual ones where none does."""
    if order not in _DATES:
        return ()
    given = list(dict.fromkeys(cell.strip() for cell in cells if cell.strip()))[:300]
    matched = _matched(order, given)
    formats = sorted(matched, key=lambda one: -matched[one]) or _DATES[order][:3]
    # A time may be missing further down, where the sample had one in every row.
    dates = [date for date in _DATES[order] if any(one.startswith(date) for one in formats)]
    iso = _ISO_FORMATS if any(_ISO_DATE.fullmatch(cell) for cell in given) else ()
    return tuple(dict.fromkeys([*formats, *dates, *iso]))


def order_of(formats: Sequence[str]) -> str | None:
    """Which order formats stand for; None where they are mixed or of another kind."""
    if not formats:
        return ISO
    own = [one for one in formats if one not in _ISO_FORMATS]
    for order, dates in _DATES.items():
        known = {date + time for date in dates for time in _TIMES}
        if own and set(own) <= known:
            return order
    return None


def _preferred(cells: Sequence[str]) -> str:
    """Where both orders fit: a twelve-hour clock says month first."""
    twelve = any(cell[-2:].upper() in ("AM", "PM") for cell in cells)
    return MONTH_FIRST if twelve else DAY_FIRST


def _matched(order: str, cells: Sequence[str]) -> dict[str, int]:
    """How many cells each format of an order reads; every cell counts for the first that does."""
    counts: dict[str, int] = {}
    for cell in cells:
        # Most cells of a column are of the format of the one before.
        known = next((one for one in counts if _reads(cell, one)), "")
        found = known or _format_of(order, cell)
        if found:
            counts[found] = counts.get(found, 0) + 1
    return counts


def _has_style(cell: str) -> bool:
    if _MAY_BE.fullmatch(cell) is None:
        return False
    return any(_format_of(order, cell) for order in _DATES)


def _format_of(order: str, cell: str) -> str:
    for date in _DATES[order]:
        for time in _TIMES:
            if _reads(cell, date + time):
                return date + time
    return ""


def _reads(cell: str, wanted: str) -> bool:
    # strptime is slow with formats that change: what can be seen at once is looked at first.
    if len(cell) > 40 or ("%p" in wanted) != (cell[-2:].upper() in ("AM", "PM")):
        return False
    if any(wanted.count(mark) != cell.count(mark) for mark in ":,"):
        return False
    if wanted[2] != "%" and wanted[2] not in cell:
        return False
    try:
        datetime.strptime(cell, wanted)  # noqa: DTZ007 (only whether it can be read)
    except ValueError:
        return False
    return True
