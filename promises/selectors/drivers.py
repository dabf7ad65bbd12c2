"""Which parts moved the raw mean since an earlier window: an exact split that adds up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from promises.domain.decomposition import Decomposition, Effect, decompose
from promises.domain.score import Sums, added_up
from promises.scores import Question
from promises.scores.span_grains import Grouping
from promises.scores.span_sums import SpanSums, span_sums
from promises.scores.spans import BEFORE, NOW, YEAR, spans_of
from promises.selectors.comparison import Period
from promises.selectors.labels import labels_of

# What moved it: cells of a team and kind, or touchpoints.
DRIVERS: dict[str, Grouping] = {
    "team_kind": ("team", "kind"),
    "touchpoint": ("touchpoint",),
}
AGAINST = (BEFORE, YEAR)
_PART = " · "


@dataclass(frozen=True, slots=True)
class Driver:
    """What one part added to the change.

    Shape: `is_new` and `is_gone` have promises in one of the two periods only.
    Units: effects and raw means in points of 100, above 0 is worse; shares 0 to 1 of all weight.
    """

    id: tuple[str, ...]
    name: str
    mix: float
    rate: float
    total: float
    n_before: int
    n_now: int
    share_before: float
    share_now: float
    raw_before: float | None
    raw_now: float | None
    is_new: bool
    is_gone: bool


@dataclass(frozen=True, slots=True)
class Others:
    """What the parts that are not named added to the change together."""

    parts: int
    mix: float
    rate: float
    total: float


@dataclass(frozen=True, slots=True)
class Drivers:
    """The change of the raw mean between two windows, part by part, the largest effect first.

    Shape: raws and difference are null where a period has no promise, and there are no parts then.
    The totals of all parts and of the others add up to the difference. may_add_before and
    may_add_now are what open promises of a period add to its mean if nobody ever settles them.
    Units: points of 100, above 0 is worse.
    """

    as_of: datetime
    window: str
    kind: str
    by: str
    against: str
    periods: tuple[Period, ...]
    raw_before: float | None
    raw_now: float | None
    difference: float | None
    mix: float | None
    rate: float | None
    may_add_before: float | None
    may_add_now: float | None
    parts: tuple[Driver, ...]
    others: Others | None


def drivers_read(
    question: Question,
    *,
    by: str = "team_kind",
    against: str = BEFORE,
    most: int | None = None,
) -> Drivers:
    """What moved the raw mean of all that is asked for since an earlier window.

    Shape: of the parts the `most` that moved it furthest, all of them where it is None.
    Raises: ValueError for the window of everything.
    """
    (found,) = all_drivers_read(question, by=(by,), against=(against,), most=most)
    return found


def all_drivers_read(
    question: Question,
    *,
    by: tuple[str, ...] = tuple(DRIVERS),
    against: tuple[str, ...] = (BEFORE,),
    most: int | None = None,
) -> tuple[Drivers, ...]:
    """The splits by several sorts of parts, against several windows, from one reading.

    Raises: ValueError for the window of everything.
    """
    spans = [span for span in spans_of(question) if span.name in (NOW, *against)]
    periods = tuple(Period(span.name, span.first_day, span.last_day) for span in spans)
    # The whole is read along, for whoever compares it.
    sums = span_sums(question, spans, [(), *(DRIVERS[name] for name in by)])
    return tuple(
        _drivers(question, name, earlier, periods, sums[DRIVERS[name]], most)
        for name in by
        for earlier in against
    )


def _drivers(
    question: Question,
    by: str,
    against: str,
    periods: tuple[Period, ...],
    sums: SpanSums,
    most: int | None,
) -> Drivers:
    before, now = sums[against], sums[NOW]
    split = decompose(before, now)
    parts, others = _parts(by, split, before, now, most) if split else ((), None)
    return Drivers(
        as_of=question.as_of,
        window=question.window,
        kind=question.kind,
        by=by,
        against=against,
        periods=tuple(period for period in periods if period.name in (NOW, against)),
        raw_before=100 * split.before if split else None,
        raw_now=100 * split.after if split else None,
        difference=100 * split.difference if split else None,
        mix=100 * split.mix if split else None,
        rate=100 * split.rate if split else None,
        may_add_before=100 * added_up([*before.values()]).to_come if split else None,
        may_add_now=100 * added_up([*now.values()]).to_come if split else None,
        parts=parts,
        others=others,
    )


def _parts(
    by: str,
    split: Decomposition[tuple[str, ...]],
    before: Mapping[tuple[str, ...], Sums],
    now: Mapping[tuple[str, ...], Sums],
    most: int | None,
) -> tuple[tuple[Driver, ...], Others | None]:
    effects = {
        key: effect
        for key, effect in split.effects.items()
        if effect.share_before or effect.share_after
    }
    order = sorted(effects, key=lambda key: (-abs(effects[key].total), key))
    keys = order[:most]
    names = _names(by, keys)
    parts = tuple(
        _driver(key, names[key], effects[key], before.get(key, Sums()), now.get(key, Sums()))
        for key in keys
    )
    return parts, _others([effects[key] for key in order[len(keys) :]])


def _others(effects: Sequence[Effect]) -> Others | None:
    if not effects:
        return None
    return Others(
        parts=len(effects),
        mix=100 * sum(effect.mix for effect in effects),
        rate=100 * sum(effect.rate for effect in effects),
        total=100 * sum(effect.total for effect in effects),
    )


def _driver(key: tuple[str, ...], name: str, effect: Effect, before: Sums, now: Sums) -> Driver:
    return Driver(
        id=key,
        name=name,
        mix=100 * effect.mix,
        rate=100 * effect.rate,
        total=100 * effect.total,
        n_before=before.n,
        n_now=now.n,
        share_before=effect.share_before,
        share_now=effect.share_after,
        raw_before=None if effect.mean_before is None else 100 * effect.mean_before,
        raw_now=None if effect.mean_after is None else 100 * effect.mean_after,
        is_new=effect.mean_before is None,
        is_gone=effect.mean_after is None,
    )


def _names(by: str, keys: list[tuple[str, ...]]) -> dict[tuple[str, ...], str]:
    labels = [
        labels_of(dimension, sorted({key[place] for key in keys}))
        for place, dimension in enumerate(DRIVERS[by])
    ]
    return {
        key: _PART.join(known[value] for known, value in zip(labels, key, strict=True))
        for key in keys
    }
