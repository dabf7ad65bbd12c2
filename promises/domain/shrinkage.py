"""How strongly a score of few promises is drawn towards the company's (m of R11), estimated.

m is the number of promises that would have to say the same to be believed as much as the company's
mean: the noise within a group, divided by how much groups really differ. Where teams are all alike
it is large, where they differ much it is small.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from promises.domain.score import ENOUGH, SHRINK_STRENGTH

# From fewer groups than this nothing is learned about how much groups differ.
ENOUGH_GROUPS: Final = 10
# A record of so many promises always counts as much as the company's mean, however alike the
# groups seem; and the company's mean always counts for one.
LEAST, MOST = 1.0, 100.0


@dataclass(frozen=True, slots=True)
class Strength:
    """One version of m. Shape: version 1 holds until there is enough to estimate from.

    `groups` and `n` are from how much it was estimated: teams or customers, and promises of equal
    weight.
    """

    version: int
    m: float
    holds_from: datetime | None = None
    groups: int = 0
    n: float = 0.0


FIRST_STRENGTH: Final = Strength(1, SHRINK_STRENGTH)


@dataclass(frozen=True, slots=True)
class GroupRecord:
    """The mean losses of one group in several periods, added up.

    Shape: over its periods j with weight w_j (n_eff) and mean loss x_j: their number, sum w_j,
    sum w_j x_j, sum w_j x_j^2.
    """

    periods: int
    weight: float
    weighted: float
    weighted_squares: float


@dataclass(frozen=True, slots=True)
class Estimate:
    """An estimated m, and from how much. Shape: None where there is not enough."""

    m: float | None
    groups: int
    n: float


def estimate_strength(records: Iterable[GroupRecord]) -> Estimate:
    """m = s^2 / a of the model of Buehlmann and Straub, by its unbiased moments.

    Shape: s^2 is the variance of one promise's loss within a group, from how the means of its
    periods scatter; a the variance between the groups' true means, from how the means of groups
    scatter beyond what s^2 explains. m is kept within LEAST and MOST; where groups scatter no more
    than chance would have them, it is MOST.
    Source: Buehlmann and Straub, "Glaubwuerdigkeit fuer Schadensaetze", 1970; Buehlmann and
    Gisler, "A Course in Credibility Theory", 2005, section 4.8.
    """
    groups = known = degrees = 0
    weight = weighted = scatter = squares = weight_squares = 0.0
    for one in records:
        if one.weight <= 0:
            continue
        groups += 1
        known += round(one.weight, 9) >= ENOUGH
        degrees += one.periods - 1
        weight += one.weight
        weighted += one.weighted
        squares += one.weighted**2 / one.weight
        scatter += max(0.0, one.weighted_squares - one.weighted**2 / one.weight)
        weight_squares += one.weight**2
    if known < ENOUGH_GROUPS or degrees < ENOUGH_GROUPS or scatter <= 0:
        return Estimate(None, known, weight)
    within = scatter / degrees
    between = squares - weighted**2 / weight - (groups - 1) * within
    between /= weight - weight_squares / weight
    m = MOST if between * MOST <= within else max(LEAST, within / between)
    return Estimate(m, known, weight)


def next_version(held: Strength, found: Estimate, holds_from: datetime) -> Strength | None:
    """The version that follows; None where the one that holds is still right.

    Shape: m moves only by a tenth of itself or more, so that scores do not tremble from day to
    day. Where there is no longer enough to estimate from, the first m holds again.
    """
    m = SHRINK_STRENGTH if found.m is None else round(found.m, 1)
    if m == held.m or (found.m is not None and abs(m - held.m) < 0.1 * held.m):
        return None
    return Strength(held.version + 1, m, holds_from, found.groups, found.n)
