"""Rows that hold no promise, by the mapping's own rules."""

from promises.services.imports.cells import Cells
from promises.services.imports.columns import Header
from promises.services.imports.mapping import Mapping


class SkipReader:
    """Tells why a row is to be skipped."""

    def __init__(self, mapping: Mapping, header: Header) -> None:
        self._rules = [
            (
                header.index(f"skip {number}", skip.column),
                frozenset(skip.values if skip.values is not None else [""]),
                skip.reason,
            )
            for number, skip in enumerate(mapping.skip, start=1)
        ]

    def reason(self, cells: Cells) -> str | None:
        """The reason of the first rule that fits; None where the row holds a promise."""
        for index, values, reason in self._rules:
            if cells[index].strip() in values:
                return reason
        return None
