"""`manage.py make_key`."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from interactions.keys import hash_key
from interactions.models import ApiKey, Source

pytestmark = pytest.mark.django_db


def made(*arguments: str) -> tuple[str, str]:
    """What the command writes to its two outputs."""
    out, err = StringIO(), StringIO()
    call_command("make_key", *arguments, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_it_prints_the_key_alone_so_that_a_shell_can_take_it() -> None:
    out, err = made("--scope", "read", "--name", "curl")
    row = ApiKey.objects.get()
    assert row.hash == hash_key(out.strip())
    assert (row.name, row.scopes, row.source) == ("curl", ["read"], None)
    assert "cannot be shown again" in err


def test_a_writing_key_gets_its_source() -> None:
    made("--scope", "events:write", "--scope", "read", "--source", "/shop")
    row = ApiKey.objects.get()
    assert row.scopes == ["events:write", "read"]
    assert row.source == Source.objects.get(name="/shop")


def test_a_source_that_is_known_is_taken_again() -> None:
    source = Source.objects.create(name="/shop", door=Source.Door.IMPORT)
    made("--scope", "events:write", "--source", "/shop")
    source.refresh_from_db()
    assert ApiKey.objects.get().source == source
    assert source.door == "import"


@pytest.mark.parametrize("scope", ["events:write", "events:write:any"])
def test_a_writing_key_without_a_source_is_refused(scope: str) -> None:
    with pytest.raises(CommandError, match="needs --source"):
        made("--scope", scope)
    assert not ApiKey.objects.exists()


@pytest.mark.parametrize("arguments", [[], ["--scope", "write"]])
def test_a_missing_or_unknown_scope_is_refused(arguments: list[str]) -> None:
    with pytest.raises(CommandError, match="--scope"):
        made(*arguments)
