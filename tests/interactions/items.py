"""CloudEvents as they come over the wire: the smallest of every type."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from interactions.decode import NewEvent, event_from_json
from interactions.event_types import EventType
from interactions.rejection import EventRejected

NOW = datetime(2026, 3, 31, 12, 0, tzinfo=UTC)
QUALITY = {"target": 99.9, "comparator": ">=", "unit": "%", "scale": 5}

# The data that a type cannot do without.
NEEDED: dict[str, dict[str, Any]] = {
    EventType.PROMISE_MADE: {
        "kind": "delivery",
        "customer": {"id": "c-1"},
        "due_at": "2026-03-06",
        "statement": "Arrives by Friday",
    },
    EventType.PROMISE_RESCHEDULED: {"due_at": "2026-03-09"},
    EventType.PROMISE_PAUSED: {"cause": "customer"},
    EventType.PROMISE_WITHDRAWN: {"by": "us"},
    EventType.EVENT_RETRACTED: {"source": "/shop", "id": "e-1"},
    EventType.EXPECTATION_STATED: {"text": "before the weekend"},
}


def item(kind: str = "promise.made", data: dict[str, Any] | None = None, **changes: Any) -> Any:
    """One CloudEvent; `data` is added to what the type needs, None takes a field away."""
    known = NEEDED.get(kind, {})
    filled = {"specversion": "1.0", "id": "e-17", "source": "/shop", "type": kind}
    filled |= {"subject": "order-1", "time": "2026-03-02T09:30:00Z"}
    filled |= {"data": without_none(known | (data or {}))}
    return without_none(filled | changes)


def without_none(mapping: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in mapping.items() if value is not None}


def accepted(sent: Any) -> NewEvent:
    """The event that is read from an item, or from bytes as they are."""
    raw = sent if isinstance(sent, bytes) else json.dumps(sent).encode()
    return event_from_json(raw, now=NOW)


def refused(sent: Any) -> EventRejected:
    """Why an item is refused."""
    with pytest.raises(EventRejected) as caught:
        accepted(sent)
    return caught.value
