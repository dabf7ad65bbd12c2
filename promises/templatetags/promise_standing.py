"""The one sentence that says how it stands: from figures that the API gives, and nothing else."""

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from promises.domain.difference import Verdict
from promises.selectors.pages import Asked
from promises.selectors.standing import Costliest, Standing
from promises.templatetags.promise_sentences import kept_sentence
from promises.templatetags.promise_words import kind_word

register = template.Library()

CHANGE_WORDS = {
    Verdict.NO_CLEAR_CHANGE: gettext_lazy("no clear change"),
    Verdict.BETTER: gettext_lazy("better than in the period before"),
    Verdict.WORSE: gettext_lazy("worse than in the period before"),
}


@register.simple_tag
def standing_sentence(standing: Standing, asked: Asked) -> str:
    """How many were kept, whether that is a change, and what costs the most."""
    first = kept_sentence(standing.row, asked)
    if standing.row.n == 0 or not standing.row.enough:
        return first
    parts = [first.removesuffix(".")]
    if standing.change in CHANGE_WORDS:
        parts.append(str(CHANGE_WORDS[standing.change]))
    if standing.costliest is not None:
        parts.append(_costs(standing.costliest))
    return "; ".join(parts) + "."


def _costs(costliest: Costliest) -> str:
    facts = {"kind": kind_word(costliest.kind), "team": costliest.team}
    return _("%(kind)s in %(team)s costs the most") % facts
