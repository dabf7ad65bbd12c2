"""How losses to come halve: what is left of them, by day and by kind and version of its parameters
(R12)."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from interactions.arrays import plain_array
from interactions.one_reading import once
from promises.domain.clock import day_end
from promises.domain.loss import DEFAULT_PARAMETERS
from promises.projection.facts import parameter_rows

# b and h by kind and version: those that hold where the table does not say otherwise.
Terms = Mapping[tuple[str, int], tuple[float, float]]

_SECOND = timedelta(seconds=1)
_FIRST: Terms = {
    (kind, 1): (p.base_loss, p.half_life_seconds) for kind, p in DEFAULT_PARAMETERS.items()
}
# After so many half-lives less than 2e-12 of a promise is left: it is not looked for any more.
_HALF_LIVES, _AT_MOST = 39, timedelta(days=36_500)


def terms() -> Terms:
    """Base loss and half-life of all kinds and versions. Units: seconds."""
    return once("parameters", _read_terms)


def _read_terms() -> Terms:
    rows = dict(_FIRST)
    for row in parameter_rows():
        rows[row.kind, row.version] = (row.base_loss, row.half_life_seconds)
    return rows


def first_days_left(today: date) -> dict[tuple[str, int], date]:
    """The first day of which anything is left, by kind and version."""
    return {
        key: today - min(timedelta(seconds=_HALF_LIVES * half), _AT_MOST)
        for key, (_, half) in terms().items()
    }


def day_ends(first: date, last: date, zone: ZoneInfo) -> Mapping[date, datetime]:
    """The end of every local day from one to another."""
    return _day_ends(first, last, zone)


@lru_cache(maxsize=64)
def _day_ends(first: date, last: date, zone: ZoneInfo) -> dict[date, datetime]:
    days = (first + timedelta(days=place) for place in range((last - first).days + 1))
    return {day: day_end(day, zone) for day in days}


def left_by_day(
    as_of: datetime, first: date, last: date, zone: ZoneInfo
) -> tuple[str, dict[str, str]]:
    """What is left at a moment, by `day`, `kind` and `parameters_version` of a row of cells, with
    the parameters of this SQL.

    Shape: null for other days. Looked up in arrays: for a join of three columns the planner sorts
    all rows first.
    """
    ends = day_ends(first, last, zone)
    names, arrays = [], {}
    for place, ((kind, version), (_, half_life)) in enumerate(terms().items()):
        left = (
            2.0 ** min(64.0, max(-1000.0, -((as_of - end) / _SECOND) / half_life))
            for end in ends.values()
        )
        arrays[f"factors_{place}"] = plain_array(left)
        names.append(
            f"WHEN kind = '{kind}' AND parameters_version = {version} "
            f"THEN %(factors_{place})s::float8[]"
        )
    arrays["factors_from"] = str(first)
    return f"(CASE {' '.join(names)} END)[day - %(factors_from)s::date + 1]", arrays


def left_since(moment: str) -> str:
    """What is left at %(as_of)s of what there was at an earlier moment, by `kind` and
    `parameters_version`. Shape: the moment and the answer are SQL."""
    whens = " ".join(
        f"WHEN kind = '{kind}' AND parameters_version = {version} THEN {half_life!r}"
        for (kind, version), (_, half_life) in terms().items()
    )
    lives = f"-extract(epoch FROM %(as_of)s - {moment})::float8 / (CASE {whens} END)"
    return f"power(2, least(64, greatest(-1000, {lives})))"
