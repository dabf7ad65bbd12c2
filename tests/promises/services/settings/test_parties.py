"""Teams, touchpoints and names of segments."""

from typing import Any

import pytest

from interactions.changes import By
from interactions.models import Change, Customer, Segment, Team, Touchpoint
from promises.selectors.settings import party_lines, segment_labels, segment_lines
from promises.services.settings.parties import (
    archive_party,
    make_party,
    name_segment,
    rename_party,
)
from promises.services.settings.refusals import SettingRefused
from tests.events import NOW, START, made, store
from tests.promises.asking import count
from tests.promises.views.world import promise_made

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("model", [Team, Touchpoint])
def test_they_are_made_renamed_and_archived(model: Any) -> None:
    row = make_party(model, name=" Night Shift ", by=By())
    assert (row.reference, row.name, row.is_new) == ("night-shift", "Night Shift", False)
    rename_party(model, row.pk, name="Late Shift", by=By())
    rename_party(model, row.pk, name="Late Shift", by=By())
    archive_party(model, row.pk, archived=True, now=NOW, by=By())
    archive_party(model, row.pk, archived=True, now=NOW, by=By())
    assert [line.archived_at for line in party_lines(model)] == [NOW]
    archive_party(model, row.pk, archived=False, now=NOW, by=By())
    told = [(c.subject, c.action, c.before, c.after) for c in Change.objects.order_by("pk")]
    assert told == [
        ("night-shift", "made", {}, {"id": "night-shift", "name": "Night Shift"}),
        ("night-shift", "renamed", {"name": "Night Shift"}, {"name": "Late Shift"}),
        ("night-shift", "archived", {}, {}),
        ("night-shift", "brought back", {}, {}),
    ]


@pytest.mark.parametrize(
    ("name", "reference", "field"),
    [
        ("", "", "name"),
        ("   ", "x", "name"),
        ("n" * 101, "", "name"),
        ("a\nb", "", "name"),
        ("support", "", "name"),
        ("Another", "support", "reference"),
        ("Another", "r" * 65, "reference"),
        ("Another", "not-stated", "reference"),
        ("Another", "..", "reference"),
        ("日本", "", "reference"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(name: str, reference: str, field: str) -> None:
    make_party(Team, name="Support", by=By())
    with pytest.raises(SettingRefused) as refused:
        make_party(Team, name=name, reference=reference, by=By())
    assert refused.value.field == field
    assert Team.objects.count() == 1


def test_a_team_that_events_named_takes_a_name_and_keeps_its_promises() -> None:
    store(made("order", team="crew/7"))
    count()
    team = Team.objects.get(reference="crew/7")
    rename_party(Team, team.pk, name="Crew seven", by=By())
    archive_party(Team, team.pk, archived=True, now=NOW, by=By())
    store(made("order-2", team="crew/7"))
    count()
    team.refresh_from_db()
    assert (team.name, team.is_new, team.promise_set.count()) == ("Crew seven", False, 2)


def test_so_many_customers_of_a_segment_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("promises.selectors.settings.MOST_COUNTED", 2)
    for number in range(5):
        segment = "many" if number < 3 else "two"
        Customer.objects.create(reference=f"c-{number}", name="", segment=segment)
    found = {line.reference: (line.customers, line.more) for line in segment_lines()}
    assert found == {"many": (3, True), "two": (2, False)}


def test_segments_that_occur_are_listed_and_named() -> None:
    customer = {"id": "c-1", "segment": "GOLD"}
    store(promise_made("order", START, kind="delivery", team="a", customer=customer))
    count()
    Customer.objects.create(reference="c-2", name="c-2", segment="silver")
    assert [(s.reference, s.label, s.customers) for s in segment_lines()] == [
        ("GOLD", "", 1),
        ("silver", "", 1),
    ]
    name_segment("GOLD", "Best customers", by=By())
    with pytest.raises(SettingRefused) as refused:
        name_segment("silver", "best CUSTOMERS", by=By())
    assert refused.value.field == "label"
    # One that occurs no more keeps its name, and is still listed where promises were made in it.
    Customer.objects.filter(reference="c-1").update(segment="")
    assert [(s.reference, s.label, s.customers) for s in segment_lines()] == [
        ("GOLD", "Best customers", 0),
        ("silver", "", 1),
    ]
    assert segment_labels() == {"GOLD": "Best customers"}
    name_segment("GOLD", " ", by=By())
    assert not Segment.objects.exists()
    told = Change.objects.order_by("pk").values_list("before", "after")
    assert list(told) == [
        ({"called": "GOLD"}, {"called": "Best customers"}),
        ({"called": "Best customers"}, {"called": "GOLD"}),
    ]
