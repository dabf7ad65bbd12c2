"""What Schemathesis has to be taught: writing one event a line, leaving the run's keys alone,
headers that any request may carry, counting the cases of each operation and how they ended."""

import atexit
import json
import os
from collections import Counter, defaultdict
from itertools import count
from pathlib import Path
from threading import Lock
from typing import Any

import schemathesis

# Keys of the run itself have numbers from here on; no case guesses them, but lists tell them.
OWN_KEYS = 7_000_000_000
COUNTS = "FUZZ_COUNTS"
# No schema names what HTTP lets every request carry. A list without a parameter has nothing else
# that could differ from case to case.
HEADERS = ("Accept-Language", "If-None-Match", "Range", "X-Request-ID")

IDEMPOTENCY_KEY = "Idempotency-Key"
_numbers = count()
_counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
_lock = Lock()


@schemathesis.serializer("application/x-ndjson")
def lines(ctx: schemathesis.SerializationContext, value: Any) -> bytes:
    """Each item on a line of its own; what is no list stands alone."""
    items = value if isinstance(value, list) else [value]
    return b"\n".join(json.dumps(item).encode() for item in items)


@schemathesis.hook
def before_load_schema(context: Any, raw_schema: dict[str, Any]) -> None:
    """Let requests without a body carry such headers; the document as served knows none of it."""
    for methods in raw_schema["paths"].values():
        for said in methods.values():
            if "requestBody" not in said:
                said["parameters"] = [*said.get("parameters", ()), *map(_header, HEADERS)]


def _header(name: str) -> dict[str, Any]:
    return {"name": name, "in": "header", "schema": {"type": "string"}}


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: dict[str, Any]) -> None:
    """Who revoked the run's own key would fuzz nothing but 401 from then on; where each case sent
    the Idempotency-Key of the example, all but the first would be told that it was used."""
    # A case that lacks its Authorization counts as another once a header of it is touched.
    positive = case.meta is not None and case.meta.generation.mode.is_positive
    if positive and (key := (case.headers or {}).get(IDEMPOTENCY_KEY)):
        case.headers[IDEMPOTENCY_KEY] = _used_twice(key)
    if case.operation.label == "DELETE /api/v1/keys/{id}" and _is_own(case.path_parameters):
        case.path_parameters["id"] = 1


@schemathesis.hook
def after_call(context: Any, case: Any, response: Any) -> None:
    """Count it, by the hundreds of its status."""
    with _lock:
        _counts[case.operation.label][f"{response.status_code // 100}xx"] += 1


def _used_twice(key: Any) -> Any:
    """The key with a number behind it, the same for two cases; what is no key stays as it is."""
    if not isinstance(key, str) or len(key) > 200:
        return key
    return f"{key}.{next(_numbers) // 2}"


def _is_own(parameters: dict[str, Any]) -> bool:
    given = str(parameters.get("id", ""))
    return given.isdecimal() and int(given) >= OWN_KEYS


@atexit.register
def _write_counts() -> None:
    """Where the run wants to know how many cases each operation got."""
    if path := os.environ.get(COUNTS):
        Path(path).write_text(json.dumps(_counts), encoding="utf-8")
