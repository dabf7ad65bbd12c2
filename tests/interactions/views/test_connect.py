"""Connecting a source: the programs run as they are shown, the line says what came of them."""

import html
import json
import re
import subprocess
import sys
from typing import Any

import pytest
from django.test import Client
from pytest_django.live_server_helper import LiveServer

from interactions.models import ApiKey, Event, Source
from promises.models import Promise
from promises.services.counting import count_pending
from tests.interactions.views.test_sources import KEY, signed_in, words

CONNECT = "/connect/"


@pytest.fixture
def admin(db: None) -> Client:
    return signed_in("admin")


def programs(answer: Any) -> dict[str, str]:
    found = re.findall(r'id="program-(\w+)">(.*?)</pre>', words(answer), re.DOTALL)
    return {slug: html.unescape(text) for slug, text in found}


def state(admin: Client) -> str:
    return words(admin.get(f"/connect/{ApiKey.objects.latest('pk').pk}/state"))


def test_a_new_source_gets_a_key_and_programs(admin: Client) -> None:
    answer = admin.post(CONNECT, {"source": "", "name": "/shop"})
    (key,) = set(KEY.findall(words(answer)))
    assert list(programs(answer)) == ["curl", "python", "csv"]
    assert all(key in text for text in programs(answer).values())
    assert "Waiting for your first event" in words(answer)
    row = ApiKey.objects.get()
    assert (row.source.name, row.scopes) == ("/shop", ["events:write"])


def test_a_known_source_gets_another_key(admin: Client) -> None:
    source = Source.objects.create(name="/shop")
    answer = admin.post(CONNECT, {"source": str(source.pk), "name": ""})
    assert KEY.search(words(answer))
    assert Source.objects.count() == 1


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"source": "", "name": ""}, "name"),
        ({"source": "", "name": "/taken"}, "name"),
        ({"source": "", "name": "a b"}, "name"),
        ({"source": "12345678", "name": ""}, "source"),
        ({"source": "x", "name": "/a"}, "source"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(
    admin: Client, form: dict[str, str], field: str
) -> None:
    Source.objects.create(name="/taken")
    answer = admin.post(CONNECT, form)
    assert answer.status_code == 422
    assert f'id="id_{field}-error"' in words(answer)
    assert not ApiKey.objects.exists()


def test_the_sample_and_people_are_no_program(admin: Client) -> None:
    sample = Source.objects.create(name="/sample", is_sample=True)
    people = Source.objects.create(name="/people", door=Source.Door.PERSON)
    for source in (sample, people):
        assert admin.post(CONNECT, {"source": str(source.pk)}).status_code == 422


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("slug", ["curl", "python", "csv"])
def test_every_program_runs_as_it_is(admin: Client, live_server: LiveServer, slug: str) -> None:
    host = live_server.url.removeprefix("http://")
    answer = admin.post(CONNECT, {"source": "", "name": "/shop'$(x)"}, headers={"Host": host})
    program = programs(answer)[slug]
    command = ["sh", "-c", program] if slug == "curl" else [sys.executable, "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True)
    assert (
        json.loads(done.stdout.partition("{")[1] + done.stdout.partition("{")[2])["accepted"] == 1
    )
    assert "It is being counted" in state(admin)
    count_pending()
    said = state(admin)
    assert "Received: promise.made" in said
    assert "hx-trigger" not in said
    link = html.unescape(re.findall(r'href="(/promises/by-reference[^"]+)"', said)[0])
    assert admin.get(link)["Location"] == f"/promises/{Promise.objects.get().pk}"


def test_the_error_is_named_until_it_is_mended(admin: Client) -> None:
    page = admin.post(CONNECT, {"source": "", "name": "/shop"})
    (key,) = set(KEY.findall(words(page)))
    send(key, event() | {"type": "promise.broken"})
    said = state(admin)
    assert "(status 400)" in said
    assert "#/type" in said
    assert 'hx-trigger="every 2s"' in said
    send(key, event())
    said = state(admin)
    assert "Received: promise.made" in said
    assert "refused" not in said


def test_nothing_new_is_no_answer(admin: Client) -> None:
    page = admin.post(CONNECT, {"source": "", "name": "/shop"})
    polled = html.unescape(re.findall(r'hx-get="([^"]+)"', words(page))[0])
    assert admin.get(polled).status_code == 204
    (key,) = set(KEY.findall(words(page)))
    send(key, event())
    assert admin.get(polled).status_code == 200


def test_events_of_others_are_not_mine(admin: Client) -> None:
    page = admin.post(CONNECT, {"source": "", "name": "/other"})
    (other,) = set(KEY.findall(words(page)))
    admin.post(CONNECT, {"source": "", "name": "/shop"})
    send(other, event() | {"source": "/other"})
    assert Event.objects.count() == 1
    assert "Waiting for your first event" in state(admin)


def test_nobody_is_led_to_a_promise_that_is_not_theirs(admin: Client) -> None:
    page = admin.post(CONNECT, {"source": "", "name": "/shop"})
    (key,) = set(KEY.findall(words(page)))
    send(key, event())
    count_pending()
    path = "/promises/by-reference?source=/shop&reference=order-1"
    assert admin.get(path).status_code == 302
    assert signed_in("agent").get(path).status_code == 404
    assert Client().get(path)["Location"].startswith("/accounts/login/")
    assert admin.get("/promises/by-reference?source=/shop&reference=%00").status_code == 404


def event() -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": "e-1",
        "source": "/shop",
        "type": "promise.made",
        "subject": "order-1",
        "time": "2026-03-02T09:30:00Z",
        "data": {
            "kind": "delivery",
            "customer": {"id": "c-9"},
            "team": "fulfilment",
            "due_at": "2026-03-06",
            "statement": "Arrives by Friday",
        },
    }


def send(key: str, body: dict[str, Any]) -> None:
    Client(headers={"Authorization": f"Bearer {key}"}).post(
        "/api/v1/events", json.dumps(body), content_type="application/json"
    )
