"""What was fulfilled in part stays on the desk and on the memory card until the rest has come."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from interactions.models import Customer
from promises.models import Promise, Remainder
from promises.services.counting import count_pending
from promises.templatetags.promise_desk import share_so_far
from tests.events import event, store
from tests.promises.views.test_desk import DAY, FRAGMENT, owed, read, settle
from tests.promises.views.test_pages import words
from tests.promises.views.world import World, build_world

pytestmark = pytest.mark.django_db

TITLE = "The rest is still owed"


@pytest.fixture
def world() -> World:
    return build_world()


def part(
    reference: str, made_by: str = "bob", *, days: float, percent: float = 40, **more: Any
) -> Promise:
    """A promise of which a part came two days ago."""
    promise = owed(reference, made_by, days=days, **more)
    at = timezone.now() - 2 * DAY
    store(event("promise.fulfilled", reference, at, {"fraction": percent / 100}))
    count_pending()
    return promise


def aged(promise: Promise, days: float) -> None:
    """Move the date of a rest into the past, further than the helpers promise."""
    due = timezone.now() - timedelta(days=days)
    Remainder.objects.filter(promise=promise).update(due=due)


def day_of(promise: Promise, name: str = "due") -> str:
    """The day of a promise as the pages write it."""
    promise.refresh_from_db()
    return timezone.localtime(getattr(promise, name)).strftime("%-d %b %Y")


def exact_of(moment: datetime) -> str:
    return timezone.localtime(moment).strftime("%-d %b %Y, %H:%M")


def sentence_of(html: str) -> str:
    """The sentence below the title of a page."""
    found = re.search(r'<p class="lead-sentence".*?</p>', html, re.DOTALL)
    assert found is not None
    return re.sub(r"<[^>]*>", "", found[0]).replace("\N{NO-BREAK SPACE}", " ")


def rests_of(html: str) -> str:
    """The part of the desk below the open promises."""
    return html.partition(TITLE)[2]


def test_the_rest_stays_on_the_desk_the_nearest_first(client: Client, world: World) -> None:
    owed("open", "bob", days=1)
    for name, days in (("far", 5.0), ("late", -2.0), ("near", 0.5)):
        part(name, days=days)
    part("not-mine", "dora", days=1, percent=29)
    part("not-seen", days=1, team="support")
    html = read(client, world.bob)
    rests = rests_of(html)

    places = [rests.index(f"{name} arrives in time") for name in ("late", "near", "far")]
    assert places == sorted(places)
    assert "open arrives in time" in html.partition(TITLE)[0]
    assert "open arrives in time" not in rests
    assert "not-mine" not in html
    day = (timezone.localtime() - 2 * DAY).strftime("%-d %b %Y")
    assert f"40 % on {day}" in rests
    assert "2 days over" in rests
    assert "for 10 days" in rests
    assert "The rest of 3 promises is still owed." in html

    everybody = read(client, world.bob, "?of=teams")
    assert "not-mine arrives in time" in rests_of(everybody)
    assert "29 % on" in everybody
    assert "not-seen" not in everybody
    assert "not-seen" in read(client, world.alice, "?of=teams")


def test_where_nothing_was_fulfilled_in_part_nothing_is_said(client: Client, world: World) -> None:
    owed("open", "bob", days=1)
    assert TITLE not in read(client, world.bob)
    client.force_login(world.bob)
    assert '<div id="desk-rests" data-live></div>' in client.get(reverse("desk")).content.decode()


def test_with_the_rest_alone_nobody_owes_nothing(client: Client, world: World) -> None:
    part("mine", days=1)
    html = read(client, world.bob)
    assert "You owe nobody anything" not in html
    assert "Nothing is open. The rest of 1 promise is still owed." in html
    assert "Keys: j k" in html


def test_the_form_says_what_was_fulfilled_and_all_of_it_ends_it(
    client: Client, world: World
) -> None:
    promise = part("mine", days=-1)
    client.force_login(world.bob)
    address = reverse("promise-outcome", args=[promise.pk])
    form = words(client.get(address, headers=FRAGMENT).content.decode())
    assert "40 % of it was fulfilled on" in form
    assert "the rest is still owed" in form

    assert settle(client, world.bob, promise, outcome="partial", percent="75")["X-Done"] == "1"
    assert "75 % on" in rests_of(read(client, world.bob))
    assert settle(client, world.bob, promise, outcome="late")["X-Done"] == "1"
    assert TITLE not in read(client, world.bob)
    other = part("other", days=1)
    assert settle(client, world.bob, other, outcome="failed")["X-Done"] == "1"
    assert TITLE not in read(client, world.bob)


def test_what_is_long_past_is_counted_and_not_listed(client: Client, world: World) -> None:
    for number in range(3):
        aged(part(f"old-{number}", days=-1), 31 + number)
    html = read(client, world.bob)
    assert "3 older ones, due more than 30 days ago, are not listed." in html
    assert "old-0" not in html
    assert "You owe nobody anything" not in html
    assert "The rest of 3 promises is still owed." in html
    assert f"{TITLE} 3 " in html
    aged(Promise.objects.get(reference="old-0"), 29)
    html = read(client, world.bob)
    assert "2 older ones" in html
    assert "old-0 arrives in time" in html
    assert "The rest of 3 promises is still owed." in html
    assert f"{TITLE} 3 " in html


def test_what_a_pause_holds_back_comes_last(client: Client, world: World) -> None:
    paused = part("paused", days=2)
    at = timezone.now() - DAY
    store(event("promise.paused", paused.reference, at, {"cause": "agreed"}))
    count_pending()
    part("far", days=9)
    rests = rests_of(read(client, world.bob))
    assert rests.index("far arrives") < rests.index("paused arrives")
    assert "paused for 10 days" in rests


def test_it_is_limited_and_counted_like_the_other_list(
    client: Client, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(4):
        part(f"p-{number}", days=1 + number)
    monkeypatch.setattr("promises.selectors.desk.STEP", 3)
    client.force_login(world.bob)
    page = client.get(reverse("desk")).content.decode()
    assert page.count("data-outcome=") == 3
    assert 'href="?shown=6"' in page
    assert re.search(TITLE + r' <span class="desk-count">4<', page)
    assert client.get("/desk/?shown=6").content.decode().count("data-outcome=") == 4
    monkeypatch.setattr("promises.selectors.desk.MOST_COUNTED", 3)
    page = client.get(reverse("desk")).content.decode()
    assert re.search(TITLE + r' <span class="desk-count">3\+<', page)
    assert "The rest of more than 3 promises is still owed." in words(page)


def test_the_page_that_asks_again_hears_of_it(client: Client, world: World) -> None:
    promise = part("mine", days=1)
    client.force_login(world.bob)
    tag = client.get(reverse("desk"))["ETag"]
    asked = {"X-Live": "1", "If-None-Match": tag}
    settle(client, world.bob, promise, outcome="kept")
    answer = client.get(reverse("desk"), headers=asked)
    assert answer.status_code == 200
    assert TITLE not in answer.content.decode()


def test_the_memory_card_names_the_rest(client: Client, world: World) -> None:
    Promise.objects.all().delete()
    customer = Customer.objects.get(reference="c-1")
    address = reverse("customer", args=[customer.reference])
    client.force_login(world.bob)
    part("first", days=1)
    page = words(client.get(address).content.decode())
    assert "The rest of 1 promise is still owed: first arrives in time 40" in page
    assert "This customer waits for nothing." not in page
    part("later", days=3)
    part("not-seen", days=0, team="support")
    page = words(client.get(address).content.decode())
    assert "The rest of 2 promises is still owed, first: first arrives in time" in page
    then = (timezone.now() - timedelta(hours=1)).isoformat()
    assert "is still owed" not in words(client.get(address, {"as_of": then}).content.decode())
    with CaptureQueriesContext(connection) as queries:
        client.get(address)
    assert len(queries) <= 25


def test_lists_and_the_team_page_lead_to_them(client: Client, world: World) -> None:
    owed("open", "bob", days=1)
    near, late = part("near", days=1), part("late", days=-1)
    part("not-seen", days=1, team="support")
    whole = part("whole", days=1)
    store(event("promise.fulfilled", whole.reference, timezone.now(), {"fraction": 1.0}))
    count_pending()
    client.force_login(world.bob)

    team = words(client.get("/teams/fulfilment", {"whole": "1"}).content.decode())
    assert "The rest of 2 promises is still owed." in team
    html = client.get(reverse("promises"), {"stands": "rest_owed"}).content.decode()
    assert "The rest of 2 promises is still owed, of all time." in words(html)
    places = [html.index(f"{one.reference} arrives in time") for one in (late, near)]
    assert places == sorted(places)
    only = client.get(reverse("promises"), {"stands": "rest_owed", "kind": "quality"})
    said = words(only.content.decode())
    assert "Leave out a filter. Look" in said
    assert (
        "No rest of a promise is owed, of all time. Looked at: only those of kind quality" in said
    )


def test_which_rests_were_owed_at_a_past_moment_nobody_tells(client: Client, world: World) -> None:
    part("near", days=1)
    client.force_login(world.bob)
    then = (timezone.now() - DAY).isoformat()
    asked = {"stands": "rest_owed", "kind": "delivery", "as_of": then}
    html = client.get(reverse("promises"), asked).content.decode()
    said = sentence_of(html)
    assert said == "Which rests were owed is known only for now. Show those owed now"
    assert 'class="more-link" href="/promises/?kind=delivery&amp;stands=rest_owed"' in html
    assert "No promise is like this" not in html


def test_lists_tell_how_the_rest_stands_and_never_early(client: Client, world: World) -> None:
    late, near = part("late", days=-1.5), part("near", days=3)
    paused = part("paused", days=4)
    at = timezone.now() - DAY
    store(event("promise.paused", paused.reference, at, {"cause": "agreed"}))
    count_pending()
    client.force_login(world.bob)
    html = client.get(reverse("promises"), {"stands": "rest_owed"}).content.decode()
    said = words(html)
    assert "40 % so far, rest 1 day over" in said
    assert f"40 % so far, rest due {day_of(near)}" in said
    assert "40 % so far, rest paused" in said
    assert "early" not in said
    for promise in (late, near, paused):
        address = reverse("promise-outcome", args=[promise.pk])
        assert f'data-row="{promise.pk}" data-outcome="{address}"' in html

    then = (timezone.now() - 1.2 * DAY).isoformat()
    asked = {"window": "all", "as_of": then}
    past = client.get(reverse("promises"), asked).content.decode()
    # What was paused since is in no list of then.
    assert "paused arrives in time" not in past
    for promise, stood in ((late, "rest 7 hours over"), (near, f"rest due {day_of(near)}")):
        row = words(past.partition(f'data-row="{promise.pk}"')[2].partition("</tr>")[0])
        assert f"40 % so far, {stood}" in row
        assert "early" not in row


def test_before_the_part_came_no_rest_was_owed(client: Client, world: World) -> None:
    late = part("late", days=-1.5)
    client.force_login(world.bob)
    then = (timezone.now() - 2.5 * DAY).isoformat()
    asked = {"window": "all", "as_of": then}
    past = client.get(reverse("promises"), asked).content.decode()
    assert "late arrives in time" in past
    assert "so far" not in words(past)
    page = client.get(reverse("promise", args=[late.pk]), {"as_of": then}).content.decode()
    assert "is still owed" not in words(page)
    assert "data-outcome" not in past + page


def test_what_was_settled_or_measured_owes_no_rest(client: Client, world: World) -> None:
    whole = part("whole", days=-1)
    happened = event("promise.fulfilled", whole.reference, timezone.now(), {"fraction": 1.0})
    store(happened)
    count_pending()
    Remainder.objects.filter(promise=part("bare", days=-1)).delete()
    client.force_login(world.bob)
    html = client.get(reverse("promises"), {"stands": "due"}).content.decode()
    assert "bare arrives in time" in html
    assert "so far, rest" not in words(html)
    row = html.partition(f'data-row="{Promise.objects.get(reference="bare").pk}"')[2]
    assert not row.startswith(" data-outcome")


def test_the_promise_itself_says_what_is_owed_until_when(client: Client, world: World) -> None:
    promise = part("late", days=-1.5)
    client.force_login(world.bob)
    address = reverse("promise", args=[promise.pk])
    html = client.get(address).content.decode()
    due = exact_of(promise.due)
    begin = "Partial: fulfilled to 40 % so far. The rest is still owed:"
    assert f"{begin} it was due {due}, and is 1 day over." in sentence_of(html)
    assert f'data-outcome="{reverse("promise-outcome", args=[promise.pk])}"' in html
    then = (timezone.now() - timedelta(minutes=1)).isoformat()
    past = client.get(address, {"as_of": then}).content.decode()
    assert f"{begin} it was due {due}, and is 1 day over." in sentence_of(past)
    assert "data-outcome" not in past

    later = timezone.now() + 9 * DAY
    facts = {"due_at": later.isoformat(), "reason": "more came in"}
    store(event("promise.rescheduled", promise.reference, timezone.now(), facts))
    count_pending()
    page = sentence_of(client.get(address).content.decode())
    assert f"{begin} first due {due}, now due {exact_of(later)}, and it is 1 day over." in page

    near = part("near", days=3)
    page = sentence_of(client.get(reverse("promise", args=[near.pk])).content.decode())
    assert f"{begin} due {exact_of(near.due)}." in page


def test_the_memory_card_dates_the_rest_and_the_last_break(client: Client, world: World) -> None:
    Promise.objects.all().delete()
    late = part("late", days=-1.5)
    address = reverse("customer", args=["c-1"])
    client.force_login(world.bob)
    page = words(client.get(address).content.decode()).partition("Waits for")[2]
    waits, _, broken = page.partition("Last break")
    fulfilled = day_of(late, "settled_at")
    assert f"late arrives in time 40 % on {fulfilled} · 1 day over" in waits
    assert "40 % so far, rest 1 day over" in broken.partition("Expects")[0]
    assert "early" not in broken.partition("Expects")[0]
    then = (timezone.now() - timedelta(minutes=1)).isoformat()
    past = words(client.get(address, {"as_of": then}).content.decode())
    assert "early" not in past.partition("Last break")[2].partition("Expects")[0]

    Promise.objects.all().delete()
    near = part("near", days=3)
    page = words(client.get(address).content.decode()).partition("Waits for")[2]
    assert f"40 % on {day_of(near, 'settled_at')} · due {day_of(near)}" in page


@pytest.mark.parametrize("path", ["/promises/", "/teams/fulfilment", "/customers/c-1"])
def test_each_row_asks_nothing_of_its_own(client: Client, world: World, path: str) -> None:
    client.force_login(world.bob)
    asked = {"window": "all", "whole": "1"}
    counts = []
    for number in range(3):
        part(f"p-{number}", days=-1 - number)
        client.get(path, asked)
        with CaptureQueriesContext(connection) as queries:
            page = client.get(path, asked).content.decode()
        assert page.count("so far, rest") > number
        counts.append(len(queries))
    assert len(set(counts)) == 1
    assert counts[0] <= 25


@pytest.mark.parametrize("tab", ["mine", "teams"])
def test_the_desk_asks_few_queries(client: Client, world: World, tab: str) -> None:
    for number in range(5):
        owed(f"o-{number}", "bob", days=number)
        part(f"p-{number}", days=number)
    client.force_login(world.bob)
    client.get(reverse("desk"))
    with CaptureQueriesContext(connection) as queries:
        page = client.get(reverse("desk"), {"of": tab}).content.decode()
    assert page.count("data-outcome=") >= 10
    assert len(queries) <= 25, [q["sql"][:110] for q in queries]


def test_a_share_is_never_rounded_up_to_all_of_it() -> None:
    shares = [share_so_far(one) for one in (0.29, 0.5, 0.333, 0.99999, 0.0001)]
    assert [one.replace("\N{NO-BREAK SPACE}", " ") for one in shares] == [
        "29 %",
        "50 %",
        "33.3 %",
        "99.9 %",
        "less than 0.1 %",
    ]
    with translation.override("de"):
        assert share_so_far(0.333).startswith("33,3")
