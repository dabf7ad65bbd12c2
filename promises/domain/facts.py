"""The facts that a promise's fold reads, their order, and the notes that it leaves."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

MADE = "promise.made"
RESCHEDULED = "promise.rescheduled"
PAUSED = "promise.paused"
RESUMED = "promise.resumed"
FULFILLED = "promise.fulfilled"
FAILED = "promise.failed"
WITHDRAWN = "promise.withdrawn"
REOPENED = "promise.reopened"
CONFIRMED = "promise.confirmed"
DISPUTED = "promise.disputed"
RETRACTED = "event.retracted"

OUTCOMES = frozenset((FULFILLED, FAILED))


class Fact(NamedTuple):
    """One immutable event as the fold sees it; its data has been validated at the gate.

    Shape: occurred_at (theirs) and recorded_at (ours) are aware; by_person is true for a click,
    false for a machine source or an import.
    """

    type: str
    source: str
    id: str
    occurred_at: datetime
    recorded_at: datetime
    data: Mapping[str, Any]
    by_person: bool = False


def order_key(fact: Fact) -> tuple[datetime, int, bytes, bytes]:
    """The one order of a promise's facts, whatever the order of their arrival.

    Source: R2. Ids compare bytewise, as the ledger's collation C does.
    """
    made_first = 0 if fact.type == MADE else 1
    return (fact.occurred_at, made_first, fact.source.encode(), fact.id.encode())


class NoteCode(StrEnum):
    """Why an event changed nothing, or what is odd about it (R2)."""

    SECOND_MADE = "second_made"
    DUE_BEFORE_MADE = "due_before_made"
    OUTCOME_BEFORE_MADE = "outcome_before_made"
    AFTER_SETTLED = "after_settled"
    SAME_DATE = "same_date"
    CUSTOMER_CHANGE_TOO_LATE = "customer_change_too_late"
    CUSTOMER_CHANGE_BEFORE_MADE = "customer_change_before_made"
    TOLD_BEFORE_MADE = "told_before_made"
    PAUSED_AFTER_DUE = "paused_after_due"
    ALREADY_PAUSED = "already_paused"
    NOT_PAUSED = "not_paused"
    NOT_MORE_THAN_BEFORE = "not_more_than_before"
    WITHDRAWN_AFTER_DUE = "withdrawn_after_due"
    REOPENED_TOO_LATE = "reopened_too_late"
    REOPENED_NOT_FULFILLED = "reopened_not_fulfilled"
    RETRACTION_STANDS = "retraction_stands"
    RETRACTS_NOTHING = "retracts_nothing"
    UNKNOWN_TYPE = "unknown_type"


@dataclass(frozen=True, slots=True)
class Note:
    """A note on the promise about one event, named by its source and id."""

    code: NoteCode
    source: str
    id: str
