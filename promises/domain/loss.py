"""How badly one promise was missed: R9, R10, and what it adds to a cell (R12)."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from promises.domain.state import PromiseState
from promises.domain.survival import MAX_BUCKET, bucket_of

NANO: Final = 10**9
HOUR: Final = 3_600.0
DAY: Final = 86_400.0
PAID_IN_ADVANCE_FACTOR: Final = 1.5
# Less is lost among the digits of the sums.
LEAST_CONFIDENCE: Final = 0.01
ANNOUNCED_SLIP_LEAVES: Final = 0.9
UNANNOUNCED_SLIP_LEAVES: Final = 0.8


@dataclass(frozen=True, slots=True)
class KindParameters:
    """The b, h and tau of one kind, in one version; data, shown wherever a score is shown.

    Units: seconds; base_loss (b) is 0 to 1.
    """

    version: int
    kind: str
    base_loss: float
    half_life_seconds: float
    tolerance_seconds: float


DEFAULT_PARAMETERS: Final[Mapping[str, KindParameters]] = {
    "delivery": KindParameters(1, "delivery", 0.25, 3 * DAY, 0.0),
    "response": KindParameters(1, "response", 0.25, 4 * HOUR, 0.0),
    # A value is measured after its period ends, hence the tolerance.
    "quality": KindParameters(1, "quality", 0.25, 3 * DAY, 3 * DAY),
}


def time_loss(overrun_seconds: float, *, base_loss: float, half_life_seconds: float) -> float:
    """Loss from lateness (g_t): 0 on time, then from b towards 1.

    Units: overrun = lateness - tolerance, in seconds.
    Raises: ValueError if half_life_seconds is not above 0.
    Source: R9.
    """
    if half_life_seconds <= 0:
        raise ValueError("half_life_seconds must be above 0")
    if overrun_seconds <= 0:
        return 0.0
    halvings = overrun_seconds / half_life_seconds
    return base_loss + (1.0 - base_loss) * (1.0 - math.exp2(-halvings))


def slip_loss(announced: int, unannounced: int) -> float:
    """Loss from slips (g_s). Source: R9."""
    return 1.0 - math.pow(ANNOUNCED_SLIP_LEAVES, announced) * math.pow(
        UNANNOUNCED_SLIP_LEAVES, unannounced
    )


def quality_loss(value: float, target: float, comparator: str, scale: float) -> float:
    """Loss from a measured value (g_q): 0 where it meets its target, 1 at a shortfall of scale.

    Raises: ValueError for a comparator other than '>=' and '<=', or a scale not above 0.
    Source: R9.
    """
    if comparator not in (">=", "<="):
        raise ValueError("comparator must be '>=' or '<='")
    if not scale > 0:
        raise ValueError("scale must be above 0")
    shortfall = target - value if comparator == ">=" else value - target
    return min(1.0, max(0.0, shortfall / scale))


def weight(stake: float, paid_in_advance: bool, explicit: bool, confidence: float) -> float:
    """What one promise weighs in a score (u); confidence counts for implicit ones only.

    Source: R10.
    """
    paid = PAID_IN_ADVANCE_FACTOR if paid_in_advance else 1.0
    return stake * paid * confidence_counted(explicit, confidence)


def confidence_counted(explicit: bool, confidence: float) -> float:
    """The confidence as it counts: 1 of what was said, and never less than LEAST_CONFIDENCE.

    Source: R10.
    """
    return 1.0 if explicit else max(confidence, LEAST_CONFIDENCE)


class LossTerms(NamedTuple):
    """Every term of one promise's loss, as scored and as printed on its page.

    Shape: loss = 1 - (1 - time)(1 - quality)(1 - slips). lateness_seconds is None where there is
    nothing to measure: failed, withdrawn, or paused before maturing. A kept promise loses
    nothing, also where a later date was announced in between, so its slips term is 0; a failed
    one delivers nothing, so its quality term is 1.
    Units: seconds; the other terms are 0 to 1; weight is u.
    """

    lateness_seconds: float | None
    tolerance_seconds: float
    overrun_seconds: float
    time: float
    quality: float
    slips: float
    loss: float
    weight: float


def loss_terms(state: PromiseState, params: KindParameters, as_of: datetime) -> LossTerms:
    """The loss of one promise at as_of: the one function that scores and that the page prints.

    Shape: the state must have been folded for as_of (R4); as_of itself only ages an open one.
    Source: R9, R10.
    """
    lateness = _lateness_seconds(state, as_of)
    tolerance = state.tolerance_seconds
    overrun = 0.0 if lateness is None else max(0.0, lateness - tolerance)
    time = time_loss(
        overrun, base_loss=params.base_loss, half_life_seconds=params.half_life_seconds
    )
    quality, slips = state.quality_loss, 0.0
    if state.state == "failed":
        quality = 1.0
    elif state.state not in ("kept", "withdrawn"):
        slips = slip_loss(state.slips_announced, state.slips_unannounced)
    elif state.state == "withdrawn":
        quality = 0.0
    return LossTerms(
        lateness_seconds=lateness,
        tolerance_seconds=tolerance,
        overrun_seconds=overrun,
        time=time,
        quality=quality,
        slips=slips,
        loss=1.0 - (1.0 - time) * (1.0 - quality) * (1.0 - slips),
        weight=weight(state.stake, state.paid_in_advance, state.explicit, state.confidence),
    )


def _lateness_seconds(state: PromiseState, as_of: datetime) -> float | None:
    if state.matures_at is None or state.state in ("failed", "withdrawn"):
        return None
    if state.state != "open":
        moment = state.settled_at or as_of
    else:
        moment = as_of if state.stopped_at is None else min(as_of, state.stopped_at)
    return (moment - state.first_due).total_seconds()


class Contribution(NamedTuple):
    """What one promise adds to the cell of its maturity day; integers, so that sums commute.

    Shape: n to withdrawn and retro are 0 or 1, slips a count. loss is the sum of u * loss of
    what no longer grows; open_weight and open_residual (R12's S) are of what still does.
    bucket is the lateness of a settled one; censored_bucket the age of one that never settled
    and no longer grows (failed: MAX_BUCKET, at risk to the end). The age of one that still grows
    is known only at an as_of. A withdrawn promise has withdrawn = 1 and nothing else.
    Units: weight, weight_squared, loss, open_weight, open_residual in 1e-9; paused in seconds.
    """

    n: int = 0
    kept: int = 0
    late: int = 0
    partial: int = 0
    failed: int = 0
    open: int = 0
    withdrawn: int = 0
    slips: int = 0
    retro: int = 0
    weight: int = 0
    weight_squared: int = 0
    loss: int = 0
    open_weight: int = 0
    open_residual: int = 0
    paused_seconds: int = 0
    bucket: int | None = None
    censored_bucket: int | None = None


_WITHDRAWN: Final = Contribution(withdrawn=1)


def contribution(
    state: PromiseState, params: KindParameters, day_end: datetime
) -> Contribution | None:
    """The fixed-point contribution of one promise; None while it is paused before maturing.

    Shape: day_end is t0, the end of its maturity day in the installation's zone.
    Source: R12.
    """
    if state.state == "withdrawn":
        return _WITHDRAWN
    if state.matures_at is None:
        return None
    terms = loss_terms(state, params, state.stopped_at or state.matures_at)
    name = state.state
    loss, open_weight, open_residual = 0, 0, 0
    bucket, censored_bucket = None, None
    if state.grows:
        open_weight = _nano(terms.weight)
        open_residual = _nano(_residual(terms, params, state.matures_at, day_end))
    else:
        loss = _nano(terms.weight * terms.loss)
        if name in ("failed", "open"):
            age = terms.lateness_seconds
            censored_bucket = MAX_BUCKET if age is None else bucket_of(age)
        else:
            bucket = bucket_of(terms.lateness_seconds or 0.0)
    return Contribution(
        n=1,
        kept=int(name == "kept"),
        late=int(name == "late"),
        partial=int(name == "partial"),
        failed=int(name == "failed"),
        open=int(name == "open"),
        slips=state.slips,
        retro=int(state.retro),
        weight=_nano(terms.weight),
        weight_squared=_nano(terms.weight * terms.weight),
        loss=loss,
        open_weight=open_weight,
        open_residual=open_residual,
        paused_seconds=round(state.paused_seconds),
        bucket=bucket,
        censored_bucket=censored_bucket,
    )


def _nano(value: float) -> int:
    return round(value * NANO)


def _residual(
    terms: LossTerms, params: KindParameters, matures_at: datetime, day_end: datetime
) -> float:
    left = terms.weight * (1.0 - params.base_loss) * (1.0 - terms.quality) * (1.0 - terms.slips)
    seconds = (matures_at - day_end) / timedelta(seconds=1)
    return left * math.exp2(seconds / params.half_life_seconds)


def open_loss(
    open_weight: float,
    open_residual: float,
    seconds_since_day_end: float,
    half_life_seconds: float,
) -> float:
    """The sum of u * loss of a cell's open promises at a moment, from two numbers.

    Units: that of open_weight and open_residual (1e-9 where they come from cells).
    Source: R12. Exact for every moment after the last maturity in the cell.
    """
    return open_weight - open_residual * math.exp2(-seconds_since_day_end / half_life_seconds)
