"""Pages that come in two parts: what a reader sees at once, and the rest, for which the page asks
when it is shown.

`whole=1` in the address asks for all of it: for readers without scripts, and for pages that ask
again by themselves. Where the page asks for its rest at that address, the answer is the rest alone.
"""

from enum import Enum, auto

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

from promises.views.live import asks_again

WHOLE = "whole"
# The id of the place that the rest takes.
_REST = "rest"


class Part(Enum):
    """What of a page is asked for."""

    FIRST = auto()
    REST = auto()
    WHOLE = auto()


def part_asked(request: HttpRequest) -> Part:
    """What of the page is asked for."""
    if asks_again(request):
        return Part.WHOLE
    if request.GET.get(WHOLE) != "1":
        return Part.FIRST
    return Part.REST if request.headers.get("HX-Target") == _REST else Part.WHOLE


def part_of(
    request: HttpRequest, template: str, context: dict[str, object], *, status: int = 200
) -> HttpResponse:
    """The answer with a page or its rest."""
    response = render(request, template, context, status=status)
    patch_vary_headers(response, ("HX-Target",))
    return response
