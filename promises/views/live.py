"""Pages that ask again by themselves: a tag that costs one look tells whether anything changed.

The tag is of what the figures are made from, the minute, and the address; whoever has the same one
gets 304 and nothing is added up.
"""

import hashlib
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils import timezone

from promises.selectors.freshness import ledger_stamp

Rest = ParamSpec("Rest")
View = Callable[Concatenate[HttpRequest, Rest], HttpResponse]


def live_page(view: View[Rest]) -> View[Rest]:
    """Give a page its tag, and answer 304 where the reader's is still right."""

    @wraps(view)
    def tagged(request: HttpRequest, /, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponse:
        # Read first: what changes while the page is made changes the next tag.
        tag = page_tag(request)
        if asks_again(request) and request.headers.get("If-None-Match") == tag:
            response: HttpResponse = HttpResponseNotModified()
            now = timezone.localtime()
            response["X-As-Of"] = now.strftime("%H:%M:%S")
        else:
            request.live_tag = tag  # type: ignore[attr-defined]
            response = view(request, *args, **kwargs)
        if response.status_code in (HTTPStatus.OK, HTTPStatus.NOT_MODIFIED):
            response["ETag"] = tag
        response["Cache-Control"] = "private, no-cache"
        return response

    return tagged


def asks_again(request: HttpRequest) -> bool:
    """Whether a page asks by itself; what a person opens is always made anew."""
    return request.headers.get("X-Live") == "1"


def page_tag(request: HttpRequest) -> str:
    """What a page of this address, for this person, is made from now."""
    minute = timezone.now().strftime("%Y-%m-%dT%H:%M")
    parts = (request.get_full_path(), str(request.user.pk), minute, ledger_stamp())
    return '"' + hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32] + '"'
