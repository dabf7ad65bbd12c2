"""Standards are made, edited, switched and ordered; a version never changes."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from promises.domain.standards import Cycle
from promises.models import StandardOrder, StandardVersion
from promises.selectors.standards import (
    NoSuchStandard,
    standard_lines,
    standard_order,
    standard_read,
)
from promises.services.standards import (
    AlreadyEdited,
    NoStandard,
    TermsRefused,
    edit_standard,
    move_standard,
    switch_standard,
)
from tests.events import NOW, START, store
from tests.promises.asking import count
from tests.standards import EARLY, HOUR, answered, office, received, standard, terms

pytestmark = pytest.mark.django_db


def edited(**more: object) -> StandardVersion:
    latest = standard_read("answer", now=NOW).latest
    return edit_standard("answer", terms(**more), base=latest, now=NOW, by="Eve", reason="why")


def test_every_edit_is_a_version_and_the_same_again_is_none() -> None:
    standard()
    assert edited().version == 1
    assert edited(amount=60.0, name="Quick").version == 2
    read = standard_read("answer", now=NOW)
    assert [(one.version, one.made_by, one.reason) for one in read.versions] == [
        (2, "Eve", "why"),
        (1, "Ada", ""),
    ]
    assert standard_read("answer", now=NOW, version=1).terms.amount == 240
    with pytest.raises(AlreadyEdited):
        edit_standard("answer", terms(), base=1, now=NOW, by="Eve")
    assert switch_standard("answer", on=False, now=NOW, by="Eve").version == 3
    assert not standard_lines(NOW)[0].terms.is_on
    assert switch_standard("answer", on=False, now=NOW, by="Eve").version == 3


@pytest.mark.parametrize("model", [StandardVersion, StandardOrder])
def test_versions_and_orders_cannot_be_changed(
    model: type[StandardVersion] | type[StandardOrder],
) -> None:
    standard()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        model.objects.update(made_by="somebody else")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        model.objects.all()._raw_delete("default")


def test_the_order_is_that_of_making_until_somebody_moves_one() -> None:
    for name in ("a", "b", "c"):
        standard(name)
    move_standard("c", by_places=-1, now=NOW, by="Ada")
    assert standard_order() == ["a", "c", "b"]
    move_standard("a", by_places=-1, now=NOW, by="Ada")
    assert [line.reference for line in standard_lines(NOW)] == ["a", "c", "b"]
    assert StandardOrder.objects.count() == 4


def test_what_is_not_there_is_said_so() -> None:
    with pytest.raises(NoStandard):
        edit_standard("none", terms(), base=1, now=NOW, by="Ada")
    with pytest.raises(NoStandard):
        move_standard("none", by_places=1, now=NOW, by="Ada")
    with pytest.raises(NoSuchStandard):
        standard_read("none", now=NOW)


def test_what_is_refused_names_its_field() -> None:
    standard()
    office()
    for pointer, refused in (
        ("/id", lambda: standard()),
        ("/id", lambda: standard("No Id")),
        ("/calendar", lambda: standard("b", calendar="none")),
        ("/statement", lambda: standard("b", statement="{nothing}")),
        (
            "/event_type",
            lambda: standard("b", cycle=Cycle.EVENT, event_type="promise.made", statement="x"),
        ),
    ):
        with pytest.raises(TermsRefused) as raised:
            refused()
        assert raised.value.pointer == pointer


def test_what_it_made_is_counted_by_version() -> None:
    standard()
    store(received(START), answered(START + HOUR), received(START, "c-2"))
    count()
    now = START + timedelta(hours=5)
    read = standard_read("answer", now=now)
    assert (read.made.promises, read.made.matured, read.made.kept) == (2, 2, 1)
    assert read.made.kept_rate == 0.5
    assert read.versions[0].made == read.made
    early = standard_lines(EARLY)[0].made
    assert (early.promises, early.kept_rate, early.interval) == (2, None, None)
    assert [one.state for one in read.recent] in (["open", "kept"], ["kept", "open"])
