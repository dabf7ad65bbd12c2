"""Rows that tell of one promise again: which lines they are, and which of them counts."""

from collections.abc import Sequence
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

# So many lines are named of each kind.
SHOWN_DOUBLES = 5
KINDS = ("same_row", "other_outcome", "same_reference")


class Double(NamedTuple):
    """A row that tells of the same promise as an earlier one.

    Shape: `kind` is one of KINDS; `earlier_file` is empty where it is the same file;
    `later_counts` only where the two tell another making.
    """

    kind: str
    line: int
    earlier: int
    earlier_file: str = ""
    later_counts: bool = False

    def lines(self) -> str:
        """The two lines, and which of them counts where they differ."""
        words = {"line": _line(self.line), "earlier": _line(self.earlier, self.earlier_file)}
        if self.kind == "same_row":
            return _("%(line)s as %(earlier)s") % words
        if self.kind == "other_outcome":
            return _("%(line)s beside %(earlier)s") % words
        if self.later_counts:
            return _("%(line)s counts, %(earlier)s does not") % words
        return _("%(earlier)s counts, %(line)s does not") % words

    def note(self) -> str:
        """What is said of the later row, beside it."""
        words = {"earlier": _line(self.earlier, self.earlier_file)}
        if self.kind == "same_row":
            return _("the same as %(earlier)s; taken once") % words
        if self.kind == "other_outcome":
            return _("the same promise as %(earlier)s, with another outcome") % words
        if self.later_counts:
            return _("the number of %(earlier)s again; this row counts, that one does not") % words
        return _("the number of %(earlier)s again; that row counts, this one does not") % words


def doubles_said(kind: str, count: int, doubles: Sequence[Double]) -> str:
    """How many rows of a kind there are, in a sentence that names the first of them."""
    lines = [double.lines() for double in doubles if double.kind == kind][:SHOWN_DOUBLES]
    named = "; ".join(lines)
    if count > len(lines):
        named += _("; and %(n)d more") % {"n": count - len(lines)}
    return _sentence(kind, count) % {"n": count, "lines": named}


def _sentence(kind: str, count: int) -> str:
    if kind == "same_row":
        return ngettext(
            "%(n)d row says the same as an earlier row, and is taken once: %(lines)s.",
            "%(n)d rows say the same as earlier rows, and are taken once: %(lines)s.",
            count,
        )
    if kind == "other_outcome":
        return ngettext(
            "%(n)d row tells another outcome of the same promise as an earlier row; both are "
            "recorded with the one promise: %(lines)s.",
            "%(n)d rows tell another outcome of the same promise as an earlier row; all are "
            "recorded with the one promise: %(lines)s.",
            count,
        )
    return ngettext(
        "%(n)d row has the reference of an earlier row, and tells something else. The earlier "
        "making counts: %(lines)s.",
        "%(n)d rows have the reference of an earlier row, and tell something else. The earlier "
        "making counts: %(lines)s.",
        count,
    )


def _line(line: int, file: str = "") -> str:
    if file:
        return _("line %(line)d of %(file)s") % {"line": line, "file": file}
    return _("line %(line)d") % {"line": line}
