"""What the pages of the desk say in words."""

import math
from datetime import date, datetime, time

from django import template
from django.template import Context
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from interactions.preferences import Chosen, chosen_by
from interactions.selectors import Viewer
from promises.services.proposing import Proposal
from promises.templatetags.promise_format import DAY, HOUR, MINUTE, NBSP, in_years, number, plain
from promises.templatetags.promise_words import kind_word

register = template.Library()


@register.simple_tag(takes_context=True)
def my_preferences(context: Context) -> Chosen:
    """The choices of whoever reads the page; the usual ones where nobody is signed in."""
    viewer = context.get("viewer")
    return chosen_by(viewer.user_id if isinstance(viewer, Viewer) else None)


@register.filter
def felt(seconds: float) -> str:
    """A wait as one tells it: "2 days" where the other pages say "2 d 21 h". Rounded down as there,
    and from a year on in the same words, so that one promise is told alike everywhere.

    Units: seconds.
    """
    if seconds < MINUTE:
        return _("a moment")
    if seconds < HOUR:
        n = int(seconds / MINUTE)
        text = ngettext("%(n)s minute", "%(n)s minutes", n)
    elif seconds < DAY:
        n = int(seconds / HOUR)
        text = ngettext("%(n)s hour", "%(n)s hours", n)
    elif years := in_years(seconds):
        return years
    else:
        n = int(seconds / DAY)
        text = ngettext("%(n)s day", "%(n)s days", n)
    return text % {"n": number(n)}


@register.filter
def share_so_far(fraction: float) -> str:
    """The share of a promise that was fulfilled, rounded down: what lacks anything is not 100 %."""
    # Thousandths of it, freed of what the multiplication adds: 0.29 is 29 %.
    thousandths = math.floor(round(fraction * 1_000, 6))
    if not thousandths:
        return _("less than %(share)s") % {"share": f"{plain(0.1, 1)}{NBSP}%"}
    return f"{plain(thousandths / 10, 1)}{NBSP}%"


@register.filter
def proposed_sentence(proposal: Proposal) -> str:
    """What was read from somebody's words, "" where it was nothing."""
    if proposal.day is None and (proposal.kind is None or proposal.kind == "delivery"):
        return ""
    kind = kind_word(proposal.kind).capitalize() if proposal.kind else ""
    when = "" if proposal.day is None else by_when(proposal.day, proposal.at, eve=proposal.eve)
    return ", ".join(part for part in (kind, when) if part)


def by_when(day: date, at: time | None, *, eve: bool = False) -> str:
    """A date as it is confirmed: with its weekday, what it means without a time, and why it is not
    the one that was said."""
    named = formats.date_format(day, "l j F Y")
    today = timezone.localdate()
    if (day - today).days in (0, 1):
        named = f"{_('today') if day == today else _('tomorrow')}, {named}"
    if at is None and eve:
        return _("by %(day)s, end of the day: the last one before what was said") % {"day": named}
    if at is None:
        return _("by %(day)s, end of the day") % {"day": named}
    clock = formats.time_format(datetime.combine(day, at), "H:i")
    return _("by %(day)s, %(time)s") % {"day": named, "time": clock}
