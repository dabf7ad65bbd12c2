"""Events, bodies and rows, made before anything is measured; every id is random."""

import io
import json
import random
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.faults.product import SOURCE, Product

CUSTOMERS, TEAMS = 20_000, 50
COLUMNS = "source_id, event_id, type, subject, subject_source_id, occurred_at, recorded_at, data"
_chance = random.Random(7)


def made(*, subject: str | None = None, **data: Any) -> dict[str, Any]:
    """A promise, due some days ago, so that it counts at once."""
    at = datetime.now(UTC) - timedelta(days=_chance.uniform(3, 60))
    return {
        "specversion": "1.0",
        "id": secrets.token_hex(16),
        "source": SOURCE,
        "type": "promise.made",
        "subject": subject or f"order-{secrets.token_hex(8)}",
        "time": at.isoformat(),
        "data": {
            "kind": "delivery",
            "customer": {"id": f"c-{_chance.randrange(CUSTOMERS)}"},
            "team": f"team-{_chance.randrange(TEAMS)}",
            "due_at": (at + timedelta(days=2)).isoformat(),
            "statement": "Arrives within two days",
            **data,
        },
    }


def fulfilled(promise: dict[str, Any]) -> dict[str, Any]:
    """The outcome of a promise."""
    at = datetime.fromisoformat(promise["time"]) + timedelta(days=_chance.uniform(0, 3))
    return promise | {
        "id": secrets.token_hex(16),
        "type": "promise.fulfilled",
        "time": at.isoformat(),
        "data": {},
    }


def promises(number: int) -> list[dict[str, Any]]:
    """So many promises."""
    return [made() for _ in range(number)]


def lives(number: int) -> list[dict[str, Any]]:
    """So many events: half of them make promises, each of the others fulfils one of these.

    Shape: outcomes come after all makings, so that none is counted together with its promise, and
    in an order of their own, as those of a real shop do.
    """
    found = promises(number // 2)
    outcomes = [fulfilled(promise) for promise in found]
    _chance.shuffle(outcomes)
    return found + outcomes


def bodies(events: Sequence[dict[str, Any]], size: int) -> list[bytes]:
    """The events as batches."""
    return [
        json.dumps(events[begin : begin + size], separators=(",", ":")).encode()
        for begin in range(0, len(events), size)
    ]


def copy_buffer(events: Sequence[dict[str, Any]], source_id: int) -> io.StringIO:
    """The rows of the events as COPY reads them, ready to be sent."""
    now = datetime.now(UTC).isoformat()
    lines = []
    for event in events:
        data = json.dumps(event["data"], separators=(",", ":")).replace("\\", "\\\\")
        about = f"{event['id']}\t{event['type']}\t{event['subject']}\t{source_id}"
        lines.append(f"{source_id}\t{about}\t{event['time']}\t{now}\t{data}\n")
    return io.StringIO("".join(lines))


def source_id(product: Product) -> int:
    """The number of the benchmark's source."""
    return product.number("SELECT id FROM interactions_source WHERE name = %s", [SOURCE])
