"""What the customer's page says in words: trust, expectations, groups of events."""

from django import template
from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from promises.selectors.memory import Expectation
from promises.selectors.trust import Trust
from promises.templatetags.promise_format import duration, number

register = template.Library()

GROUP_WORDS: dict[str, LazyText] = {
    "promises": gettext_lazy("promises and what came of them"),
    "contacts": gettext_lazy("contacts, hand-overs, escalations"),
    "said": gettext_lazy("what we said: notices, apologies"),
    "heard": gettext_lazy("what the customer said"),
}
STEP_WORDS: dict[str, LazyText] = {
    "kept": gettext_lazy("kept"),
    "broken": gettext_lazy("broken"),
    "recovered": gettext_lazy("made good"),
}
RELATIONSHIP_WORDS: dict[str, LazyText] = {
    "relationship": gettext_lazy("likes to know us"),
    "transactional": gettext_lazy("wants it quick, without small talk"),
    "no contact": gettext_lazy("wants no contact beyond what is due"),
}
# Nearer than this the two dates are one.
SAME_SECONDS = 60


@register.filter
def group_word(group: str) -> str:
    """What a group of events is called."""
    return str(GROUP_WORDS.get(group, group))


@register.filter
def step_word(step: str) -> str:
    """What moved the trust line."""
    return str(STEP_WORDS.get(step, step))


@register.filter
def relationship_word(relationship: str) -> str:
    """What sort of relationship the customer wants."""
    return str(RELATIONSHIP_WORDS.get(relationship, relationship))


@register.filter
def hundred(trust: float) -> str:
    """A trust of 0 to 1 as a number of 0 to 100."""
    return number(trust * 100)


@register.filter
def change_of(change: float) -> str:
    """A change of trust with its sign, in hundredths."""
    sign = "+" if change > 0 else "\N{MINUS SIGN}" if change < 0 else ""
    return f"{sign}{number(abs(change) * 100, 1)}"


@register.simple_tag
def trust_sentence(trust: Trust) -> str:
    """What the trust line shows, for those who do not look at the drawing."""
    if not trust.points:
        return _("Nothing that was promised has fallen due yet: trust begins at 70 of 100.")
    parts = [
        ngettext("%(n)s kept promise raised it", "%(n)s kept promises raised it", trust.kept)
        % {"n": number(trust.kept)},
        ngettext("%(n)s break lowered it", "%(n)s breaks lowered it", trust.broken)
        % {"n": number(trust.broken)},
    ]
    if trust.recovered:
        parts.append(
            ngettext(
                "%(n)s was made good and gave half of its fall back",
                "%(n)s were made good and gave half of their fall back",
                trust.recovered,
            )
            % {"n": number(trust.recovered)}
        )
    facts = {"trust": number(trust.value * 100), "parts": ", ".join(parts)}
    return _("Trust stands at %(trust)s of 100: %(parts)s.") % facts


@register.filter
def alignment(expectation: Expectation) -> str:
    """An expectation beside what was promised, as a sentence (R20); "" where nothing compares."""
    apart = expectation.apart_seconds
    if apart is None:
        return ""
    if abs(apart) < SAME_SECONDS:
        return _("We promised exactly that.")
    said = {"time": duration(apart)}
    if apart > 0:
        return _("We promised it %(time)s later than that: say so before it is missed.") % said
    return _("We promised it %(time)s earlier than that.") % said
