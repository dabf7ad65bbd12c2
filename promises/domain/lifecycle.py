"""The fold: from the set of a promise's facts to its state (R2, R6, R8, R16, R17, R19).

Where the rules leave room:

- Facts before the making count, in order: real data has outcomes that precede their promise.
  OUTCOME_BEFORE_MADE and DUE_BEFORE_MADE are noted.
- Fulfilments tell the share so far. The largest counts, from when it was first reached. The
  promise is closed once that is everything, once it failed or was withdrawn; what comes after
  changes nothing (AFTER_SETTLED), but for a reopening and the customer's own verdict.
- Closing ends the pauses that run. Reopening does not bring them back: no credit.
- Withdrawn by us is failed. Withdrawn by the customer after d0 + tau leaves the promise open or
  partial, and its loss stops growing there.
- Of two makings the first by order counts, of two facts with one (source, id) either: the
  ledger has them once.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from promises.domain.facts import (
    MADE,
    OUTCOMES,
    PAUSED,
    REOPENED,
    RESCHEDULED,
    RETRACTED,
    WITHDRAWN,
    Fact,
    Note,
    NoteCode,
    order_key,
)
from promises.domain.folding import REOPEN_WINDOW, Folding
from promises.domain.hours import CalendarsOf, no_calendars
from promises.domain.loss import KindParameters
from promises.domain.state import DateChange, PromiseState

__all__ = [
    "REOPEN_WINDOW",
    "DateChange",
    "Fact",
    "Note",
    "NoteCode",
    "PromiseState",
    "fold",
    "order_key",
]

_Parameters = Callable[[str, datetime], KindParameters]
_Key = tuple[str, str]

_EVENTFUL: Final = frozenset((RESCHEDULED, PAUSED, REOPENED, WITHDRAWN))


def fold(
    facts: Iterable[Fact],
    *,
    zone: ZoneInfo,
    parameters: _Parameters,
    calendars: CalendarsOf = no_calendars,
    as_of: datetime | None = None,
) -> PromiseState | None:
    """The state that a set of facts gives one promise; None while no making is among them.

    Shape: a pure function of the set: order, repetition and batching of the facts change nothing.
    as_of leaves out what occurred later, retractions too, and reckons a running pause until then.
    An open promise is 'open' whatever the clock says: it has matured if matures_at < as_of.
    zone is the installation's; parameters are asked with the kind and the moment of making,
    calendars with reference and version of what a date pins, once somebody pauses.
    """
    known: dict[_Key, Fact] = {}
    for fact in facts:
        if as_of is None or fact.occurred_at <= as_of:
            known[fact.source, fact.id] = fact
    ordered = sorted(known.values(), key=order_key)
    retracted = {
        key
        for fact in ordered
        if fact.type == RETRACTED
        and (key := (fact.data["source"], fact.data["id"])) in known
        and known[key].type != RETRACTED
    }
    standing = ordered
    if retracted:
        standing = [fact for fact in ordered if (fact.source, fact.id) not in retracted]
    made = next((fact for fact in standing if fact.type == MADE), None)
    if made is None:
        return None
    folding = Folding(made, zone, parameters(made.data["kind"], made.occurred_at), known, calendars)
    for fact in standing:
        folding.apply(fact)
    return folding.state(as_of, bool(retracted) or _eventful(ordered))


def _eventful(facts: list[Fact]) -> bool:
    """Whether more than a making and one outcome happened, so that a past as_of needs a fold."""
    outcomes = makings = 0
    for fact in facts:
        if fact.type in _EVENTFUL:
            return True
        outcomes += fact.type in OUTCOMES
        makings += fact.type == MADE
    return outcomes > 1 or makings > 1
