"""Reading in Chromium: filters and permalinks, saved views, figures that follow what happens, and a
chart that is read by keyboard."""

from datetime import timedelta

import pytest
import requests
from playwright.sync_api import expect

from interactions.keys import make_key
from interactions.ledger import record
from interactions.models import Source
from promises.services.counting import count_pending
from tests.browser.conftest import Reader
from tests.promises.views.world import World, promise_made

pytestmark = [pytest.mark.browser]

DAY = timedelta(days=1)
PHONE = {"width": 390, "height": 844}
# Pages ask every ten seconds; a machine that is busy may take its time.
PATIENCE = 40_000


def test_filters_are_in_the_address_and_the_back_button_is_right(
    reader: Reader, world: World
) -> None:
    page = reader.page
    reader.sign_in("alice")
    page.get_by_label("Team").first.select_option("fulfilment")
    page.get_by_role("button", name="Show").click()
    page.wait_for_url("**/?team=fulfilment")
    expect(page.locator("#standing")).to_contain_text("9 of 12 promises")
    page.locator("#more-filters > summary").click()
    page.get_by_label("Said").select_option("false")
    page.get_by_role("button", name="Show").click()
    page.wait_for_url("**explicit=false**")
    expect(page.locator("#standing")).to_contain_text("No promises fell due")
    page.get_by_role("link", name="Leave out: Said: goes without saying").click()
    expect(page.locator("#standing")).to_contain_text("9 of 12 promises")
    page.go_back()
    expect(page.locator("#standing")).to_contain_text("No promises fell due")
    page.go_back()
    page.wait_for_url("**/?team=fulfilment")
    expect(page.locator("#standing")).to_contain_text("9 of 12 promises")
    assert reader.complaints == []


def test_filters_are_folded_on_a_phone_until_they_are_used(reader: Reader, world: World) -> None:
    page = reader.page
    folded, kind = page.locator("#filters > summary"), page.locator("#asked-kind")
    reader.sign_in("alice")
    expect(kind).to_be_visible()
    expect(folded).to_be_hidden()
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    expect(kind).to_be_hidden()
    expect(page.get_by_label("Period").get_by_role("link", name="28 days")).to_be_visible()
    # The score is seen without scrolling, and of when it is.
    box = page.locator("#figures .figure-value").first.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] < 600
    expect(page.locator("#as-of time")).to_be_visible()
    folded.click()
    kind.select_option("response")
    page.get_by_role("button", name="Show").click()
    page.wait_for_url("**kind=response**")
    expect(folded).to_have_text("Filters 1")
    expect(kind).to_be_visible()
    page.get_by_role("link", name="Leave out: Kind: response").click()
    expect(kind).to_be_hidden()
    assert reader.complaints == []


def test_a_figure_opens_its_promises_and_they_their_events(reader: Reader, world: World) -> None:
    page = reader.page
    reader.sign_in("alice")
    page.locator("#figures").get_by_role("link", name="2 late").click()
    expect(page.locator("#standing")).to_have_text(
        "2 promises were fulfilled late in the last 90 days."
    )
    page.get_by_label("Words of the statement").fill("order-9")
    page.get_by_role("button", name="Search").click()
    expect(page.locator("#standing")).to_have_text(
        "1 promise was fulfilled late in the last 90 days. "
        "Only those with “order-9” in their words."
    )
    page.get_by_role("link", name="order-9 arrives in time").click()
    expect(page.locator(".said")).to_have_text("order-9 arrives in time")
    assert reader.complaints == []


def test_the_customers_of_a_past_moment_come_by_themselves(reader: Reader, world: World) -> None:
    page = reader.page
    reader.sign_in("alice")
    reader.open("/?kind=delivery")
    page.locator("#more-filters > summary").click()
    then = (world.now - 15 * DAY).strftime("%Y-%m-%dT%H:%M:%S")
    page.get_by_label("As of").fill(then)
    page.get_by_role("button", name="Show").click()
    expect(page.locator("#standing")).to_contain_text("in the 90 days up to then")
    customers = page.locator("#customers")
    expect(customers).to_contain_text("Ada Lovelace")
    customers.get_by_role("link", name="See more customers").click()
    page.wait_for_url("**/customers/?kind=delivery&as_of=**")
    expect(page.locator("h1")).to_have_text("Customers hurt most")
    assert reader.complaints == []


def test_a_view_is_saved_and_is_where_one_begins(reader: Reader, world: World) -> None:
    page = reader.page
    reader.sign_in("alice")
    reader.open("/?team=support")
    page.locator(".views-menu > summary").click()
    page.get_by_label("Save this view as").fill("Support only")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_label("Pinned views")).to_contain_text("Support only")
    page.locator(".views-menu > summary").click()
    page.get_by_role("button", name="Begin with it").click()
    reader.open("/")
    page.get_by_role("link", name="Overview", exact=True).click()
    page.wait_for_url("**/?team=support")
    assert reader.complaints == []


def test_figures_follow_a_client_that_pushes_events(reader: Reader, world: World) -> None:
    page = reader.page
    shop = Source.objects.get(name="/shop")
    _, key = make_key(name="shop", scopes=["events:write"], source=shop)
    reader.sign_in("alice")
    expect(page.locator("#standing")).to_contain_text("11 of 15 promises")
    page.locator("#figures summary").first.click()
    page.locator("#figure-overdue ~ .figure-value a").focus()
    page.evaluate("window.scrollTo(0, 40)")
    at = world.now - 8 * DAY
    sent = requests.post(
        f"{reader.address}/api/v1/events",
        headers={
            "Authorization": f"Bearer {key}",
            "Content-Type": "application/cloudevents+json",
        },
        json={
            "specversion": "1.0",
            "id": "live-1",
            "source": "/shop",
            "type": "promise.made",
            "subject": "order-live",
            "time": at.isoformat(),
            "data": {
                "kind": "delivery",
                "customer": {"id": "c-1"},
                "team": "fulfilment",
                "due_at": (at + DAY).isoformat(),
                "statement": "It comes tomorrow",
            },
        },
        timeout=30,
    )
    assert sent.status_code in (200, 201, 202), sent.text
    count_pending()
    expect(page.locator("#standing")).to_contain_text("11 of 16 promises", timeout=PATIENCE)
    expect(page.locator("#figures details").first).to_have_attribute("open", "")
    expect(page.locator("#figure-overdue ~ .figure-value a")).to_be_focused()
    assert page.evaluate("window.scrollY") == 40
    assert reader.complaints == []


def test_an_empty_overview_fills_by_itself(reader: Reader, world: World) -> None:
    page, at = reader.page, world.now - 400 * DAY
    reader.sign_in("alice")
    reader.open(f"/?from={at:%Y-%m-%d}&to={at + 2 * DAY:%Y-%m-%d}")
    expect(page.get_by_text("Nothing to count yet")).to_be_visible()
    said = {"kind": "delivery", "customer": {"id": "c-1"}, "team": "fulfilment"}
    record([promise_made("old", at, **said, due_at=(at + DAY).isoformat())], recorded_at=world.now)
    count_pending()
    expect(page.locator("#figure-kept")).to_be_visible(timeout=PATIENCE)
    expect(page.locator("#nothing-yet")).to_have_count(0)
    assert reader.complaints == []


def test_the_trend_is_read_by_keyboard(reader: Reader, world: World) -> None:
    page = reader.page
    reader.sign_in("alice")
    reader.open("/?window=all")
    reader.open("/?window=90d")
    chart = page.locator("#trend-chart")
    if chart.count() == 0:
        expect(page.locator("#trend")).to_contain_text("too few days")
        return
    chart.focus()
    page.keyboard.press("End")
    expect(page.locator(".chart-said")).to_contain_text("kept rate")
    page.keyboard.press("Escape")
    expect(page.locator(".chart-said")).to_have_text("")


def test_what_stands_below_comes_when_the_page_is_shown(reader: Reader) -> None:
    page = reader.page
    reader.sign_in("alice")
    with page.expect_response(lambda answer: "whole=1" in answer.url):
        reader.open("/")
    expect(page.locator("#touchpoints")).to_be_visible()
    expect(page.locator("#rest")).to_have_count(0)
    # An address that points at it is followed once it is there.
    reader.open("/keys/")
    reader.open("/#overdue")
    expect(page.locator("#overdue")).to_be_in_viewport()
    reader.open("/teams/fulfilment")
    expect(page.get_by_role("heading", name="Who is in it")).to_be_visible()
    assert reader.complaints == []


def test_a_filter_that_was_not_sent_goes_along_with_the_period(reader: Reader) -> None:
    page = reader.page
    reader.sign_in("alice")
    reader.open("/?kind=response")
    page.locator("#asked-kind").select_option("delivery")
    page.locator("#period-28d").click()
    page.wait_for_url("**/?window=28d&kind=delivery")
    page.locator("#asked-kind").select_option("")
    page.locator("#period-365d").click()
    page.wait_for_url("**/?window=365d")
    assert reader.complaints == []
