"""What can still be done to a promise: only what would change something (R6, R16, R17)."""

from datetime import datetime
from enum import StrEnum

from promises.domain.folding import REOPEN_WINDOW
from promises.domain.state import PromiseState


class Act(StrEnum):
    """What a person can record about a promise."""

    FULFIL = "fulfil"
    RESCHEDULE = "reschedule"
    PAUSE = "pause"
    RESUME = "resume"
    WITHDRAW = "withdraw"
    FAIL = "fail"
    REOPEN = "reopen"
    REPEAT = "repeat"


def possible_acts(state: PromiseState, at: datetime) -> tuple[Act, ...]:
    """What makes sense now, in the order in which it is offered.

    Shape: a pause only while it would still move a date; a reopening for as long as it takes back
    the fulfilment; a new promise in place of one that nothing can change any more.
    """
    closed = state.stopped_at is not None or state.state in ("kept", "late", "failed", "withdrawn")
    acts: list[Act] = [] if closed else _of_an_open_one(state, at)
    if _can_be_reopened(state, at):
        acts.append(Act.REOPEN)
    elif state.state in ("kept", "late", "failed"):
        acts.append(Act.REPEAT)
    return tuple(acts)


def _of_an_open_one(state: PromiseState, at: datetime) -> list[Act]:
    acts = [Act.FULFIL, Act.RESCHEDULE]
    if state.running_pauses:
        acts.append(Act.RESUME)
    elif state.matures_at is None or at <= state.matures_at:
        acts.append(Act.PAUSE)
    return [*acts, Act.WITHDRAW, Act.FAIL]


def _can_be_reopened(state: PromiseState, at: datetime) -> bool:
    if state.stopped_at is not None or state.state not in ("kept", "late", "partial"):
        return False
    return state.settled_at is not None and at - state.settled_at <= REOPEN_WINDOW
