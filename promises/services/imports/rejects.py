"""The reject file: every row that was not taken and why, ready to be mended and imported."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self, TextIO

from django.utils.translation import gettext as _

from promises.services.imports.inert import REJECT_COLUMNS, inert
from promises.services.imports.reading import Row
from promises.services.imports.refusals import ImportRefused, RowRejected


class Rejects(Protocol):
    """Where rejected rows go."""

    def write(self, row: Row, rejected: RowRejected) -> None:
        """Add one row."""


class _Layout:
    """Four columns of ours, then the row's own cells, harmless for spreadsheets.

    Shape: reading such a file again takes the quotes away, so that it can be mended and imported
    with the same mapping.
    """

    def __init__(self, columns: Sequence[str]) -> None:
        # A reject file that is imported again already has our columns.
        own = tuple(columns[: len(REJECT_COLUMNS)]) == REJECT_COLUMNS
        self._own = len(REJECT_COLUMNS) if own else 0
        self.header = (*REJECT_COLUMNS, *map(inert, columns[self._own :]))

    def cells(self, row: Row, rejected: RowRejected) -> list[str]:
        ours = [str(row.line), inert(rejected.column), inert(rejected.value), rejected.reason]
        return [*ours, *map(inert, row.cells[self._own :])]


class RejectFile:
    """A file on the disk, written only if there is something to write."""

    def __init__(self, path: Path | None, columns: Sequence[str]) -> None:
        self.path = path
        self.count = 0
        self._stream: TextIO | None = None
        self._layout = _Layout(columns)

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
        try:
            if self._stream is None:
                self._stream = self.path.open("w", encoding="utf-8", newline="")
                csv.writer(self._stream, lineterminator="\n").writerow(self._layout.header)
            writer = csv.writer(self._stream, lineterminator="\n")
            writer.writerow(self._layout.cells(row, rejected))
        except OSError as error:
            raise ImportRefused(
                _("The reject file %(path)s cannot be written: %(reason)s.")
                % {"path": self.path, "reason": error.strerror}
            ) from error


class RejectText:
    """Rejected rows as text, taken away chunk by chunk."""

    def __init__(self, columns: Sequence[str], *, begun: bool) -> None:
        self._layout = _Layout(columns)
        self._begun = begun
        self._stream = io.StringIO()

    def write(self, row: Row, rejected: RowRejected) -> None:
        """Add one row, after the header where it is the first."""
        writer = csv.writer(self._stream, lineterminator="\n")
        if not self._begun:
            writer.writerow(self._layout.header)
            self._begun = True
        writer.writerow(self._layout.cells(row, rejected))

    def taken(self) -> bytes:
        """What was added since the last time."""
        text = self._stream.getvalue()
        self._stream = io.StringIO()
        return text.encode()
