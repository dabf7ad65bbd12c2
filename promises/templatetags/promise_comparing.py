"""The rows of the tables of what changed, written in one go as those of promises are."""

from collections.abc import Iterable
from functools import lru_cache

from django import template
from django.template import Context
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from promises.domain.difference import Difference
from promises.selectors.analysis import AnalysisPage
from promises.selectors.comparison import Change, ComparedRow
from promises.selectors.consequences import Followed
from promises.selectors.drivers import Driver
from promises.selectors.listing import NO_STANDARD
from promises.selectors.narrowing import NO_SEGMENT
from promises.templatetags.markup import markup, ready
from promises.templatetags.page_language import page_language
from promises.templatetags.promise_analysis import change_words, signed
from promises.templatetags.promise_format import number, percent, score
from promises.templatetags.promise_tags import address, asked_query

register = template.Library()

# What stands for a row that has none.
_NONE = {"segment": NO_SEGMENT, "standard": NO_STANDARD}


@register.simple_tag(takes_context=True)
def compared_rows(
    context: Context, rows: Iterable[ComparedRow], name: str, by: str = ""
) -> SafeString:
    """The rows of a comparison. Shape: `name` is that of a row that has none, `by` what each row
    has its own value of, "" for the whole."""
    words, page = _words(page_language()), context["page"]
    return SafeString(
        "".join(_compared(row, name, words, _list_address(page, by, row.id)) for row in rows)
    )


def _list_address(page: AnalysisPage, by: str, id: str) -> str:
    """Where the promises of this period are listed."""
    only = {"team": page.team, "stands": "due"}
    if by:
        only[by] = id or _NONE.get(by, "")
    return address("promises") + asked_query(page.asked, **only)


@register.simple_tag
def driver_rows(parts: Iterable[Driver]) -> SafeString:
    """The rows of what moved the raw mean."""
    new, gone = (markup(' <span class="range">{}</span>', word) for word in (_("new"), _("gone")))
    return SafeString(
        "".join(
            _driver(part, new if part.is_new else gone if part.is_gone else SafeString(""))
            for part in parts
        )
    )


@register.simple_tag
def followed(side: Followed) -> SafeString:
    """A cell that says how many promises were followed by something."""
    within = ""
    if side.low is not None:
        within = f' <span class="range">{percent(side.low)} – {percent(side.high)}</span>'
    return SafeString(f'<td class="num">{percent(side.share)}{within}</td>')


@lru_cache(maxsize=16)
def _words(_language: str | None) -> dict[str, SafeString]:
    """What is said in every row, as templates say it."""
    return {
        "fell due": ready(_("fell due")),
        "this period": ready(_("this period")),
        "gap score": ready(_("gap score")),
        "kept rate": ready(_("kept rate")),
        "before": ready(_("since the period before")),
        "year": ready(_("since a year ago")),
    }


@lru_cache(maxsize=64)
def _verdict(says: str, _language: str | None) -> SafeString:
    return render_to_string("promises/_verdict.html", {"says": says})


def _compared(row: ComparedRow, name: str, words: dict[str, SafeString], listed: str) -> str:
    count: SafeString | str = number(row.now.n)
    if row.now.n:
        count = markup('<a href="{}">{}</a>', listed, count)
    before, year = row.periods[1:]
    earlier = _("before %(before)s, a year ago %(year)s") % {
        "before": number(before.n),
        "year": number(year.n),
    }
    cells = [
        f'<th scope="row">{ready(row.name or name)}</th>',
        f'<td class="num" data-label="{words["fell due"]}"><span>{count} '
        f'<span class="range">{ready(earlier)}</span></span></td>',
        f'<td class="num" data-label="{words["this period"]}"><span class="pair">'
        f'<span><span class="range">{words["gap score"]}</span> '
        f"<strong>{score(row.now.gap_score)}</strong></span>"
        f'<span><span class="range">{words["kept rate"]}</span> '
        f"<strong>{percent(row.now.kept_rate)}</strong></span></span></td>",
        *(_change(change, words) for change in row.changes),
    ]
    return "<tr>\n{}\n</tr>\n".format("\n".join(cells))


def _change(change: Change, words: dict[str, SafeString]) -> str:
    sides = (
        _side(words["gap score"], change.gap_says, change.gap, ""),
        _side(words["kept rate"], change.kept_says, change.kept, "%"),
    )
    return (
        f'<td data-label="{words[change.against]}"><span class="pair">{"".join(sides)}</span></td>'
    )


def _side(of: SafeString, says: str, found: Difference | None, unit: str) -> str:
    return (
        f'<span class="change"><span class="visually-hidden">{of}</span>'
        f"{_verdict(says, page_language())}"
        f'<span class="change-figure range">{ready(change_words(found, unit))}</span></span>'
    )


def _driver(part: Driver, mark: SafeString) -> str:
    figures = (
        number(part.n_before),
        number(part.n_now),
        number(part.raw_before, 2),
        number(part.raw_now, 2),
        signed(part.mix, 2),
        signed(part.rate, 2),
        signed(part.total, 2),
    )
    cells = "".join(f'<td class="num">{figure}</td>' for figure in figures)
    return markup('<tr><th scope="row">{}{}</th>{}</tr>\n', part.name, mark, SafeString(cells))
