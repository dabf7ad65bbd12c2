"""By what promises are judged and scores drawn: three small tables, read at once for a page."""

from datetime import datetime

from django.db import connection

from promises.domain.shrinkage import Strength
from promises.models import KindParameters
from promises.projection.facts import PARAMETERS, RESTATED
from promises.scores.parents import strengths_place
from promises.scores.reading import is_reading, keep, kept

# Each row: what it is, by what it is known, its version, since or until when, and its numbers.
_READ = """
SELECT 'parameters', '', kind, version, valid_from, base_loss, half_life_seconds,
       tolerance_seconds, id
FROM promises_kindparameters
UNION ALL
SELECT state, 'restated', kind, version, made_until, 0, 0, 0, id
FROM promises_restatement WHERE calendar = ''
UNION ALL
(SELECT DISTINCT ON (scope, kind) 'strength', scope, kind, version, holds_from, m, groups, n, id
 FROM promises_shrinkagestrength WHERE holds_from <= %(as_of)s
 ORDER BY scope, kind, version DESC)
"""


def read_judging(as_of: datetime) -> None:
    """Read all of it.

    Shape: nothing is given back: within `one_reading`, `kind_parameters` and, for this moment,
    `strength_held` then have their answers.
    """
    if not is_reading() or kept(PARAMETERS) is not None:
        return
    parameters, restated, strengths = [], [], {}
    with connection.cursor() as cursor:
        cursor.execute(_READ, {"as_of": as_of})
        rows = sorted(cursor.fetchall(), key=lambda row: row[-1])
    for what, whose, kind, version, at, *numbers, _id in rows:
        if whose == "restated":
            restated.append((what, kind, version, at))
        elif what == "strength":
            m, groups, n = numbers
            strengths[whose, kind] = Strength(version, m, at, int(groups), n)
        else:
            base_loss, half_life, tolerance = numbers
            parameters.append(
                KindParameters(
                    kind=kind,
                    version=version,
                    valid_from=at,
                    base_loss=base_loss,
                    half_life_seconds=half_life,
                    tolerance_seconds=tolerance,
                )
            )
    keep(PARAMETERS, sorted(parameters, key=lambda row: (row.kind, row.version)))
    keep(RESTATED, restated)
    keep(strengths_place(as_of), strengths)
