"""The sentence on top of a list of promises, and the words of its choices."""

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from promises.selectors.listing import MOST_COUNTED, NO_STANDARD, PromiseList
from promises.selectors.narrowing import NO_SEGMENT
from promises.templatetags.promise_format import number
from promises.templatetags.promise_list_words import OF_NOW, said_of
from promises.templatetags.promise_tags import asked_parts
from promises.templatetags.promise_words import kind_word, window_phrase

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
    "rest_owed": gettext_lazy("the rest is still owed"),
    "withdrawn": gettext_lazy("withdrawn"),
}
SORT_WORDS = {
    "-matures_at": gettext_lazy("latest due first"),
    "matures_at": gettext_lazy("earliest due first"),
    "-made_at": gettext_lazy("latest made first"),
    "made_at": gettext_lazy("earliest made first"),
}
# Of these the period says nothing.
ANY_PERIOD = tuple(OF_NOW)


@register.simple_tag
def list_sentence(page: PromiseList) -> str:
    """How many promises the list has, and which."""
    if page.is_unknown:
        return _("Which rests were owed is known only for now.")
    asked = page.asked
    said = said_of(page.wanted.stands, is_now=asked.is_now)
    first = said.many if page.count_is_more else said.some if page.count else said.none
    shown = number(min(page.count, MOST_COUNTED))
    sentences = [first % {"n": shown, "count": page.count, "period": window_phrase(asked)}]
    if only := list_filters(page):
        words = (
            _("Only those %(filters)s.") if page.count else _("Looked at: only those %(filters)s.")
        )
        sentences.append(words % {"filters": ", ".join(only)})
    if not asked.is_now:
        sentences.append(_("Those to which something else happened since are not listed."))
    return " ".join(sentences)


def list_filters(page: PromiseList) -> list[str]:
    """What the promises of a list have in common besides how they stand and their period, each as
    it follows "only those"."""
    parts, choices, wanted = asked_parts(page.asked), page.choices, page.wanted
    told = (
        (parts["kind"], _("of kind %(name)s"), kind_word(parts["kind"])),
        (parts["team"], _("of team %(name)s"), _name(parts["team"], choices.teams)),
        (
            parts["touchpoint"],
            _("of touchpoint %(name)s"),
            _name(parts["touchpoint"], choices.touchpoints),
        ),
        (
            parts["segment"],
            _("of no segment") if parts["segment"] == NO_SEGMENT else _("of segment %(name)s"),
            _name(parts["segment"], choices.segments),
        ),
        (parts["explicit"], _said(parts["explicit"]), ""),
        (wanted.customer, _("to %(name)s"), _customer(page)),
        (wanted.stake, _("with a stake of %(name)s"), wanted.stake),
        (
            wanted.standard,
            _("that no standard made")
            if wanted.standard == NO_STANDARD
            else _("made by the standard %(name)s"),
            wanted.standard,
        ),
        (wanted.words, _("with “%(name)s” in their words"), wanted.words),
    )
    return [words % {"name": name} for given, words, name in told if given]


def _said(explicit: str) -> str:
    return _("that were stated") if explicit == "true" else _("that go without saying")


def _customer(page: PromiseList) -> str:
    # All lines of the list are to the one customer; without any only the reference is known.
    return page.lines[0].customer_name if page.lines else page.wanted.customer


def _name(id: str, choices: tuple[tuple[str, str], ...]) -> str:
    return dict(choices).get(id, id)
