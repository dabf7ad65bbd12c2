"""Ids become parts of addresses: what no address can hold is refused where it comes in."""

import re
from collections.abc import Callable
from operator import attrgetter
from typing import Any, Final, Protocol

from interactions.data_types import Data
from interactions.event_data import (
    SCHEMAS,
    Contact,
    CustomerDescribed,
    Escalation,
    ExpectationStated,
    FeedbackGiven,
    HandoffMade,
    ReferralMade,
    Told,
)
from interactions.promise_data import AboutPromise, PromiseMade, PromisePaused, PromiseResumed
from interactions.rejection import EventRejected

# isprintable() is quick, but refuses spaces other than the usual one and newer letters, too.
_CONTROL: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
# Browsers take them out of an address, and go elsewhere.
_DOTS: Final = (".", "..")

# Ids of customers, teams and touchpoints, and the other ids, by what they stand in.
_PARTIES: Final[dict[type[Data], tuple[str, ...]]] = {
    PromiseMade: ("customer.id", "team", "touchpoint"),
    Contact: ("team", "touchpoint"),
    HandoffMade: ("from_team", "to_team"),
    ReferralMade: ("referred",),
}
_OTHERS: Final[dict[type[Data], tuple[str, ...]]] = {
    PromiseMade: ("customer.segment", "standard", "repeat_of"),
    PromisePaused: ("promise_source", "pause"),
    PromiseResumed: ("promise_source", "pause"),
    CustomerDescribed: ("segment",),
    Contact: ("conversation",),
    Told: ("promise_source", "promise"),
    FeedbackGiven: ("promise_source", "promise"),
    ExpectationStated: ("promise_source", "promise"),
    Escalation: ("promise_source", "promise", "escalation"),
    HandoffMade: ("promise_source", "promise"),
}
Getter = Callable[[Any], tuple[str, ...]]


class HasIds(Protocol):
    """An envelope, as far as it is looked at here."""

    @property
    def id(self) -> str:
        """The sender's id of the event."""

    @property
    def source(self) -> str:
        """Who says it."""

    @property
    def subject(self) -> str:
        """What it is about."""


def _ids_of(schema: type[Data]) -> tuple[tuple[str, ...], int, Getter]:
    """The ids of a schema, how many of them are of parties, which come first, and their reader."""
    parties, others = _PARTIES.get(schema, ()), _OTHERS.get(schema, ())
    if not others and issubclass(schema, AboutPromise):
        others = ("promise_source",)
    names = parties + others
    if len(names) > 1:
        return names, len(parties), attrgetter(*names)
    # Of one name the reader reads no tuple.
    return names, len(parties), lambda data: tuple(getattr(data, name) for name in names)


_IDS_OF: Final = {schema: _ids_of(schema) for schema in set(SCHEMAS.values())}


def has_control(text: str) -> bool:
    """Whether a text holds a control character or ends a line."""
    return not text.isprintable() and _CONTROL.search(text) is not None


def is_dots(id: str) -> bool:
    """Whether an id is a step within an address, and so no place of its own."""
    return "." in id and id.strip() in _DOTS


def check_ids(envelope: HasIds, data: Data, *, of_customer: bool) -> None:
    """Whether the ids of an event can be parts of addresses.

    Shape: `of_customer` where its subject is one.
    Raises: EventRejected, naming the first that cannot.
    """
    if not (envelope.id + envelope.source + envelope.subject).isprintable():
        for name in ("id", "source", "subject"):
            _check(f"/{name}", getattr(envelope, name))
    _check_blank("/id", envelope.id)
    _check_blank("/source", envelope.source)
    if of_customer:
        _check("/subject", envelope.subject, of_party=True)
    elif envelope.subject:
        _check_blank("/subject", envelope.subject)
    names, parties, read = _IDS_OF[type(data)]
    ids = read(data)
    # All at once: nearly always there is nothing to be looked at.
    joined = "".join(ids)
    if joined.isprintable() and "." not in joined:
        return
    for place, (name, id) in enumerate(zip(names, ids, strict=True)):
        _check("/data/" + name.replace(".", "/"), id, of_party=place < parties)


def _check_blank(pointer: str, id: str) -> None:
    if not id.strip():
        raise EventRejected(pointer, "must not be blank")


def _check(pointer: str, id: str, *, of_party: bool = False) -> None:
    if has_control(id):
        raise EventRejected(pointer, "contains a control character or a line break")
    if of_party and is_dots(id):
        raise EventRejected(pointer, f"cannot be {id.strip()!r}, which no address can name")
