"""Estimating m (R11): how strongly scores of few promises are drawn towards the company's.

For teams from their cells of a year, a day a period; for customers from their stored rows, the last
90 days and the rest of the year. Both are small beside the promises, and read once a night.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from promises.domain.loss import NANO
from promises.domain.shrinkage import Estimate, GroupRecord, estimate_strength, next_version
from promises.models import ShrinkageStrength
from promises.models.kinds import Kind
from promises.projection.facts import installation_zone
from promises.scores import Question, Scope, strength_held
from promises.scores.factors import FACTORS, day_arrays, parameter_arrays
from promises.scores.relations import Parameters
from promises.services.customer_scores import lock_refreshing

KINDS = ("", *Kind.values)
WINDOW = "365d"
_CHUNK = 5_000

_RECORDS = """
SELECT kind, count(*), sum(n_eff), sum(n_eff * mean), sum(n_eff * mean * mean)
FROM (SELECT kind, group_id, weight * weight / weight_squared AS n_eff,
             least(1, greatest(0, loss / weight)) AS mean
      FROM ({periods}) AS p WHERE weight > 0 AND weight_squared > 0) AS q
GROUP BY kind, group_id ORDER BY kind, group_id
"""

_TEAM_DAYS = f"""
WITH {FACTORS}, cells AS (
    SELECT team_id, kind, parameters_version, day, weight, weight_squared, loss, open_weight,
           open_residual FROM promises_cell WHERE day >= %(first_day)s AND day < %(today)s
    UNION ALL
    SELECT team_id, kind, parameters_version, day, weight, weight_squared, loss, open_weight,
           open_residual FROM promises_celldelta WHERE day >= %(first_day)s AND day < %(today)s
)
SELECT coalesce(kind, '') AS kind, team_id AS group_id, sum(weight)::float8 / {NANO} AS weight,
       sum(weight_squared)::float8 / {NANO} AS weight_squared,
       (sum(loss + open_weight)::float8 - sum(coalesce(open_residual * factor, 0))) / {NANO} AS loss
FROM cells LEFT JOIN factors USING (day, kind, parameters_version)
GROUP BY GROUPING SETS ((team_id, day, kind), (team_id, day))
"""  # noqa: S608 (our own numbers)

# What matured before the last 90 days is the rest of the year's sums.
_CUSTOMER_PARTS = f"""
SELECT kind, customer_id AS group_id, weight_90d::float8 / {NANO} AS weight,
       weight_squared_90d::float8 / {NANO} AS weight_squared, loss_90d::float8 / {NANO} AS loss
FROM promises_customerscore WHERE weight_90d > 0
UNION ALL
SELECT kind, customer_id, (weight_365d - weight_90d)::float8 / {NANO},
       (weight_squared_365d - weight_squared_90d)::float8 / {NANO},
       (loss_365d - loss_90d)::float8 / {NANO}
FROM promises_customerscore WHERE n_365d > n_90d
"""  # noqa: S608 (our own numbers)


def estimate_strengths(*, clock: Callable[[], datetime] = timezone.now) -> int:
    """Estimate m for teams and customers, all kinds and each; answer how many versions are new.

    The moment is taken while no customer row is being stored, so that every stored row was computed
    with the m that held at its as_of.
    """
    with transaction.atomic():
        lock_refreshing()
        now = clock()
        estimates = {Scope.TEAM: _of_teams(now), Scope.CUSTOMER: _of_customers()}
        return sum(
            _keep(scope, kind, found.get(kind, Estimate(None, 0, 0.0)), now)
            for scope, found in estimates.items()
            for kind in KINDS
        )


def _keep(scope: Scope, kind: str, found: Estimate, now: datetime) -> bool:
    new = next_version(strength_held(scope, kind, now), found, now)
    if new is None:
        return False
    ShrinkageStrength.objects.create(
        scope=scope,
        kind=kind,
        version=new.version,
        m=new.m,
        holds_from=now,
        groups=new.groups,
        n=new.n,
    )
    return True


def _of_teams(now: datetime) -> dict[str, Estimate]:
    question = Question(as_of=now, is_now=True, zone=installation_zone(), window=WINDOW)
    parameters: Parameters = {
        **parameter_arrays(),
        **day_arrays(question),
        "as_of": now,
        "first_day": question.first_day,
        "today": question.today,
    }
    return _estimates(_TEAM_DAYS, parameters)


def _of_customers() -> dict[str, Estimate]:
    return _estimates(_CUSTOMER_PARTS, {})


def _estimates(periods: str, parameters: Parameters) -> dict[str, Estimate]:
    """An estimate for each kind that has promises."""
    rows = _rows(_RECORDS.format(periods=periods), parameters)
    return {
        kind: estimate_strength(GroupRecord(*row[1:]) for row in of_kind)
        for kind, of_kind in groupby(rows, key=itemgetter(0))
    }


def _rows(sql: str, parameters: Parameters) -> Iterator[tuple[Any, ...]]:
    """The rows as they come: customers may be many, and memory is to stay flat."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql, parameters)
        while rows := cursor.fetchmany(_CHUNK):
            yield from rows
