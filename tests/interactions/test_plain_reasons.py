"""What a decoder says of a value becomes words, and ends of sentences become whole ones."""

from typing import Annotated, Any, Literal

import msgspec
import pytest
from msgspec import Meta

from interactions.plain_reasons import plain_reason, sentence_of


class Box(msgspec.Struct, forbid_unknown_fields=True):
    """A table with one name."""

    size: int


@pytest.mark.parametrize(
    ("kind", "value", "words"),
    [
        (Annotated[str, Meta(max_length=4_000)], "x" * 4_001, "is longer than 4,000 characters"),
        (Annotated[str, Meta(max_length=1)], "xy", "must be one character"),
        (Annotated[str, Meta(min_length=1)], "", "must not be empty"),
        (Annotated[list[int], Meta(min_length=1)], [], "must name at least one"),
        (Annotated[float, Meta(ge=0, le=1)], 2.0, "must be at most 1"),
        (Annotated[float, Meta(ge=0.5)], 0.0, "must be at least 0.5"),
        (Annotated[float, Meta(gt=0)], -1.0, "must be above 0"),
        (Annotated[float, Meta(lt=7)], 8.0, "must be below 7"),
        (Literal["a", "b"], "c", "is none of the words that it may be: c"),
        (Annotated[str, Meta(pattern="^a")], "b", "has a form that is not taken"),
        (int, "x", "must be a whole number, not a text"),
        (str | bool | None, [], "must be true or false or a text or nothing, not a list"),
        (Box, {}, "lacks size"),
        (Box, {"size": 1, "colour": 2}, "has colour, which is no name that is known here"),
    ],
)
def test_a_decoder_speaks_in_words(kind: Any, value: Any, words: str) -> None:
    with pytest.raises(msgspec.ValidationError) as error:
        msgspec.convert(value, kind)
    assert plain_reason(str(error.value).partition(" - at")[0]) == words


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [
        ("must lie between 1990 and 2200", "It must lie between 1990 and 2200."),
        ("is the name of another source already", "It is the name of another source already."),
        ("this key is revoked or expired; make a new one",
         "This key is revoked or expired; make a new one."),
        ("Write it again.", "Write it again."),
        ("Expected `str` of length <= 255", "It is longer than 255 characters."),
    ],
)  # fmt: skip
def test_the_end_of_a_sentence_becomes_a_whole_one(reason: str, sentence: str) -> None:
    assert sentence_of(reason) == sentence
