"""Chances of open promises: stored, brought up to date, and learnt from the past."""

from datetime import datetime, timedelta

import pytest

from promises.domain.risk import UNSEEN, calibrated, estimate
from promises.models import OpenChance, Promise, RiskFit
from promises.models.settling import Measure
from promises.selectors.risk import calibration_read
from promises.selectors.settling import all_curves, latest_fits, scopes_of
from promises.services.risk import FITS_KEPT, learn, tell_chances
from promises.services.settling import count_all
from tests.events import NOW, fulfilled, store
from tests.promises.asking import count
from tests.promises.risks import store_open, store_past

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def stored() -> dict[str, float]:
    """The stored chances by reference."""
    return dict(OpenChance.objects.values_list("promise__reference", "chance"))


def expected(reference: str, now: datetime) -> float:
    """What the domain says of one promise."""
    promise = Promise.objects.get(reference=reference)
    assert promise.matures_at is not None
    curves = all_curves(Measure.SHARE)
    scopes = scopes_of(promise.kind, promise.team_id)
    gone = (now - promise.made_at) / (promise.matures_at - promise.made_at)
    estimated = estimate([curves[scope] for scope in reversed(scopes)], gone)
    assert estimated is not None
    slips = promise.slips_announced + promise.slips_unannounced
    return calibrated(estimated, slips, latest_fits().get(promise.kind, UNSEEN))


def test_they_are_what_the_domain_says() -> None:
    store_past()
    store_open()
    assert tell_chances(now=NOW) == 3

    chances = stored()
    assert chances.keys() == {"fresh", "half", "moved"}
    for reference, chance in chances.items():
        assert chance == pytest.approx(expected(reference, NOW))
    assert chances["fresh"] > chances["half"] > chances["moved"] > 0


def test_only_what_moved_is_written_again() -> None:
    store_past()
    store_open()
    tell_chances(now=NOW)
    assert tell_chances(now=NOW + timedelta(seconds=1)) == 0
    later = NOW + 12 * timedelta(hours=1)
    before = stored()
    assert tell_chances(now=later) > 0
    assert stored()["half"] < before["half"]
    assert stored()["half"] == pytest.approx(expected("half", later))


def test_what_is_settled_or_has_matured_is_dropped() -> None:
    store_past()
    store_open()
    tell_chances(now=NOW)
    store(fulfilled("fresh", NOW))
    count()
    tell_chances(now=NOW + 25 * timedelta(hours=1))
    assert stored().keys() == {"half"}


def test_without_a_past_nothing_is_told() -> None:
    store_open()
    count_all(now=NOW)
    assert tell_chances(now=NOW) == 0
    assert stored() == {}


def test_it_learns_from_the_past_and_keeps_what_it_learnt() -> None:
    store_past(1_200)
    store_open()
    learn(now=NOW)
    read = calibration_read()

    assert read is not None
    assert read.as_of == NOW
    assert read.calibration is not None
    assert read.since is not None
    assert read.until == NOW
    assert read.since < NOW
    assert read.calibration.all.n >= 100
    assert read.calibration.all.score < read.calibration.all.base
    assert latest_fits()["delivery"].slip < 0
    tell_chances(now=NOW)
    assert stored()["moved"] == pytest.approx(expected("moved", NOW))


def test_too_short_a_past_teaches_nothing() -> None:
    assert calibration_read() is None
    store_open()
    learn(now=NOW)
    read = calibration_read()
    assert read is not None
    assert (read.calibration, read.since, dict(read.fits)) == (None, None, {})
    for _ in range(FITS_KEPT):
        learn(now=NOW)
    assert RiskFit.objects.count() == FITS_KEPT
