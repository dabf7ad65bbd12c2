"""The gate: what comes in as which event, and one clear error for what does not."""

import json
from typing import Any

import pytest

from interactions.decode import event_from_mapping, events_from_json, events_from_lines
from interactions.event_data import SCHEMAS
from interactions.event_types import EventType
from interactions.rejection import EventRejected
from tests.interactions.items import NOW, QUALITY, accepted, item, refused

MADE = "promise.made"


def test_every_type_has_a_schema() -> None:
    assert set(SCHEMAS) == set(EventType)


@pytest.mark.parametrize("kind", EventType)
def test_every_type_is_read(kind: EventType) -> None:
    event = accepted(item(kind))
    assert (event.type, event.source, event.id) == (kind, "/shop", "e-17")


def test_a_promise_is_known_in_the_names_of_its_maker() -> None:
    own = accepted(item("promise.fulfilled"))
    foreign = accepted(item("promise.fulfilled", {"promise_source": "/other"}))
    assert (own.subject, own.subject_source) == ("order-1", "/shop")
    assert (foreign.subject, foreign.subject_source) == ("order-1", "/other")


def test_a_retraction_is_about_the_event_that_it_names() -> None:
    event = accepted(item("event.retracted", {"source": "/desk", "id": "e-3"}, subject="any"))
    assert (event.subject, event.subject_source) == ("e-3", "/desk")


def test_a_customers_event_belongs_to_no_source() -> None:
    event = accepted(item("customer.left", subject="c-1"))
    assert (event.subject, event.subject_source) == ("c-1", None)


def test_times_become_utc() -> None:
    event = accepted(item(time="2026-03-02T09:30:00.123456-05:00"))
    assert event.occurred_at.isoformat() == "2026-03-02T14:30:00.123456+00:00"


def test_a_clock_five_minutes_ahead_is_believed() -> None:
    assert accepted(item(time="2026-03-31T12:05:00Z")).occurred_at > NOW


def test_extension_attributes_are_allowed_and_dropped() -> None:
    event = accepted(item(datacontenttype="application/json", traceparent="00-ab", partition=3))
    assert event == accepted(item())


STRANGE: list[tuple[dict[str, Any], str, str]] = [
    ({"traceparent": {"a": 1}}, "/traceparent", "must be a text, a number"),
    ({"partition": [1]}, "/partition", "must be a text, a number"),
    ({"datacontenttype": {}}, "/datacontenttype", "must be a text, a number"),
    ({"datacontenttype": 1}, "/datacontenttype", "must be a text"),
    ({"traceparent": "a\0b"}, "/traceparent", "NUL"),
    ({"trace\0parent": "a"}, "", "NUL"),
]


@pytest.mark.parametrize(("attributes", "pointer", "words"), STRANGE)
def test_extension_attributes_are_texts_and_numbers(
    attributes: dict[str, Any], pointer: str, words: str
) -> None:
    error = refused(item() | attributes)
    assert error.pointer == pointer
    assert words in error.reason
    both = [item(id="e-1"), item(id="e-2") | attributes]
    lines = "\n".join(json.dumps(one) for one in both)
    for read in (
        events_from_json(json.dumps(both).encode(), now=NOW),
        events_from_lines(lines.encode(), now=NOW),
    ):
        assert [isinstance(one, EventRejected) for one in read] == [False, True]


def test_an_attribute_that_is_null_is_not_there() -> None:
    plain = item() | {"datacontenttype": None, "traceparent": "C:\\u0000", "sampled": True}
    assert accepted(plain) == accepted(item())
    assert events_from_json(json.dumps([plain]).encode(), now=NOW) == [accepted(item())]


def test_default_values_are_not_stored() -> None:
    plain = accepted(item())
    assert accepted(item(data={"explicit": True, "team": ""})).data == plain.data


def test_a_mapping_is_read_as_its_json() -> None:
    assert event_from_mapping(item(), now=NOW) == accepted(item())


@pytest.mark.parametrize("length", [1, 255])
def test_ids_may_have_1_to_255_characters(length: int) -> None:
    assert len(accepted(item(id="é" * length)).id) == length


@pytest.mark.parametrize("id_", ["two words", "a\N{NO-BREAK SPACE}b", "🫨", "\N{HANGUL FILLER}"])
def test_ids_may_have_any_characters_but_control_characters(id_: str) -> None:
    assert accepted(item(id=id_, subject=id_)).subject == id_


@pytest.mark.parametrize("text", ["C:\\u0000", "\\\\u0000", "\\"])
def test_a_backslash_before_u0000_is_no_nul(text: str) -> None:
    assert accepted(item(data={"statement": text})).data


@pytest.mark.parametrize("stake", [0.5, 1, 2, 4])
def test_the_four_stakes_are_taken(stake: float) -> None:
    assert accepted(item(data={"stake": stake})).data


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/Argentina/Buenos_Aires", "UTC", ""])
def test_zones_of_the_tz_database_are_taken(zone: str) -> None:
    assert accepted(item(data={"customer": {"id": "c-1", "zone": zone}})).data


def test_a_quality_promise_with_its_target_is_taken() -> None:
    assert accepted(item(data={"kind": "quality", "quality": QUALITY})).data


@pytest.mark.parametrize(
    "given", [{"score": 0}, {"score": 5}, {"score": 10, "scale_max": 10}, {"words": "Late again"}]
)
def test_feedback_on_a_scale_is_taken(given: dict[str, Any]) -> None:
    assert accepted(item("feedback.given", given)).data


REFUSED: list[tuple[str, Any, str, str]] = [
    ("unknown field", item(data={"due": "2026-03-06"}), "/data", "unknown field `due`"),
    (
        "unknown field below",
        item(data={"customer": {"id": "c", "colour": "red"}}),
        "/data/customer",
        "unknown field `colour`",
    ),
    ("missing field", item(data={"due_at": None}), "/data", "lacks the field `due_at`"),
    ("missing data", item(data=None, **{"type": "promise.paused"}), "/data", "unknown field"),
    ("missing attribute", item(time=None), "", "lacks the field `time`"),
    (
        "wrong type",
        item(data={"statement": 7}),
        "/data/statement",
        "must be a text, not a whole number",
    ),
    ("wrong type below", item(data={"customer": {"id": 7}}), "/data/customer/id", "must be a text"),
    ("data of the wrong type", item() | {"data": []}, "/data", "must be an object, not a list"),
    ("data null", item() | {"data": None}, "/data", "must be an object, not null"),
    ("attribute of the wrong type", item(id=7), "/id", "must be a text, not a whole number"),
    ("no object", [], "", "must be an object, not a list"),
    ("no text", item(data={"statement": ""}), "/data/statement", "must not be empty"),
    (
        "text too long",
        item(data={"statement": "x" * 4_001}),
        "/data/statement",
        "has more than 4,000 characters",
    ),
    (
        "unknown kind",
        item(data={"kind": "gift"}),
        "/data/kind",
        "is none of the words that are known here: 'gift'",
    ),
    ("stake 3", item(data={"stake": 3}), "/data/stake", "must be 0.5, 1, 2 or 4"),
    ("confidence 0", item(data={"confidence": 0}), "/data/confidence", "must be at least 0.01"),
    ("confidence 2", item(data={"confidence": 2}), "/data/confidence", "must be at most 1"),
    (
        "fraction 0",
        item("promise.fulfilled", {"fraction": 0}),
        "/data/fraction",
        "must be above 0",
    ),
    (
        "unknown zone",
        item(data={"customer": {"id": "c", "zone": "Europe/Atlantis"}}),
        "/data/customer/zone",
        "is no time zone",
    ),
    (
        "zone outside its folder",
        item(data={"customer": {"id": "c", "zone": "../../etc/passwd"}}),
        "/data/customer/zone",
        "is no time zone",
    ),
    ("quality without target", item(data={"kind": "quality"}), "/data/quality", "needs target"),
    (
        "quality without scale",
        item(data={"kind": "quality", "quality": {"target": 1, "comparator": ">=", "unit": "h"}}),
        "/data/quality",
        "lacks the field `scale`",
    ),
    ("target of a delivery", item(data={"quality": QUALITY}), "/data/quality", "quality promise"),
    (
        "scale 0",
        item(data={"kind": "quality", "quality": QUALITY | {"scale": 0}}),
        "/data/quality/scale",
        "must be above 0",
    ),
    (
        "feedback on no scale",
        item("feedback.given", {"score": 0, "scale_max": 0}),
        "/data/scale_max",
        "must be at least 1",
    ),
    (
        "feedback on an endless scale",
        item("feedback.given", {"score": 1, "scale_max": 1_001}),
        "/data/scale_max",
        "must be at most 1000",
    ),
    (
        "feedback below its scale",
        item("feedback.given", {"score": -1}),
        "/data/score",
        "must be at least 0",
    ),
    (
        "feedback beyond the usual scale",
        item("feedback.given", {"score": 6}),
        "/data/score",
        "must be at most its scale_max, 5",
    ),
    ("other version", item(specversion="0.3"), "/specversion", 'must be "1.0"'),
    ("unknown type", item("promise.broken"), "/type", "is no known event type"),
    ("empty type", item(type=""), "/type", "is no known event type"),
    ("empty id", item(id=""), "/id", "must not be empty"),
    ("empty source", item(source=""), "/source", "must not be empty"),
    ("id of 256", item(id="x" * 256), "/id", "is longer than 255 characters"),
    ("subject of 256", item(subject="x" * 256), "/subject", "is longer than 255 characters"),
    ("blank id", item(id=" "), "/id", "must not be blank"),
    ("blank source", item(source=" "), "/source", "must not be blank"),
    ("blank subject", item(subject="\N{NO-BREAK SPACE}"), "/subject", "must not be blank"),
    ("blank text", item(data={"statement": " "}), "/data/statement", "must not be blank"),
    ("no subject", item(subject=None), "/subject", "must be the reference of the promise"),
    ("NUL in an id", item(id="a\0b"), "/id", "control character"),
    ("line break in a subject", item(subject="a\nb"), "/subject", "control character"),
    ("delete in a source", item(source="a\x7fb"), "/source", "control character"),
    ("C1 control in an id", item(id="a\x85b"), "/id", "control character"),
    ("NUL in a value", item(data={"statement": "a\0b"}), "/data/statement", "NUL"),
    ("NUL in a key", item(data={"attributes": {"a\0b": 1}}), "/data/attributes", "NUL"),
    ("NUL after a backslash", item(data={"statement": "\\\0"}), "/data/statement", "NUL"),
    ("retraction of nothing", item("event.retracted", {"id": ""}), "/data/id", "must not be empty"),
    (
        "retraction without a source",
        item("event.retracted", {"source": None}),
        "/data",
        "lacks the field `source`",
    ),
]


@pytest.mark.parametrize(
    ("sent", "pointer", "words"),
    [case[1:] for case in REFUSED],
    ids=[case[0] for case in REFUSED],
)
def test_it_refuses_with_a_pointer_and_a_sentence(sent: Any, pointer: str, words: str) -> None:
    error = refused(sent)
    assert error.pointer == pointer
    assert words in error.reason
