"""The rows of the tables of promises.

Pages hold dozens of them, and a template that is gone through for each word of each row takes
longer than the questions to the database.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from django import template
from django.template import Context
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from promises.selectors.pages import Asked, PromiseLine
from promises.selectors.risk import RiskLine
from promises.templatetags import promise_format as written
from promises.templatetags.markup import markup, ready
from promises.templatetags.page_language import page_language
from promises.templatetags.promise_rests import rest_words
from promises.templatetags.promise_risk import chance, chance_state, chance_word
from promises.templatetags.promise_tags import address, page_query
from promises.templatetags.promise_words import shown_state, state_icon, state_word

register = template.Library()

# A longer statement is read on the page of its promise.
MOST_CHARACTERS = 120


@register.simple_tag
def state_mark(line: PromiseLine) -> SafeString:
    """The state of a promise: its icon and its word."""
    return _state_mark(shown_state(line), page_language())


@lru_cache(maxsize=64)
def _state_mark(shown: str, _language: str | None) -> SafeString:
    icon = render_to_string(state_icon(shown))
    word = state_word(shown)
    return markup('<span class="state state-{}">{}{}</span>', shown, icon, word)


@register.simple_tag(takes_context=True)
def promise_rows(context: Context, lines: Iterable[PromiseLine]) -> SafeString:
    """The rows of promises; their links ask for the same as the page."""
    asked = context["page"].asked
    table = _table(context, asked)
    rows = []
    for line in lines:
        cells = [
            *table.begin(line),
            table.cell("first due", _due(line, "")),
            table.cell("stands", _stands(line)),
            table.figure("loss", written.number(line.loss, 2)),
        ]
        rows.append(_row(line.id, cells, may_end=_may_end(line) and asked.is_now))
    return SafeString("\n".join(rows))


@register.simple_tag(takes_context=True)
def risk_rows(context: Context, lines: Iterable[RiskLine]) -> SafeString:
    """The rows of open promises with their chances, which are those of now."""
    table = _table(context, None)
    rows = []
    for line in lines:
        cells = [
            *table.begin(line),
            table.cell("first due", _due(line, "short")),
            table.figure("time left", written.duration(line.slack_seconds)),
            table.figure("time gone", written.percent(line.gone, 0)),
            table.figure("slips", written.number(line.slips)),
            table.cell("chance to be kept", _chance(line.chance)),
        ]
        rows.append(_row(line.id, cells, may_end=True))
    return SafeString("\n".join(rows))


@dataclass(frozen=True, slots=True)
class _Table:
    """What the rows of a table have in common. What is given as a SafeString is not escaped again.

    Shape: `heads` are the words above the columns, which each cell repeats for narrow screens;
    `queries` what the pages behind the links are asked.
    """

    heads: dict[str, SafeString]
    queries: dict[str, str]
    with_customer: bool
    with_team: bool

    def cell(self, head: str, inner: SafeString) -> SafeString:
        return SafeString(f'<td data-label="{self.heads[head]}">{inner}</td>')

    def figure(self, head: str, text: str) -> SafeString:
        return markup('<td class="num" data-label="{}">{}</td>', self.heads[head], text)

    def about(self, line: PromiseLine | RiskLine, text: str) -> SafeString:
        """The link of the row. Its dates are short, and their exact moments are seen by pointing:
        who goes by the keyboard is told them by the link, which is a stop anyway."""
        exact = _("due %(moment)s") % {"moment": written.exactly(line.due)}
        return markup(
            '<a href="{}" title="{}" aria-description="{}">{}</a>',
            address("promise", line.id) + self.queries["promise"],
            exact,
            exact,
            text,
        )

    def link(self, page: str, id: str | int, text: str) -> SafeString:
        return markup('<a href="{}">{}</a>', address(page, id) + self.queries[page], text)

    def begin(self, line: PromiseLine | RiskLine) -> list[SafeString]:
        """The cells that say which promise it is, and whose."""
        statement = self.about(line, written.shortened(line.statement, MOST_CHARACTERS))
        begin = f'<th scope="row" class="statement" data-label="{self.heads["promise"]}">'
        cells = [SafeString(f"{begin}{statement}</th>")]
        if self.with_customer:
            customer = self.link("customer", line.customer_id, line.customer_name)
            cells.append(self.cell("customer", customer))
        if self.with_team:
            cells.append(self.cell("team", self.link("team", line.team_id, line.team_name)))
        return cells


def _table(context: Context, asked: Asked | None) -> _Table:
    """A table on a page. Shape: without `asked` its links ask for nothing."""
    pages = ("promise", "customer", "team")
    return _Table(
        heads=_heads(page_language()),
        queries={page: "" if asked is None else page_query(asked, page) for page in pages},
        with_customer=not context.get("hide_customer"),
        with_team=not context.get("hide_team"),
    )


@lru_cache(maxsize=64)
def _heads(_language: str | None) -> dict[str, SafeString]:
    heads = {
        "promise": _("promise"),
        "customer": _("customer"),
        "team": _("team"),
        "first due": _("first due"),
        "stands": _("stands"),
        "loss": _("loss"),
        "time left": _("time left"),
        "time gone": _("time gone"),
        "slips": _("slips"),
        "chance to be kept": _("chance to be kept"),
    }
    return {name: ready(word) for name, word in heads.items()}


def _row(id: int, cells: Iterable[SafeString], *, may_end: bool) -> SafeString:
    """A row. Shape: `may_end` where its outcome can be told from the list."""
    ends = markup(' data-outcome="{}"', address("promise-outcome", id)) if may_end else ""
    return SafeString(f'<tr data-row="{id:d}"{ends}>\n{"".join(cells)}\n</tr>')


def _may_end(line: PromiseLine) -> bool:
    return line.state == "open" or line.rest is not None


def _due(line: PromiseLine | RiskLine, form: str) -> SafeString:
    """The first date, and the one that holds now where it is another."""
    first = written.moment(line.first_due, form)
    if line.due == line.first_due:
        return markup("<span>{}</span>", first)
    later = '<span>{} <span class="range">{} {}</span></span>'
    return markup(later, first, _("now"), written.moment(line.due, "short"))


def _stands(line: PromiseLine) -> SafeString:
    """The state, and how long it took or takes; where the rest is owed, how that stands."""
    told = ""
    if line.rest is not None:
        told = rest_words(line.rest)
    elif line.overdue:
        told = _("for %(time)s") % {"time": written.duration(line.lateness_seconds)}
    elif line.settled_at and line.lateness_seconds is not None:
        told = written.lateness(line.lateness_seconds)
    both = '<span>{} <span class="range">{}</span></span>'
    return markup(both, state_mark(line), told)


def _chance(value: float) -> SafeString:
    """A chance as a number, and as a word with its colour."""
    both = (
        '<span class="chance"><span class="chance-number">{}</span> '
        '<span class="state state-{}">{}</span></span>'
    )
    return markup(both, chance(value), chance_state(value), chance_word(value))
