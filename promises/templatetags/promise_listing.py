"""The sentence on top of a list of promises, and the words of its choices."""

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from promises.selectors.listing import MOST_COUNTED, PromiseList
from promises.templatetags.promise_format import number
from promises.templatetags.promise_words import window_phrase

register = template.Library()

STANDS_WORDS = {
    "": gettext_lazy("everything"),
    "due": gettext_lazy("fell due"),
    "missed": gettext_lazy("not kept"),
    "kept": gettext_lazy("kept"),
    "late": gettext_lazy("late"),
    "partial": gettext_lazy("partial"),
    "failed": gettext_lazy("failed"),
    "unsettled": gettext_lazy("fell due, still open"),
    "overdue": gettext_lazy("overdue"),
    "today": gettext_lazy("due today"),
    "ahead": gettext_lazy("not due yet"),
    "withdrawn": gettext_lazy("withdrawn"),
}
SORT_WORDS = {
    "-matures_at": gettext_lazy("latest due first"),
    "matures_at": gettext_lazy("earliest due first"),
    "-made_at": gettext_lazy("latest made first"),
    "made_at": gettext_lazy("earliest made first"),
}
# Of these the period says nothing.
ANY_PERIOD = ("overdue", "today", "ahead")


@register.simple_tag
def list_sentence(page: PromiseList) -> str:
    """How many promises the list has, and which."""
    facts = {
        "n": number(min(page.count, MOST_COUNTED)),
        "stands": STANDS_WORDS[page.wanted.stands],
        "when": window_phrase(page.asked),
    }
    if page.count_is_more:
        first = _("More than %(n)s promises") % facts
    else:
        first = ngettext("%(n)s promise", "%(n)s promises", page.count) % facts
    parts = [first]
    if page.wanted.stands:
        parts.append(str(facts["stands"]))
    if page.wanted.stands not in ANY_PERIOD and page.asked.window != "all":
        parts.append(str(facts["when"]))
    text = ", ".join(parts) + "."
    if not page.asked.is_now:
        text += " " + _("Those to which something else happened since are not listed.")
    return text
