"""Ids that no address can hold are refused where they come in, whatever they name."""

from typing import Any

import pytest

from interactions.event_data import SCHEMAS
from interactions.event_types import EventType
from interactions.ids import is_dots
from tests.interactions.items import accepted, item, refused

UNFIT = ("a\nb", "\r", "a\0", "\x1f", "a\x7fb", "\x85", "a\u2028", "\u2029")
DOTS = (".", "..", " . ", "..\u3000")
# More would name a place: the ids of customers, teams and touchpoints.
PARTIES = (
    ("promise.made", ("customer", "id")),
    ("promise.made", ("team",)),
    ("promise.made", ("touchpoint",)),
    ("contact.made", ("team",)),
    ("contact.received", ("touchpoint",)),
    ("handoff.made", ("from_team",)),
    ("handoff.made", ("to_team",)),
    ("referral.made", ("referred",)),
)
OTHERS = (
    ("promise.made", ("customer", "segment")),
    ("promise.made", ("standard",)),
    ("promise.made", ("repeat_of",)),
    ("promise.paused", ("pause",)),
    ("promise.resumed", ("pause",)),
    ("customer.described", ("segment",)),
    ("contact.answered", ("conversation",)),
    ("escalation.resolved", ("escalation",)),
    *(
        (kind, ("promise_source",))
        for kind in EventType
        if kind.about_promise and kind != "promise.made"
    ),
    *(
        (kind, (field,))
        for kind in EventType
        if kind.about_customer and "promise" in SCHEMAS[kind].__struct_fields__
        for field in ("promise", "promise_source")
    ),
)


def with_id(kind: str, path: tuple[str, ...], id: str) -> Any:
    """An item whose id at a path is this one."""
    value: Any = id
    if path[0] == "customer":
        value = {"id": "c-1"} | {path[1]: id}
    return item(kind, {path[0]: value})


@pytest.mark.parametrize(("kind", "path"), PARTIES + OTHERS)
def test_no_id_in_the_data_breaks_a_line(kind: str, path: tuple[str, ...]) -> None:
    for id in UNFIT:
        error = refused(with_id(kind, path, id))
        assert error.pointer == "/data/" + "/".join(path)
        assert error.reason == "contains a control character or a line break"
    for id in ("a b", "ü", "a\u00a0b", "x/timeline", "~", "%00"):
        accepted(with_id(kind, path, id))


@pytest.mark.parametrize(("kind", "path"), PARTIES)
def test_a_party_is_no_step_of_an_address(kind: str, path: tuple[str, ...]) -> None:
    for id in DOTS:
        error = refused(with_id(kind, path, id))
        assert error.pointer == "/data/" + "/".join(path)
        assert error.reason == f"cannot be {id.strip()!r}, which no address can name"
    for id in ("...", ".x", "a.b", "a/../b"):
        accepted(with_id(kind, path, id))


def test_other_ids_may_be_dots() -> None:
    for kind, path in OTHERS:
        accepted(with_id(kind, path, "."))


def test_a_customers_event_is_about_a_customer_with_an_address() -> None:
    for id in UNFIT + DOTS:
        assert refused(item("customer.left", subject=id)).pointer == "/subject"
    # The reference of a promise is part of no path.
    accepted(item("promise.fulfilled", subject="."))
    assert is_dots("\t..\n")


@pytest.mark.parametrize("name", ["id", "source", "subject"])
def test_no_line_ends_in_the_envelope(name: str) -> None:
    for id in UNFIT:
        assert refused(item(**{name: id})).pointer == f"/{name}"
