"""How far a customer can rely on us, as a line of its own: up slowly, down fast (R21).

It is a picture of what we did, not a score of anybody, and never replaces the gap score. The
figures are illustrative until they are fitted to customers who left.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

# Where nothing is known yet: nobody starts with full trust, and nobody with none.
START: Final = 0.7
RISE: Final = 0.04
FALL: Final = 0.25
# A promise that matters more falls harder, but no single break costs more than half of all trust.
MOST_WEIGHT: Final = 2.0
RETURNED: Final = 0.5


class Step(StrEnum):
    """What moved the line."""

    START = "start"
    KEPT = "kept"
    BROKEN = "broken"
    RECOVERED = "recovered"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one promise.

    Shape: `loss` 0 is kept; `recovered_at` is when its recovery was complete, None where it was
    not. Units: loss 0 to 1; weight is u.
    """

    at: datetime
    loss: float
    weight: float = 1.0
    promise_id: int = 0
    recovered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class TrustPoint:
    """The line after one step. Units: trust and change 0 to 1, change signed."""

    at: datetime
    step: Step
    trust: float
    change: float
    promise_id: int = 0


def trust_line(outcomes: Iterable[Outcome], *, start: float = START) -> tuple[TrustPoint, ...]:
    """The line through all outcomes, oldest first; one point for each step.

    Shape: kept T += 0.04 (1 - T); broken T *= 1 - 0.25 g w', w' at most 2; a completed recovery
    returns half of what its break cost. A recovery before its break counts at it.
    Source: R21.
    """
    points: list[TrustPoint] = []
    trust, cost = start, {}
    for at, step, outcome in _steps(outcomes):
        before = trust
        if step is Step.KEPT:
            trust += RISE * (1.0 - trust)
        elif step is Step.BROKEN:
            trust *= 1.0 - FALL * outcome.loss * min(outcome.weight, MOST_WEIGHT)
            cost[id(outcome)] = before - trust
        else:
            trust = min(1.0, trust + RETURNED * cost[id(outcome)])
        points.append(TrustPoint(at, step, trust, trust - before, outcome.promise_id))
    return tuple(points)


def trust_of(points: Sequence[TrustPoint], *, start: float = START) -> float:
    """Where a line stands."""
    return points[-1].trust if points else start


def _steps(outcomes: Iterable[Outcome]) -> list[tuple[datetime, Step, Outcome]]:
    steps: list[tuple[datetime, Step, Outcome]] = []
    for outcome in sorted(outcomes, key=lambda one: (one.at, one.promise_id)):
        steps.append((outcome.at, Step.BROKEN if outcome.loss > 0 else Step.KEPT, outcome))
        if outcome.loss > 0 and outcome.recovered_at is not None:
            # Sorting is stable: at one moment the break stands before its recovery.
            steps.append((max(outcome.recovered_at, outcome.at), Step.RECOVERED, outcome))
    return sorted(steps, key=lambda one: one[0])
