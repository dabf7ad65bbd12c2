"""Ends of sentences become whole ones."""

import pytest

from interactions.plain_reasons import sentence_of


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [
        ("must lie between 1990 and 2200", "It must lie between 1990 and 2200."),
        ("is the name of another source already", "It is the name of another source already."),
        ("this key is revoked or expired; make a new one",
         "This key is revoked or expired; make a new one."),
        ("Write it again.", "Write it again."),
        ("Expected `str` of length <= 255", "It has more than 255 characters."),
    ],
)  # fmt: skip
def test_the_end_of_a_sentence_becomes_a_whole_one(reason: str, sentence: str) -> None:
    assert sentence_of(reason) == sentence
