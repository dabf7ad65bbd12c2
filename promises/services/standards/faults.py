"""All that is wrong with a standard at once: each field that is refused is looked away from, and
the rest is checked again."""

import re
from dataclasses import replace
from typing import Any, Final

from promises.domain.conditions import Condition, Operator
from promises.domain.standards import Terms
from promises.services.standards.editing import checked
from promises.services.standards.words import TermsRefused

_CONDITION: Final = re.compile(r"/conditions/(\d+)")
_MOST: Final = 30
_TIME: Final[dict[str, Any]] = {"amount": 1, "unit": "minutes", "date_field": ""}
# What nothing is wrong with, whatever stands beside it.
_SOUND: Final[dict[str, dict[str, Any]]] = {
    "name": {"name": "-"},
    "statement": {"statement": "-"},
    "segment": {"segment": ""},
    "team": {"team": ""},
    "touchpoint": {"touchpoint": ""},
    "tags": {"tags": ()},
    "customer": {"customer": ""},
    "promise_team": {"promise_team": ""},
    "reference": {"reference": ""},
    "measure": {"measure": ""},
    "amount": _TIME,
    "unit": _TIME,
    "date_field": _TIME,
    "calendar": {"unit": "minutes", "calendar": ""},
    "tolerance_minutes": {"tolerance_minutes": None},
    "confidence": {"confidence": 0.5},
    "stake": {"stake": 1},
    "valid_until": {"valid_until": None},
    "period": {"period": "month"},
}
_MEASURE: Final[dict[str, Any]] = {"value": 1.0, "scale": 1.0, "comparator": ">="}


def faults_of(terms: Terms, first: TermsRefused | None = None) -> list[TermsRefused]:
    """The faults of a standard; `first` is the one for which it was refused, where it was."""
    found = [] if first is None else [first]
    for _number in range(_MOST):
        if found:
            sound = _without(terms, found[-1].pointer)
            if sound is None:
                break
            terms = sound
        try:
            checked(terms)
        except TermsRefused as refused:
            if refused.pointer in {fault.pointer for fault in found}:
                break
            found.append(refused)
        else:
            break
    return found


def _without(terms: Terms, pointer: str) -> Terms | None:
    """The terms with something sound where the pointer leads; None where nothing is known to be."""
    if match := _CONDITION.match(pointer):
        rows = list(terms.conditions)
        if int(match[1]) >= len(rows):
            return None
        rows[int(match[1])] = Condition("source", Operator.IS, "-")
        return replace(terms, conditions=tuple(rows))
    name = pointer.strip("/").split("/")[0]
    if name in _MEASURE:
        none = "" if name == "comparator" else None
        sound: dict[str, Any] = {name: _MEASURE[name] if terms.kind == "quality" else none}
        return replace(terms, **sound)
    return replace(terms, **_SOUND[name]) if name in _SOUND else None
