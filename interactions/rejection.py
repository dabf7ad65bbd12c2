"""Why one event cannot be taken: a JSON pointer into it, and a sentence."""

import re

_PATH = re.compile(r" - at `(?:key in )?\$(.*)`$")
_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+|\.\.\.)\]")


class EventRejected(ValueError):
    """One event has a form that cannot be taken; `pointer` is a JSON pointer into it."""

    def __init__(self, pointer: str, reason: str) -> None:
        super().__init__(f"{pointer or '/'}: {reason}")
        self.pointer = pointer
        self.reason = reason


def rejection(error: Exception, prefix: str) -> EventRejected:
    """Turn a decoder's message into a JSON pointer and a sentence."""
    if isinstance(error, RecursionError):
        return EventRejected(prefix, "is nested too deeply")
    text = str(error)
    found = _PATH.search(text)
    if not found:
        return EventRejected(prefix, text)
    steps = "".join(f"/{name or index}" for name, index in _STEP.findall(found.group(1)))
    return EventRejected(prefix + steps, text[: found.start()])
