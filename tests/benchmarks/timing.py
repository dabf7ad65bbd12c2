"""Around each request: how long it took in the server, and what of it the database did."""

import time
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse

Answer = Callable[[HttpRequest], HttpResponse]


def timed(get_response: Answer) -> Answer:
    """Middleware: the answer says seconds, queries, and seconds of the queries."""

    def answer(request: HttpRequest) -> HttpResponse:
        took: list[float] = []

        def execute(execute: Callable[..., Any], *args: Any) -> Any:
            began = time.perf_counter()
            try:
                return execute(*args)
            finally:
                took.append(time.perf_counter() - began)

        began = time.perf_counter()
        with connection.execute_wrapper(execute):
            response = get_response(request)
        response["X-Seconds"] = f"{time.perf_counter() - began:.6f}"
        response["X-Queries"] = str(len(took))
        response["X-Query-Seconds"] = f"{sum(took):.6f}"
        return response

    return answer
