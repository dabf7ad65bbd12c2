"""What tells promises apart: the cells of one column of a row, or of several."""

from django.utils.translation import gettext as _

from promises.services.imports.cells import Cells
from promises.services.imports.columns import Header
from promises.services.imports.refusals import RowRejected

# What an event's id adds to the reference must fit into the ledger's 255 characters as well.
LONGEST_REFERENCE = 230
# So much is quoted of one that is too long.
_QUOTED = 60


class ReferenceReader:
    """Reads the reference of each row; `label` is what a row with a bad one is rejected under."""

    def __init__(self, columns: list[str], header: Header) -> None:
        self.label = ", ".join(columns)
        self._columns = columns
        self._places = [header.index("reference", name) for name in columns]

    def read(self, cells: Cells) -> str:
        """The reference.

        Raises: RowRejected where it is empty or too long.
        """
        keys = [cells[place].strip() for place in self._places]
        if "" in keys:
            empty = self._columns[keys.index("")]
            raise RowRejected(empty, "", _("is empty, but is needed to tell promises apart"))
        if len(keys) == 1:
            reference = keys[0]
        else:
            # Escaped, so that no two different keys give one reference.
            reference = "/".join(key.replace("%", "%25").replace("/", "%2F") for key in keys)
        if len(reference) > LONGEST_REFERENCE:
            reason = _("is longer than %(limit)d characters") % {"limit": LONGEST_REFERENCE}
            raise RowRejected(self.label, self.cell(cells)[:_QUOTED], reason)
        return reference

    def cell(self, cells: Cells) -> str:
        """The cells as they stand: what is quoted."""
        return ", ".join(cells[place].strip() for place in self._places)
