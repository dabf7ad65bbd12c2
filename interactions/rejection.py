"""Why one event cannot be taken: a JSON pointer into it, and a sentence."""

import re

import msgspec

from interactions.nul_pointer import pointer_to_half_a_pair
from interactions.wording import HALF_A_PAIR, plain_reason

_PATH = re.compile(r" - at `(?:key in )?\$(.*)`$")
_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+|\.\.\.)\]")


class EventRejected(ValueError):
    """One event has a form that cannot be taken; `pointer` is a JSON pointer into it."""

    def __init__(self, pointer: str, reason: str) -> None:
        super().__init__(f"{pointer or '/'}: {reason}")
        self.pointer = pointer
        self.reason = reason


def rejection(error: Exception, prefix: str, text: bytes | msgspec.Raw = b"") -> EventRejected:
    """Turn a decoder's message into a JSON pointer and a sentence.

    Shape: `text` is what could not be read, where it is at hand.
    """
    if isinstance(error, RecursionError):
        return EventRejected(prefix, "is nested too deeply")
    if (half := pointer_to_half_a_pair(bytes(text))) is not None:
        return EventRejected(prefix + half, HALF_A_PAIR)
    said = str(error)
    found = _PATH.search(said)
    if not found:
        return EventRejected(prefix, plain_reason(said))
    steps = "".join(f"/{name or index}" for name, index in _STEP.findall(found.group(1)))
    return EventRejected(prefix + steps, plain_reason(said[: found.start()]))
