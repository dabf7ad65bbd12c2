"""The rows of the tables of scores, written in one go as those of promises are."""

from collections.abc import Sequence
from dataclasses import dataclass

from django import template
from django.template import Context
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from promises.scores import ScoreRow
from promises.templatetags.markup import markup, ready
from promises.templatetags.promise_format import number, percent, score
from promises.templatetags.promise_funnel import places
from promises.templatetags.promise_tags import asked_url, interval_bar, page_url, row_list_url
from promises.templatetags.promise_words import kind_word

register = template.Library()

_NONE = '<span class="text-secondary">{}</span>'


@register.simple_tag(takes_context=True)
def score_rows(context: Context, rows: Sequence[ScoreRow], top: float) -> SafeString:
    """The rows of a table of scores.

    Shape: the context says what the rows are `of`, their `head`, and the page that they `link` to;
    `top` is the end of the scale on which intervals are drawn.
    """
    words = _words(context)
    ranked = bool(rows and rows[0].rank_from)
    written = []
    for row in rows:
        name = _name(context, row)
        cells = [SafeString(f'<th scope="row" data-label="{words.head}">{name}</th>')]
        if ranked:
            cells.append(_figure(words.place, ready(places(row))))
        overdue = _counted(context, "unsettled", row, row.open_overdue)
        cells += [
            _figure(words.due, _counted(context, "due", row, row.n)),
            _figure(words.kept, _kept(row, words)),
            SafeString(f'<td data-label="{words.gap}">{_gap(row, words, top)}</td>'),
            _figure(words.overdue, overdue),
        ]
        written.append("<tr>\n{}\n</tr>".format("\n".join(cells)))
    return SafeString("\n".join(written))


@dataclass(frozen=True, slots=True)
class _Words:
    """What stands above the columns, and in cells that have no figure; ready for a page."""

    head: SafeString
    place: SafeString
    due: SafeString
    kept: SafeString
    gap: SafeString
    overdue: SafeString
    none_yet: SafeString
    nothing_due: SafeString
    weak: SafeString


def _words(context: Context) -> _Words:
    head: str = context.get("head") or ""
    return _Words(
        head=ready(head),
        place=ready(_("place")),
        due=ready(_("fell due")),
        kept=ready(_("kept rate")),
        gap=ready(_("gap score")),
        overdue=ready(_("overdue of these")),
        none_yet=markup(_NONE, _("none yet")),
        nothing_due=markup(_NONE, _("no promise fell due")),
        weak=markup(' <span class="weak-note">{}</span>', _("not enough promises yet")),
    )


def _figure(head: SafeString, inner: SafeString) -> SafeString:
    """A cell with a number: both are ready for a page."""
    return SafeString(f'<td class="num" data-label="{head}">{inner}</td>')


def _name(context: Context, row: ScoreRow) -> SafeString:
    """The name of a row: it leads to its page, or asks this page for it alone."""
    name = row.name
    if page := context.get("link"):
        url = page_url(context, page, row.id)
    elif context.get("of") == "touchpoint":
        url = asked_url(context, touchpoint=row.id)
    else:
        url, name = asked_url(context, kind=row.id), kind_word(row.id)
    return markup('<a href="{}">{}</a>', url, name)


def _counted(context: Context, stands: str, row: ScoreRow, n: int) -> SafeString:
    """How many promises; the number leads to them."""
    of = context.get("of")
    if not of or not n:
        return ready(number(n))
    return markup('<a href="{}">{}</a>', row_list_url(context, stands, of, row.id), number(n))


def _kept(row: ScoreRow, words: _Words) -> SafeString:
    if row.kept_rate is None:
        return words.none_yet
    rate, low, high = percent(row.kept_rate), percent(row.kept_low, 0), percent(row.kept_high, 0)
    return markup('<span>{} <span class="range">{} – {}</span></span>', rate, low, high)


def _gap(row: ScoreRow, words: _Words, top: float) -> SafeString:
    """The score as a number, as a drawing, and its interval."""
    if row.gap_score is None:
        return words.nothing_due
    return markup(
        '<span><span class="gap-cell{}"><span class="gap-number">{}</span>{}'
        '<span class="range">{} – {}</span></span>{}</span>',
        "" if row.enough else " gap-weak",
        score(row.gap_score),
        interval_bar(row.gap_low, row.gap_score, row.gap_high, top),
        score(row.gap_low),
        score(row.gap_high),
        "" if row.enough else words.weak,
    )
