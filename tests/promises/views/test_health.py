"""The data health page: who sees it, what stands on it, what its buttons do."""

import time

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from interactions.ledger import record
from interactions.models import Customer, Membership, PendingEvent, Team
from promises.models import LedgerCheck
from promises.projection.drain import MAX_ATTEMPTS, drain
from promises.services.counting import count_pending
from promises.services.health import check_is_due
from tests.events import event
from tests.promises.projection.test_poison import poison
from tests.promises.views.test_pages import read
from tests.promises.views.world import World, build_world
from tests.workers import Worker

pytestmark = pytest.mark.django_db(transaction=True)

BUTTONS = ("/health/replay", "/health/accept", "/health/check")


@pytest.fixture
def world() -> World:
    world = build_world()
    unknown = event("promise.fulfilled", "order-77", world.now, id="early-1")
    retraction = event("event.retracted", "e-9", world.now, {"source": "/carrier", "id": "e-9"})
    record([unknown, retraction], recorded_at=world.now)
    count_pending()
    return world


@pytest.fixture
def manager(world: World, client: Client) -> Client:
    client.force_login(world.alice)
    return client


def set_one_aside() -> int:
    number = poison("bad")
    for _ in range(MAX_ATTEMPTS):
        drain()
    return number


def test_it_says_what_waits_and_for_what(client: Client, world: World) -> None:
    said = read(client, world.alice, "/health/")
    assert "Everything that was received is counted, or waits for its promise." in said
    assert "Waits for the promise order-77 of /shop." in said
    assert "Waits for the event e-9 of /carrier." in said
    assert '"id": "early-1"' in said


def test_agents_and_people_without_a_role_do_not_find_it(client: Client, world: World) -> None:
    nobody = User.objects.create_user("nobody")
    for person in (world.bob, world.charlie, nobody):
        client.force_login(person)
        assert client.get("/health/").status_code == 404
        assert [client.post(path).status_code for path in BUTTONS] == [404, 404, 404]
        assert "/health/" not in client.get("/").content.decode()
    assert not check_is_due()


def test_managers_and_admins_find_it_in_the_header(client: Client, world: World) -> None:
    Membership.objects.create(user=world.bob, role=Membership.Role.ADMIN)
    for person in (world.alice, world.bob):
        client.force_login(person)
        assert 'href="/health/"' in client.get("/").content.decode()
        assert client.get("/health/").status_code == 200


def test_nobody_signed_out_sees_anything(client: Client, world: World) -> None:
    assert client.get("/health/")["Location"].startswith("/accounts/login/")
    for path in BUTTONS:
        assert client.post(path)["Location"].startswith("/accounts/login/")
        assert client.get(path).status_code == 405


def test_a_button_needs_the_token_of_its_page(world: World) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(world.alice)
    assert [strict.post(path).status_code for path in BUTTONS] == [403, 403, 403]


def test_one_event_is_replayed(manager: Client, world: World) -> None:
    number = set_one_aside()
    said = read(manager, world.alice, "/health/")
    assert "1 event was set aside because it could not be counted." in said
    assert f"{MAX_ATTEMPTS} attempts:" in said
    assert manager.post("/health/replay", {"event": number})["Location"] == "/health/"
    row = PendingEvent.objects.get(pk=number)
    assert (row.state, row.attempts, row.reason) == ("pending", 0, "")


def test_all_are_replayed_and_what_waits_goes_on_waiting(manager: Client, world: World) -> None:
    PendingEvent.objects.filter(event__event_id="early-1").update(state="set aside")
    set_one_aside()
    manager.post("/health/replay", {"all": "1"})
    states = PendingEvent.objects.order_by("state").values_list("state", flat=True)
    assert list(states) == ["pending", "pending", "waiting"]


@pytest.mark.parametrize("number", ["", "x", "-1", "9" * 30, "٣"])
def test_a_number_that_is_none_replays_nothing(manager: Client, number: str) -> None:
    answer = manager.post("/health/replay", {"event": number}, follow=True)
    assert "0 events are being counted again." in answer.content.decode()


def test_new_parties_are_accepted_as_far_as_they_were_shown(manager: Client) -> None:
    newest = Customer.objects.order_by("-pk")[0].pk
    Customer.objects.create(reference="c-later", name="c-later")
    manager.post("/health/accept", {"what": "customers", "newest": newest})
    assert list(Customer.objects.filter(is_new=True).values_list("reference", flat=True)) == [
        "c-later"
    ]
    assert Team.objects.filter(is_new=True).exists()
    assert manager.post("/health/accept", {"what": "users", "newest": 1}).status_code == 404


def test_pages_of_the_waiting(manager: Client, world: World) -> None:
    more = [event("promise.fulfilled", f"late-{n}", world.now) for n in range(60)]
    record(more, recorded_at=world.now)
    count_pending()
    first = manager.get("/health/")
    shown = first.context["waiting"]["events"]
    second = manager.get("/health/", {"waiting": first.context["waiting"]["next"]})
    rest = second.context["waiting"]["events"]
    numbers = [one.number for one in (*shown, *rest)]
    assert (len(shown), len(rest)) == (50, 12)
    assert numbers == sorted(set(numbers))
    assert second.context["waiting"]["next"] is None
    assert "Show the first" in second.content.decode()
    wrong = manager.get("/health/", {"waiting": "x" * 50})
    assert [one.number for one in wrong.context["waiting"]["events"]] == numbers[:50]


@pytest.mark.real_worker
def test_a_check_is_asked_for_runs_and_is_shown(
    manager: Client, world: World, celery_worker: Worker
) -> None:
    assert "It is checked every night." in read(manager, world.alice, "/health/")
    manager.post("/health/check")
    deadline = time.monotonic() + 120
    while not LedgerCheck.objects.exists():
        assert time.monotonic() < deadline, celery_worker.output()[-2000:]
        time.sleep(0.1)
    assert "Nothing lost, nothing different" in read(manager, world.alice, "/health/")
    assert not check_is_due()


def test_a_check_that_was_asked_for_is_shown_as_running(manager: Client, world: World) -> None:
    LedgerCheck.objects.create(ok=True, report={})
    manager.post("/health/check")
    said = read(manager, world.alice, "/health/")
    assert "A check is running" in said
    assert "Check now" not in said
    LedgerCheck.objects.create(ok=False, report={"lost": 1}, checked_at=timezone.now())
    said = read(manager, world.alice, "/health/")
    assert "Differences found" in said
    assert "Check now" in said
