"""What the API tells of a customer before the next contact: the memory card of the page."""

from datetime import datetime
from typing import Any

import msgspec

from promises.selectors.memory import Memory
from promises.selectors.trust import Trust


class TrustAnswer(msgspec.Struct):
    """Where trust stands, 0 to 1, and by what steps; it never replaces the score."""

    value: float
    kept: int
    broken: int
    recovered: int


class SaidAnswer(msgspec.Struct):
    """A notice or an apology."""

    type: str
    at: datetime
    words: str
    by: str
    channel: str


class LastBreakAnswer(msgspec.Struct):
    """The promise that was broken last, and what we said of it, latest first."""

    promise: str
    statement: str
    state: str
    overdue: bool
    team: str
    first_due: datetime
    broke_at: datetime
    loss: float | None
    said: list[SaidAnswer]


class ExpectationAnswer(msgspec.Struct):
    """What the customer expects; `apart_seconds` is promised - expected, null where nothing
    compares."""

    text: str
    origin: str
    strength: float | None
    at: datetime
    expected_at: datetime | None
    promise: str | None
    promised_at: datetime | None
    apart_seconds: float | None


class ReachedBy(msgspec.Struct):
    """How the customer likes to be reached; empty where nothing was recorded."""

    channel: str
    pronunciation: str
    relationship: str
    needs: str
    left_at: datetime | None


def memory_answer(memory: Memory, trust: Trust) -> dict[str, Any]:
    """The fields of a customer that come from the memory card, and the trust line."""
    return {
        "trust": TrustAnswer(trust.value, trust.kept, trust.broken, trust.recovered),
        "last_break": _last_break(memory),
        "expectations": [
            ExpectationAnswer(
                text=one.text,
                origin=one.origin,
                strength=one.strength,
                at=one.at,
                expected_at=one.expected,
                promise=None if one.promise_id is None else str(one.promise_id),
                promised_at=one.promised,
                apart_seconds=one.apart_seconds,
            )
            for one in memory.expectations
        ],
        "reached_by": ReachedBy(
            memory.channel,
            memory.pronunciation,
            memory.relationship,
            memory.needs,
            memory.left_at,
        ),
    }


def _last_break(memory: Memory) -> LastBreakAnswer | None:
    broken = memory.last_break
    if broken is None:
        return None
    line = broken.promise
    return LastBreakAnswer(
        promise=str(line.id),
        statement=line.statement,
        state=line.state,
        overdue=line.overdue,
        team=line.team_id,
        first_due=line.first_due,
        broke_at=broken.broke_at,
        loss=line.loss,
        said=[SaidAnswer(s.type, s.at, s.words, s.by, s.channel) for s in broken.said],
    )
