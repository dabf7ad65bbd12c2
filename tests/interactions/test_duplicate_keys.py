"""A key that occurs twice is found, whichever way its body is written, and in no body but such."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from interactions.decode import events_from_json, events_from_lines
from interactions.duplicate_keys import every_key_was_read, key_twice
from interactions.event_data import SCHEMAS
from interactions.rejection import EventRejected
from tests.events import NOW

# Pieces in which a quotation mark and a colon meet as they do at the end of a key.
_TEXTS = st.lists(
    st.sampled_from(['":', '"', ":", "\\", "a", " ", "\n", "u0022:", "é", '"data":{}']), max_size=5
).map("".join)
_WRITERS: list[Callable[[Any], str]] = [
    lambda value: json.dumps(value, separators=(",", ":")),
    lambda value: json.dumps(value, separators=(",", ":"), ensure_ascii=False),
    json.dumps,
    lambda value: json.dumps(value, indent=1),
    lambda value: json.dumps(value, separators=(" , ", " : ")),
    lambda value: json.dumps(value, separators=(",", ":")).replace('\\"', "\\u0022"),
]


def said_twice(text: str) -> bool:
    """The plain reference: every object of a text, read pair by pair."""
    found = False

    def look(pairs: list[tuple[str, Any]]) -> None:
        nonlocal found
        names = [name for name, _ in pairs]
        found = found or len(names) != len(set(names))

    json.loads(text, object_pairs_hook=look)
    return found


def promise(statement: str, attributes: dict[str, str], quality: bool) -> dict[str, Any]:
    """One promise as a CloudEvent."""
    data: dict[str, Any] = {
        "kind": "quality" if quality else "delivery",
        "customer": {"id": "c-1"},
        "due_at": "2026-03-06",
        "statement": statement or "Soon",
    }
    data |= {"attributes": attributes} if attributes else {}
    if quality:
        data["quality"] = {"target": 9, "comparator": ">=", "scale": 2}
    return envelope("promise.made", data)


def envelope(kind: str, data: dict[str, Any] | None) -> dict[str, Any]:
    """One CloudEvent, with or without data."""
    found = {"specversion": "1.0", "id": "e-1", "source": "/shop", "type": kind}
    found |= {"subject": "order-1", "time": "2026-03-01T00:00:00Z"}
    return found if data is None else found | {"data": data}


EVENTS = st.one_of(
    st.builds(promise, _TEXTS, st.dictionaries(_TEXTS, _TEXTS, max_size=2), st.booleans()),
    st.builds(envelope, st.just("promise.fulfilled"), st.sampled_from([None, {}])),
)


def with_a_key_again(text: str, place: int) -> str:
    """A text with one of its members put once more where another began."""
    starts = [at for at, sign in enumerate(text) if sign == "{"]
    start = starts[place % len(starts)]
    end = text.index("}", start)
    if text[start + 1 : end].strip() == "":
        return text
    name = text[text.index('"', start) : text.index('"', text.index('"', start) + 1) + 1]
    return f"{text[: start + 1]}{name}:1,{text[start + 1 :]}"


def test_also_an_empty_key() -> None:
    text = json.dumps([promise("Soon", {"": "a"}, False)]).replace('"": "a"', '"": "a", "": "b"')
    (one,) = events_from_json(text.encode(), now=NOW)
    assert isinstance(one, EventRejected)
    assert "the key '' occurs twice" in one.reason


@given(
    st.lists(EVENTS, min_size=1, max_size=4),
    st.sampled_from(_WRITERS),
    st.one_of(st.none(), st.integers(0, 9)),
)
@example([envelope("promise.fulfilled", None), envelope("promise.fulfilled", {})], _WRITERS[0], 1)
def test_an_array_is_judged_as_by_reading_every_pair(
    events: list[dict[str, Any]], write: Callable[[Any], str], again: int | None
) -> None:
    text = write(events)
    if again is not None:
        text = with_a_key_again(text, again)
    try:
        twice = said_twice(text)
    except ValueError:
        return
    read = events_from_json(text.encode(), now=NOW)
    named = [one for one in read if isinstance(one, EventRejected) and "occurs twice" in one.reason]
    assert (key_twice(text.encode()) is not None) == twice
    assert bool(named) == twice or any(isinstance(one, EventRejected) for one in read)


@pytest.mark.parametrize("lines", [False, True])
def test_usual_bodies_are_told_by_counting(monkeypatch: pytest.MonkeyPatch, lines: bool) -> None:
    def never(_: bytes) -> str:
        raise AssertionError("counting was enough")

    monkeypatch.setattr("interactions.duplicate_keys.key_twice", never)
    events = [promise("Arrives by 8", {"a": "b"}, False), envelope("promise.fulfilled", {})]
    events += [envelope("promise.fulfilled", None), envelope("promise.failed", {"reason": "x"})]
    texts = [json.dumps(event) for event in events]
    if lines:
        read = events_from_lines("\n".join(texts).encode(), now=NOW)
    else:
        read = events_from_json(f"[{', '.join(texts)}]".encode(), now=NOW)
    assert not [one for one in read if isinstance(one, EventRejected)]


@pytest.mark.parametrize("kind", sorted(SCHEMAS))
def test_what_is_not_given_is_not_written(kind: str) -> None:
    """But for the unit of a quality, which the counting knows."""
    read = events_from_json(json.dumps([envelope(kind, {})]).encode(), now=NOW)
    assert [one.data for one in read if not isinstance(one, EventRejected)] in ([], ["{}"])


def test_an_added_member_is_no_room_for_a_key_twice() -> None:
    text = json.dumps([promise("Good", {}, True)], separators=(",", ":"))
    twice = text.replace('"target":9', '"target":9,"target":8')
    (one,) = events_from_json(twice.encode(), now=NOW)
    assert isinstance(one, EventRejected)
    assert "'target' occurs twice" in one.reason
    assert not every_key_was_read(b'{"a" :1}', ['{"a":1}'], 0)
