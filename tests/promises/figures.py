"""Real data sets, imported once for each module of tests, and asked for through the public API."""

import csv
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.test import Client

from interactions.authentication import forget_cached_keys
from interactions.keys import make_key
from promises.models import KindParameters
from promises.services.checking import check_ledger
from tests.real_data import ROOT, the_time_of_a_worker

SAMPLES = ROOT / "promises" / "samples"
EXPECTED = ROOT / "tests" / "data"

Figures = dict[str, Any]


@contextmanager
def imported(*files: Path, mapping: str, checked: bool = True) -> Iterator[str]:
    """Import files for good; a key to read the scores with. The tables are emptied at the end.

    Shape: the ledger is checked unless the same files are checked elsewhere.
    """
    try:
        with the_time_of_a_worker():
            call_command(
                "import_promises",
                *map(str, files),
                mapping=SAMPLES / mapping,
                rejects=Path(os.devnull),
            )
            if checked:
                check = check_ledger()
                assert check.ok, check
        yield make_key(name="figures", scopes=["read"])[1]
    finally:
        forget_cached_keys()
        _empty_tables()


def scores(key: str, **asked: str) -> dict[str, Figures]:
    """All rows that the public API answers, by id."""
    rows: dict[str, Figures] = {}
    client, address = Client(headers={"Authorization": f"Bearer {key}"}), "/api/v1/scores"
    answer = client.get(address, {"window": "all", **asked})
    while True:
        assert answer.status_code == 200, answer.content
        read = answer.json()
        rows |= {row["id"]: row for row in read["results"]}
        if not read.get("next"):
            return rows
        answer = client.get(read["next"])


def company(key: str, **asked: str) -> Figures:
    """The one row of the company."""
    (row,) = scores(key, scope="company", **asked).values()
    return row


def chosen(row: Figures, *names: str) -> dict[str, int]:
    """Some of a row's figures."""
    return {name: int(row[name]) for name in names}


def expected(path: Path, key: str) -> dict[str, Figures]:
    """The rows of a table of expected figures, by their first column."""
    with path.open(encoding="utf-8", newline="") as stream:
        return {row[key]: row for row in csv.DictReader(stream)}


def _empty_tables() -> None:
    models = [
        *apps.get_app_config("promises").get_models(),
        *apps.get_app_config("interactions").get_models(),
    ]
    # Parameters come with the migrations, for all tests.
    names = [model._meta.db_table for model in models if model is not KindParameters]
    assert connection.settings_dict["NAME"].startswith("test_"), "only ever a test database"
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE " + ", ".join(names) + " CASCADE")
