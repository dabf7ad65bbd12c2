"""All rows of a list for a table that goes out as it is read, however slowly."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from promises.selectors.promise_rows import COLUMNS, Found, Position, PromiseRow, in_order

# Promises whose order is read at once: 8 bytes of memory each.
BLOCK = 50_000
# Rows that are in memory at once.
CHUNK = 1_000


def stream_promises(found: Found, *, order: str) -> Iterator[PromiseRow]:
    """All rows in an order; `stream_rows` says of which moment."""
    return map(PromiseRow._make, stream_rows(found, order=order, columns=COLUMNS))


def stream_rows(found: Found, *, order: str, columns: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    """The columns of all rows in an order. Nothing is held in the database between two of them.

    Shape: which promises there are, and in what order, is read for a block at once: up to BLOCK of
    them each comes once, whatever happens meanwhile. Beyond, one whose place in the order changes
    while the blocks are read may come again or not at all. A row is as it stands when its chunk is
    read; one that does not pass the filter any more is left out.
    """
    after: Position | None = None
    while True:
        numbers, after = _block(found, order, after)
        for start in range(0, len(numbers), CHUNK):
            yield from _rows(found, numbers[start : start + CHUNK], columns)
        if after is None:
            return


def _block(found: Found, order: str, after: Position | None) -> tuple[list[int], Position | None]:
    """The numbers of the next promises, and where to go on; None at the end."""
    promises = in_order(found, order, after)
    places: list[tuple[datetime | None, int]] = list(
        promises.values_list(order.lstrip("-"), "pk")[:BLOCK]
    )
    last = Position(*places[-1]) if len(places) == BLOCK else None
    return [number for _, number in places], last


def _rows(found: Found, numbers: list[int], columns: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    # A statement keeps its words: the planner must not look for them anew.
    rows = found.without_words.filter(pk__in=numbers).values_list("pk", *columns)
    by_number = {number: values for number, *values in rows}
    return (by_number[number] for number in numbers if number in by_number)
