"""Doing things at the same moment, each on a database connection of its own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from django.db import connection

Answer = TypeVar("Answer")


def together(*works: Callable[[], Answer]) -> list[Answer]:
    """Start all works at once; their answers in order. An error of any is raised here."""
    start = Barrier(len(works))

    def run(work: Callable[[], Answer]) -> Answer:
        try:
            start.wait(timeout=10)
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return [future.result() for future in [pool.submit(run, work) for work in works]]
