"""The list of changes: it only grows, and holds what differs."""

import pytest
from django.contrib.auth.models import User
from django.db import DatabaseError, connection, transaction

from interactions.changes import Area, By, ChangeFilter, change_page, record_change
from interactions.keys import make_key, revoke_key
from interactions.models import Change
from interactions.sources import make_source
from tests.events import NOW

pytestmark = pytest.mark.django_db


def test_only_what_differs_is_kept() -> None:
    old, new = {"name": "a", "zone": "UTC", "gone": 1}, {"name": "b", "zone": "UTC", "at": NOW}
    row = record_change(Area.TEAM, "t", "changed", by="ada", before=old, after=new)
    assert row is not None
    row.refresh_from_db()
    assert (row.before, row.after) == (
        {"name": "a", "gone": 1},
        {"name": "b", "at": "2026-03-31T12:00:00Z"},
    )
    assert record_change(Area.TEAM, "t", "changed", by="ada", before=new, after=new) is None
    assert Change.objects.count() == 1


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE interactions_change SET by = 'nobody'",
        "DELETE FROM interactions_change",
        "UPDATE interactions_change SET after = '{}' WHERE false OR id > 0",
    ],
)
def test_nothing_in_it_is_changed_or_deleted(statement: str) -> None:
    record_change(Area.TEAM, "t", "made", by="ada")
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert Change.objects.get().by == "ada"


def test_it_cannot_be_emptied_either() -> None:
    record_change(Area.TEAM, "t", "made", by="ada")
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SET LOCAL promisegap.deleting = ''")
        cursor.execute("TRUNCATE interactions_change")


def test_who_is_a_person_a_key_or_a_command() -> None:
    ada = User.objects.create_user("ada")
    make_source("/shop", by=By(user_id=ada.pk))
    key, secret = make_key(name="robot", scopes=["admin"])
    make_source("/carrier", by=By(key_id=key.pk))
    assert revoke_key(key.pk, now=NOW, by=By(user_id=ada.pk))
    told = [(row.area, row.action, row.by) for row in Change.objects.order_by("pk")]
    assert told == [
        ("source", "made", "ada"),
        ("key", "made", ""),
        ("source", "made", f"robot ({key.prefix}…)"),
        ("key", "revoked", "ada"),
    ]
    everything = str(list(Change.objects.values()))
    assert secret not in everything
    assert key.hash not in everything


def test_pages_are_filtered_and_complete() -> None:
    for number in range(7):
        record_change(Area.TEAM, f"team-{number}", "made", by="ada" if number % 2 else "bob")
    record_change(Area.PERSON, "team-0", "invited", by="bob")
    found, before = [], 0
    while True:
        rows, following = change_page(ChangeFilter(area="team"), before=before, limit=3)
        found += [row.subject for row in rows]
        if following is None:
            break
        before = following
    assert found == [f"team-{number}" for number in reversed(range(7))]
    rows, _ = change_page(ChangeFilter(by="bob", subject="TEAM-0"), before=0, limit=9)
    assert [row.area for row in rows] == ["person", "team"]
    rows, _ = change_page(ChangeFilter(start=rows[0].at), before=0, limit=9)
    assert len(rows) == 1
