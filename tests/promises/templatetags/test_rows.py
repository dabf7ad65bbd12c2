"""Rows of tables that are written in one go: every text is escaped, and all of it is there."""

from datetime import UTC, datetime, timedelta

import pytest
from django.template import Context, Template
from django.utils import translation
from django.utils.safestring import SafeString

from promises.domain.trust import Step, TrustPoint
from promises.selectors.pages import Asked, PromiseLine, TimelineEntry
from promises.selectors.risk import RiskLine
from promises.templatetags.markup import markup, ready
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


def context(**more: object) -> Context:
    return Context({"page": Page(), **more})


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
