"""Tables that people download open in Excel; programs get theirs plain."""

import csv
import io

import pytest
from django.test import Client
from django.urls import reverse

from interactions.keys import make_key
from interactions.models import Source
from tests.promises.views.world import build_world

pytestmark = pytest.mark.django_db

MARK = b"\xef\xbb\xbf"


def body(answer: object) -> bytes:
    """All of an answer, streamed or not."""
    streamed = getattr(answer, "streaming_content", None)
    return b"".join(streamed) if streamed else answer.content  # type: ignore[attr-defined]


def test_a_table_begins_with_the_mark_unless_it_is_switched_off(client: Client) -> None:
    client.force_login(build_world().alice)
    addresses = (
        reverse("promises-table"),
        reverse("teams-csv"),
        reverse("figures", args=["teams"]),
    )
    marked = [body(client.get(address)) for address in addresses]
    assert all(table.startswith(MARK) and not table[3:].startswith(MARK) for table in marked)
    header = next(csv.reader(io.StringIO(marked[0].decode("utf-8-sig"))))
    assert header[0] == "id"
    client.post(reverse("preferences"), {"single_keys": "on"})
    plain = [body(client.get(address)) for address in addresses]
    # What follows moves with the clock.
    assert [table[3:].split()[0] for table in marked] == [table.split()[0] for table in plain]
    assert not client.get(reverse("overview")).content.startswith(MARK)


def test_programs_get_it_plain(client: Client) -> None:
    build_world()
    _, key = make_key(name="shop", scopes=["read"], source=Source.objects.get(name="/shop"))
    answer = client.get("/api/v1/export/promises.csv", headers={"Authorization": f"Bearer {key}"})
    assert body(answer).startswith(b"id,")
