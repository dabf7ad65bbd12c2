"""From the sums over many promises to a gap score with its interval (R11)."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Final

# The normal quantile of a two-sided 95 % interval.
WILSON_Z: Final = 1.959963984540054
SHRINK_STRENGTH: Final = 5.0
ENOUGH: Final = 5.0


def wilson(successes: float, n: float, z: float = WILSON_Z) -> tuple[float, float]:
    """Wilson's interval of a share; n may be a real number, as n_eff is.

    Shape: (low, high) within 0 to 1; (0, 1) where n is 0.
    Raises: ValueError unless 0 <= successes <= n.
    """
    if not 0 <= successes <= n * (1 + 1e-12):
        raise ValueError("successes must lie between 0 and n")
    if n == 0:
        return 0.0, 1.0
    share = min(1.0, successes / n)
    square = z * z
    scale = 1.0 / (1.0 + square / n)
    middle = scale * (share + square / (2.0 * n))
    half = scale * z * math.sqrt(share * (1.0 - share) / n + square / (4.0 * n * n))
    # The share lies inside; rounding may put a bound a hair beyond it, most visibly at 0 and 1.
    return min(share, max(0.0, middle - half)), max(share, min(1.0, middle + half))


@dataclass(frozen=True, slots=True)
class Sums:
    """Sums over the promises that matured in a window, the loss of open ones at as_of included.

    Shape: withdrawn stands beside n, not in it; left is what open promises have not lost yet and
    lose if nobody ever settles them.
    Units: natural (u, u squared, u * loss), not 1e-9.
    """

    n: int = 0
    kept: int = 0
    late: int = 0
    partial: int = 0
    failed: int = 0
    open: int = 0
    withdrawn: int = 0
    slips: int = 0
    weight: float = 0.0
    weight_squared: float = 0.0
    loss: float = 0.0
    left: float = 0.0

    def __add__(self, other: "Sums") -> "Sums":
        return Sums(
            n=self.n + other.n,
            kept=self.kept + other.kept,
            late=self.late + other.late,
            partial=self.partial + other.partial,
            failed=self.failed + other.failed,
            open=self.open + other.open,
            withdrawn=self.withdrawn + other.withdrawn,
            slips=self.slips + other.slips,
            weight=self.weight + other.weight,
            weight_squared=self.weight_squared + other.weight_squared,
            loss=self.loss + other.loss,
            left=self.left + other.left,
        )

    @property
    def mean(self) -> float | None:
        """The raw mean loss, 0 to 1; None where there is no weight."""
        if self.weight <= 0:
            return None
        # Sums of floats may leave 0 to 1 by their rounding.
        return min(1.0, max(0.0, self.loss / self.weight))

    @property
    def to_come(self) -> float:
        """What open promises may add to the mean yet, 0 to 1."""
        return min(1.0, max(0.0, self.left / self.weight)) if self.weight > 0 else 0.0


_COLUMNS = attrgetter(*Sums.__slots__)


def added_up(parts: Sequence[Sums]) -> Sums:
    """All of them together: column by column, which is quicker than one after the other."""
    if len(parts) == 1:
        return parts[0]
    return Sums(*map(sum, zip(*map(_COLUMNS, parts), strict=True))) if parts else Sums()


def effective_n(weight: float, weight_squared: float) -> float:
    """How many equally weighted promises say as much; 0 where there is no weight. Source: R11."""
    return weight * weight / weight_squared if weight_squared > 0 else 0.0


@dataclass(frozen=True, slots=True)
class GapScore:
    """A gap score with its 95 % interval; 0 is perfect.

    Units: score, low, high and raw are 0 to 100. enough is false below n_eff 5: unranked.
    """

    score: float
    low: float
    high: float
    raw: float
    n_eff: float
    enough: bool


def gap_score(sums: Sums, mu: float | None, m: float = SHRINK_STRENGTH) -> GapScore | None:
    """The gap score, shrunk towards mu; None where there are no promises.

    Units: mu is the company's raw mean, 0 to 1; None for the company itself: nothing to shrink to.
    Source: R11.
    """
    mean = sums.mean
    if sums.n == 0 or mean is None:
        return None
    n_eff = effective_n(sums.weight, sums.weight_squared)
    # Equal weights give whole numbers but for rounding, which must not decide about "enough".
    n_eff = round(n_eff, 9)
    share, n = mean, n_eff
    if mu is not None:
        n = n_eff + m
        share = (n_eff * mean + m * mu) / n
    low, high = wilson(share * n, n)
    return GapScore(
        score=100.0 * share,
        low=100.0 * low,
        high=100.0 * high,
        raw=100.0 * mean,
        n_eff=n_eff,
        enough=n_eff >= ENOUGH,
    )


def worst_first_key(score: GapScore | None) -> tuple[int, float]:
    """Sort key: highest lower bound first, then those without enough promises, then none."""
    if score is None:
        return (2, 0.0)
    return (0 if score.enough else 1, -score.low)


def best_first_key(score: GapScore | None) -> tuple[int, float]:
    """Sort key: lowest upper bound first, then those without enough promises, then none."""
    if score is None:
        return (2, 0.0)
    return (0 if score.enough else 1, score.high)
