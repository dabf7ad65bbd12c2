"""Answers for a part of a page: the dialogs of the desk ask for them, links and forms without
scripts for whole pages."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from interactions.models import Event
from promises.models import Promise


def wants_fragment(request: HttpRequest) -> bool:
    """Whether a script of ours asks."""
    return request.headers.get("X-Fragment") == "1"


def done(
    request: HttpRequest, said: str, *, promise: Promise | None = None, event: Event | None = None
) -> HttpResponse:
    """What is said once something was recorded, and how it is taken back."""
    context = {"said": said, "promise": promise, "event": event}
    response = render(request, "promises/desk/_done.html", context)
    response["X-Done"] = "1"
    return response


def place_to_go(request: HttpRequest, usual: str, *, field: str = "next") -> str:
    """Where a form leads afterwards: to the path on this site that it names, else to the usual."""
    asked = request.POST.get(field, "")
    # Without hosts that would be allowed, and with a slash, it is a path from the root.
    safe = asked.startswith("/") and url_has_allowed_host_and_scheme(asked, allowed_hosts=None)
    return asked if safe else usual
