"""The rows of a frozen report, written in one go as those of promises are."""

from collections.abc import Iterable

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from promises.scores import ScoreRow
from promises.selectors.reports import ReportLine
from promises.templatetags.markup import markup
from promises.templatetags.promise_format import number, percent, score
from promises.templatetags.promise_restating import signed, signed_points
from promises.templatetags.promise_tags import address
from promises.templatetags.promise_words import kind_word

register = template.Library()

_NONE = SafeString("<span>–</span>")


@register.simple_tag
def report_rows(lines: Iterable[ReportLine], *, compared: bool) -> SafeString:
    """The lines of a scope, beside what is known now where it is compared."""
    labels = (_("fell due"), _("kept rate"), _("gap score"), _("overdue of these"))
    nothing = markup('<td colspan="4" class="text-secondary">{}</td>', _("nothing was known of it"))
    since = _("what changed since")
    return SafeString(
        "".join(
            markup(
                '<tr><th scope="row">{}</th>{}<td data-label="{}">{}</td></tr>\n',
                _whose(line),
                _figures(line.frozen, labels) if line.frozen else nothing,
                since,
                _since(line) if compared else _quiet(_("being compared")),
            )
            for line in lines
        )
    )


def _whose(line: ReportLine) -> str:
    if line.scope == "company":
        return _("company")
    if line.scope == "kind":
        return kind_word(line.either.id)
    return markup('<a href="{}">{}</a>', address("team", line.either.id), line.either.name)


def _figures(row: ScoreRow, labels: Iterable[str]) -> SafeString:
    """The frozen figures, each below what it is called."""
    kept = gap = _NONE
    if row.kept_rate is not None:
        counts = f"{number(row.kept)} / {number(row.n)}"
        kept = markup(
            '<span>{} <span class="range">{}</span></span>', percent(row.kept_rate), counts
        )
    if row.gap_score is not None:
        within = f"{score(row.gap_low)} – {score(row.gap_high)}"
        gap = markup('<span>{} <span class="range">{}</span></span>', score(row.gap_score), within)
    cells = (number(row.n), kept, gap, number(row.open_overdue))
    return SafeString(
        "".join(
            markup('<td class="num" data-label="{}">{}</td>', label, cell)
            for label, cell in zip(labels, cells, strict=True)
        )
    )


def _since(line: ReportLine) -> SafeString:
    """What is known now, where it differs."""
    if not line.differs:
        return _quiet(_("nothing"))
    if line.now is None:
        return markup("{}", _("there is nothing of it any more"))
    told = [markup("{}", _("now %(n)s fell due") % {"n": number(line.now.n)})]
    for name, figure, difference in (
        (_("gap score"), score(line.now.gap_score), signed(line.gap_difference)),
        (_("kept rate"), percent(line.now.kept_rate), signed_points(line.kept_difference)),
    ):
        told.append(markup('{} {} <span class="range">{}</span>', name, figure, difference))
    has = (True, line.gap_difference is not None, line.kept_difference is not None)
    said = (one for one, is_there in zip(told, has, strict=True) if is_there)
    return SafeString(f"<span>{', '.join(said)}</span>")


def _quiet(text: str) -> SafeString:
    return markup('<span class="text-secondary">{}</span>', text)
