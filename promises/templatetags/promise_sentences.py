"""The one plain sentence with which a page or a chart begins."""

from collections.abc import Sequence

from django import template
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from promises.scores import ScoreRow
from promises.selectors.pages import Asked, TrendPoint
from promises.templatetags.promise_format import number, percent
from promises.templatetags.promise_words import window_phrase

register = template.Library()

# Fewer promises make no lowest or highest point.
FEW = 5


@register.simple_tag
def kept_sentence(row: ScoreRow, asked: Asked) -> str:
    """How many of the promises that fell due were kept."""
    facts = {
        "kept": number(row.kept),
        "n": number(row.n),
        "promises": _promises(asked.kind, row.n),
        "when": window_phrase(asked),
    }
    if row.n == 0:
        text = _("No %(promises)s fell due %(when)s.") % facts
        return f"{text} {_waiting(row)}".rstrip()
    text = ngettext(
        "%(kept)s of %(n)s %(promises)s that fell due %(when)s was kept.",
        "%(kept)s of %(n)s %(promises)s that fell due %(when)s were kept.",
        row.n,
    )
    text %= facts
    return text if row.enough else f"{text} {_('That is too few for a score to mean much yet.')}"


@register.simple_tag
def trend_sentence(trend: Sequence[TrendPoint]) -> str:
    """What a trend shows, for those who do not look at the drawing.

    Shape: between which rates it lay, and where it ended. Whether that is a change is not for two
    points to say: the sentence above the figures does, by whole periods.
    """
    seen = [point for point in trend if point.kept_rate is not None]
    if len(seen) < 2:
        return _("There are too few days with promises to draw a trend.")
    # A point of two promises is the lowest or the highest by chance.
    told = [point for point in seen if point.n >= FEW]
    told = told if len(told) > 1 else seen
    low, high = (pick(told, key=lambda point: point.kept_rate or 0.0) for pick in (min, max))
    last = seen[-1]
    facts = {
        "low": percent(low.kept_rate, 0),
        "low_day": _point_words(trend, low),
        "high": percent(high.kept_rate, 0),
        "high_day": _point_words(trend, high),
        "last": percent(last.kept_rate, 0),
        "last_day": _point_words(trend, last),
    }
    if facts["low"] == facts["high"]:
        text = _("The kept rate was about %(low)s all the time; %(last_day)s it was %(last)s.")
    else:
        text = _(
            "The kept rate was lowest %(low_day)s, with %(low)s, and highest %(high_day)s, with "
            "%(high)s; %(last_day)s it was %(last)s."
        )
    return text % facts


def _point_words(trend: Sequence[TrendPoint], point: TrendPoint) -> str:
    """When a point is: on a day, or in the days up to one."""
    place = trend.index(point)
    beside = trend[place - 1 if place else 1]
    day = formats.date_format(point.day, "j M Y")
    if abs((point.day - beside.day).days) == 1:
        return _("on %(day)s") % {"day": day}
    return _("in the days up to %(day)s") % {"day": day}


def _promises(kind: str, n: int) -> str:
    if kind == "delivery":
        return ngettext("delivery promise", "delivery promises", n)
    if kind == "response":
        return ngettext("response promise", "response promises", n)
    if kind == "quality":
        return ngettext("quality promise", "quality promises", n)
    return ngettext("promise", "promises", n)


def _waiting(row: ScoreRow) -> str:
    if not row.not_yet_due:
        return ""
    text = ngettext(
        "%(n)s promise is not due yet.", "%(n)s promises are not due yet.", row.not_yet_due
    )
    return text % {"n": number(row.not_yet_due)}
