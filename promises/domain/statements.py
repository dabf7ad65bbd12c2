"""Statements with named places, such as "We answer {customer} by {due}"."""

import re
from collections.abc import Callable, Sequence
from string import Formatter
from typing import Final

_NESTED: Final = re.compile(r"attributes\.[^\x00-\x1f{}\[\]]{1,255}")


class UnknownField(ValueError):
    """A template names what is not there."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def fields_of(template: str, known: Sequence[str]) -> list[str]:
    """The names that a template uses; two braces stand for one.

    Raises: UnknownField; ValueError where braces are not closed, or hold more than a name.
    """
    names = []
    for _, name, spec, conversion in Formatter().parse(template):
        if name is None:
            continue
        if spec or conversion:
            raise ValueError(template)
        if name not in known and not _NESTED.fullmatch(name):
            raise UnknownField(name)
        names.append(name)
    return names


def filled(template: str, value_of: Callable[[str], str], most: int) -> str:
    """A template with its names filled in, cut at a length; what is not there is left out."""
    parts = []
    for text, name, _, _ in Formatter().parse(template):
        parts.append(text)
        if name is not None:
            parts.append(value_of(name))
    whole = "".join(parts).strip()
    return whole if len(whole) <= most else f"{whole[: most - 1]}…"
