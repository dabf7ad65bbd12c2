"""The options of a choice, written in one go as rows are: there may be as many as teams."""

from collections.abc import Iterable

from django import template
from django.utils.safestring import SafeString

from promises.templatetags.markup import markup

register = template.Library()

_CHOSEN, _OTHER = SafeString(" selected"), SafeString("")


@register.simple_tag
def options(choices: Iterable[tuple[str, str]], chosen: str) -> SafeString:
    """What can be chosen, each by its id and name."""
    return SafeString(
        "".join(
            markup(
                '<option value="{}"{}>{}</option>', id, _CHOSEN if id == chosen else _OTHER, name
            )
            for id, name in choices
        )
    )
