"""The first rows of an upload as they would be read, and what is odd about them."""

from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from django.utils.translation import gettext as _

from interactions.decode import NewEvent
from interactions.event_types import EventType
from interactions.plain_reasons import sentence_of
from interactions.wording import plain_reason
from promises.domain.clock import end_of_date
from promises.models import Upload
from promises.services.imports.date_orders import only_order
from promises.services.imports.mapping import Mapping
from promises.services.imports.moments import moment_reader
from promises.services.imports.planning import JoinedFile
from promises.services.imports.reading import Row, csv_rows
from promises.services.imports.refusals import ImportRefused, RowRejected
from promises.services.imports.report import ImportReport
from promises.services.imports.rows import RowBuilder
from promises.services.imports.skipping import SkipReader
from promises.services.imports.taking import RowTaker
from promises.services.imports.told import ToldRows
from promises.services.uploads.checks import Check, report_checks
from promises.services.uploads.guessing import Guess, guess, usable_columns
from promises.services.uploads.storing import head_file, plan_of

# So many rows are looked at, and so many of them shown.
LOOKED_AT = 1_000
SHOWN = 10
# So many cells are shown of a column, and so much of each.
_EXAMPLES, _SEEN = 3, 39
_VALUE_SEEN = 40
# So many dates are named of each order where there are both.
_MIXED_SHOWN = 3
_NO_SHIFT = timedelta(0)


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """One row as it would be read; with `problem` it would not be.

    Shape: `fraction` is the share fulfilled where the outcome is not all of it; `note` says which
    earlier row tells of the same promise.
    Units: `due_at` is a moment, or a day where there is no time; moments in the mapping's zone.
    """

    line: int
    reference: str = ""
    kind: str = ""
    statement: str = ""
    customer: str = ""
    team: str = ""
    made_at: datetime | None = None
    due_at: datetime | date | None = None
    outcome: str = ""
    outcome_at: datetime | None = None
    fraction: float | None = None
    note: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """What a mapping makes of the first rows. Shape: `whole` where they are all that there is."""

    rows: list[PreviewRow] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    looked_at: int = 0
    whole: bool = True
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Sample:
    """How the file looks: its columns with some of their cells.

    Shape: `mixed` names for each order of day and month dates that fit it alone; it is empty
    unless there are such dates of both.
    """

    delimiter: str
    columns: list[str]
    usable: list[str]
    examples: dict[str, list[str]]
    cells: dict[str, list[str]]
    guess: Guess
    mixed: dict[str, list[str]] = field(default_factory=dict)

    @property
    def unusable(self) -> int:
        """How many columns have no name, or share it."""
        return len(self.columns) - len(self.usable)


class _Kept:
    """Rejected rows of the preview, by line."""

    def __init__(self) -> None:
        self.by_line: dict[int, RowRejected] = {}

    def write(self, row: Row, rejected: RowRejected) -> None:
        self.by_line[row.line] = rejected


def sample_of(upload: Upload, *, delimiter: str | None = None) -> Sample:
    """A look at the columns.

    Raises: ImportRefused where it is no table.
    """
    with head_file(upload, delimiter=delimiter) as file:
        read = [row for row in islice(csv_rows(file), LOOKED_AT) if not row.problem]
    rows = [row.cells for row in read]
    columns = list(file.columns)
    usable = usable_columns(columns)
    cells = {}
    for name in usable:
        place = columns.index(name)
        given = [row[place].strip() for row in rows if len(row) > place and row[place].strip()]
        cells[name] = list(dict.fromkeys(given))
    examples = {name: _examples(given) for name, given in cells.items()}
    found = guess(columns, rows)
    mixed = _mixed_dates(read, [(name, columns.index(name)) for name in found.timed])
    return Sample(file.delimiter, columns, usable, examples, cells, found, mixed)


def _mixed_dates(rows: Iterable[Row], timed: list[tuple[str, int]]) -> dict[str, list[str]]:
    """Dates that fit one order of day and month only, where both orders have some."""
    found: dict[str, list[str]] = {}
    for row in rows:
        for name, place in timed:
            cell = row.cells[place].strip()
            order = only_order(cell)
            if order and len(found.setdefault(order, [])) < _MIXED_SHOWN:
                told = _("line %(line)d, %(column)s: %(date)s")
                found[order].append(told % {"line": row.line, "column": name, "date": cell[:_SEEN]})
    return found if len(found) > 1 else {}


def _examples(cells: list[str]) -> list[str]:
    """Some cells, first those whose letters show whether the encoding is right."""
    return sorted(cells, key=lambda cell: cell[:_SEEN].isascii())[:_EXAMPLES]


def preview(upload: Upload, mapping: Mapping, *, now: datetime) -> Preview:
    """Read the first rows with a mapping; nothing is stored."""
    try:
        with head_file(upload, delimiter=mapping.delimiter) as file:
            joined = JoinedFile(plan_of(file, mapping), file)
            report, kept = ImportReport(dry_run=True), _Kept()
            builder = RowBuilder(mapping, joined.header, moment_reader(mapping, _NO_SHIFT))
            skips = SkipReader(mapping, joined.header)
            shown: list[PreviewRow] = []
            with closing(ToldRows()) as told:
                taker = RowTaker(builder, skips, kept, report, told)
                for one in islice(joined.rows(), LOOKED_AT):
                    report.rows += 1
                    events = taker.take(one, now=now)
                    report.remarks.update(outcomes_in(events))
                    if len(shown) < SHOWN:
                        row = _shown(one.row, events, kept, ZoneInfo(mapping.zone))
                        note = taker.double.note() if taker.double else ""
                        shown.append(replace(row, note=note))
    except ImportRefused as refused:
        return Preview(problem=str(refused))
    report.remarks += builder.remarks
    checks = report_checks(report) + _line_checks(kept)
    whole = not upload.is_cut and report.rows < LOOKED_AT
    return Preview(shown, checks, report.rows, whole)


def outcomes_in(events: Iterable[NewEvent]) -> dict[str, int]:
    """The remark of how many outcomes there are; empty where there are none."""
    count = sum(event.type != EventType.PROMISE_MADE for event in events)
    return {"with_outcome": count} if count else {}


def _line_checks(kept: _Kept) -> list[Check]:
    checks = []
    for line, rejected in islice(kept.by_line.items(), 5):
        text = _("Line %(line)d: %(what)s%(reason)s.") % {
            "line": line,
            "what": _column_said(rejected),
            "reason": plain_reason(rejected.reason).rstrip("."),
        }
        checks.append(Check("bad", text))
    return checks


def _column_said(rejected: RowRejected) -> str:
    """The column that a row is not taken for, with what stands in it; "" where it is all of it."""
    if not rejected.column:
        return ""
    value = f" “{rejected.value[:_VALUE_SEEN]}”" if rejected.value else ""
    return f"{rejected.column}{value} "


def _shown(row: Row, events: list[NewEvent], kept: _Kept, zone: ZoneInfo) -> PreviewRow:
    rejected = kept.by_line.get(row.line)
    if rejected is not None:
        what, reason = _column_said(rejected), rejected.reason
        problem = f"{what}{plain_reason(reason).rstrip('.')}." if what else sentence_of(reason)
        return PreviewRow(row.line, problem=problem)
    if not events:
        return PreviewRow(row.line, problem=_("left out by your rule"))
    made, *outcomes = events
    data: dict[str, Any] = msgspec.json.decode(made.data)
    first = min(outcomes, key=lambda event: event.occurred_at) if outcomes else None
    customer = data.get("customer") or {}
    return PreviewRow(
        line=row.line,
        reference=made.subject,
        kind=data["kind"],
        statement=data["statement"],
        customer=customer.get("name") or customer.get("id", ""),
        team=data.get("team") or "",
        made_at=made.occurred_at.astimezone(zone),
        due_at=_due(data["due_at"], zone),
        outcome=first.type.value.removeprefix("promise.") if first else "",
        outcome_at=first.occurred_at.astimezone(zone) if first else None,
        fraction=_part(first) if first else None,
    )


def _part(outcome: NewEvent) -> float | None:
    """The share that an outcome speaks of; None where it is all of it."""
    fraction: float = msgspec.json.decode(outcome.data).get("fraction", 1.0)
    return fraction if fraction < 1 else None


def _due(text: str, zone: ZoneInfo) -> datetime | date:
    if "T" not in text:
        return date.fromisoformat(text)
    local = datetime.fromisoformat(text).astimezone(zone)
    # A day of the mapping's zone is told by its last moment.
    return local.date() if local == end_of_date(local.date(), zone) else local
