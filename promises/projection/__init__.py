"""From events to promise rows, and what that changes in the cells.

`project(keys)` is the only writer of promises. A click calls it with one key, the drain with many.
"""

from interactions.todo import pending_count
from promises.projection.customers import describe_customers
from promises.projection.drain import FULL_BATCH, drain, replay
from promises.projection.facts import (
    PromiseKey,
    folded_at,
    key_lock,
    kind_parameters,
    known_calendars,
)
from promises.projection.forget import forget_source
from promises.projection.project import project

__all__ = [
    "FULL_BATCH",
    "PromiseKey",
    "describe_customers",
    "drain",
    "folded_at",
    "forget_source",
    "key_lock",
    "kind_parameters",
    "known_calendars",
    "pending_count",
    "project",
    "replay",
]
