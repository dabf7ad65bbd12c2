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
    """What a trend shows, for those who do not look at the drawing."""
    seen = [point for point in trend if point.kept_rate is not None]
    known = [(point.day, point.kept_rate or 0.0) for point in seen]
    if len(known) < 2:
        return _("There are too few days with promises to draw a trend.")
    (first_day, first), (last_day, last) = known[0], known[-1]
    low_day, low = min(known, key=lambda pair: pair[1])
    facts = {
        "first": percent(first, 0),
        "first_day": formats.date_format(first_day, "j M Y"),
        "last": percent(last, 0),
        "last_day": formats.date_format(last_day, "j M Y"),
        "low": percent(low, 0),
        "low_day": formats.date_format(low_day, "j M Y"),
    }
    change = round(last * 100) - round(first * 100)
    if change and _overlap(seen[0], seen[-1]):
        text = _(
            "There is no clear change between %(first)s kept on %(first_day)s "
            "and %(last)s on %(last_day)s."
        )
    elif change > 0:
        text = _("The kept rate rose from %(first)s on %(first_day)s to %(last)s on %(last_day)s.")
    elif change < 0:
        text = _("The kept rate fell from %(first)s on %(first_day)s to %(last)s on %(last_day)s.")
    else:
        text = _("The kept rate is %(last)s on %(last_day)s, as it was on %(first_day)s.")
    lowest = _("It was lowest on %(low_day)s, with %(low)s.")
    return f"{text % facts} {lowest % facts}"


def _overlap(first: TrendPoint, last: TrendPoint) -> bool:
    """Whether chance alone may make the difference: their 95 % ranges have a part in common."""
    lows = (first.kept_low or 0.0, last.kept_low or 0.0)
    highs = (first.kept_high or 0.0, last.kept_high or 0.0)
    return max(lows) <= min(highs)


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
