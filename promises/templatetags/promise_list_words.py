"""How many promises a list has, in whole sentences: each is translated as one."""

from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy


class Said(NamedTuple):
    """The sentences about one kind of list.

    Shape: `none` where it is empty, `some` by their number, `many` where more are in it than were
    counted; they hold %(n)s and, where the period decides, %(period)s.
    """

    none: Any
    some: Any
    many: Any


# By how the promises stand; each is about those that fell due in the period.
OF_PERIOD = {
    "": Said(
        _("There was no promise %(period)s."),
        ngettext_lazy(
            "There was %(n)s promise %(period)s.", "There were %(n)s promises %(period)s.", "count"
        ),
        _("There were more than %(n)s promises %(period)s."),
    ),
    "due": Said(
        _("No promise fell due %(period)s."),
        ngettext_lazy(
            "%(n)s promise fell due %(period)s.", "%(n)s promises fell due %(period)s.", "count"
        ),
        _("More than %(n)s promises fell due %(period)s."),
    ),
    "missed": Said(
        _("No promise was missed %(period)s."),
        ngettext_lazy(
            "%(n)s promise was not kept %(period)s.",
            "%(n)s promises were not kept %(period)s.",
            "count",
        ),
        _("More than %(n)s promises were not kept %(period)s."),
    ),
    "kept": Said(
        _("No promise was kept %(period)s."),
        ngettext_lazy(
            "%(n)s promise was kept %(period)s.", "%(n)s promises were kept %(period)s.", "count"
        ),
        _("More than %(n)s promises were kept %(period)s."),
    ),
    "late": Said(
        _("No promise was fulfilled late %(period)s."),
        ngettext_lazy(
            "%(n)s promise was fulfilled late %(period)s.",
            "%(n)s promises were fulfilled late %(period)s.",
            "count",
        ),
        _("More than %(n)s promises were fulfilled late %(period)s."),
    ),
    "partial": Said(
        _("No promise was fulfilled only in part %(period)s."),
        ngettext_lazy(
            "%(n)s promise was fulfilled only in part %(period)s.",
            "%(n)s promises were fulfilled only in part %(period)s.",
            "count",
        ),
        _("More than %(n)s promises were fulfilled only in part %(period)s."),
    ),
    "failed": Said(
        _("No promise failed %(period)s."),
        ngettext_lazy(
            "%(n)s promise failed %(period)s.", "%(n)s promises failed %(period)s.", "count"
        ),
        _("More than %(n)s promises failed %(period)s."),
    ),
    "unsettled": Said(
        _("No promise fell due %(period)s and is still open."),
        ngettext_lazy(
            "%(n)s promise fell due %(period)s and is still open.",
            "%(n)s promises fell due %(period)s and are still open.",
            "count",
        ),
        _("More than %(n)s promises fell due %(period)s and are still open."),
    ),
    "withdrawn": Said(
        _("No promise was withdrawn %(period)s."),
        ngettext_lazy(
            "%(n)s promise was withdrawn %(period)s.",
            "%(n)s promises were withdrawn %(period)s.",
            "count",
        ),
        _("More than %(n)s promises were withdrawn %(period)s."),
    ),
}
# Of these the period says nothing, and whoever pressed one is told so.
OF_NOW = {
    "overdue": Said(
        _("No promise is overdue now, of all time."),
        ngettext_lazy(
            "%(n)s promise is overdue now, of all time.",
            "%(n)s promises are overdue now, of all time.",
            "count",
        ),
        _("More than %(n)s promises are overdue now, of all time."),
    ),
    "today": Said(
        _("No promise is due today."),
        ngettext_lazy("%(n)s promise is due today.", "%(n)s promises are due today.", "count"),
        _("More than %(n)s promises are due today."),
    ),
    "ahead": Said(
        _("No open promise is due later, however far ahead."),
        ngettext_lazy(
            "%(n)s promise is not due yet, however far ahead.",
            "%(n)s promises are not due yet, however far ahead.",
            "count",
        ),
        _("More than %(n)s promises are not due yet, however far ahead."),
    ),
    "rest_owed": Said(
        _("No rest of a promise is owed, of all time."),
        ngettext_lazy(
            "The rest of %(n)s promise is still owed, of all time.",
            "The rest of %(n)s promises is still owed, of all time.",
            "count",
        ),
        _("The rest of more than %(n)s promises is still owed, of all time."),
    ),
}
# The same at a past moment, where it reads otherwise.
OF_THEN = {
    "unsettled": Said(
        _("No promise fell due %(period)s and was still open."),
        ngettext_lazy(
            "%(n)s promise fell due %(period)s and was still open.",
            "%(n)s promises fell due %(period)s and were still open.",
            "count",
        ),
        _("More than %(n)s promises fell due %(period)s and were still open."),
    ),
    "overdue": Said(
        _("No promise was overdue then, of all time."),
        ngettext_lazy(
            "%(n)s promise was overdue then, of all time.",
            "%(n)s promises were overdue then, of all time.",
            "count",
        ),
        _("More than %(n)s promises were overdue then, of all time."),
    ),
    "today": Said(
        _("No promise was still due on that day."),
        ngettext_lazy(
            "%(n)s promise was still due on that day.",
            "%(n)s promises were still due on that day.",
            "count",
        ),
        _("More than %(n)s promises were still due on that day."),
    ),
    "ahead": Said(
        _("No open promise was due later, however far ahead."),
        ngettext_lazy(
            "%(n)s promise was not due yet, however far ahead.",
            "%(n)s promises were not due yet, however far ahead.",
            "count",
        ),
        _("More than %(n)s promises were not due yet, however far ahead."),
    ),
}


def said_of(stands: str, *, is_now: bool) -> Said:
    """The sentences about promises that stand so."""
    if not is_now and stands in OF_THEN:
        return OF_THEN[stands]
    return OF_NOW.get(stands) or OF_PERIOD[stands]
