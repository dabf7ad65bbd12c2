"""The reject file: every row that was not taken and why, ready to be mended and imported."""

import csv
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

from django.utils.translation import gettext as _

from promises.services.imports.reading import Row
from promises.services.imports.refusals import ImportRefused, RowRejected

COLUMNS = ("rejected_line", "rejected_column", "rejected_value", "rejected_reason")
# What a spreadsheet would take for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class RejectFile:
    """Written only if there is something to write.

    Shape: four columns of ours, then the row's own cells as they were, so that the file can be
    imported again with the same mapping.
    """

    def __init__(self, path: Path | None, columns: Sequence[str]) -> None:
        self.path = path
        self.count = 0
        self._stream: TextIO | None = None
        # A reject file that is imported again already has our columns.
        self._own = len(COLUMNS) if tuple(columns[: len(COLUMNS)]) == COLUMNS else 0
        self._header = (*COLUMNS, *columns[self._own :])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._stream is not None:
            self._stream.close()

    def write(self, row: Row, rejected: RowRejected) -> None:
        """Add one row; only count it where no file is wanted.

        Raises: ImportRefused where the file cannot be written.
        """
        self.count += 1
        if self.path is None:
            return
        ours = [row.line, rejected.column, _inert(rejected.value), rejected.reason]
        try:
            if self._stream is None:
                self._stream = self.path.open("w", encoding="utf-8", newline="")
                csv.writer(self._stream, lineterminator="\n").writerow(self._header)
            writer = csv.writer(self._stream, lineterminator="\n")
            writer.writerow([*ours, *row.cells[self._own :]])
        except OSError as error:
            raise ImportRefused(
                _("The reject file %(path)s cannot be written: %(reason)s.")
                % {"path": self.path, "reason": error.strerror}
            ) from error


def _inert(value: str) -> str:
    """A copy of a cell that no spreadsheet runs as a formula."""
    return f"'{value}" if value.startswith(_FORMULA) else value
