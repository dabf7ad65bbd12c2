"""Sources and keys from their making to their end."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from interactions.keys import (
    By,
    KeyRefused,
    add_key,
    live_keys,
    make_key,
    revoke_key,
    rotate_key,
)
from interactions.models import ApiKey, Source
from interactions.sources import (
    SourceRefused,
    check_source_name,
    key_lines,
    make_source,
    source_lines,
)
from tests.threads import together

pytestmark = pytest.mark.django_db
WRITE = ["events:write"]


def new_key(source: Source, name: str = "checkout") -> ApiKey:
    return add_key(source, name=name, scopes=WRITE, expires_at=None, now=timezone.now(), by=By())[0]


@pytest.mark.parametrize(
    "name",
    ["/shop", "shop", "https://shop.example/a?b=c#d", "urn:shop:1", "/a:b", "%20", "x" * 255, "#a"],
)
def test_a_uri_reference_is_a_name(name: str) -> None:
    check_source_name(name)


@pytest.mark.parametrize(
    "name",
    ["", "a b", "/shöp", "\x00", "/a\n", "%2", "%zz", "1:a", ":a", "x" * 256, "#a#b", '"', "{a}"],
)
def test_anything_else_is_none(name: str) -> None:
    with pytest.raises(SourceRefused):
        check_source_name(name)


def test_a_name_is_taken_once() -> None:
    make_source("/shop")
    with pytest.raises(SourceRefused, match="another source"):
        make_source("/shop")
    assert make_source("/Shop").door == Source.Door.MACHINE


def test_a_second_live_key_of_the_name_comes_by_rotation_only() -> None:
    source = make_source("/shop")
    first = new_key(source)
    with pytest.raises(KeyRefused) as refused:
        new_key(source)
    assert refused.value.pointer == "/name"
    rotate_key(first.pk, now=timezone.now(), by=By())
    with pytest.raises(KeyRefused, match="two keys"):
        rotate_key(first.pk, now=timezone.now(), by=By())
    revoke_key(first.pk, now=timezone.now(), by=By())
    with pytest.raises(KeyRefused, match="revoked or expired"):
        rotate_key(first.pk, now=timezone.now(), by=By())
    assert live_keys(timezone.now()).count() == 1


def test_a_successor_has_the_same_name_scopes_and_time_to_live() -> None:
    source, now = make_source("/shop"), timezone.now()
    end = now + timedelta(days=30)
    old, _ = add_key(source, name="a", scopes=["read", *WRITE], expires_at=end, now=now, by=By())
    later = now + timedelta(days=20)
    new, key = rotate_key(old.pk, now=later, by=By())
    assert (new.name, new.scopes, new.source) == (old.name, old.scopes, source)
    assert new.expires_at is not None
    assert abs(new.expires_at - (later + timedelta(days=30))) < timedelta(seconds=5)
    assert key.startswith(new.prefix)


def test_keys_without_a_source_rotate_too() -> None:
    old, _ = make_key(name="reader", scopes=["read"])
    new, _ = rotate_key(old.pk, now=timezone.now(), by=By())
    assert new.source is None


@pytest.mark.parametrize(
    ("field", "name", "scopes", "days"),
    [
        ("/name", "", WRITE, 1),
        ("/name", "x" * 101, WRITE, 1),
        ("/name", "a\nb", WRITE, 1),
        ("/scopes", "a", [], 1),
        ("/scopes", "a", ["write"], 1),
        ("/expires_at", "a", WRITE, -1),
    ],
)
def test_what_is_wrong_is_named(field: str, name: str, scopes: list[str], days: int) -> None:
    source, now = make_source("/shop"), timezone.now()
    with pytest.raises(KeyRefused) as refused:
        add_key(
            source,
            name=name,
            scopes=scopes,
            expires_at=now + timedelta(days=days),
            now=now,
            by=By(),
        )
    assert refused.value.pointer == field
    assert not ApiKey.objects.exists()


@pytest.mark.parametrize("change", [{"is_sample": True}, {"door": Source.Door.PERSON}])
def test_no_program_writes_as_people_or_into_the_sample(change: dict[str, object]) -> None:
    source = Source.objects.create(name="/other", **change)
    with pytest.raises(KeyRefused) as refused:
        new_key(source)
    assert refused.value.pointer == "/scopes"


@pytest.mark.django_db(transaction=True)
def test_two_rotations_at_once_make_one_successor() -> None:
    first = new_key(make_source("/shop"))

    def rotate() -> bool:
        try:
            rotate_key(first.pk, now=timezone.now(), by=By())
        except KeyRefused:
            return False
        return True

    assert sorted(together(rotate, rotate, rotate)) == [False, False, True]
    assert live_keys(timezone.now()).count() == 2


def test_who_made_and_who_revoked_it_is_kept() -> None:
    alice, source = User.objects.create_user("alice"), make_source("/shop")
    admin, _ = make_key(name="robot", scopes=["admin"])
    row = new_key(source)
    add_key(
        source,
        name="by alice",
        scopes=WRITE,
        expires_at=None,
        now=timezone.now(),
        by=By(user_id=alice.pk),
    )
    assert revoke_key(row.pk, now=timezone.now(), by=By(key_id=admin.pk))
    assert not revoke_key(row.pk, now=timezone.now(), by=By(user_id=alice.pk))
    live, revoked = key_lines(timezone.now(), source_id=source.pk)
    assert (live.created_by, live.state) == ("alice", "live")
    assert (revoked.revoked_by, revoked.state) == (f"robot ({admin.prefix}…)", "revoked")


def test_sources_are_listed_with_their_live_keys() -> None:
    source = make_source("/shop")
    gone = new_key(source, "old")
    new_key(source, "new")
    revoke_key(gone.pk, now=timezone.now(), by=By())
    make_source("/carrier")
    lines = {line.name: line for line in source_lines(timezone.now())}
    assert (lines["/shop"].live_keys, lines["/carrier"].live_keys) == (1, 0)
    assert list(lines) == ["/carrier", "/shop"]
    assert not lines["/shop"].has_events
