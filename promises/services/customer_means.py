"""The company's means that customer scores are drawn to (mu of R11), in every stored window."""

import time
from collections.abc import Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import connection

from promises.domain.clock import day_of
from promises.scores import STORED_WINDOWS, Question, relations
from promises.scores.factors import FACTORS, day_arrays, parameter_arrays

KINDS = ("", "delivery", "response", "quality")
# (window, kind) -> the company's raw mean
Means = Mapping[tuple[str, str], float]
# Where so many cells tell it, it does not move within a minute.
MANY_CELLS, KEPT_SECONDS = 10_000, 60.0
_kept: dict[str, tuple[date, float, dict[tuple[str, str], float]]] = {}


def company_means(
    now: datetime, zone: ZoneInfo, *, roughly: bool = False
) -> dict[tuple[str, str], float]:
    """mu by stored window and kind, '' for all kinds; those without promises are left out.

    Shape: `roughly` where it may be that of the same day and the last minute, if it takes many
    cells to tell.
    """
    database, day = str(connection.settings_dict["NAME"]), day_of(now, zone)
    kept = _kept.get(database)
    if roughly and kept and kept[0] == day and time.monotonic() - kept[1] < KEPT_SECONDS:
        return kept[2]
    means, cells = _company_means(now, zone)
    if cells >= MANY_CELLS:
        _kept[database] = (day, time.monotonic(), means)
    else:
        _kept.pop(database, None)
    return means


def _company_means(now: datetime, zone: ZoneInfo) -> tuple[dict[tuple[str, str], float], int]:
    """The same with the number of cells that were read."""
    question = asked_of(now, zone, "all")
    cells, of_cells = relations.from_company(question)
    today, of_today = relations.from_promises_today(question)
    days = [f"WHEN day >= %(first_{name})s THEN {place}" for name, place in places()]
    place = f"CASE {' '.join(days)} ELSE {len(STORED_WINDOWS) - 1} END"
    statement = (
        f"WITH {FACTORS}, rows AS ({cells} UNION ALL {today}) "  # noqa: S608 (our own names)
        f"SELECT kind, {place}, count(*), promises_sum(weight), (sum(loss + open_weight) - sum("
        "CASE WHEN open_residual = 0 THEN 0 ELSE open_residual * factor END))::float8 "
        "FROM rows LEFT JOIN factors USING (day, kind, parameters_version) "
        "WHERE matured GROUP BY 1, 2"
    )
    parameters = parameter_arrays() | day_arrays(question) | of_cells | of_today
    firsts = {f"first_{name}": asked_of(now, zone, name).first_day for name, _ in places()}
    with connection.cursor() as cursor:
        cursor.execute(statement, {**parameters, **firsts, "as_of": now})
        found = cursor.fetchall()
    means = {}
    for place_of, window in enumerate(STORED_WINDOWS):
        for kind in KINDS:
            rows = [row for row in found if row[1] <= place_of and kind in ("", row[0])]
            if weight := sum(row[3] for row in rows):
                means[window, kind] = sum(row[4] for row in rows) / weight
    return means, sum(row[2] for row in found)


def asked_of(now: datetime, zone: ZoneInfo, window: str) -> Question:
    """All that there is, in a window that ends now."""
    return Question(as_of=now, is_now=True, zone=zone, window=window)


def places() -> list[tuple[str, int]]:
    """The windows that have a beginning, shortest first, with their places."""
    return [(name, place) for place, name in enumerate(STORED_WINDOWS[:-1])]
