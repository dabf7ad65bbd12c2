"""Rows of tables that are written in one go: every text is escaped, and all of it is there."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.template import Context, Template
from django.utils import translation
from django.utils.safestring import SafeString

from promises.domain.difference import Difference, Verdict
from promises.domain.funnel import Limits
from promises.domain.trust import Step, TrustPoint
from promises.selectors.comparison import Change, ComparedRow, PeriodScore
from promises.selectors.consequences import Followed
from promises.selectors.drivers import Driver
from promises.selectors.funnel import FunnelPoint
from promises.selectors.pages import Asked, PromiseLine, TimelineEntry
from promises.selectors.risk import RiskLine
from promises.templatetags.markup import markup, ready
from promises.templatetags.promise_comparing import compared_rows, driver_rows, followed
from promises.templatetags.promise_funnel import funnel_rows
from promises.templatetags.promise_scores import score_rows
from promises.templatetags.promise_table import promise_rows, risk_rows
from promises.templatetags.promise_timeline import event_item
from promises.templatetags.promise_trend import trust_rows
from tests.promises.views.rows import score_row

EVIL = "<script>\"'&"
ESCAPED = "&lt;script&gt;&quot;&#x27;&amp;"
NOW = datetime(2026, 3, 6, 14, 2, 7, tzinfo=UTC)


class Page:
    asked = Asked("90d", "", NOW, is_now=True)
    team = ""


def context(**more: object) -> Context:
    return Context({"page": Page(), **more})


def analysis(team: str = "") -> Context:
    page = Page()
    page.team = team
    return Context({"page": page})


def promise_line(**changes: object) -> PromiseLine:
    facts = {
        "id": 7,
        "statement": EVIL,
        "kind": "delivery",
        "state": "open",
        "overdue": True,
        "customer_id": "c/1?",
        "customer_name": EVIL,
        "team_id": "t-1",
        "team_name": EVIL,
        "made_at": NOW,
        "first_due": NOW,
        "due": NOW + timedelta(days=1),
        "settled_at": None,
        "lateness_seconds": 3_600.0,
        "loss": 0.5,
    }
    return PromiseLine(**(facts | changes))  # type: ignore[arg-type]


def test_only_what_is_ready_stays_as_it_is() -> None:
    assert ready(EVIL) == ESCAPED
    assert markup("<b>{}</b>{}", EVIL, SafeString("<i>")) == f"<b>{ESCAPED}</b><i>"


def test_a_row_of_a_promise_says_whose_it_is_and_where_it_stands() -> None:
    html = promise_rows(context(), [promise_line()])
    assert "<script>" not in html
    assert html.count(ESCAPED) == 3
    assert '<a href="/customers/c/1%3F">' in html
    assert 'data-row="7" data-outcome="/desk/promises/7/outcome"' in html
    assert "state-overdue" in html and "for 1\N{NO-BREAK SPACE}h" in html and ">0.50<" in html


def test_a_settled_promise_has_no_outcome_to_tell() -> None:
    settled = promise_line(state="late", overdue=False, settled_at=NOW)
    html = promise_rows(context(hide_team=True, hide_customer=True), [settled])
    assert (
        "data-outcome" not in html and "state-late" in html and "1\N{NO-BREAK SPACE}h late" in html
    )
    assert "/teams/" not in html and "/customers/" not in html


def test_a_long_statement_is_cut() -> None:
    html = promise_rows(context(), [promise_line(statement="x" * 121)])
    assert f">{'x' * 119}…<" in html


def test_a_row_at_risk_says_its_chance() -> None:
    line = RiskLine(
        *(7, "r", "s", EVIL, "delivery", "c-1", EVIL, "t-1", EVIL, NOW, NOW, NOW, NOW),
        *(0.3, 0.5, 7_200.0, 2),
    )
    html = risk_rows(context(), [line])
    assert "<script>" not in html
    assert html.count(ESCAPED) == 3
    assert '<span class="chance-number">30\N{NO-BREAK SPACE}%</span>' in html


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "<span>75.0\N{NO-BREAK SPACE}%"),
        ({"enough": False}, '<span class="weak-note">not enough promises yet</span>'),
        ({"kept_rate": None}, "none yet"),
        ({"gap_score": None}, "no promise fell due"),
    ],
)
def test_a_row_of_scores_says_what_there_is(changes: dict[str, object], said: str) -> None:
    row = score_row(name=EVIL, id="t-1", **changes)
    html = score_rows(context(head=EVIL, link="team", of="team"), [row], 50)
    assert said in html
    assert "<script>" not in html
    assert '<a href="/teams/t-1">' in html and "/promises/?team=t-1&amp;stands=due" in html


def test_an_event_says_what_happened_and_where_it_comes_from() -> None:
    late, facts = NOW + timedelta(hours=9), {"words": EVIL, "reason": EVIL}
    about = (1, "promise.made", EVIL, EVIL, "s", 5, EVIL, NOW, late, EVIL, facts)
    html = event_item(context(), TimelineEntry(*about, note="unheard", retracted=True))
    assert "<script>" not in html
    assert html.count(ESCAPED) == 6
    assert "taken back" in html and "heard 9\N{NO-BREAK SPACE}h later" in html
    own = event_item(context(), TimelineEntry(*about), on_promise=True)
    assert "/promises/5" in html and "/promises/5" not in own
    assert "<script>" not in own and "The raw event" in own and "The raw event" not in html


def test_a_step_of_trust_leads_to_its_promise() -> None:
    html = trust_rows(context(), [TrustPoint(NOW, Step.BROKEN, 0.6, -0.1, 5)])
    assert '<a href="/promises/5">broken</a>' in html and ">60<" in html


def test_a_text_is_looked_up_in_each_language() -> None:
    said = Template(
        '{% load i18n %}{% translate "Monday" %}, {% translate "May" as may %}{{ may }}'
    )
    for _ in range(2):
        assert said.render(Context()) == "Monday, May"
        with translation.override("de"):
            assert said.render(Context()) == "Montag, Mai"


def period(name: str, n: int) -> PeriodScore:
    return PeriodScore(name, n, 5, 0.5, 0.4, 0.6, 12.25, 11.0, 13.0, 12.0, 99.0, enough=True)


def test_a_compared_row_says_what_changed_since_both_periods() -> None:
    changes = (
        Change("before", Difference(-3.25, -4, -2), Verdict.BETTER, None, Verdict.TOO_FEW),
        Change("year", None, Verdict.TOO_FEW, Difference(-0.1, -0.2, -0.05), Verdict.WORSE),
    )
    periods = (period("now", 1_234), period("before", 7), period("year", 0))
    row = ComparedRow("t/1", EVIL, periods, changes)
    html = compared_rows(analysis(), [row, replace(row, name="")], "everything & all")
    assert EVIL not in html
    assert f'<th scope="row">{ESCAPED}</th>' in html
    assert '<th scope="row">everything &amp; all</th>' in html
    assert "before 7, a year ago 0" in html
    assert 'data-label="since the period before"' in html
    assert 'data-label="since a year ago"' in html
    assert [html.count(f"verdict-{word}") for word in ("better", "worse", "too-few")] == [2, 2, 4]
    assert "−3.2 (−4.0 to −2.0)" in html
    assert "−10.0\N{NO-BREAK SPACE}points (−20.0 to −5.0)" in html
    assert html.count("<tr>") == html.count("</tr>") == 2


@pytest.mark.parametrize(
    ("by", "id", "listed"),
    [
        ("", "", "/promises/?team=t-1&amp;stands=due"),
        ("kind", "response", "/promises/?kind=response&amp;team=t-1&amp;stands=due"),
        ("segment", "", "/promises/?team=t-1&amp;segment=-&amp;stands=due"),
        ("explicit", "false", "/promises/?team=t-1&amp;explicit=false&amp;stands=due"),
        ("touchpoint", "a b&c", "/promises/?team=t-1&amp;touchpoint=a+b%26c&amp;stands=due"),
        ("stake", "2", "/promises/?team=t-1&amp;stands=due&amp;stake=2"),
        ("standard", "s-1", "/promises/?team=t-1&amp;stands=due&amp;standard=s-1"),
        ("standard", "", "/promises/?team=t-1&amp;stands=due&amp;standard=-"),
    ],
)
def test_what_fell_due_is_listed(by: str, id: str, listed: str) -> None:
    row = ComparedRow(id, "part", (period("now", 3), period("before", 7), period("year", 0)), ())
    html = compared_rows(analysis("t-1"), [row], "", by)
    assert html.count("<a ") == html.count(f'<a href="{listed}">3</a>') == 1
    nothing = replace(row, periods=(period("now", 0), *row.periods[1:]))
    assert "<a " not in compared_rows(analysis(), [nothing], "", by)


def test_a_row_of_what_moved_it_says_whether_it_is_new_or_gone() -> None:
    part = Driver(
        (), EVIL, 0.001, -1.5, 0.25, 3, 4, 0.1, 0.2, None, 5.5, is_new=False, is_gone=False
    )
    plain, new, gone = (
        driver_rows([replace(part, is_new=is_new, is_gone=is_gone)])
        for is_new, is_gone in ((False, False), (True, False), (False, True))
    )
    assert EVIL not in plain and f'<th scope="row">{ESCAPED}</th>' in plain
    assert f'{ESCAPED} <span class="range">new</span>' in new
    assert f'{ESCAPED} <span class="range">gone</span>' in gone
    cells = ("3", "4", "–", "5.50", "0.00", "−1.50", "+0.25")
    assert "".join(f'<td class="num">{cell}</td>' for cell in cells) in plain


def test_a_share_that_was_followed_has_its_range() -> None:
    share = followed(Followed(5, 0.5, 0.25, 0.75)).replace("\N{NO-BREAK SPACE}", " ")
    assert share == '<td class="num">50.0 % <span class="range">25.0 % – 75.0 %</span></td>'
    assert followed(Followed(1, None, None, None)) == '<td class="num">–</td>'


def test_a_row_of_a_funnel_leads_to_its_team() -> None:
    within = Limits(4, 0.1, 0.2, 0.95, 0.99)
    point = FunnelPoint("t/1?", EVIL, 4, 3, 0.75, "far_below", within)
    html = funnel_rows(context(), [point]).replace("\N{NO-BREAK SPACE}", " ")
    assert f'<a href="/teams/t/1%3F">{ESCAPED}</a>' in html
    cells = ("4", "75.0 %", "20.0 % – 95.0 %", "10.0 % – 99.0 %")
    assert "".join(f'<td class="num">{cell}</td>' for cell in cells) in html
    assert html.endswith("<td>fewer kept than chance explains</td></tr>\n")
