"""The funnel of the teams: around the company's rate, also for those who see a part of it."""

from datetime import timedelta

import pytest

from interactions.decode import NewEvent
from interactions.selectors import Viewer
from promises.domain.funnel import Verdict, limits, verdict
from promises.scores import company_row, team_rows
from promises.selectors.asked import asked_from_query
from promises.selectors.funnel import funnel_of, funnel_read, teams_read
from tests.events import NOW, START, fulfilled, made, store
from tests.promises.asking import ask, count, team_ids

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
# Team -> (promises, kept).
TEAMS = {"large": (60, 54), "poor": (40, 12), "small": (4, 2), "one": (1, 0)}


def promises_of(team: str, promises: int, kept: int) -> list[NewEvent]:
    events = [made(f"{team}-{n}", team=team, customer=team) for n in range(promises)]
    return events + [fulfilled(f"{team}-{n}", START + DAY) for n in range(kept)]


@pytest.fixture
def company() -> None:
    for team, (promises, kept) in TEAMS.items():
        store(*promises_of(team, promises, kept))
    store(made("to-come", team="idle", due=NOW + DAY))
    count()


@pytest.mark.parametrize("is_now", [True, False], ids=["now", "then"])
def test_every_team_is_judged_by_the_limits_of_its_own_volume(company: None, is_now: bool) -> None:
    found = funnel_read(ask(is_now=is_now))
    assert (found.n, found.kept, found.kept_rate) == (105, 68, 68 / 105)
    assert [(point.id, point.n, point.kept) for point in found.points] == [
        (team, *figures) for team, figures in TEAMS.items()
    ]
    for point in found.points:
        assert point.limits == limits(point.n, 68 / 105)
        assert point.verdict == verdict(point.kept, point.limits)
    verdicts = [point.verdict for point in found.points]
    assert verdicts == [Verdict.FAR_ABOVE, Verdict.FAR_BELOW, Verdict.INSIDE, Verdict.INSIDE]
    assert (found.limits[0].n, found.limits[-1].n) == (1, 60)


def test_rows_that_are_there_already_give_the_same(company: None) -> None:
    row, rows = company_row(ask()), team_rows(ask())
    assert funnel_of(row.n, row.kept, rows) == funnel_read(ask())


def test_who_sees_one_team_sees_it_around_the_rate_of_the_company(company: None) -> None:
    viewer = Viewer(1, "agent", team_ids("poor"))
    page = teams_read(viewer, asked_from_query({"window": "all"}, now=NOW))
    assert [row.id for row in page.teams] == ["poor"]
    assert page.teams[0].rank_from is None
    assert [point.id for point in page.funnel.points] == ["poor"]
    assert page.funnel.kept_rate == 68 / 105


def test_places_overlap_where_ranges_do(company: None) -> None:
    rows = {row.id: row for row in team_rows(ask())}
    assert (rows["poor"].rank_from, rows["poor"].rank_to) == (1, 1)
    assert (rows["large"].rank_from, rows["large"].rank_to) == (2, 2)
    assert {rows[name].rank_from for name in ("small", "one", "idle")} == {None}


def test_nothing_is_no_funnel() -> None:
    found = funnel_read(ask())
    assert (found.n, found.kept_rate, found.points, found.limits) == (0, None, (), ())
