"""The honest date: what the past says about a promise that is about to be made."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from lifelines import KaplanMeierFitter

from interactions.models import Team
from interactions.selectors import EVERYTHING, Viewer
from promises.models import Promise
from promises.selectors.advice import (
    COMPANY,
    STANDARD,
    TEAM,
    Advice,
    advice_for,
    amount,
    date_words,
)
from promises.services.settling import count_all
from tests.events import NOW, fulfilled, made, store
from tests.promises.asking import count

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def store_teams() -> None:
    """North keeps 80 of 100 within 4 days and the rest in 8; south has 5 promises, west none."""
    events = []
    for number in range(100):
        reference, at = f"n-{number}", NOW - 30 * DAY + timedelta(minutes=number)
        more = {"standard": "gold", "standard_version": 1} if number % 4 == 0 else {}
        events.append(made(reference, at=at, team="north", **more))
        days = 2.5 if number % 5 else 7.5
        events.append(fulfilled(reference, at + days * DAY))
    for number in range(5):
        at = NOW - 10 * DAY
        events.append(made(f"s-{number}", at=at, team="south"))
        events.append(fulfilled(f"s-{number}", at + DAY))
    store(*events)
    count()
    count_all(now=NOW)


def ask(**asked: object) -> Advice:
    """The same question in the words of the tests."""
    usual = {"kind": "delivery", "team": "north", "made_at": NOW, "due_at": NOW + 4 * DAY}
    return advice_for(EVERYTHING, **(usual | asked))  # type: ignore[arg-type]


def test_it_says_how_often_and_by_when() -> None:
    store_teams()
    advice = ask()

    assert (advice.based_on, advice.n) == (TEAM, 100)
    assert advice.share == pytest.approx(0.8)
    assert advice.low is not None
    assert advice.high is not None
    assert advice.low < 0.8 < advice.high
    assert advice.is_bold
    assert advice.nine_of_ten_seconds is not None
    assert 7 * 86_400 < advice.nine_of_ten_seconds < 8 * 86_400
    assert advice.nine_of_ten_at == NOW + timedelta(seconds=advice.nine_of_ten_seconds)
    assert advice.counted_at == NOW
    with timezone.override("UTC"):
        assert advice.sentence == (
            "This team kept 80 of 100 such promises with 4 days; it keeps 9 of 10 with 8 days: "
            "Wed 8 April."
        )
    assert advice.basis == "delivery promises by north"


def test_it_goes_from_the_most_like_to_the_least() -> None:
    store_teams()
    assert (ask(standard="gold").based_on, ask(standard="gold").n) == (STANDARD, 25)
    assert ask(standard="silver").based_on == TEAM
    south = ask(team="south")
    assert (south.based_on, south.n) == (COMPANY, 105)
    assert south.sentence.startswith("The whole company kept 80 of 100")
    assert south.basis == "delivery promises of the whole company"
    assert ask(team="nobody").based_on == COMPANY
    assert ask(team="").based_on == COMPANY
    nothing = ask(kind="response")
    assert (nothing.based_on, nothing.n, nothing.share) == ("", 0, None)
    assert nothing.sentence.startswith("There are too few like it")


def test_without_a_date_it_says_by_when_only() -> None:
    store_teams()
    advice = ask(due_at=None)
    assert advice.share is None
    assert not advice.is_bold
    assert advice.sentence.startswith("This team keeps 9 of 10 with 8 days")
    with pytest.raises(ValueError, match="after the making"):
        ask(due_at=NOW)


def test_where_the_curve_does_not_come_down_it_says_more_than() -> None:
    events = []
    for number in range(40):
        at = NOW - 20 * DAY
        events.append(made(f"o-{number}", at=at, team="north"))
        if number % 2:
            events.append(fulfilled(f"o-{number}", at + DAY))
    store(*events)
    count()
    count_all(now=NOW)
    advice = ask()

    assert advice.share == pytest.approx(0.5)
    assert (advice.nine_of_ten_seconds, advice.nine_of_ten_at) == (None, None)
    assert advice.nine_of_ten_over_seconds is not None
    assert 18 * 86_400 < advice.nine_of_ten_over_seconds <= 20 * 86_400
    assert (
        "it keeps fewer than 9 of 10 even with 19 days, the longest time known" in advice.sentence
    )


def test_what_nobody_was_followed_for_is_not_told() -> None:
    store(*(made(f"new-{number}", at=NOW - DAY, team="north") for number in range(40)))
    count()
    count_all(now=NOW)
    far = ask(due_at=NOW + 30 * DAY)
    assert (far.based_on, far.share) == ("", None)
    assert far.sentence.startswith("There are too few like it")
    soon = ask(due_at=NOW + timedelta(hours=12))
    assert (soon.based_on, soon.share) == (TEAM, 0)
    assert "keeps fewer than 9 of 10 even with" in ask(due_at=None).sentence


def test_a_date_is_kept_up_to_the_tolerance_after_it() -> None:
    """What is measured a day after its period ends is kept: quality has three days."""
    measured = {"target": 99.9, "comparator": ">=", "unit": "%", "scale": 1.0}
    told = {"quality": measured}
    events = []
    for number in range(100):
        at = NOW - 60 * DAY
        due = at + 30 * DAY
        events.append(made(f"q-{number}", at=at, due=due, kind="quality", team="north", **told))
        events.append(fulfilled(f"q-{number}", due + DAY))
    store(*events)
    count()
    assert Promise.objects.filter(state="kept").count() == 100
    count_all(now=NOW)
    advice = ask(kind="quality", due_at=NOW + 30 * DAY)
    assert advice.share == pytest.approx(1.0)
    assert advice.nine_of_ten_seconds is not None
    assert 25 * 86_400 < advice.nine_of_ten_seconds < 30 * 86_400
    assert ask(kind="quality", due_at=NOW + 20 * DAY).share == 0


def test_a_team_that_is_not_the_viewers_has_no_past() -> None:
    store_teams()
    south = Team.objects.get(reference="south")
    viewer = Viewer(1, "agent", frozenset({south.pk}))
    advice = advice_for(viewer, kind="delivery", team="north", made_at=NOW, due_at=NOW + 4 * DAY)
    assert (advice.based_on, advice.n, advice.team_name) == (COMPANY, 105, "north")


def test_lifelines_says_the_same() -> None:
    """With open ones that were followed for a shorter time than others took."""
    events = []
    for number in range(120):
        at = NOW - number * 0.25 * DAY - timedelta(minutes=number)
        took = timedelta(hours=5 + number * 37.3 % 260)
        events.append(made(f"l-{number}", at=at, team="north"))
        if at + took < NOW:
            events.append(fulfilled(f"l-{number}", at + took))
    store(*events)
    count()
    count_all(now=NOW)
    rows = list(Promise.objects.all())
    times = [((row.settled_at or NOW) - row.made_at).total_seconds() for row in rows]
    fitter = KaplanMeierFitter().fit(times, [row.settled_at is not None for row in rows])

    for days in (1, 2, 4, 7, 10):
        theirs = 1 - float(fitter.predict(days * 86_400))
        advice = ask(due_at=NOW + days * DAY)
        # A bucket is 9 % wide, and this curve falls by about 10 % a day.
        assert advice.share == pytest.approx(theirs, abs=0.05)
        interval = fitter.confidence_interval_survival_function_
        width = float((interval.iloc[:, 1] - interval.iloc[:, 0]).max())
        assert advice.low is not None
        assert advice.high is not None
        assert 0 < advice.high - advice.low < width + 0.05
    assert advice.nine_of_ten_seconds == pytest.approx(float(fitter.percentile(0.1)), rel=0.1)


@pytest.mark.parametrize(
    ("seconds", "up", "words"),
    [
        (345_600, False, "4 days"),
        (345_601, True, "5 days"),
        (172_800, False, "2 days"),
        (86_400, False, "24 hours"),
        (7_200, False, "2 hours"),
        (5_400, False, "90 minutes"),
        (10, False, "1 minute"),
        (10, True, "1 minute"),
    ],
)
def test_a_length_of_time_is_said_as_people_promise_it(
    seconds: float, up: bool, words: str
) -> None:
    assert amount(seconds, up=up) == words


@pytest.mark.parametrize(
    ("share", "low", "words"),
    [
        (0.7213, 0.6894, "kept 72 of 100"),
        (0.998, 0.997, "kept more than 99 of 100"),
        (1.0, 0.996, "kept 100 of 100"),
        (0.72, 0.72, "kept 72 of 100"),
        (0.729, 0.7251, "kept more than 72 of 100"),
        (0.004, 0.002, "kept fewer than 1 of 100"),
        (0.0, 0.0, "kept 0 of 100"),
    ],
)
def test_what_is_said_lies_in_its_range(share: float, low: float, words: str) -> None:
    due = NOW + 4 * DAY
    told = Advice("delivery", "", "", "", NOW, due, TEAM, 900, share=share, low=low, high=1.0)
    assert f"{words} such promises" in told.sentence


def test_an_hour_is_said_with_its_zone() -> None:
    told = Advice("delivery", "", "", "", NOW, None, TEAM, 90, nine_of_ten_seconds=7_200.0)
    with timezone.override("Asia/Tokyo"):
        assert told.sentence.endswith(" (Asia/Tokyo).")
    assert told.nine_of_ten_at is not None
    assert date_words(told.nine_of_ten_at, 3 * 86_400.0).endswith(" March")


def test_it_reads_few_rows(django_assert_max_num_queries: object) -> None:
    store_teams()
    with django_assert_max_num_queries(5):  # type: ignore[operator]
        assert isinstance(ask(standard="gold").made_at, datetime)
