"""A request that only reads is one reading: what its page needs more than once is read once."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from interactions.one_reading import one_reading

Answer = Callable[[HttpRequest], HttpResponse]
_READS = ("GET", "HEAD")


def read_once(get_response: Answer) -> Answer:
    """Middleware: whatever changes something reads anew each time."""

    def answer(request: HttpRequest) -> HttpResponse:
        if request.method not in _READS:
            return get_response(request)
        with one_reading():
            return get_response(request)

    return answer
