"""Where in some JSON a character stands that is refused: asked only where one is."""

import json
import re
from collections.abc import Callable, Iterable
from itertools import takewhile
from typing import Any

import msgspec

# A longer key is not repeated to whoever sent it; the pointer ends before it.
_LONGEST_STEP = 60
# How half of a pair is written; whole pairs are written so, too.
_HALF = re.compile(rb"\\u[dD][89abAB][0-9a-fA-F]{2}|\\u[dD][c-fC-F][0-9a-fA-F]{2}")


def pointer_to_nul(text: str) -> str:
    """The JSON pointer to the first text that holds NUL, or to the object of the first such key.

    Shape: '' where it stands nowhere, or in a key of the whole. Text is JSON that was read before.
    """
    return _pointer_to(msgspec.json.decode(text), lambda part: "\0" in part)


def pointer_to_half_a_pair(text: bytes) -> str | None:
    """The same for half of a surrogate pair; None where there is none, or the text is no JSON."""
    if not _HALF.search(text):
        return None
    try:
        value = json.loads(text, strict=False)
        as_read = json.dumps(value, ensure_ascii=False)
    except (ValueError, RecursionError):
        return None
    return _pointer_to(value, _has_half) if _has_half(as_read) else None


def _has_half(text: str) -> bool:
    return not text.isascii() and any("\ud800" <= one <= "\udfff" for one in text)


def _pointer_to(value: Any, holds: Callable[[str], bool]) -> str:
    found: list[tuple[tuple[str, ...], Any]] = [((), value)]
    while found:
        steps, value = found.pop()
        if isinstance(value, str) and holds(value):
            return pointer_of(steps)
        inside: list[tuple[tuple[str, ...], Any]] = []
        if isinstance(value, dict):
            if any(map(holds, value)):
                return pointer_of(steps)
            inside = [((*steps, key), part) for key, part in value.items()]
        elif isinstance(value, list):
            inside = [((*steps, str(index)), part) for index, part in enumerate(value)]
        found.extend(reversed(inside))
    return ""


def pointer_of(steps: Iterable[str]) -> str:
    """Steps as RFC 6901 writes them, up to one that is too long to repeat."""
    short = takewhile(lambda step: len(step) <= _LONGEST_STEP, steps)
    return "".join("/" + step.replace("~", "~0").replace("/", "~1") for step in short)
