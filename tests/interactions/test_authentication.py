"""Who may call the API, and how one who may not is answered."""

import time
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from interactions.authentication import CACHE_SECONDS, forget_cached_keys
from interactions.keys import make_key
from interactions.models import ApiKey

pytestmark = pytest.mark.django_db

SCORES = "/api/v1/scores"


def call(authorization: str | None) -> Any:
    headers = {} if authorization is None else {"Authorization": authorization}
    return Client(headers=headers).get(SCORES)


def with_key(key: str) -> Any:
    return call(f"Bearer {key}")


@pytest.mark.parametrize("scopes", [["read"], ["admin"], ["events:write", "read"]])
def test_a_key_that_may_read_reads(scopes: list[str]) -> None:
    _, key = make_key(name="reader", scopes=scopes)
    assert with_key(key).status_code == 200


def test_the_word_bearer_may_be_spelled_anyhow() -> None:
    _, key = make_key(name="reader", scopes=["read"])
    assert call(f"bEARER  {key}").status_code == 200


@pytest.mark.parametrize(
    "authorization",
    [None, "", "Basic YTpi", "Bearer", "Bearer a b", "Bearer pg_unknown", "Bearer é", "pg_unknown"],
)
def test_without_a_known_key_it_is_401_with_a_challenge(authorization: str | None) -> None:
    answer = call(authorization)
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == 'Bearer realm="api"'
    assert answer["Content-Type"] == "application/problem+json"
    body = answer.json()
    assert body["status"] == 401
    assert body["type"].endswith(("authenticated", "authentication_failed"))
    assert body["title"]
    assert body["detail"]


@pytest.mark.parametrize("scopes", [["events:write"], ["events:write:any"]])
def test_a_key_without_the_scope_is_403(scopes: list[str]) -> None:
    _, key = make_key(name="writer", scopes=scopes)
    answer = with_key(key)
    assert (answer.status_code, answer["Content-Type"]) == (403, "application/problem+json")
    assert answer.json()["status"] == 403


def test_signing_in_to_the_pages_opens_no_api(client: Client) -> None:
    client.force_login(User.objects.create_superuser("root"))
    assert client.get(SCORES).status_code == 401


def test_an_expired_key_is_unknown() -> None:
    _, key = make_key(name="old", scopes=["read"], expires_at=timezone.now() - timedelta(seconds=1))
    assert with_key(key).status_code == 401


def test_a_key_ends_at_its_moment_also_while_it_is_cached() -> None:
    row, key = make_key(name="short", scopes=["read"])
    ApiKey.objects.filter(pk=row.pk).update(expires_at=timezone.now() + timedelta(seconds=0.4))
    assert with_key(key).status_code == 200
    time.sleep(0.4)
    assert with_key(key).status_code == 401


def test_a_revoked_key_stops_within_a_second() -> None:
    row, key = make_key(name="lost", scopes=["read"])
    assert with_key(key).status_code == 200
    ApiKey.objects.filter(pk=row.pk).update(revoked_at=timezone.now())
    time.sleep(CACHE_SECONDS)
    assert CACHE_SECONDS <= 1
    assert with_key(key).status_code == 401


def test_a_revoked_key_stops_at_once_where_the_cache_is_forgotten() -> None:
    row, key = make_key(name="lost", scopes=["read"])
    assert with_key(key).status_code == 200
    ApiKey.objects.filter(pk=row.pk).update(revoked_at=timezone.now())
    forget_cached_keys()
    assert with_key(key).status_code == 401


def test_its_use_is_noted() -> None:
    row, key = make_key(name="reader", scopes=["read"])
    with_key(key)
    row.refresh_from_db()
    assert row.last_used_at is not None
    assert timezone.now() - row.last_used_at < timedelta(seconds=30)
