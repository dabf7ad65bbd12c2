"""What people do on the page of a promise: one event each, seen at once, and taken back."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from interactions.decode import NewEvent
from interactions.ledger import record
from interactions.models import Event, Membership, Source, Team
from promises.models import Promise
from promises.services.checking import check_ledger
from promises.services.counting import count_pending
from tests.events import event, uncounted
from tests.promises.views.test_pages import words
from tests.promises.views.world import World, build_world, promise_made
from tests.threads import together

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
PEOPLE = "promise-gap/people"


@pytest.fixture
def world() -> World:
    return build_world()


def a_promise(reference: str = "new", **data: Any) -> Promise:
    """An open promise of team fulfilment, due in two days."""
    said = {"kind": "delivery", "team": "fulfilment", "customer": {"id": "c-1"}} | data
    tell(promise_made(reference, timezone.now() - DAY, **said))
    return Promise.objects.get(reference=reference)


def tell(*events: NewEvent) -> None:
    record(list(events), recorded_at=timezone.now(), door=Source.Door.MACHINE)
    count_pending()


def page_of(client: Client, promise: Promise) -> str:
    answer = client.get(reverse("promise", args=[promise.pk]))
    assert answer.status_code == 200
    return answer.content.decode()


def seen_in(html: str) -> str:
    found = re.search(r'name="seen" value="(\d+)"', html)
    assert found
    return found[1]


def send(
    client: Client, who: User, promise: Promise, name: str, seen: str | None = None, **fields: Any
) -> HttpResponse:
    """Fill in one form of the page and send it."""
    client.force_login(who)
    seen = seen_in(page_of(client, promise)) if seen is None else seen
    answer: Any = client.post(
        reverse("promise-act", args=[promise.pk, name]), {"seen": seen, **fields}
    )
    return answer  # type: ignore[no-any-return]


def offered(client: Client, who: User, promise: Promise) -> list[str]:
    client.force_login(who)
    return re.findall(rf'action="/promises/{promise.pk}/act/(\w+)"', page_of(client, promise))


def last() -> Event:
    return Event.objects.select_related("source", "subject_source", "actor").latest("pk")


OPEN = ["fulfil", "reschedule", "pause", "withdraw", "fail"]
FIELDS: dict[str, dict[str, Any]] = {
    "fulfil": {"how": "full"},
    "reschedule": {"due_date": "2030-03-08", "moved_by": "us"},
    "pause": {"cause": "customer", "reason": "no colour yet"},
    "withdraw": {"by": "customer"},
    "fail": {"reason": "lost"},
}


RECORDED: list[tuple[str, dict[str, Any], dict[str, Any], str]] = [
    ("fulfil", FIELDS["fulfil"], {}, "kept"),
    (
        "fulfil",
        {"how": "part", "percent": "25", "evidence": "1 of 4"},
        {"fraction": 0.25, "evidence": "1 of 4"},
        "partial",
    ),
    ("reschedule", FIELDS["reschedule"], {"due_at": "2030-03-08"}, "open"),
    ("pause", FIELDS["pause"], {"cause": "customer", "reason": "no colour yet"}, "open"),
    ("withdraw", FIELDS["withdraw"], {"by": "customer"}, "withdrawn"),
    ("withdraw", {"by": "us", "reason": "gone"}, {"by": "us", "reason": "gone"}, "failed"),
    ("fail", FIELDS["fail"], {"reason": "lost"}, "failed"),
]


def test_an_agent_records_what_happened_and_sees_it(client: Client, world: World) -> None:
    for number, (name, fields, data, state) in enumerate(RECORDED):
        promise = a_promise(f"new-{number}")
        answer = send(client, world.bob, promise, name, **fields)

        assert (answer.status_code, answer["Location"]) == (302, f"/promises/{promise.pk}")
        event = last()
        assert (event.source.name, event.source.door) == (PEOPLE, Source.Door.PERSON)
        assert (event.actor, event.subject) == (world.bob, promise.reference)
        assert event.subject_source == promise.source
        assert event.data == data | {"promise_source": "/shop"}
        promise.refresh_from_db()
        assert promise.state == state
        assert not uncounted()
        assert "recorded by bob" in words(page_of(client, promise))


def test_only_what_makes_sense_is_offered(client: Client, world: World) -> None:
    promise, bob = a_promise(), world.bob
    assert offered(client, bob, promise) == OPEN

    send(client, bob, promise, "pause", cause="agreed", reason="away")
    assert offered(client, bob, promise) == ["fulfil", "reschedule", "resume", "withdraw", "fail"]
    send(client, bob, promise, "resume")
    assert offered(client, bob, promise) == OPEN
    send(client, bob, promise, "fulfil", how="full")
    assert offered(client, bob, promise) == ["reopen"]
    send(client, bob, promise, "reopen", by="Ada", reason="a part is missing")
    assert offered(client, bob, promise) == OPEN
    send(client, bob, promise, "withdraw", by="customer")
    assert offered(client, bob, promise) == []

    overdue = Promise.objects.get(reference="order-11")
    assert offered(client, bob, overdue) == ["fulfil", "reschedule", "withdraw", "fail"]
    long_kept = Promise.objects.get(reference="order-0")
    assert offered(client, bob, long_kept) == ["repeat"]


def test_what_makes_no_sense_any_more_is_not_recorded(client: Client, world: World) -> None:
    promise = a_promise()
    client.force_login(world.bob)
    seen = seen_in(page_of(client, promise))
    send(client, world.bob, promise, "fulfil", how="full")
    before = Event.objects.count()

    for fields in (FIELDS["fail"], {"reason": "x" * 5_000}):
        answer = send(client, world.bob, promise, "fail", seen, **fields)
        assert answer.status_code == 302
        assert "Nothing was recorded" in words(page_of(client, promise))
    assert Event.objects.count() == before


def test_twice_the_same_is_once(client: Client, world: World) -> None:
    for name, fields in FIELDS.items():
        promise = a_promise(name)
        client.force_login(world.bob)
        seen = seen_in(page_of(client, promise))
        before = Event.objects.count()

        for who in (world.bob, world.bob, world.alice):
            assert send(client, who, promise, name, seen, **fields).status_code == 302

        assert Event.objects.count() == before + 1
        assert "That was recorded already." in words(page_of(client, promise))


def test_two_who_differ_are_told(client: Client, world: World) -> None:
    promise = a_promise()
    client.force_login(world.bob)
    seen = seen_in(page_of(client, promise))
    send(client, world.bob, promise, "fulfil", seen, how="part", percent="25")

    answer = send(client, world.alice, promise, "fulfil", seen, how="part", percent="50")

    assert answer.status_code == 422
    html = answer.content.decode()
    assert "Somebody recorded the same otherwise meanwhile." in words(html)
    assert 'value="50"' in html
    again = send(client, world.alice, promise, "fulfil", seen_in(html), how="part", percent="50")
    assert again.status_code == 302
    promise.refresh_from_db()
    assert promise.fraction == 0.5


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_are_one_event(world: World) -> None:
    promise = a_promise()
    before = Event.objects.count()

    def click() -> int:
        client = Client()
        return send(client, world.bob, promise, "fulfil", "1", how="full").status_code

    assert together(click, click, click) == [302, 302, 302]
    assert Event.objects.count() == before + 1


def test_it_may_have_happened_earlier(client: Client, world: World) -> None:
    promise = a_promise()
    at = (timezone.now() - timedelta(hours=3)).replace(second=0, microsecond=0)
    send(client, world.bob, promise, "fulfil", how="full", occurred_at=f"{at:%Y-%m-%dT%H:%M}")

    assert last().occurred_at == at


WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("fulfil", {"how": "part"}, "percent"),
    ("fulfil", {"how": "part", "percent": "0"}, "percent"),
    ("fulfil", {"how": "part", "percent": "101"}, "percent"),
    ("fulfil", {"how": "part", "percent": "nan"}, "percent"),
    ("fulfil", {"how": "value"}, "how"),
    ("fulfil", {"how": "full", "occurred_at": "2999-01-01T00:00"}, "occurred_at"),
    ("fulfil", {"how": "full", "occurred_at": "0001-01-01T00:00"}, "occurred_at"),
    ("fulfil", {"how": "full", "occurred_at": "2019-01-01T00:00"}, "occurred_at"),
    ("fulfil", {"how": "full", "occurred_at": "yesterday"}, "occurred_at"),
    ("fulfil", {"how": "full", "evidence": "a\x00b"}, "evidence"),
    ("fulfil", {"how": "full", "evidence": "x" * 1_001}, "evidence"),
    ("reschedule", {"moved_by": "us"}, "due_date"),
    ("reschedule", {"moved_by": "us", "due_date": "9999-12-31"}, "due_date"),
    ("reschedule", {"moved_by": "us", "due_date": "2030-01-01", "due_time": "25:00"}, "due_time"),
    ("reschedule", {"moved_by": "customer", "due_date": "2030-01-01"}, "asked_who"),
    (
        "reschedule",
        {"moved_by": "customer", "due_date": "2030-01-01", "asked_who": "Ada"},
        "asked_at",
    ),
    (
        "reschedule",
        {"moved_by": "us", "due_date": "2030-01-01", "told_at": "2999-01-01T00:00"},
        "told_at",
    ),
    (
        "reschedule",
        {"moved_by": "us", "due_date": "2030-01-01", "told_at": "2019-01-01T00:00"},
        "told_at",
    ),
    (
        "reschedule",
        {
            **{"moved_by": "customer", "due_date": "2030-01-01"},
            **{"asked_who": "Ada", "asked_at": "2019-01-01T00:00"},
        },
        "asked_at",
    ),
    ("pause", {"cause": "us", "reason": "we are slow"}, "cause"),
    ("pause", {"cause": "customer"}, "reason"),
    ("withdraw", {"by": "nobody"}, "by"),
    ("withdraw", {"by": "us", "occurred_at": "2019-01-01T00:00"}, "occurred_at"),
    ("fail", {"occurred_at": "2019-01-01T00:00"}, "occurred_at"),
]


def test_what_is_wrong_is_said_beside_its_field(client: Client, world: World) -> None:
    promise = a_promise()
    before = Event.objects.count()
    for name, fields, wrong in WRONG:
        answer = send(client, world.bob, promise, name, "1", **fields)

        html = answer.content.decode()
        assert answer.status_code == 422, fields
        assert re.findall(r'id="(\w+-\w+)-error"', html)[0] == f"{name}-{wrong}"
        assert html.count('<details class="act" name="act" open>') == 1
        field = rf'id="{name}-{wrong}"[^>]* autofocus>'
        assert (len(re.findall(field, html)), html.count(" autofocus")) == (1, 1), fields
    for seen in ("", "x", "-1", "9" * 30):
        assert send(client, world.bob, promise, "fulfil", seen, how="full").status_code == 422
    assert Event.objects.count() == before


def test_what_happened_before_it_was_made_is_refused(client: Client, world: World) -> None:
    promise = a_promise()
    made = promise.made_at.replace(second=0, microsecond=0)
    fields = {"how": "full", "occurred_at": f"{made - timedelta(minutes=1):%Y-%m-%dT%H:%M}"}
    html = send(client, world.bob, promise, "fulfil", **fields).content.decode()
    assert "This is before it was made on" in html
    # In the minute in which it was made.
    fields["occurred_at"] = f"{made:%Y-%m-%dT%H:%M}"
    assert send(client, world.bob, promise, "fulfil", **fields).status_code == 302


def test_a_later_date_is_announced_if_the_customer_was_told_before(
    client: Client, world: World
) -> None:
    promise = a_promise()
    told = f"{timezone.now() - timedelta(hours=1):%Y-%m-%dT%H:%M}"
    send(
        client, world.bob, promise, "reschedule", due_date="2030-03-08", due_time="12:00",
        moved_by="us", told_at=told, reason="The van broke down",
    )  # fmt: skip
    send(client, world.bob, promise, "reschedule", due_date="2030-04-08", moved_by="us")

    promise.refresh_from_db()
    assert (promise.slips_announced, promise.slips_unannounced) == (1, 1)
    assert promise.first_due == promise.given_due


def test_a_change_for_the_customer_moves_the_first_date(client: Client, world: World) -> None:
    promise = a_promise()
    at = f"{timezone.now() - timedelta(hours=1):%Y-%m-%dT%H:%M}"
    send(
        client, world.bob, promise, "reschedule", due_date="2030-03-08", moved_by="customer",
        asked_who="Ada", asked_at=at,
    )  # fmt: skip

    promise.refresh_from_db()
    assert promise.first_due == promise.due > promise.given_due
    assert promise.slips_unannounced == 0


def test_a_quality_promise_is_measured(client: Client, world: World) -> None:
    quality = {"target": 99.9, "comparator": ">=", "unit": "%", "scale": 1}
    promise = a_promise(kind="quality", quality=quality)
    assert send(client, world.bob, promise, "fulfil", how="value").status_code == 422
    send(client, world.bob, promise, "fulfil", how="value", value="0")
    assert last().data["value"] == 0
    send(client, world.bob, promise, "fulfil", how="value", value="99.95")
    promise.refresh_from_db()
    assert promise.state == "kept"


def test_the_wait_that_ends_is_named_where_several_run(client: Client, world: World) -> None:
    promise = a_promise()
    hour = timedelta(hours=1)
    tell(
        *(
            event("promise.paused", "new", timezone.now() - hour, waiting, id=waiting["pause"])
            for waiting in (
                {"cause": "agreed", "pause": "legal"},
                {"cause": "customer", "pause": "colour"},
            )
        )
    )
    assert send(client, world.bob, promise, "resume", pause="other").status_code == 422
    send(client, world.bob, promise, "resume", pause="legal")
    assert last().data["pause"] == "legal"
    send(client, world.bob, promise, "resume")
    assert last().data["pause"] == "colour"


def test_what_changed_nothing_says_so(client: Client, world: World) -> None:
    promise = a_promise()
    send(client, world.bob, promise, "fulfil", how="part", percent="50")
    send(client, world.bob, promise, "fulfil", how="part", percent="25")
    assert "alert-warning" in page_of(client, promise)


def test_what_was_reopened_too_late_is_promised_again(client: Client, world: World) -> None:
    old = Promise.objects.get(reference="order-0")
    answer = send(
        client, world.bob, old, "repeat", statement="A new one by Friday", due_date="2030-03-08"
    )

    new = Promise.objects.latest("pk")
    assert answer["Location"] == f"/promises/{new.pk}"
    assert (new.source.name, new.statement, new.made_by) == (PEOPLE, "A new one by Friday", "bob")
    assert (new.customer_id, new.team_id, new.kind) == (old.customer_id, old.team_id, old.kind)
    assert last().data["repeat_of"] == "order-0"
    assert offered(client, world.bob, new) == OPEN
    send(client, world.bob, new, "fulfil", how="full")
    assert "promise_source" not in last().data
    new.refresh_from_db()
    assert new.state == "kept"


def undo(client: Client, who: User, promise: Promise, number: str | None = None) -> HttpResponse:
    client.force_login(who)
    found = re.search(r'name="event" value="(\d+)"', page_of(client, promise))
    number = number or (found[1] if found else "0")
    answer: Any = client.post(reverse("promise-undo", args=[promise.pk]), {"event": number})
    return answer  # type: ignore[no-any-return]


def test_a_mistake_is_taken_back(client: Client, world: World) -> None:
    columns = ("state", "due", "first_due", "matures_at", "slips_unannounced", "paused_seconds")
    for name, fields in FIELDS.items():
        promise = a_promise(name)
        before = Promise.objects.values(*columns).get(pk=promise.pk)
        send(client, world.bob, promise, name, **fields)

        assert undo(client, world.bob, promise).status_code == 302

        assert Promise.objects.values(*columns).get(pk=promise.pk) == before
        retraction = last()
        assert (retraction.type, retraction.actor) == ("event.retracted", world.bob)
        assert not uncounted()
        assert offered(client, world.bob, promise) == OPEN
        # Done again, it is another event.
        send(client, world.bob, promise, name, **fields)
        assert last().type.startswith("promise.")


def test_it_is_taken_back_once_and_by_whoever_did_it(client: Client, world: World) -> None:
    promise = a_promise()
    other = User.objects.create_user("dora")
    team = Team.objects.get(reference="fulfilment")
    Membership.objects.create(user=other, role=Membership.Role.AGENT, team=team)
    send(client, world.bob, promise, "fulfil", how="full")
    number, before = str(last().pk), Event.objects.count()

    for who in (other, world.bob, world.bob, world.alice):
        assert undo(client, who, promise, number).status_code == 302
        done = Event.objects.count() - before
        assert done == (0 if who == other else 1)
    assert "Nothing was taken back" in words(page_of(client, promise))


def test_a_machines_word_is_not_undone_here(client: Client, world: World) -> None:
    assert "promise-undo" not in page_of_(client, world.alice, world.moved)
    assert 'value="Undo"' not in page_of_(client, world.alice, world.moved)
    number = str(Event.objects.filter(subject="order-9", type="promise.fulfilled").get().pk)
    undo(client, world.alice, world.moved, number)
    assert not Event.objects.filter(type="event.retracted").exists()


def page_of_(client: Client, who: User, promise: Promise) -> str:
    client.force_login(who)
    return page_of(client, promise)


def test_a_new_promise_can_be_taken_back_too(client: Client, world: World) -> None:
    old = Promise.objects.get(reference="order-0")
    send(client, world.bob, old, "repeat", statement="Once more", due_date="2030-03-08")
    new = Promise.objects.latest("pk")

    assert undo(client, world.bob, new)["Location"] == reverse("overview")
    assert not Promise.objects.filter(pk=new.pk).exists()


def test_what_is_foreign_cannot_be_touched(client: Client, world: World) -> None:
    before = Event.objects.count()
    own = a_promise()
    for who, promise in ((world.bob, world.foreign), (world.charlie, own)):
        client.force_login(who)
        for path in (
            reverse("promise-act", args=[promise.pk, "fulfil"]),
            reverse("promise-undo", args=[promise.pk]),
        ):
            answer = client.post(path, {"seen": "1", "how": "full", "event": "1"})
            assert answer.status_code == 404, path
    client.force_login(world.alice)
    for path in (f"/promises/{10**30}/undo", "/promises/0/act/fulfil"):
        assert client.post(path, {"seen": "1"}).status_code == 404
    assert client.post(reverse("promise-act", args=[own.pk, "burn"])).status_code == 404
    assert Event.objects.count() == before + 1


def test_nobody_signed_out_and_no_other_site_does_anything(world: World) -> None:
    promise = a_promise()
    path, before = reverse("promise-act", args=[promise.pk, "fulfil"]), Event.objects.count()
    fields = {"seen": "1", "how": "full"}
    assert Client().post(path, fields)["Location"].startswith(reverse("login"))
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(world.bob)
    assert strict.post(path, fields).status_code == 403
    assert strict.post(reverse("promise-undo", args=[promise.pk])).status_code == 403
    assert strict.get(path)["Location"] == f"/promises/{promise.pk}"
    assert strict.get(reverse("promise-undo", args=[promise.pk])).status_code == 405
    assert Event.objects.count() == before


def test_the_past_cannot_be_acted_on(client: Client, world: World) -> None:
    promise = a_promise()
    client.force_login(world.bob)
    then = (timezone.now() - timedelta(hours=1)).isoformat().replace("+00:00", "Z")
    answer = client.get(reverse("promise", args=[promise.pk]), {"as_of": then})
    assert answer.status_code == 200
    assert 'id="acts"' not in answer.content.decode()


@pytest.mark.django_db(transaction=True)
def test_what_stands_is_what_the_ledger_says(client: Client, world: World) -> None:
    promise = a_promise()
    send(client, world.bob, promise, "pause", cause="agreed", reason="away")
    send(client, world.bob, promise, "resume")
    send(client, world.bob, promise, "fulfil", how="full")
    undo(client, world.bob, promise)
    report = check_ledger()
    assert report.ok, report
