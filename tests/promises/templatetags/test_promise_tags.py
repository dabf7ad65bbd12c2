"""Links that keep what was asked, and drawn intervals."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from django.template import Context
from django.test import RequestFactory

from promises.selectors.pages import Asked, Filters, TrendPoint
from promises.templatetags import promise_tags as tags
from tests.promises.views.rows import score_row

AS_OF = datetime(2026, 3, 6, 14, 2, 7, tzinfo=UTC)
NOW = Asked("90d", "", AS_OF, is_now=True)
PAST = Asked("28d", "delivery", AS_OF, is_now=False)


class Page:
    def __init__(self, asked: Asked) -> None:
        self.asked = asked


def test_what_is_usual_is_not_in_the_address() -> None:
    assert tags.asked_query(NOW) == ""


def test_what_was_asked_is_in_the_address() -> None:
    assert tags.asked_query(PAST) == "?window=28d&kind=delivery&as_of=2026-03-06T14%3A02%3A07Z"


def test_a_change_replaces_or_drops_one_part() -> None:
    assert tags.asked_query(PAST, window="90d", as_of="") == "?kind=delivery"
    assert tags.asked_query(NOW, window="all", timeline=100) == "?window=all&timeline=100"


def test_links_to_other_pages_ask_for_the_same() -> None:
    context = Context({"page": Page(PAST)})
    assert tags.page_url(context, "promise", 7) == f"/promises/7{tags.asked_query(PAST)}"


def test_what_a_page_has_no_filter_for_is_not_asked_of_it() -> None:
    filters = Filters(team="support", team_id=1, touchpoint="phone", touchpoint_id=2)
    context = Context({"page": Page(replace(PAST, filters=filters))})
    past = tags.asked_query(PAST)
    assert (
        tags.page_url(context, "analysis") == f"/analysis/{tags.asked_query(PAST, team='support')}"
    )
    assert tags.page_url(context, "at-risk") == f"/at-risk/{tags.asked_query(PAST, team='support')}"
    assert tags.page_url(context, "customer", "c") == f"/customers/c{past}"
    assert "touchpoint=phone" in tags.page_url(context, "promises")


def test_a_reference_with_signs_of_its_own_stays_one_address() -> None:
    context = Context({"page": Page(NOW)})
    assert tags.page_url(context, "team", "a/b?c#d e") == "/teams/a/b%3Fc%23d%20e"
    request = RequestFactory().get("/teams/a/b%3Fc")
    here = Context({"page": Page(NOW), "request": request})
    assert tags.asked_url(here, window="28d") == "/teams/a/b%3Fc?window=28d"


@pytest.mark.parametrize(
    ("high", "top"), [(None, 10), (9.9, 10), (10.1, 25), (26.0, 50), (80, 100)]
)
def test_the_scale_holds_every_interval(high: float | None, top: int) -> None:
    assert tags.scale_top([score_row(gap_high=3.0), score_row(gap_high=high)]) == top


def test_an_interval_is_drawn_in_order_and_inside() -> None:
    for low, value, high in [(0.0, 0.0, 0.0), (5.0, 12.0, 30.0), (40.0, 60.0, 99.0)]:
        drawn = tags.interval_bar(low, value, high, 50)
        svg = ElementTree.fromstring(drawn)  # noqa: S314 (our own drawing, not a stranger's)
        _axis, interval, marker = svg
        x, width = float(interval.get("x", "")), float(interval.get("width", ""))
        point = float(marker.get("x", ""))
        assert 0 <= x <= point + 1.5 + 0.1
        assert point + 3 <= tags.BAR_WIDTH
        assert width >= 1
        assert not any("style" in part.attrib for part in svg.iter())


def test_nothing_known_draws_nothing() -> None:
    assert tags.interval_bar(None, None, None, 100) == ""


def test_a_trend_gives_the_chart_percentages_and_gaps() -> None:
    days = [date(2026, 3, 1) + timedelta(days=n) for n in range(3)]
    trend = [
        TrendPoint(days[0], 4, 0.5, 0.15, 0.85, 30.0),
        TrendPoint(days[1], 0, None, None, None, None),
        TrendPoint(days[2], 4, 1.0, 0.51, 1.0, 0.0),
    ]
    points = tags.trend_points(trend)
    assert [point["kept"] for point in points] == [50.0, None, 100.0]
    assert points[1]["gap"] is None
    assert points[2]["gap"] == 0.0
    assert [point["short"] for point in points] == ["1 Mar", "2 Mar", "3 Mar"]
    assert tags.drawable(trend)
    assert not tags.drawable(trend[:2])


def test_a_long_trend_names_its_years() -> None:
    first = date(2025, 1, 31)
    trend = [TrendPoint(first + timedelta(days=200 * n), 1, 1, 1, 1, 0.0) for n in range(3)]
    labels = [point["short"] for point in tags.trend_points(trend)]
    assert labels == ["Jan 2025", "Aug 2025", "Mar 2026"]
    assert all(one != other for one, other in pairwise(labels))
