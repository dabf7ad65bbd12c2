"""Lateness as lifelines has it, against what the API answers."""

import math
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

import pytest
from lifelines import KaplanMeierFitter

from promises.domain.survival import MIN_CASES, bucket_of
from tests.promises.figures import Figures

HOUR, DAY = 3_600.0, 86_400.0
# The edges of a bucket are at most so far apart.
BUCKET = 2 ** (1 / 8)
# Who was last seen within a bucket counts as at risk to its end.
LEAVERS = 0.002
WITHIN = {1: "lateness_within_1d", 3: "lateness_within_3d", 7: "lateness_within_7d"}


@dataclass(frozen=True)
class Case:
    """One promise that is due: of whom, and when it was settled."""

    customer: str
    team: str
    due: datetime
    settled: datetime | None


@dataclass
class Times:
    """Durations with whether they ended."""

    seconds: list[float] = field(default_factory=list)
    ended: list[bool] = field(default_factory=list)


@dataclass(frozen=True)
class Fitted:
    """The curve of lifelines, read to the last digit: 2,048 of 4,096 are half of them."""

    times: list[float]
    shares: list[float]

    @classmethod
    def of(cls, times: Times) -> "Fitted":
        """Fit it."""
        curve = KaplanMeierFitter().fit(times.seconds, times.ended).survival_function_
        return cls(curve.index.tolist(), curve["KM_estimate"].tolist())

    def quantile(self, left: float) -> float:
        """The first time at which no more than this is left, infinity where there is none."""
        pairs = zip(self.times, self.shares, strict=True)
        return next((time for time, share in pairs if share <= left + 1e-9), math.inf)

    def left(self, seconds: float) -> float:
        """What is left after a time."""
        before = bisect_right(self.times, seconds)
        return self.shares[before - 1] if before else 1.0


def times_by(name: str, cases: Iterable[Case], as_of: datetime) -> dict[str, Times]:
    """The lateness of the promises of each party, open ones with their age."""
    found: dict[str, Times] = defaultdict(Times)
    for case in cases:
        times = found[getattr(case, name) if name else ""]
        ended = case.settled is not None
        until = case.settled if case.settled is not None else as_of
        times.seconds.append((until - case.due).total_seconds())
        times.ended.append(ended)
    return found


def check_rows(rows: dict[str, Figures], cases: list[Case], name: str, *, exact: bool) -> int:
    """Compare every row with lifelines; answer how many figures were compared.

    Shape: exact says whether the rows are told exactly, or to a bucket of their histogram.
    """
    compared = 0
    for party, row in rows.items():
        times = times_by(name, cases, datetime.fromisoformat(row["as_of"])).get(party, Times())
        assert len(times.seconds) == row["n"], party
        if row["n"] < MIN_CASES:
            assert row["lateness_median_hours"] is None
            assert [row[field] for field in WITHIN.values()] == [None] * 3
            continue
        fitted = Fitted.of(times)
        for share, told in ((0.5, "lateness_median_hours"), (0.1, "lateness_p90_hours")):
            _check_quantile(row[told], fitted.quantile(share), exact, (party, told))
            compared += 1
        for days, told in WITHIN.items():
            _check_share(row[told], fitted, days * DAY, exact, (party, told))
            compared += 1
    return compared


def _check_quantile(told: float | None, wanted: float, exact: bool, where: tuple[str, str]) -> None:
    if told is None or math.isinf(wanted):
        assert told is None, where
        assert math.isinf(wanted), where
    elif exact:
        assert told * HOUR == pytest.approx(wanted, abs=1e-3), where
    else:
        assert abs(bucket_of(told * HOUR) - bucket_of(wanted)) <= 1, where


def _check_share(
    told: float | None, fitted: Fitted, seconds: float, exact: bool, where: object
) -> None:
    assert told is not None, where
    if exact:
        assert told == pytest.approx(1 - fitted.left(seconds), abs=1e-9), where
    else:
        early, late = (1 - fitted.left(seconds * by) for by in (1 / BUCKET, BUCKET))
        assert early - LEAVERS <= told <= late + LEAVERS, (where, early, told, late)
