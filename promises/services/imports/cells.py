"""The text of one field of one row, whether a column, a constant or a template gives it."""

import math
from collections.abc import Callable

from django.utils.translation import gettext as _

from promises.services.imports.columns import Header
from promises.services.imports.mapping import Field, template_parts
from promises.services.imports.moments import CellMoment, MomentReader
from promises.services.imports.refusals import RowRejected

Cells = list[str]
_Getter = Callable[[Cells], str]
_TRUE = frozenset({"true", "yes", "y", "t", "1"})
_FALSE = frozenset({"false", "no", "n", "f", "0"})


class FieldReader:
    """Reads one field of a mapping out of rows."""

    def __init__(
        self, place: str, field: Field, header: Header, moments: MomentReader, dates: frozenset[str]
    ) -> None:
        self.place = place
        # What a rejected row names: the column, or the place in the mapping.
        self.label = field.column or place
        self._moments = moments
        self._is_date = field.column in dates
        self._field = field
        self._index = header.index(place, field.column) if field.column is not None else None
        self._get = self._getter(header, dates)

    def text(self, cells: Cells) -> str:
        """The text as it stands; empty where it is blank.

        Raises: RowRejected where the mapping's map does not know the value.
        """
        text = self._get(cells)
        return "" if text.isspace() else text

    def word(self, cells: Cells) -> str:
        """The text without the spaces around it: for ids and words of a list."""
        return self._get(cells).strip()

    def cell(self, cells: Cells) -> str:
        """What is quoted where the field cannot be taken: the cell as it stands in the file, else
        the constant, or what the template makes of the row."""
        text = self._get(cells) if self._index is None else cells[self._index]
        return text.strip()

    def number(self, cells: Cells) -> float | None:
        """The number; None where the cell is empty.

        Raises: RowRejected where it is none.
        """
        word = self.word(cells)
        if not word:
            return None
        try:
            number = float(word)
        except ValueError:
            number = math.nan
        if not math.isfinite(number):
            raise RowRejected(self.label, self.cell(cells), _("is no number such as 12.5"))
        return number

    def truth(self, cells: Cells) -> bool | None:
        """Yes or no; None where the cell is empty.

        Raises: RowRejected where it is neither.
        """
        word = self.word(cells).lower()
        if not word:
            return None
        if word not in _TRUE | _FALSE:
            raise RowRejected(self.label, self.cell(cells), _("is neither yes nor no"))
        return word in _TRUE

    def moment(self, cells: Cells) -> CellMoment | None:
        """The time; None where the cell is empty.

        Raises: RowRejected where it is none.
        """
        word = self._get(cells).strip()
        if not word:
            return None
        try:
            return self._moments.read(word, self._is_date)
        except ValueError as error:
            raise RowRejected(self.label, self.cell(cells), str(error)) from None

    def _getter(self, header: Header, dates: frozenset[str]) -> _Getter:
        field = self._field
        if self._index is not None:
            index = self._index
            return self._mapped(index) if field.map is not None else lambda cells: cells[index]
        if field.template is not None:
            return self._template(field.template, header, dates)
        constant = field.constant
        text = str(constant).lower() if isinstance(constant, bool) else str(constant)
        return lambda _cells: text

    def _mapped(self, index: int) -> _Getter:
        known, otherwise = self._field.map or {}, self._field.otherwise

        def get(cells: Cells) -> str:
            cell = cells[index].strip()
            text = known.get(cell, otherwise)
            if text is None:
                raise RowRejected(self.label, cell, _("is not in the mapping's map"))
            return text

        return get

    def _template(self, template: str, header: Header, dates: frozenset[str]) -> _Getter:
        parts: list[tuple[str, _Getter | None]] = []
        for text, column, spelling, _conversion in template_parts(template):
            parts.append((text, self._hole(column, spelling, header, dates) if column else None))

        def get(cells: Cells) -> str:
            return "".join(text if hole is None else text + hole(cells) for text, hole in parts)

        return get

    def _hole(self, column: str, spelling: str, header: Header, dates: frozenset[str]) -> _Getter:
        index = header.index(self.place, column)
        if not spelling:
            return lambda cells: cells[index]
        is_date, with_time = column in dates, spelling == "moment"

        def get(cells: Cells) -> str:
            cell = cells[index].strip()
            if not cell:
                return ""
            try:
                moment = self._moments.read(cell, is_date)
            except ValueError as error:
                raise RowRejected(column, cell, str(error)) from None
            return moment.spelled() if with_time else moment.spelled_date()

        return get
