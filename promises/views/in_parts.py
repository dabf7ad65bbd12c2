"""Pages that come in parts: what a reader sees at once, and the rest, for which the page asks when
it is shown; where that is much, in two places, each by a request of its own.

`whole=1` in the address asks for all of it: for readers without scripts, and for pages that ask
again by themselves. Where the page asks for a place of it at that address, the answer is what
stands there alone.
"""

from collections.abc import Collection
from enum import Enum, auto

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

from promises.views.live import asks_again

WHOLE = "whole"
# The id of the place that the rest takes, where it is one.
REST = "rest"


class Part(Enum):
    """What of a page is asked for."""

    FIRST = auto()
    REST = auto()
    WHOLE = auto()


def part_asked(request: HttpRequest, places: Collection[str] = (REST,)) -> Part:
    """What of the page is asked for. Shape: `places` are the ids of those that come later."""
    if asks_again(request):
        return Part.WHOLE
    if request.GET.get(WHOLE) != "1":
        return Part.FIRST
    return Part.REST if place_asked(request) in places else Part.WHOLE


def place_asked(request: HttpRequest) -> str:
    """The id of the place on the page that the answer takes; "" where it is a page."""
    return request.headers.get("HX-Target", "")


def part_of(
    request: HttpRequest, template: str, context: dict[str, object], *, status: int = 200
) -> HttpResponse:
    """The answer with a page or its rest."""
    response = render(request, template, context, status=status)
    patch_vary_headers(response, ("HX-Target",))
    return response
