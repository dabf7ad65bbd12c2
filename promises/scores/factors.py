"""What is left of losses to come at the moment of a question: one number for a cell (R12)."""

from datetime import date
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.db import connection

from interactions.arrays import plain_array, text_array
from promises.cells.halving import day_ends, left_by_day, terms
from promises.scores.question import Question
from promises.scores.reading import once

# By day and parameters. Where it cannot be told from 0 it is not computed. Before the end of the
# day it is above 1: with a half-life of minutes by more than a number can hold, but then what was
# filed as still to come so early in the day is 0 in units of 1e-9.
FACTORS = """
ends(day, ends_at) AS (
    SELECT * FROM unnest(%(days)s::date[], %(day_ends)s::timestamptz[])
), parameters(kind, parameters_version, base_loss, half_life) AS (
    SELECT * FROM unnest(%(kinds)s::text[], %(versions)s::int[], %(base_losses)s::float8[],
                         %(half_lives)s::float8[])
), factors AS MATERIALIZED (
    SELECT day, kind, parameters_version, power(2, least(64, greatest(-1000,
        -extract(epoch FROM %(as_of)s - ends_at)::float8 / half_life))) AS factor
    FROM ends CROSS JOIN parameters
)"""


def parameter_arrays() -> dict[str, str]:
    """The parameters of all kinds and versions, as arrays."""
    rows = terms()
    return {
        "kinds": text_array(kind for kind, _ in rows),
        "versions": plain_array(version for _, version in rows),
        "base_losses": plain_array(base for base, _ in rows.values()),
        "half_lives": plain_array(half for _, half in rows.values()),
    }


def day_arrays(question: Question, *, first: date | None = None) -> dict[str, str]:
    """The end of every local day that can hold matured promises (R12's t0).

    Shape: from `first` on, where it is given, else from the first day of the window.
    """
    return dict(_day_arrays(_first_day(question, first), question.today, question.zone))


@lru_cache(maxsize=64)
def _day_arrays(first: date, today: date, zone: ZoneInfo) -> dict[str, str]:
    ends = day_ends(first, today, zone)
    return {
        "days": plain_array(ends),
        "day_ends": plain_array(f'"{end.isoformat()}"' for end in ends.values()),
    }


def factor_sql(question: Question, *, first: date | None = None) -> tuple[str, dict[str, str]]:
    """What is left at as_of, by `day`, `kind` and `parameters_version` of a row of cells, with the
    parameters of this SQL.

    Shape: null for days to come.
    """
    since = _first_day(question, first)
    as_of, zone = question.as_of, question.zone
    sql, arrays = once(
        ("factors", since, as_of, zone), lambda: left_by_day(as_of, since, question.today, zone)
    )
    return sql, dict(arrays)


def residual_sql() -> str:
    """What was still to come of a whole promise at the end of its `day`, when it was open and had
    not slipped: from b and h of its `kind` and `parameters_version` (R12).

    Shape: what matures after the moment of the question has no day here; its loss is not asked for,
    but may be reckoned. The parameters are those of `day_arrays` and `factor_sql`. Looked up, for a
    join keeps the planner from sharing the work out.
    """
    ends = "(%(day_ends)s::timestamptz[])[day - %(factors_from)s::date + 1]"
    seconds = f"extract(epoch FROM matures_at - {ends})::float8"
    cases = " ".join(
        f"WHEN kind = '{kind}' AND parameters_version = {version} THEN {1 - base!r} * "
        f"power(2, greatest(-1000, least(1000, coalesce({seconds} / {half_life!r}, 0))))"
        for (kind, version), (base, half_life) in terms().items()
    )
    return f"(CASE {cases} END)"


def _first_day(question: Question, first: date | None) -> date:
    first = first or question.first_day or once("oldest day", _oldest_day) or question.today
    return min(first, question.today)


def _oldest_day() -> date | None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT least((SELECT min(day) FROM promises_cell), "
            "(SELECT min(day) FROM promises_celldelta))"
        )
        (oldest,) = cursor.fetchone()
    return oldest if isinstance(oldest, date) else None
