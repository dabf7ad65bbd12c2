"""The lines of an event on a timeline, written in one go: a page has dozens of events."""

from functools import lru_cache

from django import template
from django.template import Context
from django.template.loader import render_to_string
from django.utils import formats, timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from promises.selectors.pages import TimelineEntry
from promises.templatetags.markup import markup
from promises.templatetags.promise_events import (
    event_details,
    event_json,
    event_quote,
    event_word,
    heard_later,
)
from promises.templatetags.promise_format import duration, moment, shortened
from promises.templatetags.promise_tags import address, page_url
from promises.templatetags.promise_words import note_word

register = template.Library()

MOST_CHARACTERS = 160
_LINE = '<p class="event-line">{}</p>'
_FACT = '<span class="event-fact"><span class="text-secondary">{}:</span> {}</span> '


@register.simple_tag(takes_context=True)
def event_item(context: Context, entry: TimelineEntry, on_promise: bool = False) -> SafeString:
    """What happened when, its facts, and where it comes from.

    Shape: `on_promise` where the page is the promise's own: it is not named, and the raw event is
    there, too.
    """
    lines = [_head(entry)]
    if entry.statement and not on_promise:
        lines.append(markup(_LINE, _about(context, entry)))
    if quote := event_quote(entry):
        lines.append(markup('<blockquote class="event-quote">{}</blockquote>', quote))
    if details := event_details(entry):
        lines.append(markup(_LINE, format_html_join("", _FACT, details)))
    if entry.note:
        note = '<p class="event-note">{}{}</p>'
        lines.append(markup(note, _icon("info-circle"), note_word(entry.note)))
    lines.append(_origin(entry))
    if entry.may_take_back:
        lines.append(_take_back(context, entry))
    if on_promise:
        lines.append(_raw(entry))
    css = "event event-retracted" if entry.retracted else "event"
    return SafeString(f'<li class="{css}">\n{"".join(lines)}\n</li>')


def _head(entry: TimelineEntry) -> SafeString:
    badge = ""
    if entry.retracted:
        badge = markup(' <span class="badge">{}</span>', _("taken back"))
    return markup(
        '<div class="event-head"> <span class="event-time">{}</span> <strong>{}</strong>{} </div>',
        moment(entry.occurred_at, "clock"),
        event_word(entry),
        badge,
    )


def _about(context: Context, entry: TimelineEntry) -> SafeString | str:
    statement = shortened(entry.statement, MOST_CHARACTERS)
    if not entry.promise_id:
        return statement
    url = page_url(context, "promise", entry.promise_id)
    return markup('<a href="{}">{}</a>', url, statement)


def _origin(entry: TimelineEntry) -> SafeString:
    """The source and the id, who recorded it, and whether that was later than it happened."""
    parts: list[SafeString | str] = [f"{_('source')} {entry.source}", f"{_('event')} {entry.id}"]
    if entry.actor:
        parts.append(_("recorded by %(actor)s") % {"actor": entry.actor})
    if later := heard_later(entry):
        recorded = formats.date_format(timezone.localtime(entry.recorded_at), "c")
        told = _("heard %(time)s later") % {"time": duration(later)}
        parts.append(markup('<span title="{}">{}</span>', recorded, told))
    joined = format_html_join(" · ", "{}", ((part,) for part in parts))
    return markup('<p class="event-source">{}</p>', joined)


def _take_back(context: Context, entry: TimelineEntry) -> SafeString:
    """The button by which a mistake is taken back."""
    return markup(
        '<form method="post" action="{}">'
        '<input type="hidden" name="csrfmiddlewaretoken" value="{}">'
        '<input type="hidden" name="event" value="{}">'
        '<button class="btn btn-sm" type="submit">{}</button></form>',
        address("customer-unsay", context["list_of"]["customer"]),
        str(context.get("csrf_token", "")),
        str(entry.seq),
        _("Take back"),
    )


def _raw(entry: TimelineEntry) -> SafeString:
    """The event as it stands in the ledger, folded."""
    name = _("The raw event")
    return markup(
        '<details class="how"><summary>{}</summary>'
        '<pre tabindex="0" role="region" aria-label="{}">{}</pre></details>',
        name,
        f"{name} {entry.id}",
        event_json(entry),
    )


@lru_cache(maxsize=32)
def _icon(name: str) -> SafeString:
    return SafeString(render_to_string(f"icons/{name}.svg"))
