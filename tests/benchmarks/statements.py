"""What statements cost."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection


@contextmanager
def database_seconds() -> Iterator[list[float]]:
    """The time that statements take, one by one."""
    took: list[float] = []

    def timed(execute: Callable[..., Any], *args: Any) -> Any:
        began = time.perf_counter()
        try:
            return execute(*args)
        finally:
            took.append(time.perf_counter() - began)

    with connection.execute_wrapper(timed):
        yield took
