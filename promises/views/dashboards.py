"""The overview and the page of a team."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from interactions.selectors import viewer_for
from promises.selectors.asked import asked_from_query
from promises.selectors.dashboards import overview_read, team_read
from promises.selectors.restatements import restated_notes
from promises.selectors.visibility import NotVisible
from promises.views.gaming import panel_lines


@require_safe
@login_required
@cache_control(private=True)
def overview(request: HttpRequest) -> HttpResponse:
    """How it stands and where it hurts."""
    viewer = viewer_for(request.user)
    page = overview_read(viewer, asked_from_query(request.GET, now=timezone.now()))
    # The company's figures of an agent are those of the agent's teams.
    restated = restated_notes(page.asked) if viewer.sees_all else ()
    context = {"page": page, "viewer": viewer, "restated": restated}
    return render(request, "promises/overview.html", context)


@require_safe
@login_required
@cache_control(private=True)
def team(request: HttpRequest, reference: str) -> HttpResponse:
    """One team.

    Raises: Http404 where there is no such team for this viewer.
    """
    viewer = viewer_for(request.user)
    asked = asked_from_query(request.GET, now=timezone.now())
    try:
        page = team_read(viewer, reference, asked)
    except NotVisible as error:
        raise Http404 from error
    context = {
        "page": page,
        "viewer": viewer,
        "restated": restated_notes(page.asked, team=reference),
        "panel": page.panel,
        "panel_lines": panel_lines(page.panel),
    }
    return render(request, "promises/team.html", context)
