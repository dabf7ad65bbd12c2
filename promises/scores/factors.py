"""What is left of losses to come at the moment of a question: one number for a cell (R12)."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.db import connection

from interactions.arrays import plain_array, text_array
from promises.domain.clock import day_end
from promises.domain.loss import DEFAULT_PARAMETERS
from promises.projection.facts import parameter_rows
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


_SECOND = timedelta(seconds=1)
# b and h by kind and version: those that hold where the table does not say otherwise.
_Terms = Mapping[tuple[str, int], tuple[float, float]]
_FIRST: _Terms = {
    (kind, 1): (p.base_loss, p.half_life_seconds) for kind, p in DEFAULT_PARAMETERS.items()
}


def parameter_arrays() -> dict[str, str]:
    """The parameters of all kinds and versions, as arrays."""
    rows = _terms()
    return {
        "kinds": text_array(kind for kind, _ in rows),
        "versions": plain_array(version for _, version in rows),
        "base_losses": plain_array(base for base, _ in rows.values()),
        "half_lives": plain_array(half for _, half in rows.values()),
    }


def half_lives() -> dict[tuple[str, int], timedelta]:
    """By kind and version of its parameters."""
    return {key: timedelta(seconds=half) for key, (_, half) in _terms().items()}


def _terms() -> _Terms:
    return once("parameters", _read_terms)


def _read_terms() -> _Terms:
    rows = dict(_FIRST)
    for row in parameter_rows():
        rows[row.kind, row.version] = (row.base_loss, row.half_life_seconds)
    return rows


def day_arrays(question: Question, *, first: date | None = None) -> dict[str, str]:
    """The end of every local day that can hold matured promises (R12's t0).

    Shape: from `first` on, where it is given, else from the first day of the window.
    """
    return dict(_day_arrays(_first_day(question, first), question.today, question.zone))


@lru_cache(maxsize=64)
def _day_arrays(first: date, today: date, zone: ZoneInfo) -> dict[str, str]:
    ends = _day_ends(first, today, zone)
    return {
        "days": plain_array(ends),
        "day_ends": plain_array(f'"{end.isoformat()}"' for end in ends.values()),
    }


def factor_sql(question: Question, *, first: date | None = None) -> tuple[str, dict[str, str]]:
    """What is left at as_of, by `day`, `kind` and `parameters_version` of a row of cells, with the
    parameters of this SQL.

    Shape: null for days to come. Looked up in arrays: for a join of three columns the planner sorts
    all rows first.
    """
    since = _first_day(question, first)
    sql, arrays = once(
        ("factors", since, question.as_of, question.zone), lambda: _factors(question, since)
    )
    return sql, dict(arrays)


def _factors(question: Question, first: date) -> tuple[str, dict[str, str]]:
    ends = _day_ends(first, question.today, question.zone)
    names, arrays = [], {}
    for place, ((kind, version), (_, half_life)) in enumerate(_terms().items()):
        left = (
            2.0 ** min(64.0, max(-1000.0, -((question.as_of - end) / _SECOND) / half_life))
            for end in ends.values()
        )
        arrays[f"factors_{place}"] = plain_array(left)
        names.append(
            f"WHEN kind = '{kind}' AND parameters_version = {version} "
            f"THEN %(factors_{place})s::float8[]"
        )
    arrays["factors_from"] = str(first)
    return f"(CASE {' '.join(names)} END)[day - %(factors_from)s::date + 1]", arrays


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
        for (kind, version), (base, half_life) in _terms().items()
    )
    return f"(CASE {cases} END)"


def _first_day(question: Question, first: date | None) -> date:
    first = first or question.first_day or once("oldest day", _oldest_day) or question.today
    return min(first, question.today)


@lru_cache(maxsize=64)
def _day_ends(first: date, today: date, zone: ZoneInfo) -> dict[date, datetime]:
    days = (first + timedelta(days=place) for place in range((today - first).days + 1))
    return {day: day_end(day, zone) for day in days}


def _oldest_day() -> date | None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT least((SELECT min(day) FROM promises_cell), "
            "(SELECT min(day) FROM promises_celldelta))"
        )
        (oldest,) = cursor.fetchone()
    return oldest if isinstance(oldest, date) else None
