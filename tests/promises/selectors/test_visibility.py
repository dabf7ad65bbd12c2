"""An agent of one team never sees anything of another, in any selector."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.contrib.auth.models import User

from interactions.models import Customer, Membership, Team
from interactions.selectors import NOTHING, Viewer, viewer_for
from promises.models import Promise
from promises.scores import customer_rows, team_rows
from promises.selectors.asked import asked_from_query, question_for
from promises.selectors.customers import TimelineWanted, customer_read
from promises.selectors.dashboards import overview_read, overview_rest, team_read, team_rest
from promises.selectors.hurt import hurt_read
from promises.selectors.pages import Asked, PromiseLine
from promises.selectors.promises import promise_read
from promises.selectors.ranking import worst_customers
from promises.selectors.timelines import customer_timeline
from promises.selectors.visibility import (
    NotVisible,
    customer_visible,
    promise_visible,
    team_visible,
    visible_customer_events,
    visible_customers,
    visible_open,
    visible_promises,
    visible_teams,
)
from promises.selectors.worklists import OpenCounts, open_counts, overdue_promises
from promises.services.customer_scores import refresh_all
from tests.events import NOW, START, event, fulfilled, made, store
from tests.promises.asking import count

pytestmark = pytest.mark.django_db

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
MOMENTS = pytest.mark.parametrize("moment", ["", (NOW - DAY).isoformat()], ids=["now", "then"])


@dataclass(frozen=True)
class Eyes:
    """An agent of team a, one of both, and a manager."""

    agent: Viewer
    both: Viewer
    manager: Viewer


def person(name: str, *teams: str) -> Viewer:
    user = User.objects.create_user(name)
    if not teams:
        Membership.objects.create(user=user, role=Membership.Role.MANAGER)
    for team in Team.objects.filter(reference__in=teams):
        Membership.objects.create(user=user, role=Membership.Role.AGENT, team=team)
    return viewer_for(user)


@pytest.fixture
def eyes() -> Eyes:
    """Promises of teams a and b: to a customer of each, and to one whom they share."""
    for team in ("a", "b"):
        for number in range(6):
            customer = "shared" if number % 2 else f"of-{team}"
            reference = f"{team}-{number}"
            store(made(reference, team=team, customer=customer))
            if number < 3:
                store(fulfilled(reference, START + DAY))
        store(made(f"{team}-today", team=team, customer=f"of-{team}", due=NOW + HOUR))
        store(event("feedback.given", f"of-{team}", START + 4 * DAY, {"words": team}))
    count()
    refresh_all(now=NOW)
    return Eyes(person("agent", "a"), person("both", "a", "b"), person("manager"))


def asked(moment: str) -> Asked:
    return asked_from_query({"as_of": moment, "window": "all"}, now=NOW)


def teams_of(lines: tuple[PromiseLine, ...]) -> set[str]:
    return {line.team_id for line in lines}


@MOMENTS
def test_the_overview_is_of_the_own_teams_only(eyes: Eyes, moment: str) -> None:
    page = overview_read(eyes.agent, asked(moment))
    assert [row.id for row in page.teams] == ["a"]
    assert (page.company.n, page.overdue_count, page.due_today_count) == (6, 3, int(not moment))
    rest = overview_rest(eyes.agent, asked(moment))
    assert teams_of(rest.overdue) == {"a"}
    assert sum(point.n for point in page.trend) == 6
    # At a past moment they have a page of their own, and come later.
    assert (rest.worst_customers is None) == bool(moment)
    hurt = hurt_read(eyes.agent, asked(moment), limit=9).customers
    for customers in (hurt, rest.worst_customers or ()):
        assert all(row.id in ("of-a", "shared") and row.n <= 3 for row in customers)


@MOMENTS
def test_the_overview_of_a_manager_is_of_all(eyes: Eyes, moment: str) -> None:
    for viewer in (eyes.manager, eyes.both):
        page = overview_read(viewer, asked(moment))
        assert sorted(row.id for row in page.teams) == ["a", "b"]
        assert (page.company.n, page.overdue_count) == (12, 6)


@MOMENTS
def test_the_worst_customers_are_judged_by_the_own_promises(eyes: Eyes, moment: str) -> None:
    for number in range(9):
        store(made(f"more-{number}", team="b", customer="of-b"))
        store(made(f"shared-{number}", team="b", customer="shared"))
        store(made(f"mine-{number}", team="a", customer="of-a"))
    count()
    question = question_for(asked(moment), team_ids=eyes.agent.team_ids)
    rows = worst_customers(eyes.agent, question, limit=5)
    assert [(row.id, row.n) for row in rows] == [("of-a", 12)]


@MOMENTS
def test_a_shared_customer_shows_the_own_teams_half(eyes: Eyes, moment: str) -> None:
    page = customer_read(eyes.agent, "shared", asked(moment), TimelineWanted(100))
    assert (page.row.n, page.open_count) == (3, 2)
    assert teams_of((*page.open, *page.rest.missed)) == {"a"}
    assert {entry.subject[0] for entry in page.rest.timeline} == {"a"}
    whole = customer_read(eyes.manager, "shared", asked(moment), TimelineWanted(100))
    assert (whole.row.n, whole.open_count) == (6, 4)
    assert {entry.subject[0] for entry in whole.rest.timeline} == {"a", "b"}


@MOMENTS
def test_what_is_foreign_is_as_unknown_as_what_is_not_there(eyes: Eyes, moment: str) -> None:
    foreign = Promise.objects.get(reference="b-0")
    reads: list[Callable[[], object]] = [
        lambda: team_read(eyes.agent, "b", asked(moment)),
        lambda: team_read(eyes.agent, "nobody", asked(moment)),
        lambda: customer_read(eyes.agent, "of-b", asked(moment), TimelineWanted(9)),
        lambda: promise_read(eyes.agent, foreign.pk, asked(moment)),
        lambda: promise_read(eyes.agent, 10**9, asked(moment)),
        lambda: team_visible(eyes.agent, "b"),
        lambda: customer_visible(eyes.agent, "of-b"),
        lambda: promise_visible(eyes.agent, foreign.pk),
    ]
    for read in reads:
        with pytest.raises(NotVisible):
            read()


@MOMENTS
def test_the_own_team_page_is_of_the_own_promises(eyes: Eyes, moment: str) -> None:
    page = team_read(eyes.agent, "a", asked(moment))
    assert (page.row.n, page.overdue_count) == (6, 3)
    rest = team_rest(eyes.agent, "a", asked(moment))
    assert teams_of((*rest.overdue, *rest.matured)) == {"a"}
    assert [row.n for row in page.kinds] == [6]
    assert page.row.parent_mean == pytest.approx(
        team_read(eyes.manager, "b", asked(moment)).row.parent_mean
    ), "both are shrunk towards the whole company"


def test_the_querysets_hold_the_own_teams_only(eyes: Eyes) -> None:
    agent = eyes.agent
    assert set(visible_promises(agent).values_list("team__reference", flat=True)) == {"a"}
    assert set(visible_open(agent).values_list("team__reference", flat=True)) == {"a"}
    assert [team.reference for team in visible_teams(agent)] == ["a"]
    assert {c.reference for c in visible_customers(agent)} == {"of-a", "shared"}
    question = question_for(asked(""), team_ids=agent.team_ids)
    assert [row.id for row in team_rows(question)] == ["a"]
    assert {row.id: row.n for row in customer_rows(question)} == {"of-a": 3, "shared": 3}


def test_events_of_a_customer_are_for_those_who_may_see_the_customer(eyes: Eyes) -> None:
    foreign = Customer.objects.get(reference="of-b")
    assert not visible_customer_events(eyes.agent, foreign).exists()
    assert visible_customer_events(eyes.manager, foreign).count() == 1
    assert customer_timeline(eyes.agent, foreign, asked(""), limit=9) == ((), False)


@MOMENTS
def test_who_has_no_team_sees_nothing(eyes: Eyes, moment: str) -> None:
    page = overview_read(NOTHING, asked(moment))
    assert (page.company.n, page.company.not_yet_due, page.overdue_count) == (0, 0, 0)
    rest = overview_rest(NOTHING, asked(moment))
    assert page.teams == rest.overdue == (rest.worst_customers or ()) == page.trend == ()
    assert hurt_read(NOTHING, asked(moment), limit=9).customers == ()
    question = question_for(asked(moment), team_ids=NOTHING.team_ids)
    assert open_counts(NOTHING, asked(moment), question) == OpenCounts(0, 0)
    assert not overdue_promises(NOTHING, asked(moment)).exists()
    for visible in (visible_promises, visible_open, visible_teams, visible_customers):
        assert not visible(NOTHING).exists()
