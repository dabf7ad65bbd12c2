"""What a decoder says becomes a sentence about the place to which a pointer leads."""

import json
from copy import deepcopy
from typing import Any

import msgspec
import pytest

from interactions.wording import HALF_A_PAIR, plain_reason
from tests.interactions.items import item, refused
from tests.promises.api.clients import shop

SAID = {
    "Object missing required field `specversion`": "lacks the field `specversion`",
    "Object contains unknown field `due`": "has an unknown field `due`",
    "Expected `str`, got `int`": "must be a text, not a whole number",
    "Expected `str | null`, got `array`": "must be a text or null, not a list",
    "Expected `str` of length <= 255": "has more than 255 characters",
    "Expected `str` of length >= 1": "must not be empty",
    "Expected `array` of length >= 2": "has fewer than 2 items",
    "Expected `float` > 0.0": "must be above 0",
    "Expected `float` <= 0.25": "must be at most 0.25",
    "Expected `int` <= 12": "must be at most 12",
    "Invalid enum value 'gift'": "is none of the words that are known here: 'gift'",
    "Invalid RFC3339 encoded date": "is not a date such as 2026-03-06",
    "Expected `datetime` with a timezone component": "must have an offset, such as Z",
    "Number out of range": "is a number out of range",
    "Input data was truncated": "ends too early for JSON",
    "JSON is malformed: invalid character (byte 6)": "is no JSON: invalid character (byte 6)",
    "JSON is malformed: invalid utf-16 surrogate pair (byte 13)": HALF_A_PAIR,
    "'utf-8' codec can't decode byte 0xff in position 0: invalid start byte": (
        "is not written in UTF-8"
    ),
    "Something that nobody foresaw": "Something that nobody foresaw",
}


@pytest.mark.parametrize("said", SAID)
def test_it_is_a_sentence(said: str) -> None:
    assert plain_reason(said) == SAID[said]


def test_a_long_value_is_not_repeated() -> None:
    assert len(plain_reason(f"Invalid enum value '{'x' * 10_000}'")) < 200


@pytest.mark.parametrize("half", ["\\ud800", "a\\udc00b", "\\udc00\\ud800", "\\uD800\\u0041"])
@pytest.mark.parametrize(
    ("path", "pointer"),
    [
        (("data", "statement"), "/data/statement"),
        (("data", "customer", "id"), "/data/customer/id"),
        (("id",), "/id"),
        (("time",), "/time"),
    ],
)
def test_half_of_a_pair_is_pointed_at(half: str, path: tuple[str, ...], pointer: str) -> None:
    sent: Any = deepcopy(item())
    inner = sent
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = "HERE"
    error = refused(json.dumps(sent).replace("HERE", half).encode())
    assert (error.pointer, error.reason) == (pointer, HALF_A_PAIR)


def test_whole_pairs_and_words_about_them_are_not_halves() -> None:
    for text in ("\\ud83d\\udce6", "\\\\ud800"):
        error = refused(
            json.dumps(item(data={"stake": 3, "statement": "HERE"})).replace("HERE", text).encode()
        )
        assert error.pointer == "/data/stake"
        error = refused(
            json.dumps(item(data={"colour": 3, "statement": "HERE"})).replace("HERE", text).encode()
        )
        assert error.reason == "has an unknown field `colour`"


@pytest.mark.django_db
def test_the_api_speaks_in_sentences() -> None:
    late = json.dumps(item(data={"due_at": 7})).encode()
    for body, detail in (
        (b"{}", "The body lacks the field `specversion`"),
        (b'{"id"', "The body ends too early for JSON"),
        (late, "/data/due_at must be a text, not a whole number"),
    ):
        answer = shop().post("/api/v1/events", body, content_type="application/cloudevents+json")
        assert (answer.status_code, answer.json()["detail"]) == (400, detail)
    answer = shop().post("/api/v1/promises", b"[]", content_type="application/json")
    assert answer.json()["detail"] == "The body must be an object, not a list"


def test_every_message_of_the_decoder_is_known() -> None:
    class Any_(msgspec.Struct, forbid_unknown_fields=True):
        at: int

    for body in (b'{"at": "x"}', b"{}", b'{"at": 1, "x": 2}', b"[1", b"\xff", b'{"at": 1e400}'):
        with pytest.raises((msgspec.DecodeError, UnicodeDecodeError)) as caught:
            msgspec.json.decode(body, type=Any_)
        said = str(caught.value).partition(" - at ")[0]
        assert plain_reason(said) != said
