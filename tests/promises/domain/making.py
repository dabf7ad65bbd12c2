"""Facts about one order, told briefly."""

from datetime import UTC, datetime, timedelta
from typing import Any

from promises.domain.lifecycle import Fact, NoteCode, PromiseState, fold
from promises.domain.state import DateKind
from tests.promises.domain.strategies import ZONE, parameters, text

# A Monday. The promise is due on Friday at the same hour, unless a test says otherwise.
MADE_AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
DUE = MADE_AT + timedelta(days=4)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
MICROSECOND = timedelta(microseconds=1)


def fact(type_: str, at: datetime, *, id_: str = "", person: bool = False, **data: Any) -> Fact:
    """An event about the promise, heard as it happened; its id is made of its type and moment."""
    return Fact(
        type=type_ if "." in type_ else f"promise.{type_}",
        source="/shop",
        id=id_ or f"{type_}@{text(at)}",
        occurred_at=at,
        recorded_at=at,
        data=data,
        by_person=person,
    )


def made(at: datetime = MADE_AT, *, person: bool = False, id_: str = "made", **data: Any) -> Fact:
    """The making; a delivery due on Friday unless the data says otherwise."""
    filled = {
        "kind": "delivery",
        "customer": {"id": "c-9"},
        "due_at": text(DUE),
        "statement": "Arrives by Friday",
        **data,
    }
    return fact("made", at, id_=id_, person=person, **filled)


def state_of(*facts: Fact, as_of: datetime | None = None) -> PromiseState:
    """The state that the facts fold to; there must be one."""
    state = fold(facts, zone=ZONE, parameters=parameters, as_of=as_of)
    assert state is not None
    return state


def codes(state: PromiseState) -> list[NoteCode]:
    """The codes of its notes, in order."""
    return [note.code for note in state.notes]


def kinds(state: PromiseState) -> list[DateKind]:
    """The kinds of its date changes, in order."""
    return [change.kind for change in state.date_chain]
