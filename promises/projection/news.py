"""What is new about promises whose rows change, for those who asked to be told (webhooks).

A fact is news for a day after it was heard, and if it happened at most a week before (a day before
where an import brought it). What is older is history: it is counted, and told to nobody. Sources of
the sample are never told.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from interactions.models import Customer, Source, Team
from promises.models import OpenPromise, Promise, WebhookEvent
from promises.projection.facts import PromiseKey
from promises.projection.outbox import Message, insert, wanted_types
from promises.projection.rows import Row, is_open

HEARD_WITHIN = timedelta(days=1)
HAPPENED_WITHIN = timedelta(days=7)
IMPORTED_WITHIN = timedelta(days=1)
# A tick looks back so far: a promise may have been stored just after the tick of its moment.
LOOK_BACK = timedelta(seconds=10)
MOST_STATEMENT = 2_000
MOST_ID = 255
_OUTCOMES = {
    "kept": WebhookEvent.KEPT,
    "late": WebhookEvent.LATE,
    "partial": WebhookEvent.PARTIAL,
    "failed": WebhookEvent.FAILED,
    "withdrawn": WebhookEvent.WITHDRAWN,
}
_COLUMNS = (
    "id", "source_id", "reference", "kind", "statement", "customer_id", "team_id", "first_due",
    "due", "state", "matures_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Change:
    """One thing that happened to a promise. Shape: `mark` tells it from the same thing again."""

    type: WebhookEvent
    row: Mapping[str, Any]
    at: datetime
    heard: datetime
    mark: str


@dataclass(frozen=True, slots=True)
class _Names:
    """Ids as the senders know them, and how long ago a source's facts are news."""

    customers: Mapping[int, str]
    teams: Mapping[int, str]
    sources: Mapping[int, Source]


def publish_changes(
    rows: Sequence[Row],
    before: Mapping[PromiseKey, Row],
    ids: Mapping[PromiseKey, int],
    heard: Mapping[PromiseKey, datetime],
    now: datetime,
) -> None:
    """Tell what the new rows say that the old ones did not; nothing is done where nobody asked.

    Shape: `heard` says when the latest fact of a promise was recorded.
    """
    wanted = wanted_types()
    if not wanted or not rows:
        return
    changes: list[_Change] = []
    for row in rows:
        key = (row["source_id"], row["reference"])
        heard_at = heard[key]
        if now - heard_at <= HEARD_WITHIN:
            numbered = row | {"id": ids[key]}
            changes += _changes(numbered, before.get(key), heard_at, now)
    _tell((change for change in changes if change.type in wanted), now)


def publish_overdue(since: datetime | None, *, now: datetime) -> None:
    """Tell of the open promises that matured since a moment, at most a day ago."""
    if WebhookEvent.OVERDUE not in wanted_types():
        return
    earliest = now - IMPORTED_WITHIN
    begin = earliest if since is None else max(earliest, since - LOOK_BACK)
    numbers = OpenPromise.objects.filter(matures_at__gte=begin, matures_at__lt=now)
    rows = Promise.objects.filter(pk__in=numbers.values("pk")).values(*_COLUMNS)
    _tell((_overdue(row, row["matures_at"]) for row in rows if row["matures_at"]), now)


def _changes(row: Row, old: Row | None, heard: datetime, now: datetime) -> Iterator[_Change]:
    count = row["events_count"]
    if old is None:
        made_at = row["made_at"]
        yield _Change(WebhookEvent.MADE, row, made_at, heard, _stamp(made_at))
    elif _is_rescheduled(row, old):
        at = row["last_event_at"]
        mark = f"{_stamp(row['due'])}:{count}"
        yield _Change(WebhookEvent.RESCHEDULED, row, at, heard, mark)
    outcome = _OUTCOMES.get(row["state"])
    if outcome is not None and (old is None or old["state"] != row["state"]):
        at = row["settled_at"] or row["stopped_at"] or row["last_event_at"]
        yield _Change(outcome, row, at, heard, f"{_stamp(at)}:{count}")
    stopped = row["stopped_at"]
    if stopped is not None and outcome is not WebhookEvent.WITHDRAWN:
        # Withdrawn after it was due: the break stands, and it is still withdrawn.
        if old is None or old["stopped_at"] is None:
            mark = f"{_stamp(stopped)}:{count}"
            yield _Change(WebhookEvent.WITHDRAWN, row, stopped, heard, mark)
    elif _is_newly_overdue(row, old, now):
        yield _overdue(row, heard)


def _overdue(row: Mapping[str, Any], heard: datetime) -> _Change:
    at = row["matures_at"]
    return _Change(WebhookEvent.OVERDUE, row, at, heard, _stamp(at))


def _is_rescheduled(row: Row, old: Row) -> bool:
    """Whether the due date moved by more than pauses moved it."""
    moved = (row["due"] - old["due"]).total_seconds()
    paused = row["paused_seconds"] - old["paused_seconds"]
    return bool(abs(moved - paused) > 1)


def _is_newly_overdue(row: Row, old: Row | None, now: datetime) -> bool:
    """Whether a promise is overdue as soon as it is known, or known to be due so early: no tick
    would see it."""
    matures = row["matures_at"]
    if not is_open(row) or matures is None or matures >= now:
        return False
    return old is None or not is_open(old) or old["matures_at"] != matures


def _tell(changes: Iterable[_Change], now: datetime) -> None:
    listed = list(changes)
    if not listed:
        return
    names = _names([change.row for change in listed])
    insert([_message(change, names) for change in listed if _is_news(change, names, now)], now=now)


def _names(rows: Sequence[Mapping[str, Any]]) -> _Names:
    def references(model: Any, column: str) -> dict[int, str]:
        found = model._default_manager.filter(pk__in={row[column] for row in rows})
        return dict(found.values_list("pk", "reference"))

    return _Names(
        customers=references(Customer, "customer_id"),
        teams=references(Team, "team_id"),
        sources=Source.objects.in_bulk({row["source_id"] for row in rows}),
    )


def _is_news(change: _Change, names: _Names, now: datetime) -> bool:
    source = names.sources.get(change.row["source_id"])
    if source is None or source.is_sample:
        return False
    imported = source.door == Source.Door.IMPORT
    return now - change.at <= (IMPORTED_WITHIN if imported else HAPPENED_WITHIN)


def _message(change: _Change, names: _Names) -> Message:
    row = change.row
    return Message(
        type=change.type.value,
        key=f"{change.type.value}:{row['source_id']}:{row['reference']}:{change.mark}",
        at=change.at,
        heard=change.heard,
        data={
            "promise": str(row["id"]),
            "reference": _short(row["reference"], MOST_ID),
            "source": _short(names.sources[row["source_id"]].name, MOST_ID),
            "team": _short(names.teams.get(row["team_id"], ""), MOST_ID),
            "customer": _short(names.customers.get(row["customer_id"], ""), MOST_ID),
            "kind": row["kind"],
            "statement": _short(row["statement"], MOST_STATEMENT),
            "first_due": row["first_due"].astimezone(UTC),
            "due": row["due"].astimezone(UTC),
            "state": row["state"],
            "moment": change.at.astimezone(UTC),
        },
    )


def _stamp(moment: datetime) -> str:
    """The same text for the same moment, whatever offset it was told with."""
    return moment.astimezone(UTC).isoformat()


def _short(text: str, most: int) -> str:
    """A text as it is, or its beginning: a payload stays below 20 kB whatever was promised."""
    return text if len(text) <= most else f"{text[: most - 1]}…"
