"""Where in some JSON the character NUL stands: asked only where something is refused for it."""

from collections.abc import Iterable
from itertools import takewhile
from typing import Any

import msgspec

# A longer key is not repeated to whoever sent it; the pointer ends before it.
_LONGEST_STEP = 60


def pointer_to_nul(text: str) -> str:
    """The JSON pointer to the first text that holds NUL, or to the object of the first such key.

    Shape: '' where it stands nowhere, or in a key of the whole. Text is JSON that was read before.
    """
    found: list[tuple[tuple[str, ...], Any]] = [((), msgspec.json.decode(text))]
    while found:
        steps, value = found.pop()
        if isinstance(value, str) and "\0" in value:
            return pointer_of(steps)
        inside: list[tuple[tuple[str, ...], Any]] = []
        if isinstance(value, dict):
            if any("\0" in key for key in value):
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
