"""What `ledger_check` expects of the promise rows, and where a stored one differs."""

from typing import Any

import msgspec

from promises.domain.lifecycle import PromiseState, fold
from promises.projection.facts import (
    Gathered,
    PromiseKey,
    installation_zone,
    kind_parameters,
    known_calendars,
)
from promises.projection.parties import resolve
from promises.projection.rows import Row, promise_row
from promises.projection.writing import PROMISE_COLUMNS


def states_of(
    gathered: dict[PromiseKey, Gathered], *, other_way: bool = False
) -> dict[PromiseKey, PromiseState]:
    """The promises of some keys, folded from their events.

    Shape: the other way, as a restatement that runs judges them, or judged them before.
    """
    zone, calendars = installation_zone(), known_calendars()
    parameters = kind_parameters(other_way=other_way)
    return {
        key: state
        for key, found in gathered.items()
        if (state := fold(found.facts, zone=zone, parameters=parameters, calendars=calendars))
        is not None
    }


def rows_of(
    states: dict[PromiseKey, PromiseState],
    gathered: dict[PromiseKey, Gathered],
    *,
    other_way: bool = False,
) -> dict[PromiseKey, Row]:
    """The rows that they should have."""
    zone, parameters = installation_zone(), kind_parameters(other_way=other_way)
    parties = resolve(states.values(), create=False)
    return {
        key: promise_row(
            key,
            state,
            gathered[key].facts,
            parties=parties,
            parameters=parameters,
            zone=zone,
        )
        for key, state in states.items()
    }


def row_difference(expected: Row | None, stored: Row | None) -> dict[str, Any]:
    """Columns that differ, as {column: [recomputed, stored]}; empty where both agree."""
    if expected is None and stored is None:
        return {}
    if expected is None or stored is None:
        here, there = expected is not None, stored is not None
        return {"exists": [here, there]}
    return {
        name: [str(expected[name]), str(stored[name])]
        for name in PROMISE_COLUMNS
        if _comparable(name, expected[name]) != _comparable(name, stored[name])
    }


def _comparable(name: str, value: Any) -> Any:
    return msgspec.json.decode(value) if name == "notes" and isinstance(value, str) else value
