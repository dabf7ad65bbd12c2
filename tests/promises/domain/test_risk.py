"""The chance of an open promise: against plain counts, and against the law that made the data."""

import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promises.domain.backtest import Case, curves_at, curves_of, learnt
from promises.domain.risk import STRENGTH, UNSEEN, Fit, Look, calibrated, estimate, fitted
from promises.domain.settling import WHOLE, Curve, share_bucket
from promises.domain.survival import MAX_BUCKET

DAY = 86_400.0
YEAR = 365 * DAY
many = settings(max_examples=200, deadline=None)
shares = st.lists(st.floats(0.01, 4.0), min_size=20, max_size=120)


def curve_of(settled: list[float], open_at: list[float] = [], never: int = 0) -> Curve:  # noqa: B006
    """A curve of shares of the time given."""
    died: dict[int, int] = {}
    left: dict[int, int] = {MAX_BUCKET: never}
    for into, found in ((died, settled), (left, open_at)):
        for share in found:
            bucket = share_bucket(share, in_time=share <= 1)
            into[bucket] = into.get(bucket, 0) + 1
    return Curve(died, left)


@many
@given(shares, st.integers(0, 20))
def test_at_the_making_it_is_the_kept_rate(settled: list[float], never: int) -> None:
    curve = curve_of(settled, never=never)
    rate = sum(share <= 1 for share in settled) / (len(settled) + never)
    assert estimate([curve], 0.0) == pytest.approx(rate)


@many
@given(shares, st.integers(0, 20), st.integers(0, 80))
def test_later_it_is_the_share_kept_of_those_still_open(
    settled: list[float], never: int, bucket: int
) -> None:
    """At the ends of buckets, where nothing is smoothed."""
    curve = curve_of(settled, never=never)
    gone = 2.0 ** ((bucket - 80) / 8)
    buckets = [share_bucket(share, in_time=share <= 1) for share in settled]
    still = sum(one > bucket for one in buckets) + never
    kept = sum(bucket < one <= 80 for one in buckets)
    rate = sum(one <= 80 for one in buckets) / (len(settled) + never)
    prior = rate * (1 - gone)
    expected = (kept + STRENGTH * prior) / (still + STRENGTH) if gone < 1 else 0.0
    assert estimate([curve], gone * (1 + 1e-12)) == pytest.approx(expected, abs=1e-9)


def test_a_small_team_leans_on_the_company() -> None:
    company = curve_of([0.5] * 900 + [1.5] * 100)
    bad, worse = curve_of([0.5] + [1.5] * 4), curve_of([0.5] * 100 + [1.5] * 400)
    alone = estimate([company], 0.0)
    little, much = estimate([company, bad], 0.0), estimate([company, worse], 0.0)
    assert alone is not None
    assert little is not None
    assert much is not None
    assert alone == pytest.approx(0.9)
    assert little == pytest.approx((5 * 0.2 + 20 * 0.9) / 25)
    assert much == pytest.approx((500 * 0.2 + 20 * 0.9) / 520)


def test_what_has_matured_is_missed_and_too_few_say_nothing() -> None:
    curve = curve_of([0.5] * 50)
    assert estimate([curve], 1.0) == 0.0
    assert estimate([curve], 7.0) == 0.0
    assert estimate([curve], -1.0) == 1.0
    assert estimate([curve_of([0.5] * 19)], 0.1) is None
    assert estimate([], 0.1) is None
    assert calibrated(0.0, 0, UNSEEN) == 0.0


@many
@given(st.floats(0.01, 0.99), st.integers(0, 5))
def test_before_anything_was_seen_a_slip_cuts_the_odds_to_a_third(
    estimated: float, slips: int
) -> None:
    chance = calibrated(estimated, slips, UNSEEN)
    odds = estimated / (1 - estimated) * math.exp(-min(slips, 3))
    assert chance == pytest.approx(odds / (1 + odds), rel=1e-6)


def test_a_fit_finds_the_line_that_made_the_looks() -> None:
    chance = random.Random(7)
    truth = Fit(0.4, 1.3, -0.7)
    looks = []
    for _ in range(20_000):
        estimated, slips = chance.uniform(0.05, 0.95), chance.choice((0, 0, 0, 1, 2))
        looks.append(Look(estimated, slips, chance.random() < calibrated(estimated, slips, truth)))
    found = fitted(looks)
    assert found.intercept == pytest.approx(0.4, abs=0.08)
    assert found.slope == pytest.approx(1.3, abs=0.08)
    assert found.slip == pytest.approx(-0.7, abs=0.08)
    assert found.looks == 20_000


def test_a_fit_holds_to_what_was_assumed_where_nothing_was_seen() -> None:
    assert fitted([]) == UNSEEN
    unmoved = fitted([Look(0.5, 0, n % 2 == 0) for n in range(1_000)])
    assert unmoved.slip == pytest.approx(UNSEEN.slip)
    assert unmoved.intercept == pytest.approx(0, abs=1e-6)
    all_kept = fitted([Look(0.5, 0, True)] * 100)
    assert 0 < all_kept.intercept < 5


def history(seed: int, n: int = 6_000) -> list[Case]:
    """Two years of two teams: the slower one needs twice as long; slips mean trouble."""
    chance = random.Random(seed)
    cases = []
    for _ in range(n):
        made, given = chance.uniform(0, 2 * YEAR), chance.uniform(2, 8) * DAY
        slow, slipped = chance.random() < 0.5, chance.random() < 0.1
        took = given * chance.expovariate(1.2 if slow else 2.4) * (2.5 if slipped else 1)
        slips = (made + 0.3 * given,) if slipped and took > 0.3 * given else ()
        settled = None if chance.random() < 0.03 else made + took
        ended = made + took if settled is None else None
        cases.append(
            Case("delivery", int(slow), "", made, made + given, settled, ended, ended is not None,
                 slips)
        )  # fmt: skip
    return cases


def test_a_backtest_tells_what_comes() -> None:
    found = learnt(history(3), 2 * YEAR)
    calibration = found.calibration

    assert calibration is not None
    assert calibration.all.skill > 0.05
    assert calibration.all.n == sum(group.n for group in calibration.groups)
    assert set(calibration.kinds) == {"delivery"}
    for group in calibration.groups:
        assert group.lowest <= group.predicted <= group.highest
        # Nine of ten groups and more lie in their own interval; a little more room is never left.
        assert group.low - 0.05 < group.predicted < group.high + 0.05
    assert found.fits["delivery"].slip < -0.2


def test_the_future_changes_nothing_that_was_told() -> None:
    """What lies after a cut is not in its curves: outcomes, and promises made later."""
    cases = sorted(history(5), key=lambda case: case.made)
    cut = YEAR
    known = [
        case._replace(
            settled=case.settled if case.settled and case.settled <= cut else None,
            ended=case.ended if case.ended and case.ended <= cut else None,
        )
        for case in cases
        if case.made <= cut
    ]
    seen, blind = curves_at(cases, cut), curves_at(known, cut)
    assert seen.keys() == blind.keys()
    for scope, curve in seen.items():
        assert curve.cases == blind[scope].cases
        for gone in (0.0, 0.1, 0.5, 0.9):
            assert curve.unsettled(gone * WHOLE) == blind[scope].unsettled(gone * WHOLE)
    assert len(curves_of(seen, "delivery", 1, "gold")) == 2
    assert curves_of(seen, "response", 1, "") == ()


def test_too_little_is_not_judged() -> None:
    assert learnt([], 0.0).calibration is None
    few = learnt(history(1, 60), 2 * YEAR)
    assert (few.calibration, few.fits) == (None, {})


def test_a_new_company_is_not_told_that_all_will_be_missed() -> None:
    """200 deliveries of 20 days each, made over 8 days, of which 85 in 100 will be kept."""
    drawn = random.Random(3)
    took = [drawn.uniform(0.3, 0.99) if drawn.random() < 0.85 else 1.3 for _ in range(200)]
    made = [number / 25 for number in range(200)]

    def curve_at(day: float) -> Curve:
        gone = [(day - at) / 20 for at in made]
        settled = [share for share, now in zip(took, gone, strict=True) if share <= now]
        still = [now for share, now in zip(took, gone, strict=True) if 0 <= now < share]
        return curve_of(settled, open_at=still)

    assert all(estimate([curve_at(day)], 0.3) is None for day in (1, 4, 8, 12, 15, 19))
    assert estimate([curve_at(28.5)], 0.0) == pytest.approx(0.85, abs=0.06)
    # A team that is as new adds nothing to what the company knows.
    company = curve_of([0.5] * 900 + [1.5] * 100)
    assert estimate([company, curve_at(12)], 0.3) == estimate([company], 0.3)
