"""Small files and mappings for the tests of the import road."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from promises.services.imports.columns import Header
from promises.services.imports.mapping import Mapping, mapping_parse
from promises.services.imports.moments import MomentReader
from promises.services.imports.rows import RowBuilder

MAPPING = """
source = "/import/orders"
zone = "Europe/Berlin"
reference = ["order"]

[fields]
kind = { constant = "delivery" }
statement = { column = "words" }
made_at = { column = "made" }
due_at = { column = "due" }
fulfilled_at = { column = "done" }
team = { column = "team" }

[fields.customer]
id = { column = "customer" }
"""
COLUMNS = ("order", "words", "made", "due", "done", "team", "customer")
HEADER = ",".join(COLUMNS) + "\n"


def row(
    order: str = "o-1",
    words: str = "Arrives soon",
    made: str = "2026-03-02 09:30:00",
    due: str = "2026-03-06",
    done: str = "",
    team: str = "fulfilment",
    customer: str = "c-9",
) -> list[str]:
    """The cells of one row under COLUMNS."""
    return [order, words, made, due, done, team, customer]


def table(*rows: list[str]) -> str:
    """The rows as CSV without quotes."""
    return HEADER + "".join(",".join(cells) + "\n" for cells in rows)


def mapping(more: str = "", *, first: str = "") -> Mapping:
    """The mapping above, with lines before its first and after its last table."""
    return mapping_parse(first + MAPPING + more, name="orders.toml")


def builder(wanted: Mapping, *, outcomes_until: datetime | None = None) -> RowBuilder:
    """A builder for rows under COLUMNS."""
    moments = MomentReader(ZoneInfo(wanted.zone), formats=list(wanted.formats))
    header = Header("orders.csv", COLUMNS)
    return RowBuilder(wanted, header, moments, outcomes_until=outcomes_until)


def written(folder: Path, name: str, text: str) -> Path:
    """A file with this text."""
    path = folder / name
    path.write_text(text, encoding="utf-8", newline="")
    return path
