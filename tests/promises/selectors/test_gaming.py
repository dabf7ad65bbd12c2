"""The anti-gaming panel: its figures against plain counting, and when it warns."""

from datetime import timedelta
from statistics import median

import pytest

from interactions.models import Source, Team
from promises.models import Promise
from promises.scores import empty_row, team_rows
from promises.selectors import looked_at
from promises.selectors.gaming import GamingPanel, panel_read
from tests.events import NOW, event, fulfilled, made, retracted, store
from tests.promises.asking import ask, count, team_ids

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


def panel(window: str = "28d", **more: object) -> GamingPanel:
    team = Team.objects.get(reference="fulfilment")
    question = ask(window=window, team_ids=team_ids("fulfilment"), **more)
    rows = team_rows(question)
    row = rows[0] if rows else empty_row("fulfilment", "", NOW)
    return panel_read(question, team.pk, row)


def promises(n: int, days_ago: int, *, lead: timedelta = DAY, prefix: str = "p") -> None:
    """Kept promises that fell due some days ago."""
    due = NOW - days_ago * DAY
    for place in range(n):
        name = f"{prefix}-{days_ago}-{place}"
        store(made(name, at=due - lead, due=due), fulfilled(name, due - HOUR))


def codes(found: GamingPanel) -> set[str]:
    return {warning.code for warning in found.warnings}


def test_its_figures_are_what_plain_counting_says() -> None:
    promises(4, 3, lead=2 * DAY)
    promises(2, 5, lead=6 * DAY)
    promises(3, 30)
    at = NOW - 9 * DAY
    store(made("implicit", at=at, due=at + 3 * DAY, explicit=False))
    store(
        made("moved", at=at, due=at + 3 * DAY),
        event("promise.rescheduled", "moved", at + DAY, {"due_at": (at + 8 * DAY).isoformat()}),
        made("gone", at=at, due=at + 3 * DAY),
        event("promise.withdrawn", "gone", at + DAY, {"by": "customer"}),
        made("paused", at=at, due=at + 3 * DAY),
        event("promise.paused", "paused", at + DAY, {"cause": "customer"}),
        event("promise.resumed", "paused", at + 2 * DAY),
    )
    store(made("other", at=at, due=at + DAY, team="support"))
    count()
    for is_now in (True, False):
        found = panel(is_now=is_now)
        now, before = found.now, found.before
        assert before is not None
        # 4 + 2 kept, implicit, moved and paused; gone is beside them.
        assert (now.n, now.withdrawn, now.looked_at, before.n) == (9, 1, 9, 3)
        slacks = [48.0] * 4 + [144.0] * 2 + [72.0] * 3
        assert now.median_slack_hours == pytest.approx(median(slacks))
        assert now.slip_rate == pytest.approx(1 / 9)
        assert now.withdrawal_rate == pytest.approx(1 / 10)
        assert now.implicit_share == pytest.approx(1 / 9)
        assert now.imported_share == 1.0
        assert now.retro_share == 0.0
        # The first date of the paused one moved by the day that it was paused.
        assert now.paused_share == pytest.approx(24 / (sum(slacks) + 24))
        assert before.median_slack_hours == pytest.approx(24)
        assert codes(found) == set()
    assert panel("all").before is None
    assert panel("all").now.n == 12


def test_nothing_is_divided_by_nothing() -> None:
    promises(1, 200)
    count()
    found = panel()
    assert (found.now.n, found.now.slip_rate, found.now.median_slack_hours) == (0, None, None)
    assert found.warnings == ()


def test_a_good_score_on_falling_volume_is_a_warning() -> None:
    promises(40, 30)
    promises(20, 3)
    # Others do worse, so that the team is better than the company.
    store(made("bad", at=NOW - 9 * DAY, due=NOW - 8 * DAY, team="support"))
    count()
    (warning,) = panel().warnings
    assert warning.code == "good_score_on_falling_volume"
    assert "20" in warning.text
    assert "40" in warning.text


def test_a_bad_score_on_falling_volume_is_falling_volume() -> None:
    promises(40, 30)
    at = NOW - 9 * DAY
    store(*(made(f"bad-{n}", at=at, due=at + DAY) for n in range(5)))
    promises(20, 3, prefix="x")
    store(*(made(f"fine-{n}", at=at, due=at + DAY, team="support") for n in range(5)))
    store(*(fulfilled(f"fine-{n}", at + HOUR) for n in range(5)))
    count()
    assert codes(panel()) == {"falling_volume"}


def test_safer_dates_withdrawals_and_pauses_are_warned_of() -> None:
    promises(20, 30)
    promises(20, 3, lead=3 * DAY)
    at = NOW - 6 * DAY
    for n in range(3):
        store(made(f"gone-{n}", at=at, due=at + DAY))
        store(event("promise.withdrawn", f"gone-{n}", at + HOUR, {"by": "customer"}))
    for n in range(4):
        begin = NOW - 20 * DAY
        store(
            made(f"paused-{n}", at=begin, due=begin + DAY),
            event("promise.paused", f"paused-{n}", begin + HOUR, {"cause": "agreed"}),
            event("promise.resumed", f"paused-{n}", begin + 12 * DAY),
        )
    count()
    assert codes(panel()) == {"rising_slack", "high_withdrawal", "high_paused"}


def test_what_people_write_down_afterwards_is_retro() -> None:
    due = NOW - 2 * DAY
    for n in range(20):
        name = f"late-entry-{n}"
        store(
            made(name, at=due - DAY, due=due, source="person:ada"),
            event("promise.fulfilled", name, due - HOUR, source="person:ada"),
            door=Source.Door.PERSON,
        )
    count()
    found = panel()
    assert Promise.objects.filter(retro=True).count() == 20
    assert (found.now.retro_share, found.now.imported_share) == (1.0, 0.0)
    assert "high_retro" in codes(found)


def test_a_team_with_many_promises_is_looked_at_by_its_latest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    promises(5, 20, lead=9 * DAY)
    promises(5, 3)
    count()
    monkeypatch.setattr(looked_at, "MOST_LOOKED_AT", 5)
    found = panel()
    assert (found.now.n, found.now.looked_at) == (10, 5)
    assert found.now.median_slack_hours == pytest.approx(24)


def test_it_looks_at_what_the_filters_leave() -> None:
    promises(6, 3, lead=2 * DAY)
    at = NOW - 9 * DAY
    for n in range(4):
        store(made(f"quiet-{n}", at=at, due=at + 4 * DAY, explicit=False, touchpoint="desk"))
    count()
    stated, unstated = panel(explicit=True).now, panel(explicit=False).now
    assert (stated.looked_at, stated.implicit_share, stated.median_slack_hours) == (6, 0, 48)
    assert (unstated.looked_at, unstated.implicit_share, unstated.median_slack_hours) == (4, 1, 96)


def test_days_that_are_over_are_looked_at_and_not_those_since() -> None:
    promises(5, 40, lead=6 * DAY)
    promises(7, 3, lead=DAY)
    count()
    since = (NOW - 45 * DAY).date()
    found = panel("custom", since=since, until=since + 10 * DAY).now
    assert (found.n, found.looked_at, found.median_slack_hours) == (5, 5, 144)


def test_a_pause_of_yesterday_is_not_in_the_share_of_before() -> None:
    promises(2, 9)
    at = NOW - 20 * DAY
    store(made("waits", at=at, due=at + 10 * DAY))
    count()
    then = NOW - 2 * DAY
    before = panel(is_now=False, as_of=then).now
    store(
        event("promise.paused", "waits", at + 5 * DAY, {"cause": "agreed"}),
        event("promise.resumed", "waits", NOW - DAY),
    )
    store(made("gone", at=at, due=NOW - 5 * DAY), fulfilled("gone", NOW - 6 * DAY))
    count()
    assert before.paused_share == 0
    assert panel(is_now=False, as_of=NOW - 3 * DAY).now.paused_share == 0


def test_the_past_looks_at_the_promises_that_counted_then() -> None:
    """One that was withdrawn then and retracted since; one withdrawn since; one moved since; one
    whose making was corrected since; one that was not made yet."""
    promises(3, 9, lead=2 * DAY)
    at, due = NOW - 12 * DAY, NOW - 8 * DAY
    then = NOW - 5 * DAY
    gone = event("promise.withdrawn", "gone", at + DAY, {"by": "customer"})
    wrong = made("wrong", at=at, due=due, explicit=False, id="wrong-1")
    paused = event("promise.paused", "paused", at + DAY, {"cause": "agreed"})
    store(
        *(made(name, at=at, due=due) for name in ("gone", "later-gone", "moved")),
        made("paused", at=at, due=due - 2 * DAY),
        *(gone, wrong, paused, event("promise.resumed", "paused", at + 3 * DAY)),
    )
    count()
    before = panel(is_now=False, as_of=then).now
    assert (before.n, before.looked_at, before.withdrawn) == (7, 7, 1)
    assert before.implicit_share == pytest.approx(1 / 7)
    assert before.paused_share == pytest.approx(2 / (3 * 2 + 4 * 4))
    request = {"who": "Ada", "at": at.isoformat()}
    asked = {"due_at": (NOW + DAY).isoformat(), "customer_request": request}
    store(
        retracted(gone, then + DAY),
        event("promise.withdrawn", "later-gone", then + DAY, {"by": "customer"}),
        event("promise.rescheduled", "moved", then + DAY, asked),
        retracted(wrong, then + DAY),
        made("wrong", at=at, due=due, team="support", id="wrong-2"),
        retracted(paused, then + DAY),
        made("unborn", at=then + HOUR, due=due),
    )
    count()
    after = panel(is_now=False, as_of=then).now
    assert after == before
    today = panel().now
    assert today.n == today.looked_at


def test_a_day_that_is_not_over_is_no_falling_volume() -> None:
    promises(30, 1)
    count()
    assert panel("1d").now.n < 10
    assert codes(panel("1d")) == set()


def test_alone_in_the_company_a_bad_score_is_no_good_one() -> None:
    promises(40, 30)
    at = NOW - 9 * DAY
    store(*(made(f"bad-{n}", at=at, due=at + DAY) for n in range(20)))
    count()
    assert codes(panel()) == {"falling_volume"}
