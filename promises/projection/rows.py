"""A promise's state as a row, and a row as what it adds to its cell."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from django.utils import timezone

from promises.domain.clock import day_end, day_of
from promises.domain.hours import CalendarsOf, hours_of
from promises.domain.lifecycle import Fact, PromiseState
from promises.domain.loss import Contribution, KindParameters, contribution
from promises.domain.thresholds import NO_WARNINGS, Warnings, warnings
from promises.models.cell import SUM_COLUMNS
from promises.projection.facts import PromiseKey
from promises.projection.parties import PartyKeys

Row = dict[str, Any]
# team, kind, parameters_version, day, touchpoint, explicit, segment, stake, standard, bucket,
# first_due
DeltaKey = tuple[int, str, int, date, int, bool, str, float, str, int | None, datetime | None]
# The sums in the order of SUM_COLUMNS, then settled and censored.
DeltaSums = list[int]

# No transaction that projects lasts as long.
AHEAD = timedelta(hours=1)
_NOT_FILED = Contribution()
_WITHDRAWN = SUM_COLUMNS.index("withdrawn")


def promise_row(
    key: PromiseKey,
    state: PromiseState,
    facts: Iterable[Fact],
    *,
    parties: PartyKeys,
    parameters: Callable[[str, datetime], KindParameters],
    zone: ZoneInfo,
) -> Row:
    """The columns of one promise, with its contribution as it will be filed."""
    occurred = [fact.occurred_at for fact in facts]
    latest = max(occurred)
    day, filed = _filing(state, parameters(state.kind, state.made_at), zone)
    return {
        "source_id": key[0],
        "reference": key[1],
        "kind": state.kind,
        "statement": state.statement,
        "customer_id": parties.customers[state.customer_id],
        "team_id": parties.teams[state.team],
        "touchpoint_id": parties.touchpoints[state.touchpoint],
        "segment": state.segment,
        "made_by": state.made_by,
        "claim_source": state.claim_source,
        "parameters_version": state.parameters_version,
        "made_at": state.made_at,
        "given_due": state.given_due,
        "first_due": state.first_due,
        "due": state.due,
        "matures_at": state.matures_at,
        "state": state.state,
        "settled_at": state.settled_at,
        "stopped_at": state.stopped_at,
        "fraction": state.fraction,
        "quality_loss": state.quality_loss,
        "slips_announced": state.slips_announced,
        "slips_unannounced": state.slips_unannounced,
        "stake": state.stake,
        "paid_in_advance": state.paid_in_advance,
        "explicit": state.explicit,
        "confidence": state.confidence,
        "eventful": state.eventful,
        "retro": state.retro,
        "paused_seconds": round(state.paused_seconds),
        "notes": msgspec.json.encode(
            [[note.code.value, note.source, note.id] for note in state.notes]
        ).decode(),
        "day": day,
        "weight": filed.weight,
        "weight_squared": filed.weight_squared,
        "loss": filed.loss,
        "open_weight": filed.open_weight,
        "open_residual": filed.open_residual,
        "bucket": filed.bucket,
        "censored_bucket": filed.censored_bucket,
        "events_count": len(occurred),
        "last_event_at": latest,
        "eventful_at": latest if state.eventful else None,
        "late_event_at": _late_event_at(state, latest),
        "calendar": state.time_target.calendar or None if state.time_target else None,
        "calendar_version": state.time_target.calendar_version if state.time_target else None,
        "standard": state.standard or None,
        "standard_version": state.standard_version,
    }


def _late_event_at(state: PromiseState, latest: datetime) -> datetime | None:
    """When the last thing happened to it, where that was after it had matured."""
    happened = max(latest, state.settled_at or latest, state.made_at)
    return happened if state.matures_at is not None and happened > state.matures_at else None


def _filing(
    state: PromiseState, parameters: KindParameters, zone: ZoneInfo
) -> tuple[date | None, Contribution]:
    if state.matures_at is None:
        return None, _NOT_FILED
    day = day_of(state.matures_at, zone)
    return day, contribution(state, parameters, day_end(day, zone)) or _NOT_FILED


def promise_warnings(state: PromiseState, calendars: CalendarsOf) -> Warnings:
    """When half and three quarters of an open promise's time are gone, in the hours that it
    counts."""
    if state.state != "open" or state.stopped_at is not None:
        return NO_WARNINGS
    return warnings(
        made_at=state.made_at,
        due=state.due,
        paused=timedelta(seconds=state.paused_seconds),
        hours=hours_of(state.time_target, calendars),
    )


def is_open(row: Mapping[str, Any]) -> bool:
    """Whether the promise belongs into the narrow table of open ones."""
    return row["state"] == "open" and row["stopped_at"] is None


def remainder_of(row: Mapping[str, Any]) -> tuple[int, str, datetime | None]:
    """What the narrow table keeps of a promise whose rest is owed: team, by whom, due."""
    due = None if row["matures_at"] is None else row["due"]
    return row["team_id"], row["made_by"], due


def add_delta(into: dict[DeltaKey, DeltaSums], row: Mapping[str, Any], sign: int) -> None:
    """Add (or take away, sign -1) what a promise's row files into its cell."""
    if row["day"] is not None:
        _add(into, _delta_key(row, _filed_bucket(row), _ageing_since(row)), row, sign)


def add_change(
    into: dict[DeltaKey, DeltaSums], before: Mapping[str, Any], after: Mapping[str, Any]
) -> None:
    """Take away what a promise's row filed, and add what it files now.

    Shape: a row that stands in no bucket moves no histogram, and one that is not open none of ages.
    What it filed is taken away under the bucket of the new one, and what is not open filed under
    the first due of what is, so that most changes are one delta and not two.
    """
    was = _ageing_since(before if is_open(before) else after)
    ages = _ageing_since(after if is_open(after) else before)
    if before["day"] is not None:
        bucket = _filed_bucket(before)
        if bucket is None and after["day"] is not None:
            bucket = _filed_bucket(after)
        _add(into, _delta_key(before, bucket, was), before, -1)
    if after["day"] is not None:
        _add(into, _delta_key(after, _filed_bucket(after), ages), after, +1)


def _filed_bucket(row: Mapping[str, Any]) -> int | None:
    bucket: int | None = row["bucket"]
    return bucket if bucket is not None else row["censored_bucket"]


def _ageing_since(row: Mapping[str, Any]) -> datetime | None:
    """The first due of an open promise that has matured, or will soon: the ages of the others are
    not kept before their day is over, long after this delta was filed."""
    matures_at: datetime | None = row["matures_at"]
    if matures_at is None or not is_open(row) or matures_at >= timezone.now() + AHEAD:
        return None
    first_due: datetime = row["first_due"]
    return first_due


def _delta_key(row: Mapping[str, Any], bucket: int | None, first_due: datetime | None) -> DeltaKey:
    return (
        row["team_id"],
        row["kind"],
        row["parameters_version"],
        row["day"],
        row["touchpoint_id"],
        row["explicit"],
        row["segment"],
        row["stake"],
        row["standard"] or "",
        bucket,
        first_due,
    )


def _add(into: dict[DeltaKey, DeltaSums], key: DeltaKey, row: Mapping[str, Any], sign: int) -> None:
    state = row["state"]
    if state == "withdrawn":
        into[key][_WITHDRAWN] += sign
        return
    values = (
        1,
        state == "kept",
        state == "late",
        state == "partial",
        state == "failed",
        state == "open",
        0,
        row["slips_announced"] + row["slips_unannounced"],
        row["retro"],
        row["weight"],
        row["weight_squared"],
        row["loss"],
        row["open_weight"],
        row["open_residual"],
        row["paused_seconds"],
        row["bucket"] is not None,
        row["censored_bucket"] is not None,
    )
    sums = into[key]
    into[key] = [had + sign * value for had, value in zip(sums, values, strict=True)]


def new_deltas() -> dict[DeltaKey, DeltaSums]:
    """An empty collection of deltas."""
    return defaultdict(lambda: [0] * (len(SUM_COLUMNS) + 2))
