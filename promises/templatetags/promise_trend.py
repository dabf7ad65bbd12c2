"""The rows of the tables behind drawings, written in one go as those of promises are."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Protocol

from django import template
from django.template import Context
from django.utils.safestring import SafeString

from promises.domain.trust import TrustPoint
from promises.selectors.asked import question_for
from promises.selectors.pages import NoteLine, TrendPoint
from promises.templatetags.customer_words import change_of, hundred, step_word
from promises.templatetags.markup import markup
from promises.templatetags.promise_format import moment, number, percent, score
from promises.templatetags.promise_tags import list_url, notes_at, notes_of, page_url

register = template.Library()


class Placed(Protocol):
    """A mark on a drawing."""

    @property
    def x(self) -> float: ...
    @property
    def y(self) -> float: ...
    @property
    def step(self) -> str: ...


@register.simple_tag(takes_context=True)
def trend_rows(
    context: Context, trend: Sequence[TrendPoint], notes: Sequence[NoteLine]
) -> SafeString:
    """The points of a trend as rows, with the notes on their days where there are any; each leads
    to its promises."""
    rows = []
    begins = question_for(context["page"].asked, team_ids=None).first_day
    for point in trend:
        within = ""
        if point.kept_low is not None:
            within = f"{percent(point.kept_low)} – {percent(point.kept_high)}"
        told = SafeString("")
        if notes:
            said = notes_of(notes_at(point, trend), notes)
            told = markup("<td>{}</td>", "; ".join(note.text for note in said))
        row = markup(
            '<tr><th scope="row">{}</th><td class="num">{}</td><td class="num">{}</td>'
            '<td class="num">{}</td><td class="num">{}</td>{}</tr>',
            moment(point.day),
            _counted(context, point, begins),
            percent(point.kept_rate),
            within,
            score(point.gap_score),
            told,
        )
        rows.append(row)
        begins = point.day + timedelta(days=1)
    return SafeString("\n".join(rows))


def _counted(context: Context, point: TrendPoint, begins: date | None) -> SafeString:
    """How many fell due, as a link to them where it is known since when."""
    if begins is None or not point.n:
        return SafeString(number(point.n))
    days = {"window": "", "from": begins.isoformat(), "to": point.day.isoformat()}
    return markup('<a href="{}">{}</a>', list_url(context, "due", **days), number(point.n))


@register.simple_tag(takes_context=True)
def trust_rows(context: Context, points: Sequence[TrustPoint]) -> SafeString:
    """The steps of a trust line as rows; each leads to its promise."""
    rows = (
        markup(
            '<tr><th scope="row">{}</th><td><a href="{}">{}</a></td><td class="num">{}</td>'
            '<td class="num">{}</td></tr>',
            moment(point.at, "day"),
            page_url(context, "promise", point.promise_id),
            step_word(point.step),
            change_of(point.change),
            hundred(point.trust),
        )
        for point in points
    )
    return SafeString("".join(rows))


@register.simple_tag
def trust_marks(marks: Sequence[Placed]) -> SafeString:
    """The breaks and recoveries on a trust line; nothing but numbers has to be placed."""
    return SafeString("".join(_mark(mark) for mark in marks))


def _mark(mark: Placed) -> str:
    # Numbers, whatever stands there.
    x, y = float(mark.x), float(mark.y)
    if mark.step == "broken":
        return f'<path class="trust-broken" transform="translate({x} {y})" d="M-6-5h12L0 6z"/>'
    return f'<circle class="trust-recovered" cx="{x}" cy="{y}" r="5"/>'
