"""Learning from the past how likely open promises are kept, and telling it of those open now."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection, transaction

from interactions.arrays import plain_array, text_array
from promises.domain.backtest import Case, Learnt, learnt
from promises.domain.risk import UNSEEN, Fit, calibrated, estimate
from promises.domain.settling import Curve
from promises.models import OpenChance, RiskFit, Watermark
from promises.models.settling import Measure
from promises.projection import PromiseKey, folded_at
from promises.selectors.settling import Scope, all_curves, latest_fits, scopes_of
from promises.services.settling import count_all

# Of two years: one of them is judged, by what the other taught.
LEARNT_FROM = timedelta(days=730)
MOST_CASES = 40_000
FITS_KEPT = 60
BATCH = 5_000
TOLD = "chances"
# A chance that moved by less orders no list otherwise, and is not written again.
NOTICED = 0.005
_LOCK = 7410

_NUMBER = """
SELECT count(*) FROM promises_promise
WHERE made_at >= %(since)s AND made_at <= %(now)s AND matures_at > made_at AND state <> 'withdrawn'
"""

_CASES = """
SELECT source_id, reference, kind, team_id, coalesce(standard, ''), made_at, matures_at, state,
       settled_at, stopped_at, slips_announced + slips_unannounced
FROM promises_promise
WHERE made_at >= %(since)s AND made_at <= %(now)s AND matures_at > made_at AND state <> 'withdrawn'
  AND id %% %(step)s = 0
ORDER BY made_at, source_id, reference
"""

_OPEN = """
SELECT o.promise_id, o.team_id, o.kind, coalesce(p.standard, ''), p.made_at, o.matures_at,
       p.slips_announced + p.slips_unannounced, c.chance, c.matures_at, c.team_id
FROM promises_openpromise o
JOIN promises_promise p ON p.id = o.promise_id
LEFT JOIN promises_openchance c ON c.promise_id = o.promise_id
WHERE o.promise_id > %(after)s AND o.matures_at > %(now)s
ORDER BY o.promise_id LIMIT %(batch)s
"""

_GONE = """
DELETE FROM promises_openchance c
WHERE c.matures_at <= %(now)s
   OR NOT EXISTS (SELECT FROM promises_openpromise o
                  WHERE o.promise_id = c.promise_id AND o.matures_at > %(now)s)
"""

_STORE = """
INSERT INTO promises_openchance AS c (promise_id, team_id, kind, matures_at, chance)
SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::timestamptz[], %s::float8[])
ON CONFLICT (promise_id) DO UPDATE SET team_id = excluded.team_id, kind = excluded.kind,
    matures_at = excluded.matures_at, chance = excluded.chance
"""


class _Open(NamedTuple):
    promise_id: int
    team_id: int
    kind: str
    standard: str
    made_at: datetime
    matures_at: datetime
    slips: int
    told: float | None
    told_matures_at: datetime | None
    told_team_id: int | None


def reckon_anew(*, now: datetime) -> None:
    """Count, learn and tell everything anew: after promises came or went by the thousand."""
    count_all(now=now)
    learn(now=now)
    tell_chances(now=now)


def learn(*, now: datetime) -> RiskFit:
    """Learn from the last two years, judge what would have been told in the second, and keep it.

    Shape: at most MOST_CASES promises, spread evenly by their numbers.
    """
    found = look_back(now)
    with transaction.atomic():
        kept = RiskFit.objects.create(
            as_of=now,
            fits={kind: asdict(fit) for kind, fit in found.fits.items()},
            calibration=None if found.calibration is None else asdict(found.calibration),
        )
        old = RiskFit.objects.order_by("-pk").values_list("pk", flat=True)[FITS_KEPT:]
        RiskFit.objects.filter(pk__in=list(old)).delete()
    return kept


def look_back(as_of: datetime) -> Learnt:
    """What the two years before a moment teach; nothing is kept."""
    return learnt(_cases(as_of), as_of.timestamp())


def tell_chances(*, now: datetime) -> int:
    """Bring the stored chances of all open promises up to date; answer how many were written.

    Two at once would write the same: the second does nothing.
    """
    fits, curves = latest_fits(), all_curves(Measure.SHARE)
    written = after = 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK])
        if not cursor.fetchone()[0]:
            return 0
        try:
            cursor.execute(_GONE, {"now": now})
            while True:
                cursor.execute(_OPEN, {"after": after, "now": now, "batch": BATCH})
                rows = [_Open._make(row) for row in cursor.fetchall()]
                moved, unknown = _moved(rows, curves, fits, now)
                written += _store(moved)
                OpenChance.objects.filter(pk__in=unknown).delete()
                if len(rows) < BATCH:
                    break
                after = rows[-1].promise_id
            Watermark.objects.update_or_create(name=TOLD, defaults={"moment": now})
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])
    return written


def _moved(
    rows: Iterable[_Open],
    curves: Mapping[Scope, Curve],
    fits: Mapping[str, Fit],
    now: datetime,
) -> tuple[list[tuple[_Open, float]], list[int]]:
    """The promises whose stored chance is to be written, with their chance; and those whose chance
    is not known any more."""
    moved, unknown = [], []
    for row in rows:
        scopes = reversed(scopes_of(row.kind, row.team_id, row.standard))
        known = [curves[scope] for scope in scopes if scope in curves]
        given = row.matures_at - row.made_at
        gone = 1.0 if given <= timedelta(0) else (now - row.made_at) / given
        estimated = estimate(known, gone)
        if estimated is None:
            if row.told is not None:
                unknown.append(row.promise_id)
            continue
        chance = calibrated(estimated, row.slips, fits.get(row.kind, UNSEEN))
        same = (row.told_matures_at, row.told_team_id) == (row.matures_at, row.team_id)
        if not same or row.told is None or abs(row.told - chance) >= NOTICED:
            moved.append((row, chance))
    return moved, unknown


def _store(moved: Sequence[tuple[_Open, float]]) -> int:
    if not moved:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            _STORE,
            [
                plain_array(row.promise_id for row, _ in moved),
                plain_array(row.team_id for row, _ in moved),
                text_array(row.kind for row, _ in moved),
                text_array(row.matures_at.isoformat() for row, _ in moved),
                plain_array(chance for _, chance in moved),
            ],
        )
    return len(moved)


def _cases(now: datetime) -> list[Case]:
    parameters: dict[str, Any] = {"since": now - LEARNT_FROM, "now": now}
    with connection.cursor() as cursor:
        cursor.execute(_NUMBER, parameters)
        step = max(1, math.ceil(cursor.fetchone()[0] / MOST_CASES))
        cursor.execute(_CASES, parameters | {"step": step})
        rows = cursor.fetchall()
    slips = _slips([(row[0], row[1]) for row in rows if row[10]])
    return [_case(row, slips.get((row[0], row[1]), ())) for row in rows]


def _case(row: tuple[Any, ...], slips: tuple[float, ...]) -> Case:
    _, _, kind, team, standard, made_at, matures_at, state, settled_at, stopped_at, _ = row
    in_full = state in ("kept", "late")
    failed = state in ("failed", "partial")
    ended = settled_at if failed else None if in_full else stopped_at
    return Case(
        kind=kind,
        team=team,
        standard=standard,
        made=made_at.timestamp(),
        matures=matures_at.timestamp(),
        settled=settled_at.timestamp() if in_full else None,
        ended=None if ended is None else ended.timestamp(),
        failed=failed,
        slips=slips,
    )


def _slips(keys: Sequence[PromiseKey]) -> dict[PromiseKey, tuple[float, ...]]:
    """When the dates of some promises were put off: a look at the past counts those before it."""
    moments: dict[PromiseKey, tuple[float, ...]] = {}
    for start in range(0, len(keys), BATCH):
        for key, state in folded_at(keys[start : start + BATCH], as_of=None).items():
            moments[key] = tuple(
                change.asked_at.timestamp()
                for change in state.date_chain
                if change.kind in ("slip_announced", "slip_unannounced")
            )
    return moments
