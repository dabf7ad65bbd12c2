"""What a decoder says of a value, as the end of a sentence that begins with the place it is
about."""

import re
from collections.abc import Callable
from typing import Final

_TYPES: Final = {
    "str": "a text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "object": "an object",
    "array": "a list",
    "null": "null",
    "date": "a date such as 2026-03-06",
    "datetime": "a time such as 2026-03-02T09:30:00Z",
}
_LIMITS: Final = {">": "above", ">=": "at least", "<": "below", "<=": "at most"}
_PARTS: Final = {"str": "characters", "array": "items", "object": "fields", "bytes": "bytes"}
HALF_A_PAIR: Final = "contains half of a surrogate pair, which is no character"
NO_SUCH_WORD: Final = "is none of the words that are known here"
# A longer value is not repeated to whoever sent it.
_MOST_REPEATED: Final = 60


def _type(found: re.Match[str]) -> str:
    wanted, got = (_types(names) for names in found.groups())
    return f"must be {wanted}, not {got}"


def _types(names: str) -> str:
    return " or ".join(_TYPES.get(name, name) for name in names.split(" | "))


def _length(found: re.Match[str]) -> str:
    kind, sign, number = found.groups()
    if sign == "<=":
        return f"has more than {int(number):,} {_PARTS[kind]}"
    return "must not be empty" if number == "1" else f"has fewer than {number} {_PARTS[kind]}"


def _word(found: re.Match[str]) -> str:
    return f"{NO_SUCH_WORD}: {found[1][:_MOST_REPEATED]}"


_RULES: Final[tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...]] = tuple(
    (re.compile(pattern, re.DOTALL), say)
    for pattern, say in (
        (r"Object missing required field (`.*`)", lambda found: f"lacks the field {found[1]}"),
        (r"Object contains unknown field (`.*`)", lambda found: f"has an unknown field {found[1]}"),
        (r"Expected `([^`]*)`, got `([^`]*)`", _type),
        (r"Expected `(str|array|object|bytes)` of length (<=|>=) (\d+)", _length),
        (
            r"Expected `\w+` (>=?|<=?) (\S+)",
            lambda found: f"must be {_LIMITS[found[1]]} {found[2].removesuffix('.0')}",
        ),
        (r"Expected `str` matching regex (.*)", lambda found: f"must match {found[1]}"),
        (r"Expected `\w+` with a timezone component", lambda _: "must have an offset, such as Z"),
        (r"Invalid RFC3339 encoded (date|datetime)", lambda found: f"is not {_TYPES[found[1]]}"),
        (r"Invalid (?:enum )?value (.*)", _word),
        (r"(?:Number|Integer value) out of range", lambda _: "is a number out of range"),
        (r"Input data was truncated", lambda _: "ends too early for JSON"),
        (r"JSON is malformed: .*surrogate pair.*", lambda _: HALF_A_PAIR),
        (r"JSON is malformed: (.*)", lambda found: f"is no JSON: {found[1]}"),
        (r"'utf-8' codec can't decode .*", lambda _: "is not written in UTF-8"),
    )
)


def plain_reason(said: str) -> str:
    """What a decoder said, in plain words; what is not known here stays as it is."""
    for pattern, say in _RULES:
        if found := pattern.fullmatch(said):
            return say(found)
    return said
