"""How differences of figures are written."""

from django import template
from django.utils.translation import gettext as _

from promises.templatetags.promise_format import NBSP, NOTHING, number

register = template.Library()

MINUS = "\N{MINUS SIGN}"


@register.filter
def signed(value: float | None, places: int = 1) -> str:
    """A difference with its sign; "0" where it rounds to nothing."""
    if value is None:
        return NOTHING
    if round(abs(value), places) == 0:
        return "0"
    return f"{'+' if value > 0 else MINUS}{number(abs(value), places)}"


@register.filter
def signed_points(value: float | None) -> str:
    """A difference of two rates of 0 to 1 in points of a hundred."""
    if value is None:
        return NOTHING
    text = signed(100 * value)
    return text if text == "0" else f"{text}{NBSP}{_('points')}"
