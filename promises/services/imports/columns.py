"""The columns that a mapping names, found in what the files have."""

from collections.abc import Iterator, Sequence
from difflib import get_close_matches

import msgspec
from django.utils.translation import gettext as _

from promises.services.imports.labels import place_said
from promises.services.imports.mapping import Ending, Field, Mapping, Moment
from promises.services.imports.refusals import ImportRefused

# A file with hundreds of columns must not fill the screen.
SHOWN_COLUMNS = 40


class Header:
    """The columns of a joined row, by name."""

    def __init__(self, file: str, names: Sequence[str]) -> None:
        self.file = file
        self.names = list(names)

    def index(self, place: str, name: str) -> int:
        """Where the column stands.

        Raises: ImportRefused naming the place in the mapping and what the file has.
        """
        count = self.names.count(name)
        if count == 1:
            return self.names.index(name)
        if count:
            raise ImportRefused(
                _('%(place)s names the column "%(name)s", which %(file)s has %(count)d times.')
                % {"place": place_said(place), "name": name, "file": self.file, "count": count}
            )
        raise ImportRefused(self._missing(place, name))

    def extend(self, prefix: str, names: Sequence[str]) -> None:
        """Add the columns of a joined file."""
        self.names.extend(f"{prefix}.{name}" for name in names)

    def _missing(self, place: str, name: str) -> str:
        sentence = _('%(place)s names the column "%(name)s", which %(file)s does not have.') % {
            "place": place_said(place),
            "name": name,
            "file": self.file,
        }
        folded = {known.casefold(): known for known in self.names}
        close = get_close_matches(name.casefold(), folded, n=1)
        if close:
            sentence += " " + _('Did you mean "%(close)s"?') % {"close": folded[close[0]]}
        shown = ", ".join(self.names[:SHOWN_COLUMNS])
        more = len(self.names) - SHOWN_COLUMNS
        if more > 0:
            shown += " " + _("and %(more)d more") % {"more": more}
        return sentence + " " + _("It has: %(columns)s.") % {"columns": shown}


def columns_used(mapping: Mapping) -> Iterator[tuple[str, str]]:
    """Every column that the mapping reads after the joins, with the place that names it."""
    for name in mapping.reference:
        yield "reference", name
    yield from _of_fields("fields", mapping.fields)
    for number, skip in enumerate(mapping.skip, start=1):
        yield f"skip {number}", skip.column
    for place, ending in (("withdrawn", mapping.withdrawn), ("failed", mapping.failed)):
        if ending is not None:
            yield from _of_ending(place, ending)
    for name in mapping.dates:
        yield "dates", name


def _of_fields(place: str, fields: msgspec.Struct) -> Iterator[tuple[str, str]]:
    for name in fields.__struct_fields__:
        value = getattr(fields, name)
        if isinstance(value, Field):
            for column in value.columns():
                yield f"{place}.{name}", column
        elif isinstance(value, msgspec.Struct):
            yield from _of_fields(f"{place}.{name}", value)


def _of_ending(place: str, ending: Ending) -> Iterator[tuple[str, str]]:
    if ending.column is not None:
        yield f"{place}.column", ending.column
    if isinstance(ending.at, Moment):
        yield f"{place}.at", ending.at.column
    if ending.reason is not None:
        for column in ending.reason.columns():
            yield f"{place}.reason", column
