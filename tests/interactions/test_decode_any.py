"""Whatever comes in: an event that can be stored and folded, or one clear error."""

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from interactions.decode import (
    NewEvent,
    event_from_json,
    event_from_mapping,
    events_from_json,
    events_from_lines,
)
from interactions.event_types import EventType
from interactions.rejection import EventRejected
from tests.interactions.items import NEEDED, NOW, accepted, item, refused

DEEP = 100_000

texts = st.text(max_size=8) | st.sampled_from(
    ["", "\0", "\\u0000", "\ud800", "2026-03-06", "/shop"]
)
numbers = st.integers() | st.floats() | st.sampled_from([0, 1, 2**64, -(2**63), 10**400])
values = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
FIELDS = sorted(
    {"attributes", "stake", "confidence", "quality", "fraction", "value", "told_at", "tags"}
    | {name for data in NEEDED.values() for name in data}
)


@st.composite
def items(draw: st.DrawFn) -> dict[str, Any]:
    """Something like an event: a good one with some of its parts replaced by anything."""
    sent = item(draw(st.sampled_from([*EventType, "promise.broken"])))
    sent["data"] |= draw(st.dictionaries(st.sampled_from(FIELDS) | texts, values, max_size=2))
    return sent | draw(st.dictionaries(st.sampled_from([*sent, "extra"]), values, max_size=1))


def check(raw: bytes) -> None:
    try:
        event = event_from_json(raw, now=NOW)
    except EventRejected as rejected:
        assert rejected.reason
        assert rejected.pointer == "" or rejected.pointer.startswith("/")
    else:
        assert isinstance(event, NewEvent)
        assert isinstance(json.loads(event.data), dict)
        assert "\0" not in "".join((event.source, event.id, event.subject, event.data))


@given(raw=st.binary(max_size=60))
@example(raw=b"")
@example(raw=b"\xef\xbb\xbf{}")
@example(raw=b"{}")
@example(raw=b"[" * DEEP)
def test_any_bytes_are_an_event_or_an_error(raw: bytes) -> None:
    check(raw)


@given(sent=items())
def test_any_json_is_an_event_or_an_error(sent: dict[str, Any]) -> None:
    check(json.dumps(sent).encode())


@given(sent=items())
def test_any_mapping_is_an_event_or_an_error(sent: dict[str, Any]) -> None:
    try:
        assert isinstance(event_from_mapping(sent, now=NOW), NewEvent)
    except EventRejected as rejected:
        assert rejected.reason


@given(kept=st.integers(0, 400), sent=items())
def test_any_broken_off_json_is_an_error(kept: int, sent: dict[str, Any]) -> None:
    whole = json.dumps(sent).encode()
    assert refused(whole[: min(kept, len(whole) - 1)]).reason


def raw_with(value: bytes) -> bytes:
    """A good event with one attribute spelled out by hand."""
    return json.dumps(item(data={"attributes": {"a": 4711}})).encode().replace(b"4711", value)


@pytest.mark.parametrize(
    "value",
    [
        b"1e999",
        b"NaN",
        b"Infinity",
        b'"\\ud800"',
        b'"\xff"',
        b'"\x01"',
        b"9" * 5_000,
        b"[" * DEEP + b"]" * DEEP,
        b'{"a":' * DEEP + b"1" + b"}" * DEEP,
    ],
    ids=[
        "1e999",
        "NaN",
        "Infinity",
        "surrogate",
        "latin-1",
        "control",
        "5,000 digits",
        "deep array",
        "deep object",
    ],
)
def test_what_json_cannot_carry_is_refused(value: bytes) -> None:
    assert refused(raw_with(value)).reason
    assert accepted(raw_with(b"1"))


def test_deep_nesting_is_named() -> None:
    assert "nested too deeply" in refused(raw_with(b"[" * DEEP + b"]" * DEEP)).reason


@pytest.mark.parametrize("depth", [*range(800, 1_100, 7), 100_000])
def test_no_depth_costs_more_than_its_item(depth: int) -> None:
    """Some depths are read and no attribute, some are not even looked at, and some are too deep in
    between only."""
    deep = json.dumps(item(id="deep") | {"x": "HERE", "traceparent": "[[]]"}).encode()
    deep = deep.replace(b'"HERE"', b"[" * depth + b"]" * depth)
    good = json.dumps(item(id="good")).encode()
    for read, body in (
        (events_from_json, b"[" + deep + b"," + good + b"]"),
        (events_from_lines, deep + b"\n" + good),
    ):
        first, second = read(body, now=NOW)
        assert isinstance(second, NewEvent)
        assert isinstance(first, EventRejected)
        assert first.reason.startswith(("is nested too deeply", "must be a text, a number, true"))
        assert first.pointer in ("", "/x")


def test_what_is_too_deep_to_be_looked_at_is_pointed_at(monkeypatch: pytest.MonkeyPatch) -> None:
    def too_deep(_body: bytes) -> None:
        raise RecursionError

    monkeypatch.setattr("interactions.duplicate_keys.key_twice", too_deep)
    error = refused(item(short=[1], **{"a/b": [[["{[[[["]]], "data": item()["data"]}))
    assert (error.pointer, error.reason) == ("/a~1b", "is nested too deeply")


BAD_ITEMS: dict[str, bytes] = {
    "no object": b"7",
    "no event": b"{}",
    "surrogate": raw_with(b'"\\ud800"'),
    "not UTF-8": raw_with(b'"\xff"'),
    "1e999": raw_with(b"1e999"),
    "5,000 digits": raw_with(b"9" * 5_000),
    "nested deeply": raw_with(b"[" * DEEP + b"]" * DEEP),
    "brackets in a text": raw_with(b'"]}\\",["')[:-1] + b',"id":""}',
}


@pytest.mark.parametrize("bad", BAD_ITEMS.values(), ids=BAD_ITEMS)
def test_one_bad_item_never_costs_the_others(bad: bytes) -> None:
    good = [json.dumps(item(id=f"e-{n}")).encode() for n in range(3)]
    body = b" [" + b" , ".join([good[0], bad, good[1], bad, good[2]]) + b"]\n"
    results = events_from_json(body, now=NOW)
    assert [isinstance(result, EventRejected) for result in results] == [0, 1, 0, 1, 0]
    assert [r.id for r in results if isinstance(r, NewEvent)] == ["e-0", "e-1", "e-2"]


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"[", b"[{}", b"[1,]", b"null", b"[{}]x", b"[" * DEEP]
)
def test_a_body_that_is_no_array_is_refused_as_a_whole(body: bytes) -> None:
    with pytest.raises(EventRejected) as caught:
        events_from_json(body, now=NOW)
    assert caught.value.pointer == ""


@given(sent=st.lists(items(), max_size=5))
def test_a_batch_is_judged_as_each_of_its_items(sent: list[dict[str, Any]]) -> None:
    def told(result: NewEvent | EventRejected) -> object:
        return (result.pointer, result.reason) if isinstance(result, EventRejected) else result

    def alone(one: dict[str, Any]) -> NewEvent | EventRejected:
        try:
            return event_from_json(json.dumps(one).encode(), now=NOW)
        except EventRejected as rejected:
            return rejected

    results = events_from_json(json.dumps(sent).encode(), now=NOW)
    assert [told(result) for result in results] == [told(alone(one)) for one in sent]


def test_an_empty_array_is_nothing() -> None:
    assert events_from_json(b"[]", now=NOW) == []
