"""The rows of the tables behind drawings, written in one go as those of promises are."""

from collections.abc import Sequence
from typing import Protocol

from django import template
from django.template import Context
from django.utils.safestring import SafeString

from promises.domain.trust import TrustPoint
from promises.selectors.pages import NoteLine, TrendPoint
from promises.templatetags.customer_words import change_of, hundred, step_word
from promises.templatetags.markup import markup
from promises.templatetags.promise_format import moment, number, percent, score
from promises.templatetags.promise_tags import notes_at, notes_of, page_url

register = template.Library()


class Placed(Protocol):
    """A mark on a drawing."""

    @property
    def x(self) -> float: ...
    @property
    def y(self) -> float: ...
    @property
    def step(self) -> str: ...


@register.simple_tag
def trend_rows(trend: Sequence[TrendPoint], notes: Sequence[NoteLine]) -> SafeString:
    """The points of a trend as rows, with the notes on their days where there are any."""
    rows = []
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
            number(point.n),
            percent(point.kept_rate),
            within,
            score(point.gap_score),
            told,
        )
        rows.append(row)
    return SafeString("\n".join(rows))


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
