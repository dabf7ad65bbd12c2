"""The customer's and the team's page: the memory card, the timeline's filters, who waits."""

import csv
import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from interactions.ledger import record
from interactions.models import Customer, Event, Segment, Team
from promises.models import Promise
from promises.services.counting import count_pending
from tests.events import event
from tests.opened import opened
from tests.promises.views.test_pages import read
from tests.promises.views.world import DAY, HOSTILE, World, build_world, promise_made

pytestmark = pytest.mark.django_db
PAGE = "/customers/c-1"
OF_C_1 = {"customer": {"id": "c-1"}}


@pytest.fixture
def world() -> World:
    return build_world()


def tell(world: World, *events: Any) -> None:
    record(list(events), recorded_at=world.now)
    count_pending()


def entries(client: Client, who: User, query: str = "") -> list[str]:
    """The events of the timeline, as the page shows them."""
    client.force_login(who)
    html = opened(client, f"{PAGE}{query}")
    return re.findall(r"<strong>([^<]+)</strong>", html.split('id="timeline"')[1])


def test_the_card_says_what_to_know(client: Client, world: World) -> None:
    said = {
        "channel": "phone",
        "needs": HOSTILE,
        "pronunciation": "AY-da",
        "relationship": "no contact",
        "zone": "America/New_York",
    }
    tell(
        world,
        event("customer.described", "c-1", world.now - 2 * DAY, said),
        event("apology.given", "c-1", world.now - DAY, {"words": f"Sorry {HOSTILE}"}),
        event(
            "expectation.stated",
            "c-1",
            world.now - DAY,
            {
                "text": f"In a day {HOSTILE}",
                "due_at": (world.now - 19 * DAY).isoformat(),
                "promise": "order-9",
                "origin": HOSTILE,
            },
        ),
    )
    Segment.objects.create(reference="gold", label=f"Best {HOSTILE}")
    page = read(client, world.alice, PAGE)
    for words in (
        "phone",
        "AY-da",
        "wants no contact beyond what is due",
        "America/New_York",
        f"segment Best {HOSTILE}",
        f"Sorry {HOSTILE}",
        f"In a day {HOSTILE}",
        "We promised it 2 d later than that",
        "Last break",
        "1 is overdue",
        "Trust stands at",
        "9 kept promises raised it, 3 breaks lowered it",
    ):
        assert words in page, words
    assert HOSTILE not in opened(client, PAGE)


def test_nothing_recorded_is_said_to_be_so(client: Client, world: World) -> None:
    page = read(client, world.alice, "/customers/c-2")
    assert "How this customer likes to be reached was never recorded." in page
    assert "Nobody has recorded what this customer expects." in page
    assert "We have said nothing about it yet." in page
    new = {"kind": "delivery", "team": "support", "customer": {"id": "c-9"}}
    tell(world, promise_made("new", world.now, **new))
    page = read(client, world.alice, "/customers/c-9")
    assert "trust begins at 70 of 100" in page
    assert "None: every promise that fell due was kept." in page


TOKEN = {"csrfmiddlewaretoken": ""}
DESCRIBE, UNSAY = "/customer-said/describe/c-2", "/customer-unsaid/c-2"


def form_of(client: Client, name: str) -> dict[str, str]:
    """The hidden fields of a form of the card: the form alone is the one of the page without
    scripts."""
    card = opened(client, "/customers/c-2")
    offered = re.search(rf'href="([^"]+)" hx-get="(/customer-said/{name}/[^"]+)"', card)
    assert offered is not None
    fields = [
        re.findall(r'type="hidden" name="(\w+)" value="(\w+)"', form[0])
        for html in (
            client.get(offered[1]).content.decode(),
            client.get(offered[2], headers={"HX-Request": "true"}).content.decode(),
        )
        if (form := re.search(rf'action="/customer-said/{name}/.*?</form>', html, re.DOTALL))
    ]
    on_page, alone = (dict(found) for found in fields)
    assert on_page | {"key": ""} | TOKEN == alone | {"key": ""} | TOKEN
    return alone


SAID: list[tuple[str, dict[str, str], str, dict[str, Any], str]] = [
    (
        "describe",
        {"channel": "phone", "needs": "A lift", "relationship": "transactional"},
        "customer.described",
        {"channel": "phone", "needs": "A lift", "relationship": "transactional"},
        "wants it quick",
    ),
    (
        "expect",
        {"text": "A call", "due_date": "2030-01-02"},
        "expectation.stated",
        {"text": "A call", "due_at": "2030-01-02"},
        "by 2 Jan 2030",
    ),
    (
        "tell",
        {"what": "apology.given", "words": "We are sorry", "channel": "phone"},
        "apology.given",
        {
            "promise": "call-2",
            "promise_source": "/shop",
            "words": "We are sorry",
            "channel": "phone",
        },
        "We are sorry",
    ),
    (
        "hear",
        {"what": "feedback.given", "words": "Too slow", "score": "2"},
        "feedback.given",
        {"words": "Too slow", "score": 2},
        "Too slow",
    ),
    (
        "hear",
        {"what": "customer.left", "words": "Dearer than others"},
        "customer.left",
        {"reason": "Dearer than others"},
        "Left us on",
    ),
]


@pytest.mark.parametrize(("name", "fields", "type", "data", "shown"), SAID)
def test_what_is_known_is_recorded_once(
    client: Client,
    world: World,
    name: str,
    fields: dict[str, str],
    type: str,
    data: dict[str, Any],
    shown: str,
) -> None:
    client.force_login(world.charlie)
    fields = {**form_of(client, name), **fields}
    address = f"/customer-said/{name}/c-2"
    for answer in (client.post(address, fields) for _ in range(2)):
        assert answer["Location"] == "/customers/c-2"
    event = Event.objects.get(source__name="promise-gap/people")
    assert (event.type, event.subject, event.actor, event.data) == (
        type,
        "c-2",
        world.charlie,
        data,
    )
    page = read(client, world.charlie, "/customers/c-2")
    assert shown in page
    assert "That was recorded already." in page
    again = form_of(client, name)
    assert again["key"] != fields["key"]

    other = {"channel": "a visit", "text": "A letter", "words": "A letter"}
    answer = client.post(address, fields | other)
    assert "sent already, with other words" in answer.content.decode()
    assert Event.objects.filter(source__name="promise-gap/people").count() == 1


@pytest.mark.parametrize(
    ("name", "fields", "fault"),
    [
        ("describe", {}, "Fill in at least one of them."),
        ("describe", {"needs": "x" * 1001}, "at most 1000"),
        ("describe", {"relationship": "love"}, "not one of the available choices"),
        ("hear", {"what": "feedback.given"}, "Give their words, or stars."),
        ("hear", {"what": "contact.received", "score": "3"}, "Only feedback has stars."),
        ("hear", {"what": "feedback.given", "score": "6"}, "not one of the available choices"),
        ("expect", {"text": " "}, "required"),
        ("expect", {"text": "A call", "due_date": "soon"}, "Enter a valid date"),
        ("tell", {"what": "apology.given"}, "required"),
        ("tell", {"what": "gift", "words": "x"}, "not one of the available choices"),
    ],
)
def test_what_cannot_be_recorded_is_said_beside_its_field(
    client: Client, world: World, name: str, fields: dict[str, str], fault: str
) -> None:
    client.force_login(world.charlie)
    fields = {**form_of(client, name), **fields}
    answer = client.post(f"/customer-said/{name}/c-2", fields)
    html = answer.content.decode()
    assert (answer.status_code, fault in html) == (422, True)
    assert html.count(" autofocus") == 1
    assert not Event.objects.filter(source__name="promise-gap/people").exists()


def test_only_who_sees_a_customer_records_something_of_it(client: Client, world: World) -> None:
    client.force_login(world.charlie)
    fields = form_of(client, "describe") | {"channel": "phone"}
    for address in ("describe/c-1", "describe/nobody", "praise/c-2"):
        assert client.post(f"/customer-said/{address}", fields).status_code == 404
    told = {"what": "notice.given", "words": "x", "promise": str(world.moved.pk)}
    answer = client.post("/customer-said/tell/c-2", fields | told)
    assert "There is no such promise" in answer.content.decode()
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(world.charlie)
    assert strict.post("/customer-said/describe/c-2", fields).status_code == 403
    client.logout()
    assert "/login" in client.post("/customer-said/describe/c-2", fields)["Location"]
    assert not Event.objects.filter(source__name="promise-gap/people").exists()


def test_the_trust_line_is_a_table_to_download(client: Client, world: World) -> None:
    client.force_login(world.alice)
    page = opened(client, PAGE)
    link = re.search(r'href="([^"]*trust\.csv[^"]*)"', page)
    assert link is not None
    answer = client.get(unescape(link[1]))
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert 'filename="trust.csv"' in answer["Content-Disposition"]
    steps = list(csv.DictReader(answer.content.decode("utf-8-sig").splitlines()))
    assert list(steps[0]) == ["at", "step", "change", "trust", "promise_id", "source", "reference"]
    # As the table has them, which begins with the latest.
    rows = re.findall(
        r'<tr><th scope="row">.*?/promises/(\d+).*?</tr>', page.split('id="trust"')[1]
    )
    assert [step["promise_id"] for step in reversed(steps)][: len(rows)] == rows[: len(steps)]
    stands = f"Trust stands at {float(steps[-1]['trust']) * 100:.0f} of 100"
    assert stands in read(client, world.alice, PAGE)
    for step in steps:
        promise = Promise.objects.get(pk=step["promise_id"])
        assert (promise.source.name, promise.reference) == (step["source"], step["reference"])
    # The past has no step that came later.
    then = (world.now - 400 * DAY).isoformat()
    assert client.get(f"{PAGE}/trust.csv", {"as_of": then}).content.count(b"\n") == 1


def test_the_table_of_trust_holds_what_one_may_see(client: Client, world: World) -> None:
    tell(
        world, promise_made("other", world.now - 9 * DAY, kind="delivery", team="support", **OF_C_1)
    )
    seen = {}
    for who in (world.alice, world.bob, world.charlie):
        client.force_login(who)
        answer = client.get(f"{PAGE}/trust.csv")
        rows = csv.DictReader(answer.content.decode("utf-8-sig").splitlines())
        seen[who] = {row["reference"] for row in rows}
    assert seen[world.charlie] == {"other"}
    assert seen[world.bob] == {f"order-{number}" for number in range(12)}
    assert seen[world.alice] == seen[world.bob] | seen[world.charlie]
    assert client.get("/customers/c-2/trust.csv").status_code == 200
    client.force_login(world.bob)
    assert client.get("/customers/c-2/trust.csv").status_code == 404
    assert client.get("/customers/nobody/trust.csv").status_code == 404
    client.logout()
    assert "/login" in client.get(f"{PAGE}/trust.csv")["Location"]
    assert client.post(f"{PAGE}/trust.csv").status_code == 405


def test_what_is_known_is_changed_by_what_differs(client: Client, world: World) -> None:
    client.force_login(world.charlie)
    first = {"preferred_name": "Bo", "channel": "phone", "needs": "A lift"}
    client.post(DESCRIBE, form_of(client, "describe") | first)
    html = client.get("/customers/c-2?say=describe").content.decode()
    assert "Bo" in html
    assert 'value="phone"' in html
    fields = form_of(client, "describe")
    same = client.post(DESCRIBE, fields | first)
    assert "All of it is known so." in same.content.decode()
    emptied = client.post(DESCRIBE, fields | first | {"needs": ""})
    assert "Say what holds now." in emptied.content.decode()
    client.post(DESCRIBE, fields | first | {"channel": "e-mail"})
    said = Event.objects.filter(type="customer.described", source__name="promise-gap/people")
    assert said.latest("pk").data == {"channel": "e-mail"}
    page = read(client, world.charlie, "/customers/c-2")
    assert "e-mail" in page
    assert "A lift" in page


def test_what_was_recorded_by_mistake_is_taken_back(client: Client, world: World) -> None:
    client.force_login(world.charlie)
    for name in ("Bo", "Bob"):
        client.post(DESCRIBE, form_of(client, "describe") | {"preferred_name": name})
    event = Event.objects.filter(type="customer.described").latest("pk")
    assert f'name="event" value="{event.pk}"' in opened(client, "/customers/c-2")
    for said in ("Taken back.", "Nothing was taken back"):
        answer = client.post(UNSAY, {"event": event.pk}, follow=True)
        assert said in answer.content.decode()
    assert Customer.objects.get(reference="c-2").preferred_name == "Bo"
    page = opened(client, "/customers/c-2")
    assert "taken back" in page
    assert f'name="event" value="{event.pk}"' not in page
    retraction = Event.objects.get(type="event.retracted")
    assert (retraction.subject, retraction.actor) == (event.event_id, world.charlie)


def test_only_what_one_recorded_oneself_is_taken_back(client: Client, world: World) -> None:
    said = {"channel": "phone"}
    tell(world, event("customer.described", "c-2", world.now - DAY, said))
    client.force_login(world.alice)
    client.post(DESCRIBE, form_of(client, "describe") | said | {"needs": "A lift"})
    of_alice = Event.objects.filter(source__name="promise-gap/people").get()
    client.force_login(world.charlie)
    html = opened(client, "/customers/c-2")
    assert "/customer-unsaid/" not in html
    imported = Event.objects.exclude(pk=of_alice.pk).filter(type="customer.described")
    for pk in (of_alice.pk, imported.latest("pk").pk, "x", 2**64, ""):
        answer = client.post(UNSAY, {"event": pk}, follow=True)
        assert "Nothing was taken back" in answer.content.decode()
    assert client.post("/customer-unsaid/c-1", {"event": of_alice.pk}).status_code == 404
    assert not Event.objects.filter(type="event.retracted").exists()
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(world.alice)
    assert strict.post(UNSAY, {"event": of_alice.pk}).status_code == 403


def test_the_past_of_a_customer_cannot_be_acted_on(client: Client, world: World) -> None:
    client.force_login(world.alice)
    then = (world.now - DAY).isoformat().replace("+00:00", "Z")
    past = client.get("/customers/c-2", {"as_of": then, "say": "describe"}).content.decode()
    assert "/customer-said/" not in past


def test_the_address_of_a_form_leads_to_the_page_with_it(client: Client, world: World) -> None:
    client.force_login(world.charlie)
    assert client.get(DESCRIBE)["Location"] == "/customers/c-2?say=describe"
    assert client.get("/customer-said/praise/c-2").status_code == 404
    assert client.get("/customers/c-2?say=praise").status_code == 200


def test_the_timeline_is_narrowed_by_kind_period_and_promise(client: Client, world: World) -> None:
    told = {"promise": "order-9", "words": "Sorry"}
    tell(
        world,
        event("apology.given", "c-1", world.now - DAY, told),
        event("apology.given", "c-1", world.now - 2 * DAY, {"promise": "order-10"}),
        event("contact.received", "c-1", world.now - 60 * DAY, {"words": "Hello"}),
    )
    assert entries(client, world.alice, "?happened=contacts") == ["The customer contacted us"]
    assert entries(client, world.alice, "?happened=contacts&since=28d") == []
    assert set(entries(client, world.alice, "?happened=heard")) == {
        "The customer was described",
        "The customer gave feedback",
    }
    assert entries(client, world.alice, "?happened=said") == ["We apologised"] * 2
    pk = Promise.objects.get(reference="order-9").pk
    assert entries(client, world.alice, f"?about={pk}") == [
        "We apologised",
        "The promise was fulfilled",
        "The promise got another date",
        "A promise was made",
    ]
    assert entries(client, world.alice, f"?about={pk}&happened=said") == ["We apologised"]


def test_periods_and_the_filters_of_the_timeline_keep_each_other(
    client: Client, world: World
) -> None:
    pk = Promise.objects.get(reference="order-9").pk
    asked = f"?window=28d&happened=said&about={pk}"
    client.force_login(world.alice)
    page = opened(client, PAGE + asked)
    kept = f"happened=said&amp;about={pk}"
    assert f'href="{PAGE}?window=365d&amp;{kept}"' in page
    fields = page.partition('class="asked-form"')[2].partition("</form>")[0]
    assert '<input type="hidden" name="happened" value="said">' in fields
    assert f'<input type="hidden" name="about" value="{pk}">' in fields
    assert 'name="since"' not in fields
    fields = page.partition('class="timeline-filter"')[2].partition("</form>")[0]
    assert '<input type="hidden" name="window" value="28d">' in fields
    assert f'<a class="btn" href="{PAGE}?window=28d#timeline">Show all</a>' in fields

    # Whoever narrows the timeline alone gets the links along.
    answer = client.get(PAGE + asked, headers={"HX-Request": "true", "HX-Target": "timeline"})
    assert f'href="{PAGE}?window=365d&amp;{kept}"' in answer.content.decode()
    rest = client.get(f"{PAGE}?whole=1", headers={"HX-Request": "true", "HX-Target": "rest"})
    assert 'id="asked"' not in rest.content.decode()


def test_what_cannot_be_read_is_left_out_and_named(client: Client, world: World) -> None:
    foreign = world.foreign.pk
    page = read(
        client, world.bob, f"{PAGE}?happened=x&since=1y&about={foreign}&before=nowhere_1&window=all"
    )
    assert "The kind of event “x” is unknown." in page
    assert "The period “1y” is unknown." in page
    assert "The timeline cannot be narrowed to that promise." in page
    assert "The place in the timeline could not be read" in page
    for hostile in ("9" * 400, "\0", "2026-01-01T00:00:00Z_" + "9" * 30, "_", "𝟙"):
        client.get(PAGE, {"before": hostile, "about": hostile, "happened": hostile})


def test_the_pages_of_a_timeline_leave_nothing_out(client: Client, world: World) -> None:
    # Many at the same moment: the place is the moment and the number in the ledger.
    calls = [
        event(
            "contact.received",
            "c-1",
            world.now - timedelta(hours=n // 40),
            {"words": f"call {n}"},
            id=f"call-{n}",
        )
        for n in range(120)
    ]
    tell(world, *calls)
    client.force_login(world.alice)
    seen, query = [], "?window=all&happened=contacts"
    while query:
        html = opened(client, f"{PAGE}{query}")
        seen += re.findall(r"call (\d+)<", html)
        found = re.search(r'id="timeline-more" href="[^"?]+(\?[^"#]+)#', html)
        query = found[1].replace("&amp;", "&") if found else ""
        assert "window=all" in query or not query
    assert sorted(map(int, seen)) == list(range(120))
    assert len(seen) == 120


def test_pages_take_few_queries(client: Client, world: World) -> None:
    tell(
        world,
        event("apology.given", "c-1", world.now, {"promise": "order-9"}),
        event("expectation.stated", "c-1", world.now, {"text": "x", "promise": "order-10"}),
    )
    for who in (world.alice, world.bob):
        client.force_login(who)
        for path in (PAGE, f"{PAGE}?happened=said&since=90d", "/teams/fulfilment"):
            with CaptureQueriesContext(connection) as queries:
                assert client.get(path).status_code == 200
            assert len(queries) <= 25, (path, [q["sql"][:80] for q in queries])


def test_a_team_says_who_it_is_and_who_waits(client: Client, world: World) -> None:
    User.objects.filter(pk=world.bob.pk).update(first_name=HOSTILE)
    soon = {"due_at": (world.now + DAY).isoformat(), "customer": {"id": "c-3", "name": "Zoe"}}
    tell(world, promise_made("soon", world.now - DAY, kind="delivery", team="fulfilment", **soon))
    page = read(client, world.alice, "/teams/fulfilment")
    assert "Name and members" in page
    assert f"Who is in it {HOSTILE}" in page
    assert "soon arrives in time" in page.split("Due next")[1]
    waits = page.split("Customers who wait longest")[1]
    assert waits.index("Ada Lovelace 1 0") < waits.index("Zoe 0 1")
    assert HOSTILE not in client.get("/teams/fulfilment").content.decode()
    moment = f"{world.now - 18 * DAY:%Y-%m-%dT%H:%M:%SZ}"
    past = read(client, world.alice, f"/teams/fulfilment?as_of={moment}")
    assert "Ada Lovelace 0 2" in past
    page = read(client, world.bob, "/teams/fulfilment")
    assert "Name and members" not in page
    Team.objects.filter(reference="fulfilment").update(archived_at=world.now)
    assert "archived" in read(client, world.alice, "/teams/fulfilment")


def test_a_promise_leads_to_the_one_in_whose_place_it_stands(client: Client, world: World) -> None:
    again = {"kind": "delivery", "team": "support", "customer": {"id": "c-1"}}
    tell(world, promise_made("again", world.now, **again, repeat_of="order-9"))
    path = reverse("promise", args=[Promise.objects.get(reference="again").pk])
    client.force_login(world.alice)
    link = f'href="{reverse("promise", args=[world.moved.pk])}">an earlier promise</a>'
    assert link in client.get(path).content.decode()
    client.force_login(world.charlie)
    assert "an earlier promise" not in client.get(path).content.decode()


def test_every_number_of_a_customer_opens_the_promises_behind_it(
    client: Client, world: World
) -> None:
    tell(
        world,
        *(
            promise_made(f"more-{n}", world.now - (30 - n) * DAY, kind="delivery", **OF_C_1)
            for n in range(20)
        ),
    )
    client.force_login(world.alice)
    page = opened(client, PAGE)
    stands = page.split('class="stands"')[1].split("</p>")[0]
    links = re.findall(r'href="([^"]+)">(\d+) ([^<]+)<', stands)
    assert links
    for address, number, what in links:
        listed = client.get(address.replace("&amp;", "&")).content.decode()
        assert listed.count("<tr data-row=") == int(number), what
    missed = page.split('id="missed"')[1].split("</section>")[0]
    (see_all,) = re.findall(r'<a class="more-link" href="([^"]+)">See all', missed)
    listed = client.get(see_all.replace("&amp;", "&")).content.decode()
    assert listed.count("<tr data-row=") > missed.count("<tr data-row=") == 15
