"""The overview and the page of a team, and their figures as tables."""

from collections.abc import Callable, Iterable
from dataclasses import fields

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from interactions.selectors import Viewer, viewer_for
from interactions.streaming import CSV, sent_whole
from promises.domain.tables import csv_lines
from promises.models import ReadingPage
from promises.scores import Question, ScoreRow, read_together, team_rows, touchpoint_rows
from promises.selectors.dashboards import (
    overview_question,
    overview_read,
    overview_rest,
    plain_kind_rows,
    team_read,
    team_rest,
)
from promises.selectors.narrowing import asked_with_filters
from promises.selectors.pages import TrendPoint
from promises.selectors.ranking import worst_customers
from promises.selectors.reading import start_query
from promises.selectors.restatements import restated_notes
from promises.selectors.trend import trend_read
from promises.selectors.visibility import NotVisible
from promises.services.reading import remember
from promises.views.gaming import panel_lines
from promises.views.in_parts import Part, part_asked, part_of
from promises.views.live import asks_again, live_page
from promises.views.promise_list import PIECE, kept_query

# A table holds so many customers, worst first.
MOST_CUSTOMERS = 1_000
Rows = Iterable[ScoreRow | TrendPoint]
FIGURES: dict[str, Callable[[Viewer, Question], Rows]] = {
    "trend": lambda _, question: trend_read(question),
    "teams": lambda _, question: team_rows(question),
    "kinds": lambda _, question: plain_kind_rows(question),
    "touchpoints": lambda _, question: touchpoint_rows(question),
    "customers": lambda viewer, question: worst_customers(viewer, question, limit=MOST_CUSTOMERS),
}


@require_safe
@login_required
@live_page
def overview(request: HttpRequest) -> HttpResponse:
    """How it stands and where it hurts."""
    viewer, part = viewer_for(request.user), part_asked(request)
    asked = asked_with_filters(viewer, request.GET, now=timezone.now())
    if part is Part.REST:
        rest = {"page": overview_rest(viewer, asked), "viewer": viewer}
        return part_of(request, "promises/_overview_rest.html", rest)
    page = overview_read(viewer, asked, whole=part is Part.WHOLE)
    if viewer.user_id is not None and not asks_again(request):
        remember(viewer.user_id, ReadingPage.OVERVIEW, kept_query(request))
    # The company's figures of an agent are those of the agent's teams.
    restated = restated_notes(page.asked) if viewer.sees_all else ()
    context = {"page": page, "viewer": viewer, "restated": restated}
    return part_of(request, "promises/overview.html", context)


@require_safe
@login_required
def start(request: HttpRequest) -> HttpResponse:
    """The overview as a person wants to begin with it: their own view, else what they saw last."""
    query = start_query(viewer_for(request.user), ReadingPage.OVERVIEW)
    return redirect(reverse("overview") + (f"?{query}" if query else ""))


@require_safe
@login_required
@live_page
def team(request: HttpRequest, reference: str) -> HttpResponse:
    """One team.

    Raises: Http404 where there is no such team for this viewer.
    """
    viewer, part = viewer_for(request.user), part_asked(request)
    asked = asked_with_filters(viewer, request.GET, now=timezone.now())
    about = {"viewer": viewer, "list_of": {"team": reference}}
    try:
        if part is Part.REST:
            rest = {"page": team_rest(viewer, reference, asked)}
            return part_of(request, "promises/_team_rest.html", about | rest)
        page = team_read(viewer, reference, asked, whole=part is Part.WHOLE)
    except NotVisible as error:
        raise Http404 from error
    context = {
        "page": page,
        "restated": restated_notes(page.asked, team=reference),
        "panel": page.panel,
        "panel_lines": panel_lines(page.panel),
    }
    return part_of(request, "promises/team.html", about | context)


@require_safe
@login_required
def figures(request: HttpRequest, name: str) -> HttpResponse:
    """What stands behind a chart or a table of the overview, as CSV.

    Raises: Http404 for another name.
    """
    if name not in FIGURES:
        raise Http404
    viewer = viewer_for(request.user)
    asked = asked_with_filters(viewer, request.GET, now=timezone.now())
    question = overview_question(viewer, asked)
    if name in ("teams", "kinds"):
        read_together(question)
    rows = FIGURES[name](viewer, question)
    columns = [field.name for field in fields(TrendPoint if name == "trend" else ScoreRow)]
    cells = ([getattr(row, column) for column in columns] for row in rows)
    return sent_whole(csv_lines(columns, cells, piece=PIECE), CSV, f"{name}.csv")
