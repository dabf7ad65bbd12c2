"""A key that occurs twice in one JSON object is refused: readers disagree about what it means.

msgspec keeps the last one silently. A second look costs about 3 microseconds an event; counting
the keys against those that were read costs a tenth, and tells of nearly every body that none can
occur twice.
"""

import json
from collections.abc import Iterable
from itertools import islice
from typing import NoReturn

from interactions.nul_pointer import pointer_of
from interactions.rejection import EventRejected
from interactions.splitting import deepest_member


class _KeyTwice(ValueError):
    """The name of the key."""


def _pairs(pairs: list[tuple[str, object]]) -> None:
    if len(dict(pairs)) != len(pairs):
        _name(pairs)


def _name(pairs: list[tuple[str, object]]) -> NoReturn:
    seen: set[str] = set()
    for name, _ in pairs:
        if name in seen:
            raise _KeyTwice(name)
        seen.add(name)
    raise AssertionError("no key occurs twice")


# Numbers are not read, only skipped; control characters were judged before.
_look = json.JSONDecoder(
    object_pairs_hook=_pairs, parse_int=len, parse_float=len, strict=False
).decode


def key_twice(body: bytes) -> str | None:
    """The name of a key that occurs twice in some object of the body, None where there is none.

    Shape: the body is known to be JSON in UTF-8.
    Raises: RecursionError where it is nested too deeply to be looked at.
    """
    try:
        _look(body.decode())
    except _KeyTwice as twice:
        return str(twice)
    return None


def may_have_key_twice(body: bytes) -> bool:
    """Whether a key occurs twice in the body, or it is nested too deeply for that to be known."""
    try:
        return key_twice(body) is not None
    except RecursionError:
        return True


def refuse_key_twice(item: bytes) -> None:
    """Whether an event means the same to all who read it.

    Raises: EventRejected.
    """
    try:
        name = key_twice(item)
    except RecursionError:
        pointer = pointer_of([json.loads(deepest_member(item))])
        raise EventRejected(pointer, "is nested too deeply") from None
    if name is not None:
        raise EventRejected("", f"the key {name[:60]!r} occurs twice in one object")


# Where one of these stands, the end of a key cannot be told by its quotation mark and its colon
# alone: blanks before a colon, and either of the two written as an escape. One sign is found much
# quicker than two.
_UNCOUNTABLE = (
    (b"\t", b'"\t'),
    (b"\n", b'"\n'),
    (b"\r", b'"\r'),
    (b"\\", b"\\u00"),
    (b" ", b'" '),
)
# The one member that is written though nobody gave it: the unit of a quality.
_ADDED = '"unit":""'
_AT_ONCE = 500


def every_key_was_read(body: bytes, written: Iterable[str], others: int) -> bool:
    """Whether a body holds no more keys than were read of it, so that none occurs twice.

    Shape: `written` is what was read, as compact JSON; `others` counts the keys read beside it.
    False where it cannot be told: `key_twice` has to look then.
    """
    if any(sign in body and found in body for sign, found in _UNCOUNTABLE):
        return False
    count = others
    # Not all of it at once: it is as large as the body.
    texts = iter(written)
    while some := "".join(islice(texts, _AT_ONCE)):
        if _ADDED in some:
            return False
        count += some.count('":')
    return body.count(b'":') == count
