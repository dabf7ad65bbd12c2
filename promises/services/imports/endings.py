"""Rows whose promise ended without being fulfilled."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from promises.services.imports.cells import Cells, FieldReader
from promises.services.imports.columns import Header
from promises.services.imports.mapping import Ending, Field, Moment, Withdrawal
from promises.services.imports.refusals import RowRejected


class EndingReader:
    """Tells for each row whether, and when, its promise was withdrawn or failed."""

    def __init__(
        self,
        action: str,
        ending: Ending,
        reader: Callable[[str, Field], FieldReader],
        header: Header,
    ) -> None:
        self.action = action
        self.unless_fulfilled = ending.unless_fulfilled
        self._by = ending.by if isinstance(ending, Withdrawal) else None
        self._values = frozenset(ending.values or ())
        self._index: int | None = None
        if ending.column is not None:
            self._index = header.index(f"{action}.column", ending.column)
        self._at: FieldReader | None = None
        self.is_at_due = ending.at == "due_at"
        self.label = str(ending.column)
        if isinstance(ending.at, Moment):
            self.label = ending.at.column
            self._at = reader(f"{action}.at", Field(column=ending.at.column))
        self._reason = reader(f"{action}.reason", ending.reason) if ending.reason else None
        self.readers = {"reason": self._reason} if self._reason else {}

    def moment(self, cells: Cells, made_at: datetime, due_at: datetime) -> datetime | None:
        """When the promise ended; None where it did not.

        Raises: RowRejected where the row says that it ended, but not when.
        """
        if self._index is not None and cells[self._index].strip() not in self._values:
            return None
        if self._at is None:
            return due_at if self.is_at_due else made_at
        moment = self._at.moment(cells)
        if moment is not None:
            return moment.at
        if self._index is None:
            return None
        raise RowRejected(self._at.label, "", _("is empty, but the promise is said to have ended"))

    def cell(self, cells: Cells) -> str:
        """What is quoted where the time of the ending cannot be taken."""
        if self._at is not None:
            return self._at.cell(cells)
        return cells[self._index].strip() if self._index is not None else ""

    def data(self, cells: Cells) -> dict[str, Any]:
        """What the event says."""
        data: dict[str, Any] = {} if self._by is None else {"by": self._by}
        reason = self._reason.text(cells) if self._reason else ""
        if reason:
            data["reason"] = reason
        return data
