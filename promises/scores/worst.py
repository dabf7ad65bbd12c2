"""The customers that stand worst where no stored rows tell: put in order by the database."""

from collections.abc import Mapping

from django.db import connection

from interactions.arrays import plain_array, text_array
from interactions.known_parties import Known
from promises.domain.loss import NANO
from promises.domain.score import Sums
from promises.scores.adding import asked_rows
from promises.scores.bounds import enough_sql, low_sql, scored_sql
from promises.scores.parents import Parent
from promises.scores.question import Question
from promises.scores.relations import from_promises_matured

# What could not be told by rows comes beside them. Most customers have too few promises to be
# ranked: they are left out before their names are looked up.
_WORST = f"""
WITH rows AS ({{rows}}), parts(customer_id, weight, weight_squared, loss) AS (
    SELECT customer_id, promises_sum(weight), promises_sum(weight_squared),
           promises_sum(loss + open_weight)::float8 - coalesce(
               sum(open_residual * {{factor}}) FILTER (WHERE open_residual <> 0), 0)::float8
    FROM rows WHERE matured GROUP BY customer_id
    UNION ALL
    SELECT c.id, weight, weight_squared, loss
    FROM unnest(%(customers)s::text[], %(weights)s::bigint[], %(squares)s::bigint[],
                %(losses)s::float8[]) AS beside(reference, weight, weight_squared, loss)
    JOIN interactions_customer c USING (reference)
), sums AS (
    SELECT customer_id, promises_sum(weight) AS weight,
           promises_sum(weight_squared) AS weight_squared, sum(loss) AS loss,
           %(mu)s::float8 AS mu, %(m)s::float8 AS m
    FROM parts GROUP BY customer_id
), {scored_sql()}
SELECT c.id, c.reference, c.name
FROM bounded JOIN interactions_customer c ON c.id = customer_id
WHERE {enough_sql()}
ORDER BY {low_sql()} DESC, c.reference
LIMIT %(limit)s
"""  # noqa: S608 (our own names)


def worst_by_database(
    question: Question, parent: Parent, *, limit: int, beside: Mapping[str, Sums]
) -> list[Known]:
    """The customers with enough promises whose lower bound is highest.

    Shape: the worst first. `beside` are sums by the id that senders use, to be added to what rows
    tell: at a past as_of those of the promises that had to be folded.
    """
    if parent.mean is None:
        return []
    rows, factor, parameters = asked_rows(question, [from_promises_matured])
    parameters |= {
        "mu": parent.mean,
        "m": parent.strength.m,
        "customers": text_array(beside),
        "weights": plain_array(round(sums.weight * NANO) for sums in beside.values()),
        "squares": plain_array(round(sums.weight_squared * NANO) for sums in beside.values()),
        "losses": plain_array(sums.loss * NANO for sums in beside.values()),
        "limit": limit,
    }
    with connection.cursor() as cursor:
        cursor.execute(_WORST.format(rows=rows, factor=factor), parameters)
        return [Known(*row) for row in cursor.fetchall()]
