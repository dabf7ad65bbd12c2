"""What is answered where no view did: problems under /api/, pages for people elsewhere.

A database that is away is told apart from a mistake of ours, wherever it was noticed: in a view, in
a session, in the middle of signing in. Who is signed in keeps the menus on a page of what is not
there or not theirs. The other pages do without: what came cannot be trusted, or what would be
asked may be what broke.
"""

import sys

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.views import defaults

from interactions.away import database_is_away
from interactions.problems import RETRY_AFTER_SECONDS, DatabaseAway, problem_response, unknown_path
from interactions.selectors import viewer_for

API = "/api/"


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """A request that cannot be understood, or comes for another host."""
    if not _for_program(request):
        return defaults.bad_request(request, exception)
    if isinstance(exception, RequestDataTooBig):
        return problem_response(413, "too_large", "The body is over the limit; send it in parts.")
    return problem_response(400, "bad_request", "The request cannot be understood.")


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """What is not allowed."""
    if not _for_program(request):
        return _page(request, "403.html", status=403)
    return problem_response(403, "permission_denied", "This is not allowed.")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponseBase:
    """A form without the token of its page."""
    if not _for_program(request):
        return _page(request, "403_csrf.html", status=403)
    return problem_response(403, "csrf_failed", "The form was sent without the token of its page.")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """What is not there."""
    if not _for_program(request):
        return _page(request, "404.html", status=404)
    return unknown_path(request)


def server_error(request: HttpRequest) -> HttpResponseBase:
    """A mistake of ours (500), or a database that is away (503 with `Retry-After`)."""
    away = database_is_away(sys.exception())
    if not away and not _for_program(request):
        return defaults.server_error(request)
    response: HttpResponse
    if not away:
        return problem_response(500, "error", "Something went wrong here; it is in the log.")
    if _for_program(request):
        response = problem_response(
            503, DatabaseAway.default_code, str(DatabaseAway.default_detail)
        )
    else:
        # Without the request: whoever asks who is signed in would ask the database.
        response = HttpResponse(render_to_string("503.html"), status=503)
    response["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


def _page(request: HttpRequest, template: str, *, status: int) -> HttpResponse:
    """A page with the header that this person has everywhere else.

    Raises: what a database says that is away, which `server_error` answers.
    """
    viewer = viewer_for(getattr(request, "user", AnonymousUser()))
    page = render_to_string(template, {"viewer": viewer}, request=request)
    return HttpResponse(page, status=status)


def _for_program(request: HttpRequest) -> bool:
    return request.path_info.startswith(API)
