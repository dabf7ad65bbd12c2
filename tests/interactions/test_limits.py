"""What a client sees of its limits."""

import json
import re
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from django.test import Client

from interactions import limits
from interactions.keys import make_key
from interactions.leasing import Policy
from interactions.models import ApiKey, Event, KeyRefusal, Source
from tests.interactions.test_api_events import cloudevent

pytestmark = pytest.mark.django_db
_keys = count(5_000_000)


@pytest.fixture
def tight(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Three requests and ten events a minute, in a window that has just begun."""
    ingest, read = Policy("ingest", 10), Policy("read", 3)
    monkeypatch.setattr(limits, "INGEST", ingest)
    monkeypatch.setattr(limits.IngestLimit, "policy", ingest)
    monkeypatch.setattr(limits.ReadLimit, "policy", read)
    limits.limiter.cache_clear()
    monkeypatch.setattr(limits.limiter(), "_clock", lambda: 1_800_000_000.0)
    yield
    limits.limiter.cache_clear()


@pytest.fixture
def key() -> str:
    """A key under a number of its own, whose limits no other test has touched."""
    row, made = make_key(
        name="shop",
        scopes=["events:write", "read"],
        source=Source.objects.create(name="/shop"),
    )
    ApiKey.objects.filter(pk=row.pk).update(id=next(_keys))
    return made


def send(key: str, body: Any) -> Any:
    return Client(headers={"Authorization": f"Bearer {key}"}).post(
        "/api/v1/events", json.dumps(body), content_type="application/json"
    )


def read(key: str) -> Any:
    return Client(headers={"Authorization": f"Bearer {key}"}).get("/api/v1/scores")


def test_every_answer_says_what_is_left(key: str, tight: None) -> None:
    assert read(key)["RateLimit-Policy"] == '"read";q=3;w=60'
    assert read(key)["RateLimit"] == '"read";r=1;t=60'
    taken = send(key, [cloudevent(1), cloudevent(2)])
    assert taken["RateLimit-Policy"] == '"ingest";q=10;w=60'
    assert taken["RateLimit"] == '"ingest";r=8;t=60'
    refused = send(key, {"no": "event"})
    assert refused.status_code == 400
    assert refused["RateLimit"] == '"ingest";r=7;t=60'


def test_one_request_too_many_is_429_with_the_time_to_wait(key: str, tight: None) -> None:
    assert [read(key).status_code for _ in range(4)] == [200, 200, 200, 429]
    answer = read(key)
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["Retry-After"] == "60"
    assert answer["RateLimit"] == '"read";r=0;t=60'
    assert answer.json()["type"].endswith("throttled")
    # Two limits: who reads too often may still tell what happens.
    assert send(key, cloudevent()).status_code == 202


def test_events_are_what_is_counted_and_a_refused_batch_stores_nothing(
    key: str, tight: None
) -> None:
    assert send(key, [cloudevent(n) for n in range(7)]).status_code == 202
    assert send(key, [cloudevent(n) for n in range(7, 14)]).status_code == 429
    assert Event.objects.count() == 7
    assert send(key, [cloudevent(7), cloudevent(8)]).status_code == 202


def test_the_usual_limits_stand_on_the_answer(key: str) -> None:
    assert re.fullmatch(r'"ingest";q=600000;w=60', send(key, cloudevent())["RateLimit-Policy"])
    assert re.fullmatch(r'"read";q=6000;w=60', read(key)["RateLimit-Policy"])


def test_without_a_limit_nothing_is_said(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits.ReadLimit, "policy", Policy("read", 0))
    answer = read(key)
    assert answer.status_code == 200
    assert "RateLimit" not in answer


def test_the_last_refusal_of_a_key_is_kept(key: str) -> None:
    bad = cloudevent(1)
    bad["data"]["due_at"] = "soon"
    assert send(key, [cloudevent(2), bad]).status_code == 202
    refusal = KeyRefusal.objects.get()
    assert (refusal.status, refusal.pointer) == (202, "#/data/due_at")
    # A loop of errors writes once a second.
    assert send(key, {"a": "b"}).status_code == 400
    assert KeyRefusal.objects.get().status == 202


def test_what_no_text_can_hold_is_kept_without_it(key: str) -> None:
    assert send(key, cloudevent(1, type="\ud800\x00")).status_code == 400
    assert KeyRefusal.objects.get().status == 400


def test_what_is_taken_leaves_no_trace(key: str) -> None:
    assert send(key, cloudevent()).status_code == 202
    assert read(key).status_code == 200
    assert not KeyRefusal.objects.exists()
