"""The overview and the team page."""

from interactions.selectors import Viewer
from promises.projection import kind_parameters
from promises.scores import company_row, empty_row, kind_rows, team_rows
from promises.selectors.asked import question_for
from promises.selectors.freshness import freshness_read, parameters_read
from promises.selectors.lines import promise_lines
from promises.selectors.pages import Asked, Overview, TeamPage
from promises.selectors.ranking import worst_customers
from promises.selectors.teams import owed_customers, team_people, upcoming_promises
from promises.selectors.trend import trend_read
from promises.selectors.visibility import team_visible, visible_promises
from promises.selectors.worklists import due_today_count, matured_promises, overdue_promises

LIST_LENGTH = 10
MATURED_LENGTH = 25


def overview_read(viewer: Viewer, asked: Asked) -> Overview:
    """How it stands for all that the viewer may see."""
    question = question_for(asked, team_ids=viewer.team_ids)
    overdue = overdue_promises(viewer, asked)
    return Overview(
        asked=asked,
        freshness=freshness_read(asked),
        parameters=parameters_read(asked),
        company=company_row(question),
        trend=trend_read(question),
        teams=tuple(team_rows(question)),
        worst_customers=tuple(worst_customers(viewer, question, limit=LIST_LENGTH)),
        overdue_count=overdue.count(),
        due_today_count=due_today_count(viewer, asked, question),
        overdue=promise_lines(overdue[:LIST_LENGTH], asked),
    )


def team_read(viewer: Viewer, reference: str, asked: Asked) -> TeamPage:
    """One team.

    Raises: NotVisible for an unknown team or one that is not the viewer's.
    """
    team = team_visible(viewer, reference)
    question = question_for(asked, team_ids=frozenset({team.pk}))
    of_team = Viewer(viewer.user_id, viewer.role, frozenset({team.pk}))
    rows = team_rows(question)
    overdue = overdue_promises(of_team, asked)
    matured = matured_promises(visible_promises(of_team), asked, question)
    upcoming, parameters = upcoming_promises(of_team, team, asked), kind_parameters()
    return TeamPage(
        asked=asked,
        freshness=freshness_read(asked),
        parameters=parameters_read(asked, parameters),
        row=rows[0] if rows else empty_row(team.reference, team.label, asked.as_of),
        kinds=tuple(kind_rows(question)),
        trend=trend_read(question),
        overdue_count=overdue.count(),
        overdue=promise_lines(overdue[:LIST_LENGTH], asked, parameters),
        matured=promise_lines(matured[:MATURED_LENGTH], asked, parameters),
        people=team_people(team),
        upcoming_count=upcoming.count(),
        upcoming=promise_lines(upcoming[:LIST_LENGTH], asked, parameters),
        owed=owed_customers(of_team, team, asked, limit=LIST_LENGTH),
    )
