"""Words and parts of the imports and of the first run."""

from typing import Any

from django import template
from django.utils.translation import gettext_lazy as _

from interactions.installation import installed
from interactions.selectors import Viewer
from promises.models import Promise
from promises.selectors.first_steps import FirstStep, first_steps

register = template.Library()

OUTCOMES = {
    "fulfilled": _("fulfilled on"),
    "withdrawn": _("called off on"),
    "failed": _("failed on"),
}


@register.filter
def outcome_word(name: str) -> Any:
    """What happened to the promise of a row."""
    return OUTCOMES.get(name, name)


@register.filter
def megabytes(size: int) -> str:
    """A size to read. Units: bytes in."""
    if size < 1_000_000:
        return f"{max(size / 1_000, 0.1):.1f} kB"
    return f"{size / 1_000_000:.1f} MB"


@register.simple_tag
def main_rows(form: Any, main: bool) -> list[Any]:
    """The fields of a promise, the usual ones or the rest."""
    return list(form.rows(main=main))


@register.filter
def chosen_of(rows: list[Any]) -> int:
    """How many of some fields of a promise are said."""
    return sum(bool(chosen.value()) for _asked, chosen, _text in rows)


@register.filter
def is_wrong(rows: list[Any]) -> bool:
    """Whether something is wrong with one of some fields: what folds them stands open."""
    return any(chosen.errors or text.errors for _asked, chosen, text in rows)


@register.filter
def key(table: dict[str, Any], name: str) -> Any:
    """The entry of a table."""
    return table.get(name, "")


@register.simple_tag
def first_steps_of(viewer: Viewer, sample_loaded: bool) -> list[FirstStep]:
    """What an admin has yet to do; empty where it was dismissed."""
    return first_steps(viewer, sample_loaded=sample_loaded)


@register.simple_tag
def is_without_promises() -> bool:
    """Whether nothing was ever promised here: then a list leads to where promises come from."""
    return not Promise.objects.exists()


@register.simple_tag
def company_name() -> str:
    """Whose installation it is; empty where nobody said."""
    return installed().company
