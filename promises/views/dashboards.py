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
from promises.selectors.visibility import NotVisible


@require_safe
@login_required
@cache_control(private=True)
def overview(request: HttpRequest) -> HttpResponse:
    """How it stands and where it hurts."""
    viewer = viewer_for(request.user)
    page = overview_read(viewer, asked_from_query(request.GET, now=timezone.now()))
    return render(request, "promises/overview.html", {"page": page, "viewer": viewer})


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
    return render(request, "promises/team.html", {"page": page, "viewer": viewer})
