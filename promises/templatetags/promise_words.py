"""What states, kinds, dates and notes are called on the pages."""

from django import template
from django.utils import formats
from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from promises.domain.lifecycle import DateChange, NoteCode, PromiseState
from promises.selectors.pages import Asked, PromiseLine
from promises.templatetags.promise_format import duration, lateness, number

register = template.Library()

STATE_WORDS: dict[str, LazyText] = {
    "open": gettext_lazy("open"),
    "overdue": gettext_lazy("overdue"),
    "kept": gettext_lazy("kept"),
    "late": gettext_lazy("late"),
    "partial": gettext_lazy("partial"),
    "failed": gettext_lazy("failed"),
    "withdrawn": gettext_lazy("withdrawn"),
}

STATE_ICONS = {
    "open": "icons/circle.svg",
    "overdue": "icons/clock-exclamation.svg",
    "kept": "icons/circle-check.svg",
    "late": "icons/clock-x.svg",
    "partial": "icons/circle-half-2.svg",
    "failed": "icons/circle-x.svg",
    "withdrawn": "icons/circle-minus.svg",
}

KIND_WORDS: dict[str, LazyText] = {
    "delivery": gettext_lazy("delivery"),
    "response": gettext_lazy("response"),
    "quality": gettext_lazy("quality"),
}

KIND_ICONS = {
    "delivery": "icons/package.svg",
    "response": "icons/message.svg",
    "quality": "icons/gauge.svg",
}

WINDOW_WORDS: dict[str, LazyText] = {
    "1d": gettext_lazy("today"),
    "7d": gettext_lazy("7 days"),
    "28d": gettext_lazy("28 days"),
    "90d": gettext_lazy("90 days"),
    "365d": gettext_lazy("1 year"),
    "all": gettext_lazy("all"),
}

DATE_WORDS: dict[str, LazyText] = {
    "first": gettext_lazy("First date given"),
    "slip_announced": gettext_lazy("Moved by us, announced before the old date"),
    "slip_unannounced": gettext_lazy("Moved by us, not announced in time"),
    "earlier": gettext_lazy("Moved by us to an earlier date"),
    "customer": gettext_lazy("Moved because the customer asked"),
}

NOTE_WORDS: dict[str, LazyText] = {
    NoteCode.SECOND_MADE: gettext_lazy("The promise was already made; the first counts."),
    NoteCode.DUE_BEFORE_MADE: gettext_lazy("The date lies before the promise was made."),
    NoteCode.OUTCOME_BEFORE_MADE: gettext_lazy("The outcome lies before the promise was made."),
    NoteCode.AFTER_SETTLED: gettext_lazy("The promise was settled already; nothing changed."),
    NoteCode.SAME_DATE: gettext_lazy("The same date again; nothing changed."),
    NoteCode.CUSTOMER_CHANGE_TOO_LATE: gettext_lazy(
        "The customer asked for another date after the first had passed; the first still counts."
    ),
    NoteCode.CUSTOMER_CHANGE_BEFORE_MADE: gettext_lazy(
        "The customer is said to have asked before the promise was made; it counts as our change."
    ),
    NoteCode.TOLD_BEFORE_MADE: gettext_lazy(
        "The customer is said to have been told before the promise was made; it counts as not told."
    ),
    NoteCode.PAUSED_AFTER_DUE: gettext_lazy("Paused after the date had passed; nothing changed."),
    NoteCode.ALREADY_PAUSED: gettext_lazy("Was paused already; nothing changed."),
    NoteCode.NOT_PAUSED: gettext_lazy("Was not paused; nothing changed."),
    NoteCode.NOT_MORE_THAN_BEFORE: gettext_lazy("Not more than was fulfilled before."),
    NoteCode.WITHDRAWN_AFTER_DUE: gettext_lazy(
        "Withdrawn by the customer after the date had passed: the break stands, its loss stopped "
        "growing."
    ),
    NoteCode.REOPENED_TOO_LATE: gettext_lazy("Reopened too late; the verdict stands."),
    NoteCode.REOPENED_NOT_FULFILLED: gettext_lazy(
        "Reopened, but nothing had been fulfilled; nothing changed."
    ),
    NoteCode.RETRACTION_STANDS: gettext_lazy("A retraction cannot itself be retracted."),
    NoteCode.RETRACTS_NOTHING: gettext_lazy("Takes back an event that is not here."),
    NoteCode.UNKNOWN_TYPE: gettext_lazy("An event of an unknown type; nothing changed."),
}


@register.filter
def shown_state(line: PromiseLine) -> str:
    """The state as shown: open and past its date is overdue."""
    return "overdue" if line.overdue and line.state == "open" else line.state


@register.filter
def state_word(state: str) -> str:
    """What a state is called."""
    return str(STATE_WORDS.get(state, state))


@register.filter
def state_icon(state: str) -> str:
    """The template of a state's icon."""
    return STATE_ICONS.get(state, STATE_ICONS["open"])


@register.filter
def kind_word(kind: str) -> str:
    """What a kind is called; anything else (a name) stays as it is."""
    return str(KIND_WORDS.get(kind, kind))


@register.filter
def kind_icon(kind: str) -> str:
    """The template of a kind's icon."""
    return KIND_ICONS.get(kind, "icons/circle.svg")


@register.filter
def window_word(window: str) -> str:
    """What a window is called."""
    return str(WINDOW_WORDS.get(window, window))


@register.filter
def date_word(change: DateChange) -> str:
    """What sort of date change this was."""
    return str(DATE_WORDS.get(change.kind, change.kind))


@register.filter
def note_word(code: str | None) -> str:
    """A note on an event that changed nothing, as a sentence."""
    return "" if code is None else str(NOTE_WORDS.get(code, code))


@register.simple_tag
def state_sentence(state: PromiseState, line: PromiseLine) -> str:
    """Where one promise stands, as a sentence."""
    late_by = lateness(line.lateness_seconds)
    sentences = {
        "open": _("Open: nothing has been heard of its outcome, and its date has not passed."),
        "overdue": _("Overdue: it should have been kept %(duration)s ago and nothing was heard.")
        % {"duration": duration(line.lateness_seconds)},
        "kept": _("Kept: fulfilled in full, %(lateness)s.") % {"lateness": late_by},
        "late": _("Late: fulfilled in full, but %(lateness)s.") % {"lateness": late_by},
        "partial": _("Partial: fulfilled to %(percent)s %% only, %(lateness)s.")
        % {"percent": number(state.fraction * 100), "lateness": late_by},
        "failed": _("Failed: it will never be kept."),
        "withdrawn": _("Withdrawn by the customer before its date: it is in no statistic."),
    }
    if state.stopped_at is not None and line.overdue:
        return _("Broken, then withdrawn by the customer: the break stands, its loss stopped.")
    if state.kind == "quality" and line.state == "partial":
        return _("Partial: measured below its target.")
    if state.matures_at is None and line.state == "open":
        return _("Open and paused: the clock stands still while the customer's wait lasts.")
    return sentences.get(shown_state(line), "")


@register.filter
def window_phrase(asked: Asked) -> str:
    """The window as the end of a sentence: "in the last 90 days"."""
    if asked.window == "custom":
        return _days_phrase(asked)
    if asked.window == "1d":
        return _("today") if asked.is_now else _("on that day")
    if asked.window == "all":
        return _("so far") if asked.is_now else _("up to then")
    days = int(asked.window.removesuffix("d"))
    text = (
        ngettext("in the last %(n)s day", "in the last %(n)s days", days)
        if asked.is_now
        else ngettext("in the %(n)s day up to then", "in the %(n)s days up to then", days)
    )
    return text % {"n": number(days)}


def _days_phrase(asked: Asked) -> str:
    facts = {
        "first": asked.since and formats.date_format(asked.since, "j M Y"),
        "last": asked.until and formats.date_format(asked.until, "j M Y"),
    }
    if asked.since is None:
        return _("up to %(last)s") % facts
    if asked.until is None:
        return _("since %(first)s") % facts
    return _("from %(first)s to %(last)s") % facts
