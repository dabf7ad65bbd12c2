"""The figures as they would be if a kind had other parameters: nothing is stored (R18).

Where one outcome is all that ever happened, the promise's row says enough for one statement. The
eventful ones are folded from the ledger, because a tolerance also decides which pauses and
reschedules count; beyond MOST_FOLDED of them the older ones keep their verdict.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final

from django.db import connection

from promises.domain.lifecycle import PromiseState
from promises.domain.loss import NANO, KindParameters, loss_terms
from promises.domain.score import Sums
from promises.projection.facts import PromiseKey, folded_at, kind_parameters
from promises.projection.parties import party_reference
from promises.scores.figures import FigureRow, figure_rows, total
from promises.scores.past import tally_of
from promises.scores.question import Question, Scope
from promises.scores.relations import from_eventful_below, whose
from promises.scores.tallies import add_up, tallies
from promises.scores.tally import Tally

# So many are folded while somebody waits: some seconds.
MOST_FOLDED: Final = 20_000
_CHUNK: Final = 2_000
# Earlier than any promise.
EARLIEST: Final = datetime(1000, 1, 1, tzinfo=UTC)

_OVERRUN = "extract(epoch FROM coalesce(settled_at, %(as_of)s) - first_due)::float8 - %(tolerance)s"
# R9 in SQL, for promises that never slipped.
_PLAIN = f"""
WITH judged AS (
    SELECT team_id, state, weight, weight_squared, quality_loss, {_OVERRUN} AS overrun
    FROM promises_promise
    WHERE NOT eventful AND made_at <= %(as_of)s
      AND first_due < %(matured_before)s AND first_due >= %(matured_from)s AND {{where}}
), named AS (
    SELECT *, CASE WHEN state IN ('kept', 'late')
                   THEN CASE WHEN overrun <= 0 THEN 'kept' ELSE 'late' END
                   ELSE state END AS verdict,
           CASE WHEN overrun <= 0 THEN 0.0
                ELSE %(base)s + (1 - %(base)s) * (1 - power(2, greatest(-1000,
                     -overrun / %(half_life)s))) END AS time_loss
    FROM judged
), lost AS (
    SELECT *, CASE verdict WHEN 'kept' THEN 0.0 WHEN 'failed' THEN 1.0
              ELSE 1 - (1 - time_loss) * (1 - quality_loss) END AS lost
    FROM named
)
SELECT g.reference, count(*), count(*) FILTER (WHERE verdict = 'kept'),
       count(*) FILTER (WHERE verdict = 'late'), count(*) FILTER (WHERE verdict = 'partial'),
       count(*) FILTER (WHERE verdict = 'failed'), count(*) FILTER (WHERE verdict = 'open'),
       coalesce(sum(weight), 0)::float8, coalesce(sum(weight_squared), 0)::float8,
       coalesce(sum(weight * lost), 0)::float8
FROM lost JOIN interactions_team g ON g.id = team_id
GROUP BY 1
"""  # noqa: S608 (our own expressions)

_EVENTFUL = """
SELECT id, source_id, reference FROM promises_promise
WHERE kind = %(kind)s AND eventful AND made_at <= %(as_of)s
  AND (%(near)s::timestamptz IS NULL OR matures_at IS NULL OR matures_at >= %(near)s
       OR last_event_at >= %(near)s)
ORDER BY id DESC LIMIT %(most)s
"""


@dataclass(frozen=True, slots=True)
class Rejudged:
    """The figures under other parameters. Shape: whether `all_folded`; if not, the older of the
    eventful promises keep the verdict that they have."""

    rows: list[FigureRow]
    all_folded: bool


def rejudged(question: Question, proposed: KindParameters) -> Rejudged:
    """The figures of a question about one kind, now, if it were judged by other parameters."""
    found: dict[str, Tally] = defaultdict(Tally)
    keys, below = _eventful(question, proposed)
    parts = [_plain(question, proposed)]
    if below is not None:
        kept = partial(from_eventful_below, number=below)
        parts.append(add_up(question, Scope.TEAM, [kept]))
    for part in parts:
        for team, tally in part.items():
            found[team] += tally
    for state in _folded(keys, question, proposed):
        if _in_window(question, state):
            terms = loss_terms(state, proposed, question.as_of)
            found[party_reference(state.team)] += tally_of(question, state, terms)
    others = tallies(replace(question, kind=""), Scope.KIND)
    others.pop(question.kind, None)
    rows = figure_rows(question, found, total(others) + total(found))
    return Rejudged(rows, all_folded=below is None)


def _plain(question: Question, proposed: KindParameters) -> dict[str, Tally]:
    tolerance = timedelta(seconds=proposed.tolerance_seconds)
    starts_at = question.starts_at or EARLIEST
    parameters: dict[str, Any] = {
        "kind": question.kind,
        "as_of": question.as_of,
        "base": proposed.base_loss,
        "half_life": proposed.half_life_seconds,
        "tolerance": proposed.tolerance_seconds,
        "matured_before": question.as_of - tolerance,
        "matured_from": starts_at - tolerance,
    }
    conditions = whose(question)
    with connection.cursor() as cursor:
        cursor.execute(_PLAIN.format(where=conditions.sql), conditions.parameters | parameters)
        rows = cursor.fetchall()
    return {team: _tally(values) for team, *values in rows}


def _tally(values: list[Any]) -> Tally:
    n, kept, late, partly, failed, still_open = values[:6]
    weight, weight_squared, loss = (value / NANO for value in values[6:])
    return Tally(
        Sums(
            n=n,
            kept=kept,
            late=late,
            partial=partly,
            failed=failed,
            open=still_open,
            weight=weight,
            weight_squared=weight_squared,
            loss=loss,
        )
    )


def _eventful(question: Question, proposed: KindParameters) -> tuple[list[PromiseKey], int | None]:
    """The eventful promises that are folded, newest first; and the number below which the others
    are, None where these are all."""
    held = kind_parameters()(question.kind, question.as_of)
    near = question.starts_at
    if near is not None:
        near -= timedelta(seconds=max(proposed.tolerance_seconds, held.tolerance_seconds))
    parameters: dict[str, Any] = {
        "kind": question.kind,
        "as_of": question.as_of,
        "near": near,
        "most": MOST_FOLDED + 1,
    }
    with connection.cursor() as cursor:
        cursor.execute(_EVENTFUL, parameters)
        rows = cursor.fetchall()
    keys = [(source, reference) for _, source, reference in rows[:MOST_FOLDED]]
    return keys, rows[MOST_FOLDED - 1][0] if len(rows) > MOST_FOLDED else None


def _folded(
    keys: list[PromiseKey], question: Question, proposed: KindParameters
) -> Iterator[PromiseState]:
    in_force = kind_parameters()

    def parameters(kind: str, made_at: datetime) -> KindParameters:
        return proposed if kind == question.kind else in_force(kind, made_at)

    for start in range(0, len(keys), _CHUNK):
        chunk = keys[start : start + _CHUNK]
        yield from folded_at(chunk, as_of=None, parameters=parameters).values()


def _in_window(question: Question, state: PromiseState) -> bool:
    starts_at = question.starts_at
    return starts_at is None or state.matures_at is None or state.matures_at >= starts_at
