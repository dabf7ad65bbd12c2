"""Tables that people download begin with a byte order mark, by which Excel knows their letters.

Programs get them by the API, without it.
"""

from collections.abc import Callable
from itertools import chain

from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase

from interactions.preferences import chosen_by

Answer = Callable[[HttpRequest], HttpResponseBase]
MARK = b"\xef\xbb\xbf"


def mark_tables(get_response: Answer) -> Answer:
    """Middleware: for people who did not switch it off."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        is_table = response.headers.get("Content-Type", "").startswith("text/csv")
        if not is_table or request.path.startswith("/api/"):
            return response
        if not chosen_by(request.user.pk).table_mark:
            return response
        if isinstance(response, StreamingHttpResponse):
            pieces = response.streaming_content
            response.streaming_content = chain([MARK], pieces)  # type: ignore[arg-type]
        else:
            response.content = MARK + response.content  # type: ignore[attr-defined]
        return response

    return answer
