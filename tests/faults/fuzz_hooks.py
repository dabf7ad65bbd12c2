"""What Schemathesis has to be taught: writing one event a line, leaving the run's keys alone,
counting the cases of each operation."""

import atexit
import json
import os
from collections import Counter
from pathlib import Path
from threading import Lock
from typing import Any

import schemathesis

# Keys of the run itself have numbers from here on; no case guesses them, but lists tell them.
OWN_KEYS = 7_000_000_000
COUNTS = "FUZZ_COUNTS"

_counts: Counter[str] = Counter()
_lock = Lock()


@schemathesis.serializer("application/x-ndjson")
def lines(ctx: schemathesis.SerializationContext, value: Any) -> bytes:
    """Each item on a line of its own; what is no list stands alone."""
    items = value if isinstance(value, list) else [value]
    return b"\n".join(json.dumps(item).encode() for item in items)


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: dict[str, Any]) -> None:
    """Count it; whoever revoked the run's own key would fuzz nothing but 401 from then on."""
    with _lock:
        _counts[case.operation.label] += 1
    if case.operation.label == "DELETE /api/v1/keys/{id}" and _is_own(case.path_parameters):
        case.path_parameters["id"] = 1


def _is_own(parameters: dict[str, Any]) -> bool:
    given = str(parameters.get("id", ""))
    return given.isdecimal() and int(given) >= OWN_KEYS


@atexit.register
def _write_counts() -> None:
    """Where the run wants to know how many cases each operation got."""
    if path := os.environ.get(COUNTS):
        Path(path).write_text(json.dumps(_counts), encoding="utf-8")
