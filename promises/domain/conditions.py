"""Conditions on the data of an event: a field, an operator, a value."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

_NESTED: Final = re.compile(r"attributes\.[^\x00-\x1f{}]{1,255}")


class Operator(StrEnum):
    """What a condition asks of a field."""

    IS = "is"
    IS_NOT = "is not"
    CONTAINS = "contains"
    STARTS = "starts with"
    AT_LEAST = "at least"
    AT_MOST = "at most"
    THERE = "is there"
    MISSING = "is missing"

    @property
    def compares(self) -> bool:
        """Whether it speaks of numbers."""
        return self in (Operator.AT_LEAST, Operator.AT_MOST)


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition. Shape: the field is one of the event's data, `attributes.ANYTHING`, `source`
    or `subject`; texts compare without regard to case."""

    field: str
    operator: Operator
    value: str = ""


def check_path(path: str, known: Sequence[str]) -> bool:
    """Whether an event may have such a field."""
    return (path in known and path != "attributes") or _NESTED.fullmatch(path) is not None


def value_at(data: Mapping[str, Any], path: str) -> Any:
    """The value of a field; None where it is not there."""
    if path.startswith("attributes."):
        return (data.get("attributes") or {}).get(path.removeprefix("attributes."))
    return data.get(path)


def holds(condition: Condition, data: Mapping[str, Any]) -> bool:
    """Whether the data of an event meet a condition; what is not there meets only its absence."""
    given, operator = value_at(data, condition.field), condition.operator
    there = given is not None and given not in ("", [])
    if operator in (Operator.THERE, Operator.MISSING):
        return there is (operator is Operator.THERE)
    if operator is Operator.IS_NOT:
        return not _is(given, condition.value)
    if not there:
        return False
    if operator.compares:
        if not is_number(given):
            return False
        number, bound = float(given), float(condition.value)
        return number >= bound if operator is Operator.AT_LEAST else number <= bound
    if operator is Operator.IS:
        return _is(given, condition.value)
    texts = [text_of(one).casefold() for one in given] if isinstance(given, list) else None
    wanted = condition.value.casefold()
    if operator is Operator.CONTAINS:
        return wanted in (texts if texts is not None else text_of(given).casefold())
    return any(text.startswith(wanted) for text in texts or [text_of(given).casefold()])


def text_of(value: Any) -> str:
    """A value as a condition and a statement write it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, list):
        return ", ".join(map(text_of, value))
    return str(value)


def is_number(value: Any) -> bool:
    """Whether a value is a finite number, or the text of one."""
    if isinstance(value, bool):
        return False
    try:
        return math.isfinite(float(value))
    except (TypeError, ValueError, OverflowError):
        return False


def _is(given: Any, wanted: str) -> bool:
    """Equal as texts or as numbers; a list where one of its members is."""
    if isinstance(given, list):
        return any(_is(one, wanted) for one in given)
    if not isinstance(given, str) and is_number(given) and is_number(wanted):
        return float(given) == float(wanted)
    return text_of(given).casefold() == wanted.casefold()
