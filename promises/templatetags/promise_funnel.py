"""Places in a ranking, and the funnel of the teams in words and as its drawing reads it."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django import template
from django.template import Context
from django.utils.functional import Promise as LazyText
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from promises.domain.funnel import Verdict
from promises.scores import ScoreRow
from promises.selectors.funnel import Funnel, FunnelPoint, beyond
from promises.templatetags.markup import markup
from promises.templatetags.page_language import page_language
from promises.templatetags.promise_format import number, percent
from promises.templatetags.promise_tags import page_url

register = template.Library()

# So many teams are named in a sentence.
NAMED = 3

VERDICT_WORDS: dict[str, LazyText] = {
    Verdict.FAR_BELOW: gettext_lazy("fewer kept than chance explains"),
    Verdict.BELOW: gettext_lazy("fewer kept, perhaps by chance"),
    Verdict.INSIDE: gettext_lazy("not to be told from the company"),
    Verdict.ABOVE: gettext_lazy("more kept, perhaps by chance"),
    Verdict.FAR_ABOVE: gettext_lazy("more kept than chance explains"),
}


@register.filter
def places(row: ScoreRow) -> str:
    """Where a row may stand: "2", "2–5" where ranges overlap, or that it is unranked."""
    if row.rank_from is None or row.rank_to is None:
        return _("unranked")
    if row.rank_from == row.rank_to:
        return number(row.rank_from)
    return f"{number(row.rank_from)}–{number(row.rank_to)}"


@register.filter
def verdict_words(verdict: str) -> str:
    """What a verdict means."""
    return _verdict_words(verdict, page_language())


@lru_cache(maxsize=64)
def _verdict_words(verdict: str, _language: str | None) -> str:
    return str(VERDICT_WORDS.get(verdict, verdict))


@register.simple_tag
def funnel_sentence(funnel: Funnel) -> str:
    """What the funnel shows, for those who do not look at the drawing."""
    if not funnel.points:
        return _("No promise of a team fell due in this period.")
    if len(funnel.points) == 1:
        return _("Promises of one team only fell due: there is nothing to compare it with.")
    fewer = beyond(funnel, Verdict.FAR_BELOW)
    more = beyond(funnel, Verdict.FAR_ABOVE)
    rate = {"rate": percent(funnel.kept_rate)}
    if not fewer and not more:
        return _("No team differs from the company's %(rate)s by more than chance explains.") % rate
    parts = [_("The company keeps %(rate)s of its promises.") % rate]
    if fewer:
        parts.append(
            ngettext(
                "%(n)s team keeps fewer than chance explains: %(names)s.",
                "%(n)s teams keep fewer than chance explains: %(names)s.",
                len(fewer),
            )
            % _named(fewer)
        )
    if more:
        parts.append(
            ngettext(
                "%(n)s team keeps more: %(names)s.", "%(n)s teams keep more: %(names)s.", len(more)
            )
            % _named(more)
        )
    if len(fewer) + len(more) < len(funnel.points):
        parts.append(_("The others cannot be told from the company for certain."))
    return " ".join(parts)


@register.filter
def funnel_drawing(funnel: Funnel) -> dict[str, Any]:
    """The funnel as the chart reads it, rates as percentages."""

    def hundred(rate: float | None) -> float | None:
        return None if rate is None else round(100 * rate, 2)

    return {
        "rate": hundred(funnel.kept_rate),
        "teams": [
            {
                "name": point.name,
                "n": point.n,
                "kept": point.kept,
                "rate": hundred(point.kept_rate),
                "verdict": point.verdict,
                "words": verdict_words(point.verdict),
                "low": hundred(point.limits.low_95),
                "high": hundred(point.limits.high_95),
                "farlow": hundred(point.limits.low_998),
                "farhigh": hundred(point.limits.high_998),
            }
            for point in funnel.points
        ],
        "limits": [
            {
                "n": one.n,
                "low": hundred(one.low_95),
                "high": hundred(one.high_95),
                "farlow": hundred(one.low_998),
                "farhigh": hundred(one.high_998),
            }
            for one in funnel.limits
        ],
    }


@register.simple_tag(takes_context=True)
def funnel_rows(context: Context, points: Sequence[FunnelPoint]) -> SafeString:
    """The rows of the table of a funnel, written in one go: there is one for each team."""
    return SafeString("".join(_row(page_url(context, "team", one.id), one) for one in points))


def _row(url: str, point: FunnelPoint) -> str:
    within = point.limits
    figures = (
        number(point.n),
        percent(point.kept_rate),
        f"{percent(within.low_95)} – {percent(within.high_95)}",
        f"{percent(within.low_998)} – {percent(within.high_998)}",
    )
    cells = "".join(f'<td class="num">{figure}</td>' for figure in figures)
    return markup(
        '<tr><th scope="row"><a href="{}">{}</a></th>{}<td>{}</td></tr>\n',
        url,
        point.name,
        SafeString(cells),
        verdict_words(point.verdict),
    )


def _named(points: Sequence[FunnelPoint]) -> dict[str, str]:
    names = [point.name for point in points[:NAMED]]
    if len(points) > NAMED:
        left = len(points) - NAMED
        names.append(ngettext("%(n)s other", "%(n)s others", left) % {"n": number(left)})
    return {"n": number(len(points)), "names": ", ".join(names)}
