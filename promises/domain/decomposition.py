"""Which parts moved a mean: an exact split into a mix effect and a rate effect for each part."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from promises.domain.score import Sums

Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class Effect:
    """What one part added to the difference of two weighted means.

    Shape: rate is how much worse (+) or better (-) its own promises were kept, at the mean of its
    two shares; mix is what its share of all weight did by growing or shrinking, against the middle
    of the two means. A part that is new or has vanished has no second rate: all of it is mix. The
    effects of all parts add up to the difference.
    Units: 0 to 1 of loss; shares 0 to 1. A rate is None where the part has no weight.
    """

    mix: float
    rate: float
    share_before: float
    share_after: float
    mean_before: float | None
    mean_after: float | None

    @property
    def total(self) -> float:
        """Both effects together."""
        return self.mix + self.rate


@dataclass(frozen=True, slots=True)
class Decomposition(Generic[Key]):
    """The difference of two raw means, and the effect of each part.

    Shape: the sum of all effects is `after - before`, but for rounding (below 1e-12).
    """

    before: float
    after: float
    effects: Mapping[Key, Effect]

    @property
    def difference(self) -> float:
        """After minus before: above 0 is worse."""
        return self.after - self.before

    @property
    def mix(self) -> float:
        """What moved because other parts weigh more now."""
        return math.fsum(effect.mix for effect in self.effects.values())

    @property
    def rate(self) -> float:
        """What moved because parts are kept otherwise now."""
        return math.fsum(effect.rate for effect in self.effects.values())


def decompose(before: Mapping[Key, Sums], after: Mapping[Key, Sums]) -> Decomposition[Key] | None:
    """Split the difference of two weighted means over their parts.

    Shape: None where one of the two has no weight, and with it no mean.
    Source: Kitagawa 1955, in its symmetric form: no part of the difference is left over.
    """
    weight_before = math.fsum(sums.weight for sums in before.values())
    weight_after = math.fsum(sums.weight for sums in after.values())
    if weight_before <= 0 or weight_after <= 0:
        return None
    mean_before = math.fsum(sums.loss for sums in before.values()) / weight_before
    mean_after = math.fsum(sums.loss for sums in after.values()) / weight_after
    middle = (mean_before + mean_after) / 2
    none = Sums()
    keys = dict.fromkeys((*before, *after))
    effects = {
        key: _effect(
            before.get(key, none), after.get(key, none), weight_before, weight_after, middle
        )
        for key in keys
    }
    return Decomposition(mean_before, mean_after, effects)


def _effect(
    before: Sums, after: Sums, weight_before: float, weight_after: float, middle: float
) -> Effect:
    share_before, share_after = before.weight / weight_before, after.weight / weight_after
    rate_before, rate_after = _mean(before), _mean(after)
    # One that was not there before has changed nothing but the mix, and the same at the end.
    old = rate_after if rate_before is None else rate_before
    new = rate_before if rate_after is None else rate_after
    if old is None or new is None:
        return Effect(0.0, 0.0, share_before, share_after, None, None)
    return Effect(
        mix=(share_after - share_before) * ((old + new) / 2 - middle),
        rate=(new - old) * (share_before + share_after) / 2,
        share_before=share_before,
        share_after=share_after,
        mean_before=rate_before,
        mean_after=rate_after,
    )


def _mean(sums: Sums) -> float | None:
    return sums.loss / sums.weight if sums.weight > 0 else None
