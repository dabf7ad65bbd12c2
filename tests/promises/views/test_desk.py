"""The desk: what is owed, logging a promise once, its outcome once, and taking either back."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from interactions.ledger import record
from interactions.models import Customer, Event, Membership, Source
from interactions.preferences import choose
from promises.domain.calendars import WEEKDAYS
from promises.models import OpenPromise, Promise
from promises.services.calendars import Draft, make_calendar
from promises.services.checking import check_ledger
from promises.services.counting import count_pending
from tests.events import event, store
from tests.promises.views.test_pages import words
from tests.promises.views.world import World, build_world, promise_made
from tests.standards import office, standard
from tests.threads import together

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
FRAGMENT = {"X-Fragment": "1"}
KEY = "0123456789abcdef0123456789abcdef"
# What scripts take over from a proposal.
SENT = ("kind", "due_date", "due_time", "reckoned")


@pytest.fixture
def world() -> World:
    return build_world()


def tomorrow() -> str:
    return (timezone.localdate() + DAY).isoformat()


def given(**changes: Any) -> dict[str, Any]:
    """A form as somebody fills it in."""
    usual = {
        "key": KEY,
        "customer": "Ada Lovelace",
        "customer_id": "c-1",
        "said": "I'll ship it tomorrow",
        "kind": "delivery",
        "due_date": tomorrow(),
        "team": "fulfilment",
    }
    return usual | changes


def log(client: Client, who: User, *, fragment: bool = True, **changes: Any) -> HttpResponse:
    client.force_login(who)
    headers = FRAGMENT if fragment else {}
    answer: Any = client.post(reverse("promise-new"), given(**changes), headers=headers)
    return answer  # type: ignore[no-any-return]


def read(client: Client, who: User, query: str = "") -> str:
    client.force_login(who)
    answer = client.get(reverse("desk") + query)
    assert answer.status_code == 200
    return words(answer.content.decode())


def owed(reference: str, made_by: str, *, days: float, team: str = "fulfilment") -> Promise:
    """An open promise that somebody gave ten days ago, due in so many days."""
    now = timezone.now()
    said = promise_made(
        reference,
        now - 10 * DAY,
        kind="delivery",
        team=team,
        customer={"id": "c-1"},
        made_by=made_by,
        due_at=(now + days * DAY).isoformat(),
    )
    record([said], recorded_at=now, door=Source.Door.MACHINE)
    count_pending()
    return Promise.objects.get(reference=reference)


def settle(client: Client, who: User, promise: Promise, **fields: Any) -> HttpResponse:
    client.force_login(who)
    promise.refresh_from_db()
    fields = {"seen": promise.events_count} | fields
    address = reverse("promise-outcome", args=[promise.pk])
    answer: Any = client.post(address, fields, headers=FRAGMENT)
    return answer  # type: ignore[no-any-return]


def test_mine_come_first_the_nearest_first_and_say_how_long_somebody_waits(
    client: Client, world: World
) -> None:
    owed("far", "bob", days=5)
    owed("late", "bob", days=-2)
    owed("near", "bob", days=0.5)
    owed("not-mine", "dora", days=1)
    owed("not-seen", "bob", days=1, team="support")
    html = read(client, world.bob)

    places = [html.index(f"{name} arrives in time") for name in ("late", "near", "far")]
    assert places == sorted(places)
    assert "not-mine" not in html
    assert "not-seen" not in html
    assert "1 is overdue" in html
    assert "3 are open" in html
    assert "2 days over" in html
    assert "for 10 days" in html

    everybody = read(client, world.bob, "?of=teams")
    assert "not-mine arrives in time" in everybody
    assert "not-seen" not in everybody
    assert "My teams" in everybody
    assert "All teams" in read(client, world.alice, "?of=teams&shown=١٠")


def test_an_empty_desk_says_what_to_do(client: Client, world: World) -> None:
    html = read(client, world.charlie)
    assert "You owe nobody anything" in html
    assert "Nothing is open." in html


def test_who_gave_it_is_kept_with_open_promises_only(world: World) -> None:
    promise = owed("mine", "bob", days=1)
    assert OpenPromise.objects.get(promise=promise).made_by == "bob"


def test_a_promise_is_logged_and_on_the_desk_at_once(client: Client, world: World) -> None:
    answer = log(client, world.bob, due_time="17:00", stake="2", paid_in_advance="on")

    assert (answer.status_code, answer["X-Done"]) == (200, "1")
    event = Event.objects.latest("pk")
    assert event.type == "promise.made"
    assert event.source.door == Source.Door.PERSON
    assert event.actor == world.bob
    assert event.data["statement"] == "I'll ship it tomorrow"
    assert event.data["made_by"] == "bob"
    assert event.data["due_at"] == f"{tomorrow()}T17:00:00+00:00"
    assert (event.data["stake"], event.data["paid_in_advance"]) == (2, True)
    assert "I'll ship it tomorrow" in read(client, world.bob)


def test_without_scripts_the_desk_says_so_and_offers_to_take_it_back(
    client: Client, world: World
) -> None:
    answer = log(client, world.bob, fragment=False)
    promise = Promise.objects.latest("pk")
    assert answer["Location"] == f"/desk/?done={promise.pk}"
    page = client.get(answer["Location"]).content.decode()
    assert "The promise is logged." in page
    event = re.search(r'name="event" value="(\d+)"', page)
    assert event
    answer = client.post(reverse("desk-undo", args=[promise.pk]), {"event": event[1]})
    assert answer["Location"] == "/desk/"
    assert not Promise.objects.filter(pk=promise.pk).exists()


def test_a_date_in_somebody_s_hours_pins_them_and_pauses_move_it_by_them(
    client: Client, world: World
) -> None:
    week = dict.fromkeys(WEEKDAYS, ("09:00-17:00",))
    make_calendar("shop", Draft("Shop", "UTC", week), now=world.now, by="alice")
    client.force_login(world.bob)
    asked = {"said": "I ship it within 3 business days"}
    html = client.get(reverse("promise-proposal"), asked).content.decode()
    found = {name: re.search(rf'data-{name}="([^"]+)"', html) for name in SENT}
    said = {name: match[1] for name, match in found.items() if match}
    assert said["reckoned"].startswith("3|business days|shop|1|0|")
    assert "in the hours of Shop" in html

    log(client, world.bob, **asked, **said)
    promise = Promise.objects.latest("pk")
    event_data = Event.objects.latest("pk").data
    assert event_data["target"] == {
        "amount": 3,
        "unit": "business days",
        "calendar": "shop",
        "calendar_version": 1,
    }
    assert (promise.calendar, promise.calendar_version) == ("shop", 1)
    # However the clock stands: a day that is paused holds eight open hours, which is a day here.
    pause = {"promise_source": promise.source.name}
    begin = promise.made_at + timedelta(seconds=1)
    store(
        event("promise.paused", promise.reference, begin, pause | {"cause": "agreed"}),
        event("promise.resumed", promise.reference, begin + DAY, pause),
    )
    count_pending()
    then = promise.due
    promise.refresh_from_db()
    assert promise.due == then + DAY
    assert promise.due.hour == 17


def test_another_date_than_the_reckoned_one_is_just_a_date(client: Client, world: World) -> None:
    office()
    reckoned = "3|business days|office|1|0|2026-11-27|17:00"
    log(client, world.bob, reckoned=reckoned, due_time="12:00")
    assert "target" not in Event.objects.latest("pk").data
    assert Promise.objects.latest("pk").calendar is None


def test_a_standard_or_a_calendar_can_be_chosen(client: Client, world: World) -> None:
    client.force_login(world.bob)
    assert "reckon_by" not in client.get(reverse("promise-new")).content.decode()
    office()
    standard("first-answer", amount=240, unit="business minutes", calendar="office")
    html = client.get(reverse("promise-new")).content.decode()
    assert 'value="calendar:office"' in html
    assert "the standard First answer" in html
    # Without scripts what is chosen is proposed when the form is sent without a date.
    answer = log(client, world.bob, due_date="", kind="", reckon_by="standard:first-answer")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'name="reckoned" value="240|business minutes|office|1|0|' in page
    assert "by the standard First answer" in page
    assert 'value="standard:first-answer" selected' in page
    wrong = log(client, world.bob, reckon_by="standard:none")
    assert wrong.status_code == 422
    assert "Select a valid choice" in wrong.content.decode()


def test_the_same_form_is_recorded_once(client: Client, world: World) -> None:
    answers = [log(client, world.bob) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200] * 3
    assert "logged already" in words(answers[-1].content.decode())
    assert Event.objects.filter(data__made_by="bob").count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_double_click_is_recorded_once(world: World) -> None:
    def click() -> int:
        client = Client()
        return log(client, world.bob).status_code

    assert together(click, click) == [200, 200]
    assert Event.objects.filter(data__made_by="bob").count() == 1
    promise = Promise.objects.get(made_by="bob")

    def keep() -> int:
        client = Client()
        client.force_login(world.bob)
        address = reverse("promise-outcome", args=[promise.pk])
        return client.post(address, {"seen": 1, "outcome": "kept"}, headers=FRAGMENT).status_code

    assert together(keep, keep) == [200, 200]
    assert Event.objects.filter(type="promise.fulfilled", subject=promise.reference).count() == 1
    assert check_ledger().open_different == 0
    owed("mine", "bob", days=1)
    OpenPromise.objects.filter(promise__reference="mine").update(made_by="dora")
    assert check_ledger().open_different > 0


def test_another_promise_in_the_same_form_is_told_apart(client: Client, world: World) -> None:
    log(client, world.bob)
    answer = log(client, world.bob, said="Something else tomorrow")
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "sent already, with other words" in html
    key = re.search(r'name="key" value="([0-9a-f]{32})"', html)
    assert key
    assert key[1] != KEY
    assert log(client, world.bob, said="Something else tomorrow", key=key[1]).status_code == 200
    assert Promise.objects.filter(made_by="bob").count() == 2


def test_what_is_sent_again_after_its_date_is_still_the_same(client: Client, world: World) -> None:
    log(client, world.bob)
    answer = log(client, world.bob, due_date="2020-01-01")
    assert (answer.status_code, answer["X-Done"]) == (200, "1")


def test_two_people_with_one_key_are_two(client: Client, world: World) -> None:
    log(client, world.bob)
    answer = log(client, world.charlie, team="support", customer_id="c-2", customer="Eve")
    assert answer["X-Done"] == "1"
    assert Promise.objects.filter(made_by__in=("bob", "charlie")).count() == 2


def test_kind_and_date_are_proposed_and_never_recorded_unseen(client: Client, world: World) -> None:
    answer = log(client, world.bob, kind="", due_date="", said="we answer within four hours")
    html = unescape(answer.content.decode())
    assert answer.status_code == 422
    assert not Promise.objects.filter(made_by="bob").exists()
    assert '<option value="response" selected>' in html
    assert f'value="{timezone.localdate().isoformat()[:4]}' in html
    assert "Proposed" in words(html)
    assert "too few like it" in words(html)

    asked = client.get(reverse("promise-proposal"), {"said": "99.9 % uptime this month"})
    html = asked.content.decode()
    assert 'data-kind="quality"' in html
    assert 'data-target="99.9"' in html
    assert client.get(reverse("promise-proposal"), {"said": "\0" * 5000}).status_code == 200

    said = {"said": "I won't ship before Friday"}
    html = client.get(reverse("promise-proposal"), said).content.decode()
    assert words(html).strip() == "No date was read from these words."
    assert "data-due_date" not in html
    assert "hidden" not in html


def test_of_several_teams_nobody_is_taken_for_granted(client: Client, world: World) -> None:
    """A promise under a wrong team falsifies the scores of two."""
    client.force_login(world.alice)
    page = client.get(reverse("promise-new")).content.decode()
    assert '<option value="" selected>choose a team</option>' in page
    said = {"said": "I'll ship it tomorrow"}
    asked = client.get(reverse("promise-proposal"), said).content.decode()
    assert "for a team that is still to be chosen" in words(asked)

    answer = log(client, world.alice, team="")
    html = answer.content.decode()
    assert answer.status_code == 422
    assert '<p class="field-error">Choose the team that promises it.</p>' in html
    assert 'id="promise-team" name="team" aria-invalid="true"' in html
    assert not Promise.objects.filter(made_by="alice").exists()

    for team in ("support", "nowhere", "a\0b"):
        line = client.get(reverse("promise-proposal"), said | {"team": team}).content.decode()
        assert ("for the team support" in words(line)) == (team == "support")
    html = log(client, world.alice, team="support", kind="", due_date="").content.decode()
    assert "for the team support" in words(html)


def test_the_team_that_somebody_promised_for_last_is_chosen_already(
    client: Client, world: World
) -> None:
    assert log(client, world.alice, team="support")["X-Done"] == "1"
    page = client.get(reverse("promise-new")).content.decode()
    assert '<option value="support" selected>' in page
    client.force_login(world.bob)
    page = client.get(reverse("promise-new")).content.decode()
    assert '<input type="hidden" name="team" value="fulfilment">' in page


def test_a_time_zone_in_the_words_is_told_beside_the_proposal(client: Client, world: World) -> None:
    client.force_login(world.bob)
    asked = {"said": "by Friday 5pm EST"}
    html = client.get(reverse("promise-proposal"), asked).content.decode()
    assert 'data-due_time="22:00"' in html
    assert "22:00 (UTC; said in EST)" in words(html)
    asked = {"said": "by Friday 5pm IST"}
    html = client.get(reverse("promise-proposal"), asked).content.decode()
    assert "data-due_time" not in html
    assert "(the time zone was not read: IST)" in words(html)


def test_a_customer_is_found_by_what_was_typed(client: Client, world: World) -> None:
    assert log(client, world.bob, customer_id="", customer="ada lovelace")["X-Done"] == "1"
    answer = log(client, world.bob, customer_id="", customer="ada", key="a" * 32)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert 'name="customer_id" value="c-1"' in html
    assert "Choose which one" in html


def test_a_new_customer_is_made_once(client: Client, world: World) -> None:
    answer = log(client, world.bob, customer_id="", customer="Grace Hopper")
    assert "Is this a new customer?" in answer.content.decode()
    for _ in range(2):
        answer = log(client, world.bob, customer_id="", customer="Grace Hopper", is_new="on")
        assert answer["X-Done"] == "1"
    assert Customer.objects.get(name="Grace Hopper").reference.startswith("c-")
    answer = log(
        client, world.bob, customer_id="", customer="Alan", is_new="on", new_id="a-9", key="b" * 32
    )
    assert Customer.objects.get(reference="a-9").name == "Alan"


def test_an_id_lets_nobody_in_to_a_customer_of_others(client: Client, world: World) -> None:
    said = {"needs": "calls after six only", "channel": "phone"}
    record(
        [
            event("customer.described", "c-2", world.now - DAY, said),
            event("customer.described", "c-77", world.now - DAY, said),
        ],
        recorded_at=world.now,
    )
    new = {"customer_id": "", "customer": "x", "is_new": "on"}
    # Of somebody else, of a customer nobody has counted yet, and of nobody in particular.
    for id in ("c-2", " c-2 ", "\u3000c-2", "c-77", "not-stated"):
        answer = log(client, world.bob, **new, new_id=id)
        assert answer.status_code == 422, id
        html = answer.content.decode()
        assert "This id is taken; choose another." in html
        assert 'id="promise-new_id-error"' in html
    assert not Promise.objects.filter(customer__reference="c-2", team__reference="fulfilment")
    assert client.get(reverse("customer", args=["c-2"])).status_code == 404


def test_an_id_of_ones_own_customer_means_them(client: Client, world: World) -> None:
    new = {"customer_id": "", "customer": "x", "is_new": "on"}
    for who, id, team in ((world.bob, "c-1", "fulfilment"), (world.alice, "c-2", "support")):
        assert log(client, who, **new, new_id=id, team=team)["X-Done"] == "1"
        customer = Customer.objects.get(reference=id)
        assert customer.name != "x"
        assert customer.promise_set.filter(source__name="promise-gap/people").count() == 1


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"customer_id": "c-2", "customer": "Eve"}, "There is no such customer"),
    ({"customer": "", "customer_id": ""}, "Say to whom"),
    ({"customer": "", "customer_id": "", "is_new": "on"}, "Say what they are called"),
    ({"customer_id": "", "is_new": "on", "new_id": ".."}, "which no address can name"),
    ({"customer_id": "", "is_new": "on", "new_id": "a\nb"}, "a line break"),
    ({"team": "support"}, "not one of the available choices"),
    ({"said": "  "}, "Say what was promised, in your own words."),
    ({"said": "", "due_date": ""}, "Say by when."),
    ({"said": "", "kind": ""}, "Choose what kind of promise it is."),
    ({"said": "a\0b"}, "Null characters"),
    ({"said": "x" * 4001}, "at most 4000"),
    ({"kind": "miracle"}, "not one of the available choices"),
    ({"due_date": "2020-01-01"}, "This day has passed"),
    ({"due_date": "someday"}, "Enter a valid date"),
    ({"due_date": "9999-12-31"}, "2200"),
    ({"due_time": "25:00"}, "Enter a valid time"),
    ({"kind": "quality", "scale": "1"}, "Say which value is promised."),
    ({"kind": "quality"}, "Say how far off it is worth nothing."),
    ({"kind": "quality", "target": "99", "scale": "-1"}, "Above 0"),
    ({"kind": "quality", "target": "nan", "scale": "1"}, "Enter a number"),
    ({"stake": "3"}, "not one of the available choices"),
    ({"touchpoint": "moon"}, "not one of the available choices"),
    ({"key": "x"}, "cannot be sent any more"),
]


def test_what_makes_no_sense_is_said_beside_its_field(client: Client, world: World) -> None:
    for changes, reason in REFUSED:
        answer = log(client, world.bob, **changes)
        assert answer.status_code == 422, changes
        assert reason in unescape(answer.content.decode()), changes
    assert not Promise.objects.filter(made_by="bob").exists()


def test_a_quality_promise_has_its_measure(client: Client, world: World) -> None:
    fields = {"kind": "quality", "target": "99.9", "scale": "1", "unit": "%"}
    assert log(client, world.bob, **fields)["X-Done"] == "1"
    promise = Promise.objects.get(made_by="bob")
    answer = settle(client, world.bob, promise, outcome="measured", value="99.95")
    assert answer["X-Done"] == "1"
    promise.refresh_from_db()
    assert promise.state == "kept"


def test_how_far_off_it_is_worth_nothing_is_proposed(client: Client, world: World) -> None:
    client.force_login(world.bob)
    asked = client.get(reverse("promise-proposal"), {"said": "99.9 % uptime this month"})
    assert 'data-scale="1"' in asked.content.decode()
    answer = log(client, world.bob, kind="", said="at least 92.5 % on time tomorrow")
    assert answer.status_code == 422
    assert 'name="scale" type="number" value="7.5"' in answer.content.decode()

    # Whoever gives a target alone sees what is proposed before it is recorded.
    answer = log(client, world.bob, kind="quality", target="200", comparator="<=", unit="ms")
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "Proposed from the target. Check it, then log it." in html
    assert 'name="scale" type="number" value="20"' in html
    assert not Promise.objects.filter(made_by="bob").exists()


def test_the_form_knows_the_customer_from_whose_page_somebody_comes(
    client: Client, world: World
) -> None:
    client.force_login(world.bob)
    html = client.get(reverse("promise-new"), {"customer": "c-1"}).content.decode()
    assert 'value="Ada Lovelace"' in html
    assert 'value="c-1"' in html
    assert "Eve" not in client.get(reverse("promise-new"), {"customer": "c-2"}).content.decode()


OUTCOMES: list[tuple[float, dict[str, Any], str]] = [
    (1, {"outcome": "kept"}, "kept"),
    (-1, {"outcome": "late"}, "late"),
    (1, {"outcome": "partial", "percent": "50"}, "partial"),
    (1, {"outcome": "failed", "note": "lost"}, "failed"),
]


def test_every_outcome_is_recorded_and_taken_back(client: Client, world: World) -> None:
    for number, (days, fields, state) in enumerate(OUTCOMES):
        promise = owed(f"new-{number}", "bob", days=days)
        answer = settle(client, world.bob, promise, **fields)
        assert answer["X-Done"] == "1", answer.content
        promise.refresh_from_db()
        assert promise.state == state
        event = Event.objects.latest("pk")
        assert event.actor == world.bob

        undo = reverse("desk-undo", args=[promise.pk])
        answer = client.post(undo, {"event": event.pk}, headers=FRAGMENT)
        assert "Taken back." in answer.content.decode()
        promise.refresh_from_db()
        assert promise.state == "open"
        answer = client.post(undo, {"event": event.pk}, headers=FRAGMENT)
        assert "Nothing was taken back" in answer.content.decode()


def test_what_was_kept_in_time_needs_its_moment_once_the_date_has_passed(
    client: Client, world: World
) -> None:
    promise = owed("late", "bob", days=-1)
    answer = settle(client, world.bob, promise, outcome="kept")
    assert (answer.status_code, "Say when it was fulfilled" in words(answer.content.decode())) == (
        422,
        True,
    )
    at = (timezone.now() - timedelta(hours=1)).isoformat()[:19]
    answer = settle(client, world.bob, promise, outcome="kept", occurred_at=at)
    assert "it was late" in words(answer.content.decode())
    at = (timezone.now() - 2 * DAY).isoformat()[:19]
    assert settle(client, world.bob, promise, outcome="late", occurred_at=at).status_code == 422
    assert settle(client, world.bob, promise, outcome="kept", occurred_at=at)["X-Done"] == "1"
    promise.refresh_from_db()
    assert promise.state == "kept"


def test_no_outcome_was_there_before_the_promise(client: Client, world: World) -> None:
    promise = owed("new", "bob", days=1)
    fields = {"outcome": "kept", "occurred_at": "2019-01-01T00:00"}
    answer = settle(client, world.bob, promise, **fields)
    assert answer.status_code == 422
    assert "This is before it was made on" in words(answer.content.decode())


def test_keys_that_are_switched_off_are_not_advertised(client: Client, world: World) -> None:
    owed("new", "bob", days=1)
    client.force_login(world.bob)
    assert "Keys: j k" in words(client.get(reverse("desk")).content.decode())
    choose(world.bob.pk, single_keys=False)
    assert "Keys:" not in words(client.get(reverse("desk")).content.decode())


def test_two_tabs_with_two_outcomes_record_one(client: Client, world: World) -> None:
    promise = owed("new", "bob", days=1)
    assert settle(client, world.bob, promise, outcome="kept", seen=1)["X-Done"] == "1"
    answer = settle(client, world.bob, promise, outcome="failed", seen=1)
    assert answer.status_code == 409
    assert "it has its outcome" in words(answer.content.decode())
    answer = settle(client, world.bob, promise, outcome="kept", seen=1)
    assert "recorded already" in words(answer.content.decode())
    client.force_login(world.bob)
    page = client.get(reverse("promise-outcome", args=[promise.pk]))
    assert "it has its outcome" in words(page.content.decode())


def test_bad_outcomes_are_said(client: Client, world: World) -> None:
    promise = owed("new", "bob", days=1)
    for fields, reason in (
        ({"outcome": "late"}, "not one of the available choices"),
        ({"outcome": "partial"}, "Say how much"),
        ({"outcome": "partial", "percent": "100"}, "Above 0 and below 100"),
        ({"outcome": "kept", "occurred_at": "2099-01-01T00:00"}, "has not come yet"),
        ({}, "required"),
        ({"outcome": "kept", "seen": "x"}, "whole number"),
        ({"outcome": "kept", "note": "a\0b"}, "Null characters"),
    ):
        answer = settle(client, world.bob, promise, **fields)
        assert (answer.status_code, reason in unescape(answer.content.decode())) == (422, True)


def test_what_is_foreign_is_not_there(client: Client, world: World) -> None:
    client.force_login(world.bob)
    for id in (world.foreign.pk, 2**70):
        assert client.get(reverse("promise-outcome", args=[id])).status_code == 404
        answer = client.post(reverse("desk-undo", args=[id]), {"event": 1}, headers=FRAGMENT)
        assert "Nothing was taken back" in answer.content.decode()
    assert client.get(f"/desk/?done={world.foreign.pk}").status_code == 200
    promise = owed("new", "dora", days=1)
    settle(client, world.alice, promise, outcome="kept")
    event = Event.objects.latest("pk")
    client.force_login(world.bob)
    client.post(reverse("desk-undo", args=[promise.pk]), {"event": event.pk})
    promise.refresh_from_db()
    assert promise.state == "kept"


def test_nobody_signed_out_sees_or_does_anything(client: Client, world: World) -> None:
    for name in ("desk", "promise-new", "customer-options", "search", "keys", "preferences"):
        assert client.get(reverse(name)).status_code == 302
    answer = client.post(reverse("promise-new"), given())
    assert answer["Location"].startswith("/accounts/login/")


def test_where_a_form_leads_is_a_page_of_this_site(client: Client, world: World) -> None:
    promise = owed("new", "bob", days=1)
    client.force_login(world.bob)
    address = reverse("promise-outcome", args=[promise.pk])
    for next in ("https://elsewhere.example/", "abc", "//elsewhere.example", "http://testserver/"):
        fields = {"seen": 1, "outcome": "kept", "next": next}
        assert client.post(address, fields)["Location"] == f"/desk/?done={promise.pk}"
    fields["next"] = f"/promises/{promise.pk}"
    assert client.post(address, fields)["Location"] == fields["next"]


def test_tabs_tell_no_more_than_was_counted(
    client: Client, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.force_login(world.alice)
    counts = r'class="desk-count">([^<]*)<'
    owed = OpenPromise.objects.count()
    page = client.get(reverse("desk"), {"of": "teams"}).content.decode()
    assert re.findall(counts, page) == ["0", str(owed)]
    monkeypatch.setattr("promises.selectors.desk.MOST_COUNTED", owed - 1)
    for tab in ("mine", "teams"):
        page = client.get(reverse("desk"), {"of": tab}).content.decode()
        assert re.findall(counts, page) == ["0", f"{owed - 1}+"]


def test_where_there_is_no_team_the_form_says_what_to_do(client: Client) -> None:
    admin, agent = (User.objects.create_user(name) for name in ("root", "new"))
    Membership.objects.create(user=admin, role=Membership.Role.ADMIN)
    client.force_login(admin)
    page = client.get(reverse("promise-new")).content.decode()
    assert 'href="/settings/teams/#new-title">Make a team</a>' in page
    assert "choose a team" not in page
    answer = client.post(reverse("promise-new"), {"said": "I'll ship it tomorrow"})
    page = words(answer.content.decode())
    assert "It was not logged. There is no team yet" in page
    assert "Choose the team" not in page
    client.force_login(agent)
    page = client.get(reverse("promise-new")).content.decode()
    assert "A manager or an admin can add you to one." in page
    assert "Make a team" not in page
