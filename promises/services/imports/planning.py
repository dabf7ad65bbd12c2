"""Which file plays which part: the ones with the promises, and the ones joined to them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from fnmatch import fnmatch
from pathlib import Path
from typing import NamedTuple

from django.utils.translation import gettext as _

from promises.services.imports.columns import Header, columns_used
from promises.services.imports.mapping import Mapping, mapping_read
from promises.services.imports.moments import MomentReader, moment_reader
from promises.services.imports.reading import CsvFile, Row, csv_open, csv_rows
from promises.services.imports.refusals import ImportRefused
from promises.services.imports.tables import JoinTable

_NO_SHIFT = timedelta(0)


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What is to be imported.

    Shape: `joined` has one file for each join of the mapping, in order.
    """

    mapping: Mapping
    mapping_name: str
    files: tuple[CsvFile, ...]
    joined: tuple[CsvFile, ...]

    @property
    def lines(self) -> int:
        """Lines of the files with the promises: what progress is measured by."""
        return sum(file.lines for file in self.files)


class JoinedRow(NamedTuple):
    """A row with the cells of its joins.

    Shape: no `joined` where the row cannot be read, or where a join of how = "many" has no match.
    """

    row: Row
    joined: list[list[str]]


def import_plan(paths: Sequence[Path], mapping_path: Path) -> ImportPlan:
    """Check the mapping and every file before anything is recorded.

    Raises: ImportRefused with a sentence about the first thing that cannot be used.
    """
    mapping = mapping_read(mapping_path)
    joins, main = _shared_out(paths, mapping)
    plan = ImportPlan(
        mapping,
        mapping_path.name,
        tuple(csv_open(path, delimiter=mapping.delimiter) for path in main),
        tuple(csv_open(path, delimiter=mapping.delimiter) for path in joins),
    )
    for file in plan.files:
        header = joined_header(plan, file)
        for place, column in columns_used(mapping):
            header.index(place, column)
    return plan


def joined_header(plan: ImportPlan, file: CsvFile) -> Header:
    """The columns of a file's rows after the joins.

    Raises: ImportRefused where a join names a column that is not there.
    """
    header = Header(file.path.name, file.columns)
    for join, joined in zip(plan.mapping.join, plan.joined, strict=True):
        own = Header(joined.path.name, joined.columns)
        for name in join.left:
            header.index(f"join {join.name}.left", name)
        for part in ("right", "group_by", "latest"):
            for name in getattr(join, part) or ():
                own.index(f"join {join.name}.{part}", name)
        header.extend(join.name, joined.columns)
    return header


class JoinedFile:
    """One file with promises, its joined files in memory."""

    def __init__(self, plan: ImportPlan, file: CsvFile) -> None:
        self.header = joined_header(plan, file)
        self._file = file
        self._tables: list[JoinTable] = []
        # Comparing times of grouped rows needs no shift: all of them are moved alike.
        moments: MomentReader = moment_reader(plan.mapping, _NO_SHIFT)
        header = Header(file.path.name, file.columns)
        for join, joined in zip(plan.mapping.join, plan.joined, strict=True):
            left = [header.index(f"join {join.name}.left", name) for name in join.left]
            self._tables.append(JoinTable(join, joined, left, moments))
            header.extend(join.name, joined.columns)

    @property
    def unreadable(self) -> int:
        """How many rows of joined files cannot be read."""
        return sum(table.unreadable for table in self._tables)

    def rows(self) -> Iterator[JoinedRow]:
        """The rows of the file in order."""
        for row in csv_rows(self._file):
            if row.problem or not self._tables:
                yield JoinedRow(row, [] if row.problem else [row.cells])
                continue
            joined = [row.cells]
            for table in self._tables:
                joined = [cells + more for cells in joined for more in table.matches(cells)]
            yield JoinedRow(row, joined)


def _shared_out(paths: Sequence[Path], mapping: Mapping) -> tuple[list[Path], list[Path]]:
    """The joined files in the order of the joins, and the others."""
    rest = list(paths)
    joins: list[Path] = []
    for join in mapping.join:
        found = [path for path in paths if fnmatch(path.name, join.file)]
        if len(found) != 1:
            count = len(found)
            raise ImportRefused(
                _("The mapping joins one file %(pattern)s; name it too, there are %(count)d.")
                % {"pattern": join.file, "count": count}
            )
        joins.append(found[0])
        rest = [path for path in rest if path != found[0]]
    if not rest:
        raise ImportRefused(_("No file with promises is named, only files to be joined."))
    return joins, rest
