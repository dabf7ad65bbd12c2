"""The difference of two figures of two periods, with its interval, and what it says."""

import math
from dataclasses import dataclass
from enum import StrEnum

from promises.domain.score import ENOUGH


class Verdict(StrEnum):
    """What a difference says. The words are those of the pages and the API."""

    BETTER = "better"
    WORSE = "worse"
    NO_CLEAR_CHANGE = "no clear change"
    TOO_FEW = "too few"


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure within its own 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Difference:
    """The later figure minus the earlier one, with its 95 % interval."""

    value: float
    low: float
    high: float

    @property
    def contains_zero(self) -> bool:
        """Whether chance alone may make it."""
        return self.low <= 0.0 <= self.high


def difference(later: Estimate, earlier: Estimate) -> Difference:
    """The difference of two independent figures from their own intervals.

    Shape: from Wilson's intervals of two shares this is Newcombe's interval.
    Source: Newcombe 1998, method 10; Zou and Donner 2008 (MOVER: square and add).
    """
    value = later.value - earlier.value
    below = math.hypot(later.value - later.low, earlier.high - earlier.value)
    above = math.hypot(later.high - later.value, earlier.value - earlier.low)
    return Difference(value, value - below, value + above)


def with_losses_to_come(found: Difference, *, later: float, earlier: float) -> Difference:
    """The interval of a difference of losses, with what open promises may yet add to either side.

    Shape: the promises of the later period are the younger ones: without this, nothing but their
    age would make it the better one (R12).
    """
    return Difference(found.value, found.low - earlier, found.high + later)


def verdict(found: Difference | None, *, n_eff: float, higher_is_better: bool) -> Verdict:
    """What a difference says.

    Shape: n_eff is the smaller one of the two periods (R11: below 5 nothing is said); found is
    None where one of them has no figure.
    """
    if found is None or n_eff < ENOUGH:
        return Verdict.TOO_FEW
    if found.contains_zero:
        return Verdict.NO_CLEAR_CHANGE
    return Verdict.BETTER if (found.value > 0) == higher_is_better else Verdict.WORSE
