"""Standards make promises: once, in any order, and what no longer follows is taken back."""

from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from interactions.models import Event, PendingEvent, Source
from promises.domain.standards import SOURCE, Cycle, Turn
from promises.models import CausedEvent, Promise
from promises.projection import drain
from promises.services.checking import check_ledger
from promises.services.standards import edit_standard, move_standard, switch_standard
from tests.events import NOW, START, event, fulfilled, made, retracted, store, uncounted
from tests.promises.asking import count
from tests.standards import HOUR, answered, condition, office, received, standard, terms

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def told() -> list[tuple[str, str, Any]]:
    """All promises of standards: what is said, the state, and when it was settled."""
    rows = Promise.objects.filter(source__name=SOURCE).order_by("made_at", "reference")
    return [(row.statement, row.state, row.settled_at) for row in rows]


def test_a_contact_starts_a_promise_and_the_answer_keeps_it() -> None:
    standard(stake=2, explicit=False, confidence=0.8)
    asked = received(START, team="support", touchpoint="phone")
    store(asked)
    count()
    row = Promise.objects.get()
    assert (row.source.name, row.source.door) == (SOURCE, Source.Door.MACHINE)
    assert (row.kind, row.made_at, row.due) == ("response", START, START + 4 * HOUR)
    assert (row.standard, row.standard_version) == ("answer", 1)
    assert (row.customer.reference, row.team.reference) == ("c-1", "support")
    assert (row.touchpoint.reference, row.stake, row.explicit) == ("phone", 2, False)
    assert (row.confidence, row.retro) == (0.8, False)
    assert row.statement == "We answer c-1 by 2026-03-01 13:00"
    store(answered(START + 3 * HOUR))
    count()
    assert [state for _, state, _ in told()] == ["kept"]
    assert not uncounted()
    data = Event.objects.get(type="promise.made").data["attributes"]
    assert (data["trigger_source"], data["trigger_id"]) == (asked.source, asked.id)


@pytest.mark.parametrize("order", list(permutations(range(5)))[::8])
def test_in_any_order_and_batching_the_same_stands(order: tuple[int, ...]) -> None:
    """Two waits: the first clock runs from the first of two contacts; the second is open."""
    standard()
    events = [
        received(START),
        received(START + HOUR),
        answered(START + 2 * HOUR),
        received(START + 3 * HOUR),
        event("customer.described", "c-1", START - DAY, {"name": "Ada", "zone": "Europe/Berlin"}),
    ]
    for place in order:
        store(events[place])
        if place % 2:
            count()
    count()
    store(*events)
    count()
    assert told() == [
        ("We answer Ada by 2026-03-01 14:00", "kept", START + 2 * HOUR),
        ("We answer Ada by 2026-03-01 17:00", "open", None),
    ]
    assert [row.made_at for row in Promise.objects.order_by("made_at")] == [
        START,
        START + 3 * HOUR,
    ]
    assert not uncounted()


@pytest.mark.django_db(transaction=True)
def test_the_ledger_can_be_checked_after_what_was_taken_back() -> None:
    standard()
    asked = received(START)
    store(asked, received(START, "c-2"), answered(START + HOUR))
    count()
    store(retracted(asked, START + HOUR))
    count()
    assert Promise.objects.count() == 1
    report = check_ledger()
    assert report.ok, report.as_dict()


def test_the_same_again_and_in_one_batch_makes_one() -> None:
    standard()
    for _ in range(2):
        store(received(START), received(START), answered(START + HOUR))
        count()
    assert [state for _, state, _ in told()] == ["kept"]
    assert CausedEvent.objects.count() == 2


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_a_trigger_that_was_taken_back_takes_its_promise_back(order: tuple[int, ...]) -> None:
    standard()
    asked = received(START)
    events = [asked, answered(START + HOUR), retracted(asked, START + 2 * HOUR)]
    for place in order:
        store(events[place])
        count()
    assert told() == []
    assert not PendingEvent.objects.exclude(state="waiting").exists()
    assert not CausedEvent.objects.filter(stands=True).exists()
    # It follows again, from another event: nothing of the old is in its way.
    store(received(START, id="again"))
    count()
    assert [state for _, state, _ in told()] == ["kept"]


def test_what_follows_again_after_it_was_taken_back_has_a_number() -> None:
    standard()
    first, second = received(START), received(START + HOUR)
    store(second)
    count()
    store(first)
    count()
    assert [row.made_at for row in Promise.objects.all()] == [START]
    store(retracted(first, START + 2 * HOUR))
    count()
    assert [row.made_at for row in Promise.objects.all()] == [START + HOUR]
    assert CausedEvent.objects.get(stands=True).event_id.endswith("-2")


def test_a_retracted_answer_keeps_nothing() -> None:
    standard()
    answer = answered(START + HOUR)
    store(received(START), answer)
    count()
    store(retracted(answer, START + 2 * HOUR))
    count()
    assert [state for _, state, _ in told()] == ["open"]


def test_auto_replies_never_do() -> None:
    standard()
    store(received(START), answered(START + HOUR, automatic=True))
    store(received(START, "c-2", automatic=True))
    count()
    assert [state for _, state, _ in told()] == ["open"]


def test_an_answer_keeps_the_oldest_of_its_conversation() -> None:
    standard(statement="{conversation}")
    store(
        received(START, conversation="a"),
        received(START + HOUR, conversation="b"),
        received(START + 2 * HOUR, conversation="c"),
        received(START, "c-2", conversation="d"),
        answered(START + 3 * HOUR, conversation="b"),
        answered(START + 4 * HOUR, conversation="of nothing"),
    )
    count()
    assert dict((name, state) for name, state, _ in told()) == {
        "a": "open",
        "b": "kept",
        "c": "open",
        "d": "open",
    }
    store(answered(START + 5 * HOUR))
    count()
    assert [name for name, state, _ in told() if state == "open"] == ["d", "c"]


def test_the_first_answer_and_the_next_have_standards_of_their_own() -> None:
    standard("first", turn=Turn.FIRST, amount=60.0, statement="first")
    standard("next", turn=Turn.NEXT, amount=30.0, statement="next")
    store(received(START), answered(START + HOUR), received(START + 2 * HOUR))
    count()
    assert [name for name, _, _ in told()] == ["first", "next"]


def test_updates_follow_each_other_until_the_matter_is_answered() -> None:
    standard(cycle=Cycle.UPDATE, amount=1.0, unit="days", statement="news by {due}")
    store(
        received(START),
        event("contact.made", "c-1", START + 20 * HOUR, {}),
        event("contact.made", "c-1", START + 21 * HOUR, {"automatic": True}),
        event("notice.given", "c-1", START + 60 * HOUR, {}),
    )
    count()
    assert told() == [
        ("news by 2026-03-02 09:00", "kept", START + 20 * HOUR),
        ("news by 2026-03-03 05:00", "late", START + 60 * HOUR),
        ("news by 2026-03-04 21:00", "open", None),
    ]
    store(answered(START + 70 * HOUR), event("contact.made", "c-1", START + 80 * HOUR, {}))
    count()
    assert [state for _, state, _ in told()] == ["kept", "late", "kept"]


def test_updates_of_an_escalation_end_with_its_resolution() -> None:
    standard(cycle=Cycle.UPDATE, event_type="escalation.requested", statement="about {escalation}")
    store(
        event("escalation.requested", "c-1", START, {"escalation": "e-1"}),
        event("escalation.requested", "c-1", START + HOUR, {"escalation": "e-2"}),
        event("escalation.resolved", "c-1", START + 2 * HOUR, {"escalation": "e-2"}),
    )
    count()
    assert [(name, state) for name, state, _ in told()] == [
        ("about e-1", "open"),
        ("about e-2", "kept"),
    ]


def test_an_orders_date_makes_a_delivery_promise_that_a_carrier_keeps() -> None:
    standard(
        "delivery",
        cycle=Cycle.EVENT,
        kind="delivery",
        date_field="attributes.delivery_date",
        amount=None,
        unit="",
        reference="{attributes.order}",
        statement="Order {attributes.order} arrives by {due}",
        conditions=(condition("attributes.order", "is there"),),
    )
    order = {"attributes": {"order": "o-1", "delivery_date": "2026-03-06"}}
    store(received(START, **order), received(START + HOUR, attributes={"order": "o-2"}))
    store(received(START + HOUR, "c-2", attributes={"delivery_date": "2026-03-07"}))
    store(received(START + 2 * HOUR, attributes={"order": "o-3", "delivery_date": "soon"}))
    store(fulfilled("o-1", START + 2 * DAY, source="/carrier", promise_source=SOURCE))
    count()
    row = Promise.objects.get()
    assert (row.reference, row.statement) == ("o-1", "Order o-1 arrives by 2026-03-06")
    assert (row.kind, row.state) == ("delivery", "kept")


def test_a_failed_promise_makes_one_and_the_promises_of_standards_make_none() -> None:
    standard(
        "sorry", cycle=Cycle.EVENT, event_type="promise.failed", statement="We call about {subject}"
    )
    standard(
        "echo",
        cycle=Cycle.EVENT,
        event_type="promise.made",
        statement="of {subject}",
        conditions=(condition("source", "is not", SOURCE),),
    )
    store(event("promise.failed", "order-1", START + DAY))
    count()
    assert told() == []
    store(made("order-1", team="fulfilment", customer="c-7"))
    count()
    assert [name for name, _, _ in told()] == ["of order-1", "We call about order-1"]
    row = Promise.objects.get(standard="sorry")
    assert (row.customer.reference, row.team.reference) == ("c-7", "fulfilment")


def test_the_first_by_order_wins_and_the_order_can_be_changed() -> None:
    standard("all", statement="all")
    standard("phone", statement="phone", conditions=(condition("channel", "is", "Phone"),))
    store(received(START, channel="phone"))
    count()
    assert [name for name, _, _ in told()] == ["all"]
    move_standard("phone", by_places=-1, now=NOW - DAY, by="Ada")
    store(received(START, "c-2", channel="phone"), received(START, "c-3", channel="mail"))
    count()
    assert sorted(name for name, _, _ in told()) == ["all", "all", "phone"]


def test_each_filter_counts() -> None:
    standard(
        segment="gold",
        team="support",
        touchpoint="phone",
        tags=("urgent",),
        conditions=(condition("attributes.value", "at least", "100"),),
    )
    right = {
        "team": "support",
        "touchpoint": "phone",
        "tags": ["urgent", "new"],
        "attributes": {"value": 250},
    }
    for number in range(7):
        store(event("customer.described", f"c-{number}", START - DAY, {"segment": "gold"}))
    store(event("customer.described", "c-1", START - HOUR, {"segment": "silver"}))
    store(received(START, "c-1", **right))
    store(received(START, "c-2", **right | {"team": "sales"}))
    store(received(START, "c-3", **right | {"touchpoint": "shop"}))
    store(received(START, "c-4", **right | {"tags": []}))
    store(received(START, "c-5", **right | {"attributes": {"value": 99}}))
    store(received(START, "c-6", **right))
    count()
    row = Promise.objects.get()
    assert (row.customer.reference, row.segment) == ("c-6", "gold")


def test_it_is_reckoned_in_the_calendar_and_pins_its_version() -> None:
    office()
    standard(amount=1.0, unit="business days", calendar="office", same_time=True)
    store(received(START))
    count()
    row = Promise.objects.get()
    # A Sunday: from Monday's opening to Tuesday's.
    assert row.due == START + 2 * DAY
    assert (row.calendar, row.calendar_version) == ("office", 1)


def test_an_edit_holds_for_what_is_heard_later_and_moves_nothing() -> None:
    standard()
    store(received(START))
    count()
    edit_standard("answer", terms(amount=60.0), base=1, now=NOW + DAY, by="Ada")
    store(received(START, "c-2"), received(START + HOUR))
    count()
    assert set(Promise.objects.values_list("standard_version", flat=True)) == {1}
    assert Promise.objects.count() == 2


def test_dates_of_validity_and_the_switch_count() -> None:
    standard("later", statement="later", valid_from=(START + DAY).date())
    standard("over", statement="over", valid_until=(START - DAY).date())
    standard("off", statement="off", is_on=False)
    store(received(START), received(START + 2 * DAY, "c-2"))
    count()
    assert [name for name, _, _ in told()] == ["later"]
    switch_standard("later", on=False, now=NOW - DAY, by="Ada")
    store(received(START + 2 * DAY, "c-3"))
    count()
    assert [name for name, _, _ in told()] == ["later"]


def test_what_happened_before_a_standard_was_made_concerns_it_only_where_it_says_so() -> None:
    standard("new", at=NOW - DAY, statement="new")
    standard("old", at=NOW - DAY, statement="old", valid_from=START.date())
    store(received(START))
    count()
    assert [name for name, _, _ in told()] == ["old"]


def test_nothing_is_promised_to_nobody() -> None:
    standard()
    store(received(START, ""), received(START, " "))
    count()
    assert told() == []


def test_the_sample_starts_nothing() -> None:
    standard()
    Source.objects.create(name="/shop", is_sample=True)
    store(received(START))
    count()
    assert told() == []


def test_without_standards_it_costs_no_query() -> None:
    def queries(*events: Any) -> list[str]:
        store(*events)
        drain()  # the rules are read, at most once a second
        store(*(event("contact.received", f"x-{n}", START, {}) for n in range(3)))
        with CaptureQueriesContext(
            connection,
        ) as captured:
            drain()
        return [query["sql"] for query in captured.captured_queries]

    assert not [sql for sql in queries(made("order-1"), received(START)) if "standard" in sql]


@pytest.mark.django_db(transaction=True)
def test_a_tolerance_of_its_own_counts_in_place_of_the_kinds() -> None:
    standard(tolerance_minutes=30.0)
    store(received(START), answered(START + 4 * HOUR + timedelta(minutes=30)))
    store(received(START, "c-2"), answered(START + 4.6 * HOUR, "c-2"))
    count()
    due = START + 4 * HOUR
    rows = Promise.objects.order_by("settled_at")
    assert [(row.first_due, row.matures_at - row.first_due, row.state) for row in rows] == [
        (due, HOUR / 2, "kept"),
        (due, HOUR / 2, "late"),
    ]
    # Six minutes over, not thirty-six: b and a little.
    assert rows[1].loss / rows[1].weight == pytest.approx(1 - 0.75 * 2 ** (-0.1 / 4))
    report = check_ledger()
    assert (report.promises, report.promises_different) == (2, 0)
