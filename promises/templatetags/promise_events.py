"""The ledger's events in plain words."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django import template
from django.utils import timezone
from django.utils.functional import Promise as LazyText
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from interactions.event_types import EventType
from promises.selectors.pages import TimelineEntry
from promises.templatetags.promise_format import HOUR, moment, percent, plain

register = template.Library()

EVENT_WORDS: dict[str, LazyText] = {
    EventType.PROMISE_MADE: gettext_lazy("A promise was made"),
    EventType.PROMISE_RESCHEDULED: gettext_lazy("The promise got another date"),
    EventType.PROMISE_PAUSED: gettext_lazy("A wait began"),
    EventType.PROMISE_RESUMED: gettext_lazy("The wait ended"),
    EventType.PROMISE_FULFILLED: gettext_lazy("The promise was fulfilled"),
    EventType.PROMISE_FAILED: gettext_lazy("The promise was declared failed"),
    EventType.PROMISE_WITHDRAWN: gettext_lazy("The promise was withdrawn"),
    EventType.PROMISE_REOPENED: gettext_lazy("The promise was reopened"),
    EventType.PROMISE_CONFIRMED: gettext_lazy("The customer confirmed"),
    EventType.PROMISE_DISPUTED: gettext_lazy("The customer disputed"),
    EventType.EVENT_RETRACTED: gettext_lazy("An event was taken back"),
    EventType.CUSTOMER_DESCRIBED: gettext_lazy("The customer was described"),
    EventType.CUSTOMER_LEFT: gettext_lazy("The customer left"),
    EventType.CONTACT_RECEIVED: gettext_lazy("The customer contacted us"),
    EventType.CONTACT_ANSWERED: gettext_lazy("We answered"),
    EventType.CONTACT_MADE: gettext_lazy("We contacted the customer"),
    EventType.NOTICE_GIVEN: gettext_lazy("We gave notice"),
    EventType.APOLOGY_GIVEN: gettext_lazy("We apologised"),
    EventType.FEEDBACK_GIVEN: gettext_lazy("The customer gave feedback"),
    EventType.EXPECTATION_STATED: gettext_lazy("An expectation was stated"),
    EventType.MENTION_PUBLISHED: gettext_lazy("The customer said it in public"),
    EventType.ESCALATION_REQUESTED: gettext_lazy("An escalation was asked for"),
    EventType.ESCALATION_ACCEPTED: gettext_lazy("The escalation was accepted"),
    EventType.ESCALATION_RESOLVED: gettext_lazy("The escalation was resolved"),
    EventType.HANDOFF_MADE: gettext_lazy("The matter was handed over"),
    EventType.KINDNESS_SHOWN: gettext_lazy("We did a kindness"),
    EventType.REFERRAL_MADE: gettext_lazy("The customer brought somebody"),
}

# The fields that a reader wants to see at once, in this order; all of them are in the raw event.
DETAIL_WORDS: dict[str, LazyText] = {
    "due_at": gettext_lazy("due"),
    "told_at": gettext_lazy("customer told"),
    "fraction": gettext_lazy("share"),
    "value": gettext_lazy("measured"),
    "score": gettext_lazy("score"),
    "expected": gettext_lazy("expected"),
    "perceived": gettext_lazy("felt"),
    "dimension": gettext_lazy("about"),
    "code": gettext_lazy("code"),
    "sentiment": gettext_lazy("sentiment"),
    "reach": gettext_lazy("reach"),
    "cause": gettext_lazy("cause"),
    "from_team": gettext_lazy("from"),
    "to_team": gettext_lazy("to"),
    "name": gettext_lazy("name"),
    "segment": gettext_lazy("segment"),
    "zone": gettext_lazy("zone"),
    "channel": gettext_lazy("channel"),
    "needs": gettext_lazy("needs"),
    "referred": gettext_lazy("who"),
    "made_by": gettext_lazy("by"),
    "by": gettext_lazy("by"),
    "id": gettext_lazy("event"),
    "reason": gettext_lazy("reason"),
}
MOMENTS = frozenset({"due_at", "told_at"})

# Below this nobody asks why it was written down later than it happened.
HEARD_LATER_SECONDS = HOUR


@register.filter
def event_word(entry: TimelineEntry) -> str:
    """What happened, in plain words."""
    return str(EVENT_WORDS.get(entry.type, entry.type))


@register.filter
def event_quote(entry: TimelineEntry) -> str:
    """Somebody's own words in the event, if it carries any."""
    for name in ("words", "text", "evidence"):
        if words := entry.data.get(name):
            return str(words)
    return ""


@register.filter
def event_details(entry: TimelineEntry) -> list[tuple[str, str]]:
    """The other facts of the event, as labels and values."""
    found = [
        (str(label), _value(name, value))
        for name, label in DETAIL_WORDS.items()
        if (value := entry.data.get(name)) is not None and value != ""
    ]
    request = entry.data.get("customer_request")
    if isinstance(request, Mapping):
        asked = format_html("{}, {}", request.get("who", ""), _moment(request.get("at")))
        found.append((_("asked for by"), asked))
    return found


@register.filter
def heard_later(entry: TimelineEntry) -> float | None:
    """How much later than it happened it was recorded, where that is worth telling.

    Units: seconds.
    """
    seconds = (entry.recorded_at - entry.occurred_at).total_seconds()
    return seconds if seconds >= HEARD_LATER_SECONDS else None


@register.filter
def event_json(entry: TimelineEntry) -> str:
    """The event as it stands in the ledger."""
    raw = {
        "id": entry.id,
        "source": entry.source,
        "type": entry.type,
        "subject": entry.subject,
        "time": entry.occurred_at.isoformat(),
        "recorded_at": entry.recorded_at.isoformat(),
        "data": entry.data,
    }
    return pretty_json(raw)


@register.filter
def pretty_json(value: Any) -> str:
    """Anything that can be written as JSON, over several lines."""
    return json.dumps(value, indent=2, ensure_ascii=False, default=str)


def _value(name: str, value: Any) -> str:
    if name in MOMENTS:
        return _moment(value)
    if name == "fraction" and isinstance(value, int | float):
        return percent(value, 0)
    return plain(value) if isinstance(value, int | float) else str(value)


def _moment(value: Any) -> str:
    """A moment or date of an event; what cannot be read is shown as it was sent."""
    text = str(value)
    try:
        if len(text) == len("2026-03-06"):
            return str(moment(date.fromisoformat(text)))
        found = datetime.fromisoformat(text)
    except ValueError:
        return text
    return str(moment(timezone.make_aware(found) if found.tzinfo is None else found))
