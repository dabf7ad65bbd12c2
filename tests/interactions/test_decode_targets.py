"""The target of a promise: how its due date was reckoned, refused where it cannot be read."""

from typing import Any

import pytest

from interactions.decode import event_from_mapping
from interactions.rejection import EventRejected
from tests.events import NOW, START

GOOD = {"amount": 4, "unit": "business days", "calendar": "office", "calendar_version": 3}


def made(target: Any, kind: str = "promise.made") -> str:
    data: dict[str, Any] = {"due_at": "2026-03-06", "target": target}
    if kind == "promise.made":
        data |= {"kind": "response", "customer": {"id": "c"}, "statement": "Soon"}
    item = {
        "specversion": "1.0",
        "id": "e",
        "source": "/s",
        "type": kind,
        "subject": "p",
        "time": START.isoformat(),
        "data": data,
    }
    return event_from_mapping(item, now=NOW).data


@pytest.mark.parametrize("kind", ["promise.made", "promise.rescheduled"])
def test_a_target_is_kept_as_it_was_sent(kind: str) -> None:
    text = made(GOOD | {"same_time": True}, kind)

    assert '"target":{"amount":4.0,"unit":"business days","calendar":"office"' in text
    assert '"calendar_version":3,"same_time":true}' in text
    assert "calendar" not in made({"amount": 90, "unit": "minutes"}, kind)


@pytest.mark.parametrize("kind", ["promise.made", "promise.rescheduled"])
@pytest.mark.parametrize(
    ("target", "pointer"),
    [
        (GOOD | {"amount": 1.5}, "/data/target/amount"),
        (GOOD | {"amount": 0}, "/data/target/amount"),
        (GOOD | {"amount": 1e9}, "/data/target/amount"),
        (GOOD | {"unit": "fortnights"}, "/data/target/unit"),
        (GOOD | {"calendar": ""}, "/data/target/calendar"),
        (GOOD | {"calendar": "a\x01b"}, "/data/target/calendar"),
        (GOOD | {"calendar_version": None}, "/data/target/calendar_version"),
        (GOOD | {"calendar_version": 0}, "/data/target/calendar_version"),
        ({"amount": 1, "unit": "days", "calendar_version": 1}, "/data/target/calendar_version"),
        ({"unit": "days"}, "/data/target"),
        (GOOD | {"zone": "UTC"}, "/data/target"),
        ("4 h", "/data/target"),
    ],
)
def test_a_target_that_cannot_be_read_is_refused(target: Any, pointer: str, kind: str) -> None:
    with pytest.raises(EventRejected) as rejected:
        made(target, kind)

    assert rejected.value.pointer == pointer
