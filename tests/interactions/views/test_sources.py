"""The pages of sources and keys: admins work on them, nobody else sees them."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from interactions.keys import hash_key, make_key
from interactions.models import ApiKey, Membership, Source, Team

pytestmark = pytest.mark.django_db
SOURCES = "/settings/sources/"
KEY = re.compile(r"pg_[\w-]{43}")


def signed_in(role: str) -> Client:
    user = User.objects.create_user(f"some {role}")
    if role == Membership.Role.AGENT:
        team = Team.objects.create(reference="t", name="t")
        Membership.objects.create(user=user, role=role, team=team)
    elif role:
        Membership.objects.create(user=user, role=role)
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def admin() -> Client:
    return signed_in("admin")


def words(answer: Any) -> str:
    return str(answer.content.decode())


def test_from_a_source_to_a_key_that_is_shown_once(admin: Client) -> None:
    made = admin.post(SOURCES, {"name": "/shop"}, follow=True)
    source = Source.objects.get()
    assert made.redirect_chain == [(f"{SOURCES}{source.pk}", 302)]
    form = {"key_name": "checkout", "scopes": ["events:write", "read"], "expires_on": ""}
    shown = admin.post(f"{SOURCES}{source.pk}", form)
    (key,) = set(KEY.findall(words(shown)))
    row = ApiKey.objects.get()
    assert row.hash == hash_key(key)
    assert str(row.created_by) == "some admin"
    assert shown["Cache-Control"] == "no-store"
    assert "http://testserver/api/v1/events" in words(shown)
    for path in (SOURCES, f"{SOURCES}{source.pk}"):
        assert not KEY.search(words(admin.get(path)))
    assert row.prefix in words(admin.get(f"{SOURCES}{source.pk}"))


@pytest.mark.parametrize("name", ["", "a b", "x" * 300, "/\x00", "/ü", "/shop"])
def test_a_name_that_is_none_is_answered_beside_its_field(admin: Client, name: str) -> None:
    Source.objects.create(name="/shop")
    answer = admin.post(SOURCES, {"name": name})
    assert answer.status_code == 422
    assert 'aria-describedby="id_name-error"' in words(answer)
    assert 'class="field-error"' in words(answer)
    assert Source.objects.count() == 1


def test_a_name_that_is_taken_is_told_in_a_sentence(admin: Client) -> None:
    Source.objects.create(name="/shop")
    assert ">It is the name of another source already.<" in words(
        admin.post(SOURCES, {"name": "/shop"})
    )


def test_what_is_wrong_with_a_key_stands_beside_its_field(admin: Client) -> None:
    source = Source.objects.create(name="/shop")
    yesterday = (timezone.now() - timedelta(days=2)).date().isoformat()
    form = {"key_name": "a", "scopes": ["read"], "expires_on": yesterday}
    answer = admin.post(f"{SOURCES}{source.pk}", form)
    assert answer.status_code == 422
    assert 'id="id_expires_on-error"' in words(answer)
    assert not ApiKey.objects.exists()


def test_a_key_that_expires_works_to_the_end_of_its_day(admin: Client) -> None:
    source = Source.objects.create(name="/shop")
    form = {"key_name": "a", "scopes": ["read"], "expires_on": "2099-03-05"}
    admin.post(f"{SOURCES}{source.pk}", form)
    assert ApiKey.objects.get().expires_at.isoformat() == "2099-03-06T00:00:00+00:00"


def test_a_key_is_renewed_and_the_old_one_revoked(admin: Client) -> None:
    source = Source.objects.create(name="/shop")
    old, old_key = make_key(name="a", scopes=["read"], source=source)
    (new_key,) = set(KEY.findall(words(admin.post(f"/settings/keys/{old.pk}/rotation"))))
    again = admin.post(f"/settings/keys/{old.pk}/rotation", follow=True)
    assert "Two keys of this name are live already" in words(again)
    asked = admin.get(f"/settings/keys/{old.pk}/revocation")
    assert old.prefix in words(asked)
    assert scores(old_key) == 200
    admin.post(f"/settings/keys/{old.pk}/revocation")
    assert (scores(old_key), scores(new_key)) == (401, 200)
    old.refresh_from_db()
    assert str(old.revoked_by) == "some admin"


def test_the_exact_moments_of_keys_are_reached_by_the_keyboard(admin: Client) -> None:
    source, now = Source.objects.create(name="/shop"), timezone.now()
    later = {"last_used_at": now, "expires_at": now + timedelta(days=3)}
    for name, more in (
        ("live", later),
        ("revoked", {"revoked_at": now}),
        ("expired", {"expires_at": now - timedelta(days=1)}),
    ):
        row, _ = make_key(name=name, scopes=["read"], source=source)
        ApiKey.objects.filter(pk=row.pk).update(**more)
    table = words(admin.get(f"{SOURCES}{source.pk}")).split("<tbody>")[1]
    # Made, thrice; used, until when, revoked, expired.
    assert table.count("<time") == table.count('<time tabindex="0" datetime="') == 7


def scores(key: str) -> int:
    answer = Client(headers={"Authorization": f"Bearer {key}"}).get("/api/v1/scores")
    return int(answer.status_code)


def test_keys_without_a_source_are_there_to_be_revoked(admin: Client) -> None:
    row, _ = make_key(name="made on the command line", scopes=["read"])
    assert f"/settings/keys/{row.pk}/revocation" in words(admin.get(SOURCES))
    admin.post(f"/settings/keys/{row.pk}/revocation")
    assert "some admin" in words(admin.get(SOURCES))


def test_names_are_written_as_text(admin: Client) -> None:
    source = Source.objects.create(name="<script>alert(1)</script>")
    make_key(name="<b>", scopes=["read"], source=source)
    for path in (SOURCES, f"{SOURCES}{source.pk}", "/connect/"):
        assert "<script>alert" not in words(admin.get(path))
        assert "<b>" not in words(admin.get(path))


PAGES = [
    ("get", "/settings/sources/"),
    ("post", "/settings/sources/"),
    ("get", "/settings/sources/{source}"),
    ("post", "/settings/sources/{source}"),
    ("post", "/settings/keys/{key}/rotation"),
    ("get", "/settings/keys/{key}/revocation"),
    ("post", "/settings/keys/{key}/revocation"),
    ("get", "/connect/"),
    ("post", "/connect/"),
    ("get", "/connect/{key}/state"),
]


@pytest.mark.parametrize(("method", "path"), PAGES)
@pytest.mark.parametrize("role", ["", "agent", "manager", None])
def test_strangers_see_and_change_nothing(method: str, path: str, role: str | None) -> None:
    source = Source.objects.create(name="/shop")
    row, _ = make_key(name="a secret name", scopes=["read"], source=source)
    client = Client() if role is None else signed_in(role)
    form = {"name": "/x", "key_name": "x", "scopes": ["admin"], "source": source.pk}
    address = path.format(source=source.pk, key=row.pk)
    answer = client.get(address) if method == "get" else client.post(address, form)
    if role is None:
        assert (answer.status_code, answer["Location"]) == (
            302,
            f"/accounts/login/?next={address}",
        )
    else:
        assert answer.status_code == 403
    assert "a secret name" not in words(answer)
    assert (Source.objects.count(), ApiKey.objects.count()) == (1, 1)
    row.refresh_from_db()
    assert row.revoked_at is None


def test_the_way_there_is_shown_to_admins_only(admin: Client) -> None:
    link = f'href="{SOURCES}"'
    assert link in words(admin.get("/"))
    assert link not in words(signed_in("manager").get("/"))


@pytest.mark.parametrize("number", [0, 10**6, 2**63, 10**30])
def test_what_is_not_there_is_404(admin: Client, number: int) -> None:
    for path in (f"{SOURCES}{number}", f"/settings/keys/{number}/revocation"):
        assert admin.get(path).status_code == 404
    assert admin.get(f"/connect/{number}/state").status_code == 404


def test_a_foreign_page_makes_no_key() -> None:
    source = Source.objects.create(name="/shop")
    user = User.objects.create_user("victim")
    Membership.objects.create(user=user, role="admin")
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(user)
    form = {"key_name": "x", "scopes": ["admin"]}
    assert strict.post(f"{SOURCES}{source.pk}", form).status_code == 403
    assert not ApiKey.objects.exists()
