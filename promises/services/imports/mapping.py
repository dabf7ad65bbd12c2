"""A mapping: which column of a file says what about a promise. Written in TOML (docs/import.md)."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import Annotated, Literal

import msgspec
from django.utils.translation import gettext as _
from msgspec import Meta, Struct

from interactions.moments import zone_exists
from interactions.wording import plain_reason
from promises.services.imports.labels import place_said
from promises.services.imports.refusals import ImportRefused
from promises.services.imports.toml_reasons import toml_reason

Given = Annotated[str, Meta(min_length=1, max_length=255)]
Columns = Annotated[list[Given], Meta(min_length=1)]
SPELLINGS = ("", "moment", "date")
_PATH = re.compile(r" - at `(?:key in )?\$\.?(.*)`$")


class Strict(Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """What all parts of a mapping share: a misspelt name is an error."""


class Field(Strict, frozen=True, kw_only=True):
    """Where the text of one field comes from: a column, a constant or a template."""

    column: Given | None = None
    constant: str | bool | int | float | None = None
    template: Given | None = None
    map: dict[str, str] | None = None
    otherwise: str | None = None

    def __post_init__(self) -> None:
        """Raises: ValueError where the parts do not belong together."""
        given = [
            name for name in ("column", "constant", "template") if getattr(self, name) is not None
        ]
        if len(given) != 1:
            raise ValueError(_("needs exactly one of column, constant and template"))
        if self.map is not None and self.column is None:
            raise ValueError(_("a map needs a column"))
        if self.otherwise is not None and self.map is None:
            raise ValueError(_("otherwise needs a map"))
        if self.template is not None:
            _check_template(self.template)

    def columns(self) -> Iterator[str]:
        """The columns that the field reads."""
        if self.column is not None:
            yield self.column
        if self.template is not None:
            yield from (name for _text, name, _spec, _conv in template_parts(self.template) if name)


class CustomerFields(Strict, frozen=True, kw_only=True):
    """The customer; an empty or missing id means "not stated"."""

    id: Field | None = None
    name: Field | None = None
    preferred_name: Field | None = None
    segment: Field | None = None
    zone: Field | None = None


class QualityFields(Strict, frozen=True, kw_only=True):
    """The measured target of a quality promise, and the column of the value reached."""

    target: Field
    comparator: Field
    scale: Field
    unit: Field | None = None
    value: Field | None = None


class Fields(Strict, frozen=True, kw_only=True):
    """What a row says about its promise."""

    kind: Field
    statement: Field
    made_at: Field
    due_at: Field
    fulfilled_at: Field | None = None
    fraction: Field | None = None
    customer: CustomerFields = CustomerFields()
    team: Field | None = None
    touchpoint: Field | None = None
    stake: Field | None = None
    paid_in_advance: Field | None = None
    explicit: Field | None = None
    confidence: Field | None = None
    claim_source: Field | None = None
    made_by: Field | None = None
    quality: QualityFields | None = None


class Moment(Strict, frozen=True, kw_only=True):
    """A column that says when something happened."""

    column: Given


class Ending(Strict, frozen=True, kw_only=True):
    """Which rows say that the promise ended without being fulfilled, and when.

    Shape: the rows where `column` has one of `values`; without these, the rows where `at` has
    a time. With `unless_fulfilled` a row that also has a fulfilment counts as fulfilled only.
    """

    at: Literal["made_at", "due_at"] | Moment
    column: Given | None = None
    values: Columns | None = None
    reason: Field | None = None
    unless_fulfilled: bool = False

    def __post_init__(self) -> None:
        """Raises: ValueError where the parts do not belong together."""
        if (self.column is None) != (self.values is None):
            raise ValueError(_("column and values belong together"))
        if self.column is None and not isinstance(self.at, Moment):
            raise ValueError(_("needs column and values, or the column of the time as at"))


class Withdrawal(Ending, frozen=True, kw_only=True):
    """Which rows say that the promise was called off, and by whom."""

    by: Literal["customer", "us"]


class Skip(Strict, frozen=True, kw_only=True):
    """Rows that hold no promise; they are counted under their reason."""

    column: Given
    reason: Given
    empty: bool = False
    values: Columns | None = None

    def __post_init__(self) -> None:
        """Raises: ValueError where the parts do not belong together."""
        if self.empty == (self.values is not None):
            raise ValueError(_("needs either empty = true or values"))


class Join(Strict, frozen=True, kw_only=True):
    """A further file, whose columns become `name.column`.

    Shape: `first` adds the first matching row, or empty cells; `many` makes one row of each match.
    With `group_by`, rows that agree in it and in `right` count as one, which has the latest time of
    each column in `latest`.
    """

    name: Annotated[str, Meta(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]
    file: Given
    left: Columns
    right: Columns
    how: Literal["first", "many"] = "first"
    group_by: Columns | None = None
    latest: Columns | None = None

    def __post_init__(self) -> None:
        """Raises: ValueError where the parts do not belong together."""
        if len(self.left) != len(self.right):
            raise ValueError(_("left and right need as many columns as each other"))
        if (self.group_by is None) != (self.latest is None):
            raise ValueError(_("group_by and latest belong together"))


class Mapping(Strict, frozen=True, kw_only=True):
    """How the rows of a file become promises."""

    source: Given
    zone: Given
    reference: Columns
    fields: Fields
    date_only: Literal["end of day", "midnight"] = "end of day"
    dates: list[Given] = []
    formats: list[Given] = []
    delimiter: Annotated[str, Meta(min_length=1, max_length=1)] | None = None
    join: list[Join] = []
    skip: list[Skip] = []
    withdrawn: Withdrawal | None = None
    failed: Ending | None = None

    def __post_init__(self) -> None:
        """Raises: ValueError where the parts do not belong together."""
        if not zone_exists(self.zone):
            raise ValueError(
                _("%(zone)r is no time zone such as Europe/Berlin") % {"zone": self.zone}
            )
        if not self.source.isprintable():
            raise ValueError(_("source contains a control character"))
        names = [join.name for join in self.join]
        if len(set(names)) < len(names):
            raise ValueError(_("two joins have the same name"))


def mapping_read(path: Path) -> Mapping:
    """Read and check a mapping file.

    Raises: ImportRefused with one sentence that names the place in the file.
    """
    try:
        return mapping_parse(path.read_text(encoding="utf-8-sig"), name=path.name)
    except OSError as error:
        raise ImportRefused(
            _("The mapping %(path)s cannot be read: %(reason)s.")
            % {"path": path, "reason": error.strerror}
        ) from error
    except UnicodeDecodeError as error:
        raise ImportRefused(_("The mapping %(path)s is no UTF-8 text.") % {"path": path}) from error


def mapping_parse(text: str, *, name: str) -> Mapping:
    """Check the text of a mapping.

    Raises: ImportRefused with one sentence that names the place in the text.
    """
    try:
        return msgspec.convert(tomllib.loads(text), Mapping)
    except tomllib.TOMLDecodeError as error:
        reason = toml_reason(str(error))
    except msgspec.ValidationError as error:
        found = _PATH.search(str(error))
        place = found.group(1) if found else ""
        reason = plain_reason(str(error)[: found.start()] if found else str(error))
        reason = f"{place_said(place)}: {reason}" if place else reason
    raise ImportRefused(
        _("The mapping %(name)s cannot be used: %(reason)s.") % {"name": name, "reason": reason}
    )


def template_parts(template: str) -> Iterator[tuple[str, str, str, str | None]]:
    """The parts of a template: literal text, column, spelling, conversion."""
    for text, column, spelling, conversion in Formatter().parse(template):
        yield text, column or "", spelling or "", conversion


def _check_template(template: str) -> None:
    try:
        parts = list(template_parts(template))
        holes = [column for _text, column, _spec, _conv in Formatter().parse(template)]
    except ValueError:
        raise ValueError(
            _(
                "the template cannot be read: a brace is opened and not closed, or closed and not "
                "opened; {{ and }} are braces themselves"
            )
        ) from None
    if "" in holes:
        raise ValueError(_("the template has {} without a column"))
    for _text, column, spelling, conversion in parts:
        if spelling not in SPELLINGS or conversion:
            raise ValueError(
                _("{%(column)s} in the template may be followed by :moment or :date only")
                % {"column": column}
            )
