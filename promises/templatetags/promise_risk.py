"""How chances are said: as a percentage, as a word, and as the sentence of their calibration."""

from typing import Any

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from promises.domain.backtest import Calibration, Group
from promises.selectors.risk import AtRisk, CalibrationRead, Place
from promises.templatetags.promise_format import NBSP, number, percent

register = template.Library()

# Where one word ends and the next begins.
UNLIKELY, DOUBTFUL, LIKELY = 0.25, 0.5, 0.75
# Nothing is said with more certainty than the past can bear.
SURE = 0.99


@register.filter
def chance(value: float) -> str:
    """A chance as a percentage without decimals; the ends are never claimed."""
    if value < 1 - SURE:
        return f"<{NBSP}{percent(1 - SURE, 0)}"
    if value > SURE:
        return f">{NBSP}{percent(SURE, 0)}"
    return percent(value, 0)


@register.filter
def chance_word(value: float) -> str:
    """What a chance is called."""
    if value < UNLIKELY:
        return _("unlikely")
    if value < DOUBTFUL:
        return _("doubtful")
    return _("uncertain") if value < LIKELY else _("likely")


@register.filter
def chance_state(value: float) -> str:
    """Which of the colours of states goes with it; the word says it, too."""
    if value < UNLIKELY:
        return "failed"
    if value < DOUBTFUL:
        return "late"
    return "open" if value < LIKELY else "kept"


@register.filter
def place(value: Place) -> str:
    """Where the next page goes on, for the address."""
    return f"{value.chance!r}:{value.id}"


@register.simple_tag
def risk_sentence(risk: AtRisk) -> str:
    """How many are more likely missed than kept."""
    if risk.told_at is None:
        return _("Chances were not reckoned yet; that is done every five minutes.")
    if risk.likely_missed_is_more:
        return _("More than %(n)s open promises are more likely missed than kept.") % {
            "n": number(risk.most_counted)
        }
    if not risk.likely_missed:
        return _("No open promise is more likely missed than kept.")
    return ngettext(
        "%(n)s open promise is more likely missed than kept.",
        "%(n)s open promises are more likely missed than kept.",
        risk.likely_missed,
    ) % {"n": number(risk.likely_missed)}


@register.simple_tag
def calibration_sentence(read: CalibrationRead | None) -> str:
    """How well chances foretold what came."""
    if read is None:
        return _("Nothing was learnt yet; that is done every week.")
    found = read.calibration
    if found is None:
        return _("There is too little past yet to judge chances by.")
    facts = {
        "n": number(found.all.n),
        "kept": percent(found.all.kept, 0),
        "score": number(found.all.score, 3),
        "base": number(found.all.base, 3),
        "skill": percent(abs(found.all.skill), 0),
        "fits": number(agreeing(found)),
        "groups": number(len(found.groups)),
    }
    text = (
        _(
            "Of %(n)s promises looked at while they were open, %(kept)s were kept. The chances "
            "that would have been told were off by %(score)s (Brier score: 0 is perfect, always "
            "telling the average would score %(base)s), %(skill)s less than that; they "
            "agree with what came in %(fits)s of %(groups)s groups."
        )
        if found.all.skill > 0
        else _(
            "Of %(n)s promises looked at while they were open, %(kept)s were kept. The chances "
            "that would have been told were off by %(score)s (Brier score: 0 is perfect), no "
            "better than always telling the average, %(base)s: do not act on them."
        )
    )
    return text % facts


def agreeing(found: Calibration) -> int:
    """In how many groups the chance told lies in the range of the share kept."""
    return sum(agrees(group) for group in found.groups)


@register.filter
def agrees(group: Group) -> bool:
    """Whether the chance told lies in the 95 % range of the share kept."""
    return group.low <= group.predicted <= group.high


@register.filter
def calibration_points(found: Calibration) -> list[dict[str, Any]]:
    """The groups as the chart reads them, shares as percentages."""
    return [
        {
            "predicted": round(group.predicted * 100, 2),
            "observed": round(group.observed * 100, 2),
            "low": round(group.low * 100, 2),
            "high": round(group.high * 100, 2),
            "n": group.n,
        }
        for group in found.groups
    ]
