"""How often R11's interval holds what it is about: simulated teams with a known truth.

Losses are as promises lose them: most are kept and lose nothing, of the others a tenth fail, a
tenth are delivered in part, and the rest are late by an exponential time. Weights are those of
stakes and payments in advance. The company keeps 95, 85 or 60 % of its promises; a team misses half
as many, as many, or twice as many.
"""

from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray

from promises.domain.loss import DEFAULT_PARAMETERS, time_loss
from promises.domain.score import SHRINK_STRENGTH, Sums, effective_n, gap_score, wilson

Numbers = NDArray[np.float64]

SEED, RUNS = 20_260_331, 2_000
# Runs that share their weights.
SAME_WEIGHTS = 40
SIZES = (5, 20, 100)
KEPT = (0.95, 0.85, 0.6)
TEAMS = (0.5, 1.0, 2.0)
STAKES = (0.5, 1.0, 1.0, 1.0, 2.0, 4.0)
DAY = 86_400.0


@dataclass(frozen=True)
class Coverage:
    """The share of runs in which an interval held the score's own value, and the true mean."""

    own: float
    truth: float
    width: float


def misses(chance: np.random.Generator, count: int) -> Numbers:
    """Losses of promises that are not kept."""
    delivery = DEFAULT_PARAMETERS["delivery"]
    late = [
        time_loss(
            seconds, base_loss=delivery.base_loss, half_life_seconds=delivery.half_life_seconds
        )
        for seconds in chance.exponential(4 * DAY, count)
    ]
    part = chance.choice((0.1, 0.25, 0.5, 0.75), count)
    sort = chance.random(count)
    found: Numbers = np.where(sort < 0.1, 1.0, np.where(sort < 0.2, part, late))
    return found


def weights_of(chance: np.random.Generator, size: int) -> Numbers:
    """Weights of so many promises that n_eff is the size, or a little more."""
    weights: list[float] = []
    while effective_n(sum(weights), sum(w * w for w in weights)) < size:
        weights.append(float(chance.choice(STAKES) * (1.5 if chance.random() < 0.2 else 1.0)))
    return np.array(weights)


def measured(rule: str, kept: float, team: float, size: int) -> Coverage:
    """Simulate one sort of team, and see what an interval holds."""
    chance = np.random.default_rng([SEED, round(kept * 100), round(team * 10), size])
    pool = misses(chance, 10_000)
    mu, truth = (1 - kept) * pool.mean(), (1 - kept) * team * pool.mean()
    spread = (1 - kept) * (pool**2).mean() - mu**2
    own = held = width = 0.0
    for _ in range(RUNS // SAME_WEIGHTS):
        weights = weights_of(chance, size)
        shape = (SAME_WEIGHTS, len(weights))
        missed = chance.random(shape) < (1 - kept) * team
        losses = np.where(missed, chance.choice(pool, shape), 0.0)
        total = weights.sum()
        n_eff = effective_n(total, (weights**2).sum())
        means = (losses @ weights) / total
        variances = ((losses - means[:, None]) ** 2 @ weights) / total * n_eff / (n_eff - 1)
        expected = (n_eff * truth + SHRINK_STRENGTH * mu) / (n_eff + SHRINK_STRENGTH)
        for mean, variance in zip(means.tolist(), variances.tolist(), strict=True):
            low, high = interval(rule, mean, n_eff, mu, variance, spread / (mu * (1 - mu)))
            own += low <= expected <= high
            held += low <= truth <= high
            width += high - low
    return Coverage(own / RUNS, held / RUNS, 100 * width / RUNS)


def interval(
    rule: str, mean: float, n_eff: float, mu: float, variance: float, dispersion: float
) -> tuple[float, float]:
    """R11's interval, or one of the narrower ones that allow for losses between 0 and 1.

    Shape: "own spread" divides n by the variance of the team's own losses over that of losses of 0
    and 1, "pooled spread" by that of the company's.
    """
    sums = Sums(n=1, weight=n_eff, weight_squared=n_eff, loss=mean * n_eff)
    gap = gap_score(sums, mu)
    assert gap is not None
    if rule == "R11":
        return gap.low / 100, gap.high / 100
    share, n = gap.score / 100, n_eff + SHRINK_STRENGTH
    ratio = variance / (share * (1 - share)) if rule == "own spread" else dispersion
    # Where nothing was missed the own losses have no spread at all, which proves nothing.
    n /= min(1.0, ratio) if ratio > 0 else 1.0
    return wilson(share * n, n)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("kept", KEPT)
@pytest.mark.parametrize("team", TEAMS)
def test_it_holds_the_scores_own_value_and_the_true_mean(
    team: float, kept: float, size: int
) -> None:
    """Its own value: the score of as many promises of this team on average."""
    found = measured("R11", kept, team, size)
    assert found.own >= 0.95
    assert found.truth >= 0.95


@pytest.mark.parametrize(
    ("rule", "kept", "team", "size"),
    [
        ("own spread", 0.95, 0.5, 100),
        ("own spread", 0.85, 0.5, 20),
        ("own spread", 0.6, 2.0, 5),
        ("pooled spread", 0.6, 0.5, 5),
        ("pooled spread", 0.6, 0.5, 20),
        ("pooled spread", 0.6, 0.5, 100),
    ],
)
def test_narrower_ones_do_not(rule: str, kept: float, team: float, size: int) -> None:
    found, wide = measured(rule, kept, team, size), measured("R11", kept, team, size)
    assert found.width < wide.width
    assert found.truth < 0.95
