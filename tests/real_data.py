"""Data that the tests may use but the repository may not carry: where they are, and whether."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection

ROOT = Path(__file__).parents[1]
OUTSIDE = Path(os.environ.get("PROMISEGAP_DATA") or ROOT.parent / "shared" / "data")
OLIST = OUTSIDE / "olist"
OLIST_IS_THERE = (OLIST / "olist_orders_dataset.csv.gz").is_file()
WITHOUT_OLIST = "Olist's data are not here; PROMISEGAP_DATA names the folder that holds them"


def pytest_report_header() -> str:
    """Say which real data sets this run checks."""
    olist = "Olist's orders" if OLIST_IS_THERE else f"not Olist's orders ({OUTSIDE} is not there)"
    return f"real data: Boston's 311 requests, {olist}"


@contextmanager
def the_time_of_a_worker() -> Iterator[None]:
    """Give statements the limit of workers and commands, whose work the test's process does."""
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = %s", [settings.WORKER_STATEMENT_TIMEOUT_MS])
        try:
            yield
        finally:
            if not connection.needs_rollback:
                cursor.execute("RESET statement_timeout")
