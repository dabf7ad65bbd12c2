"""Keys of REST clients: shown once, kept as a hash."""

import re

import pytest

from interactions.keys import hash_key, make_key
from interactions.models import ApiKey

pytestmark = pytest.mark.django_db


def test_a_key_is_long_and_random() -> None:
    keys = {make_key(name="shop", scopes=["read"])[1] for _ in range(20)}
    assert len(keys) == 20
    assert all(re.fullmatch(r"pg_[\w-]{43}", key) for key in keys)


def test_only_its_hash_is_stored() -> None:
    row, key = make_key(name="shop", scopes=["read"])
    row.refresh_from_db()
    stored = [str(value) for value in ApiKey.objects.values().get(pk=row.pk).values()]
    assert row.hash == hash_key(key)
    assert not any(key in value or key[len(row.prefix) :] in value for value in stored)


def test_its_beginning_is_stored_to_tell_keys_apart() -> None:
    row, key = make_key(name="shop", scopes=["read"])
    assert key.startswith(row.prefix)
    assert len(row.prefix) == 12


def test_it_keeps_its_scopes() -> None:
    row, _ = make_key(name="shop", scopes=["read", "events:write"])
    row.refresh_from_db()
    assert row.scopes == ["read", "events:write"]


@pytest.mark.parametrize("scopes", [[], ["read", "write"], ["READ"]])
def test_an_unknown_scope_is_refused(scopes: list[str]) -> None:
    with pytest.raises(ValueError, match="unknown scope"):
        make_key(name="shop", scopes=scopes)
    assert not ApiKey.objects.exists()
