"""Pages for admins only."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from interactions.selectors import Viewer, viewer_for

Rest = ParamSpec("Rest")
View = Callable[Concatenate[HttpRequest, Viewer, Rest], HttpResponse]


def admins_only(view: View[Rest]) -> Callable[Concatenate[HttpRequest, Rest], HttpResponse]:
    """Give a view its viewer, who is an admin; everybody else is refused or asked to sign in.

    What it answers may hold a key, so that no browser and no proxy keeps it.
    """

    def guarded(request: HttpRequest, /, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponse:
        viewer = viewer_for(request.user)
        if not viewer.administers:
            raise PermissionDenied
        response = view(request, viewer, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        return response

    return login_required(wraps(view)(guarded))
