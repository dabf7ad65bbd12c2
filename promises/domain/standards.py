"""Standards: reusable promises that make promises by themselves, as values that refuse what makes
no sense.

A standard says what it waits for (an event type with conditions, or a period of the clock), what
it promises then, and until when it holds. Its cycle says how often:

- `event`: one promise for each event.
- `reply`: one for each wait of a customer: from what they said first until we answer.
- `update`: one after the other, each started by the one before it, until the matter is answered.
- `period`: one for each month or week, made by the clock.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from promises.domain.conditions import Condition

# Who makes promises of standards, in the ledger's words.
SOURCE: Final = "/standards"
RECEIVED, ANSWERED, CONTACTED = "contact.received", "contact.answered", "contact.made"
NOTICED, RESOLVED = "notice.given", "escalation.resolved"
DESCRIBED = "customer.described"
MADE: Final = "promise.made"

MOST_CONDITIONS: Final = 20
MOST_TAGS: Final = 20
MOST_AMOUNT: Final = 10_000_000
MOST_NAME: Final = 80
MOST_STATEMENT: Final = 1_000
MOST_TEXT: Final = 255
STAKES: Final = (0.5, 1, 2, 4)


class Cycle(StrEnum):
    """How often a standard promises."""

    EVENT = "event"
    REPLY = "reply"
    UPDATE = "update"
    PERIOD = "period"


class Turn(StrEnum):
    """Which waits of a conversation a reply standard speaks of."""

    EVERY = "every"
    FIRST = "first"
    NEXT = "next"


class Fault(StrEnum):
    """Why a standard is refused."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    TOO_MANY = "too_many"
    CONTROL = "control"
    UNKNOWN_WORD = "unknown_word"
    UNKNOWN_TYPE = "unknown_type"
    UNKNOWN_FIELD = "unknown_field"
    BAD_TEMPLATE = "bad_template"
    NOT_A_NUMBER = "not_a_number"
    NEEDS_NUMBER = "needs_number"
    WHOLE_DAYS = "whole_days"
    NEEDS_CALENDAR = "needs_calendar"
    NEEDS_TARGET = "needs_target"
    TWO_TARGETS = "two_targets"
    NEEDS_MEASURE = "needs_measure"
    NO_MEASURE = "no_measure"
    ONLY_QUALITY = "only_quality"
    ONLY_EVENT = "only_event"
    ONLY_CUSTOMER = "only_customer"
    NOT_PERIOD = "not_period"
    ENDS_BEFORE = "ends_before"
    ENDLESS = "endless"


class StandardRefused(ValueError):
    """A standard that makes no sense. Shape: `field` is a JSON pointer into it."""

    def __init__(self, field: str, fault: Fault, detail: str = "") -> None:
        super().__init__(f"{field}: {fault}")
        self.field, self.fault, self.detail = field, fault, detail


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What one version of a standard says.

    Shape: the trigger is event_type, conditions, segment, team, touchpoint and tags (all that are
    given must hold); the target is an amount of time, or the field of the event that holds the
    date; value, comparator, measure and scale are of quality only. promise_team makes the promise,
    "" = the team of the event. calendar is named where there is one, also for "minutes".
    """

    name: str
    cycle: Cycle
    kind: str
    statement: str
    event_type: str = ""
    conditions: tuple[Condition, ...] = ()
    segment: str = ""
    team: str = ""
    touchpoint: str = ""
    tags: tuple[str, ...] = ()
    turn: Turn = Turn.EVERY
    amount: float | None = None
    unit: str = ""
    calendar: str = ""
    same_time: bool = False
    date_field: str = ""
    value: float | None = None
    comparator: str = ""
    measure: str = ""
    scale: float | None = None
    period: str = ""
    customer: str = ""
    promise_team: str = ""
    reference: str = ""
    # So long after the date it is still in time; None: as the kind says.
    tolerance_minutes: float | None = None
    stake: float = 1
    explicit: bool = True
    confidence: float = 0.5
    valid_from: date | None = None
    valid_until: date | None = None
    is_on: bool = True
