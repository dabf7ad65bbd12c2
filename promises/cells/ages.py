"""Moving the moment along as of which the ages of open promises are kept (R13).

An age grows into another bucket where the first due lies between a border as of the one moment and
the same border as of the other. What matured was first due a tolerance of its kind before.
"""

from datetime import datetime, timedelta

from django.db import connection, transaction

from interactions.arrays import plain_array
from interactions.one_reading import once
from promises.cells.base import BASE, base_now
from promises.cells.folding import lock_folding
from promises.cells.histograms import (
    AGED,
    LATENESS,
    age_bucket,
    begins_of,
    borders_of,
    of_moment,
    store_all,
)
from promises.domain.loss import DEFAULT_PARAMETERS
from promises.domain.survival import LAST_BUCKET, age_borders
from promises.projection.facts import parameter_rows

# Who reads looks up what has grown since: of so little, in next to no time.
AGE_EVERY = timedelta(minutes=5)
_SECOND = timedelta(seconds=1)

# OFFSET 0 keeps the look-ups where they are written: what is open would be gone through for each
# border.
_OLD, _NEW = "%(borders)s::timestamptz[]", "%(new_borders)s::timestamptz[]"
_GROWN = f"""
SELECT {of_moment("begins")} AS stretch, team_id, kind, part.age AS bucket,
       0::bigint AS settled, 0::bigint AS censored, part.change AS ages
FROM unnest({_OLD}, {_NEW}) WITH ORDINALITY AS border(since, until, place)
CROSS JOIN unnest(%(tolerances)s::interval[]) AS tau
CROSS JOIN LATERAL (
    SELECT matures_at, team_id, kind FROM promises_openpromise
    WHERE matures_at >= since + tau AND matures_at < least(until + tau, %(starts_at)s)
      AND matures_at = first_due + tau OFFSET 0) AS grown
CROSS JOIN LATERAL (VALUES ({LAST_BUCKET + 1} - place, 1), ({LAST_BUCKET} - place, -1))
    AS part(age, change)
UNION ALL
SELECT {LATENESS.of_day(BASE)}, team_id, kind, part.age, 0, 0, part.change * ({AGED})
FROM promises_celldelta
CROSS JOIN LATERAL (VALUES ({age_bucket(_NEW)}, -1), ({age_bucket(_OLD)}, 1))
    AS part(age, change)
WHERE first_due IS NOT NULL AND day < {BASE}
"""  # noqa: S608 (our own names and numbers)


def let_ages_grow(now: datetime) -> bool:
    """Move the ages of open promises along to a moment, unless they are of minutes ago; whether it
    did."""
    if base_now().aged_at > now - AGE_EVERY:
        return False
    with transaction.atomic(), connection.cursor() as cursor:
        lock_folding()
        base = base_now()
        if base.starts_at is None or base.aged_at > now - AGE_EVERY:
            return False
        parameters = borders_of(base) | begins_of(base) | tolerance_parameters()
        parameters["new_borders"] = plain_array(age_borders(now))
        cursor.execute(store_all(_GROWN), parameters)
        cursor.execute("UPDATE promises_stretchbase SET aged_at = %s", [now])
    return True


def tolerances() -> dict[tuple[str, int], timedelta]:
    """How long after its first due a promise matures, by kind and version of its parameters."""
    return once("tolerances", _read_tolerances)


def tolerance_parameters() -> dict[str, str]:
    """The parameter `tolerances`: each of them once."""
    every = sorted(set(tolerances().values()))
    return {"tolerances": plain_array(f'"{one / _SECOND:.6f} s"' for one in every)}


def _read_tolerances() -> dict[tuple[str, int], timedelta]:
    seconds = {(kind, 1): p.tolerance_seconds for kind, p in DEFAULT_PARAMETERS.items()}
    seconds |= {(row.kind, row.version): row.tolerance_seconds for row in parameter_rows()}
    return {key: timedelta(seconds=tau) for key, tau in seconds.items()}
