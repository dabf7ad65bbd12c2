"""What the filters of a page show, and the addresses that change them."""

from functools import lru_cache
from typing import Any

from django import template
from django.http import HttpRequest
from django.template import Context
from django.utils import formats
from django.utils.encoding import escape_uri_path
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from promises.selectors.pages import Asked, Choices
from promises.selectors.refused_views import RefusedView, refused_of
from promises.templatetags.promise_tags import asked_parts, asked_query
from promises.templatetags.promise_words import kind_word

register = template.Library()

# What stands behind "More filters".
MORE = ("touchpoint", "segment", "explicit", "from", "to", "as_of")


@register.filter
def more_filters(asked: Asked) -> int:
    """How many of the filters that are folded away are in use."""
    parts = asked_parts(asked)
    return sum(bool(parts[name]) for name in MORE)


@register.filter
def asks_segment(asked: Asked, id: str) -> bool:
    """Whether this segment, as an address names it, is asked for."""
    return asked_parts(asked)["segment"] == id


@register.simple_tag
def options(choices: tuple[tuple[str, str], ...], chosen: str = "") -> SafeString:
    """The options of a select, the chosen one marked."""
    return _options(choices, chosen)


@lru_cache(maxsize=64)
def _options(choices: tuple[tuple[str, str], ...], chosen: str) -> SafeString:
    """There may be hundreds, and they are the same on page after page."""
    marks = ("", SafeString(" selected"))
    return format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        ((id, marks[id == chosen], name) for id, name in choices),
    )


@register.simple_tag(takes_context=True)
def refused_view(context: Context, page: str) -> RefusedView | None:
    """The view of a page that could not be saved just now."""
    return refused_of(context["request"].session, page)


@register.filter
def asked_chips(asked: Asked, choices: Choices) -> list[tuple[str, str, str]]:
    """What is left out of the figures: name, value, and the parameters to drop."""
    parts = asked_parts(asked)
    chips = [
        (_("Kind"), kind_word(parts["kind"]), "kind"),
        (_("Team"), _name(parts["team"], choices.teams), "team"),
        (_("Touchpoint"), _name(parts["touchpoint"], choices.touchpoints), "touchpoint"),
        (_("Segment"), _name(parts["segment"], choices.segments), "segment"),
        (_("Said"), _said(asked), "explicit"),
        (_("From"), _day(asked.since), "from"),
        (_("To"), _day(asked.until), "to"),
    ]
    return [chip for chip in chips if parts[chip[2]]]


@register.simple_tag(takes_context=True)
def reading_url(context: Context, **changes: str) -> str:
    """The address of this page with other filters; what else the page was asked stays."""
    request: HttpRequest = context["request"]
    kept = {name: value for name, value in (context.get("kept") or ()) if name not in changes}
    return escape_uri_path(request.path) + asked_query(context["page"].asked, **kept, **changes)


@register.simple_tag(takes_context=True)
def reading_drop(context: Context, name: str) -> str:
    """The same without one of them."""
    return reading_url(context, **{name: ""})


def _name(id: str, choices: tuple[tuple[str, str], ...]) -> str:
    return dict(choices).get(id, id)


def _said(asked: Asked) -> str:
    return _("stated") if asked.filters.explicit else _("goes without saying")


def _day(day: Any) -> str:
    return formats.date_format(day, "j M Y") if day else ""
