"""Whether a standard makes sense: each fault with the field that it is about."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from promises.domain.business_time import WHOLE_UNITS, Unit
from promises.domain.conditions import Condition, check_path, holds, is_number
from promises.domain.loss import LEAST_CONFIDENCE
from promises.domain.standards import (
    ANSWERED,
    CONTACTED,
    MADE,
    MOST_AMOUNT,
    MOST_CONDITIONS,
    MOST_NAME,
    MOST_STATEMENT,
    MOST_TAGS,
    MOST_TEXT,
    NOTICED,
    RECEIVED,
    RESOLVED,
    SOURCE,
    STAKES,
    Cycle,
    Fault,
    StandardRefused,
    Terms,
    Turn,
)
from promises.domain.statements import UnknownField, fields_of

_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def check_terms(terms: Terms, event_fields: Mapping[str, Sequence[str]]) -> None:
    """Whether a standard makes sense. Shape: event_fields has the fields of each event type.

    Raises: StandardRefused, naming the field.
    """
    _check_texts(terms)
    for field, given, known in (
        ("/kind", terms.kind, ("delivery", "response", "quality")),
        ("/stake", terms.stake, STAKES),
    ):
        if given not in known:
            raise StandardRefused(field, Fault.UNKNOWN_WORD, ", ".join(map(str, known)))
    if not LEAST_CONFIDENCE <= terms.confidence <= 1:
        raise StandardRefused("/confidence", Fault.NEEDS_NUMBER, f"{LEAST_CONFIDENCE} <= 1")
    tolerance = terms.tolerance_minutes
    if tolerance is not None and not (is_number(tolerance) and 0 <= tolerance <= MOST_AMOUNT):
        raise StandardRefused("/tolerance_minutes", Fault.NEEDS_NUMBER, f"0 <= {MOST_AMOUNT}")
    if terms.valid_from and terms.valid_until and terms.valid_until < terms.valid_from:
        raise StandardRefused("/valid_until", Fault.ENDS_BEFORE)
    _check_measure(terms)
    if terms.cycle is Cycle.PERIOD:
        _check_period(terms)
        known_fields: Sequence[str] = ()
    else:
        known_fields = _check_trigger(terms, event_fields)
        _check_target(terms, known_fields)
    _check_templates(terms, known_fields)


def template_fields(terms: Terms, event_fields: Sequence[str]) -> tuple[str, ...]:
    """The names that a statement may use, besides `attributes.ANYTHING`."""
    own = ["customer", "due", "standard"]
    if terms.cycle is Cycle.PERIOD:
        own += ["period"]
    else:
        own += ["subject", "type", "source"]
    if terms.amount is not None:
        own += ["amount"]
    if terms.kind == "quality":
        own += ["value", "measure"]
    return (*own, *(name for name in event_fields if name not in own and name != "attributes"))


def _check_texts(terms: Terms) -> None:
    for field, text, most in (
        ("/name", terms.name, MOST_NAME),
        ("/statement", terms.statement, MOST_STATEMENT),
        ("/segment", terms.segment, MOST_TEXT),
        ("/team", terms.team, MOST_TEXT),
        ("/touchpoint", terms.touchpoint, MOST_TEXT),
        ("/measure", terms.measure, MOST_TEXT),
        ("/customer", terms.customer, MOST_TEXT),
        ("/promise_team", terms.promise_team, MOST_TEXT),
        ("/reference", terms.reference, MOST_TEXT),
        ("/calendar", terms.calendar, MOST_TEXT),
        *((f"/tags/{n}", tag, MOST_TEXT) for n, tag in enumerate(terms.tags)),
    ):
        if len(text) > most:
            raise StandardRefused(field, Fault.TOO_LONG, str(most))
        if _CONTROL.search(text):
            raise StandardRefused(field, Fault.CONTROL)
    for field, text in (("/name", terms.name), ("/statement", terms.statement)):
        if not text.strip():
            raise StandardRefused(field, Fault.EMPTY)
    if len(terms.tags) > MOST_TAGS:
        raise StandardRefused("/tags", Fault.TOO_MANY, str(MOST_TAGS))


def _check_measure(terms: Terms) -> None:
    if terms.kind != "quality":
        for field in ("value", "scale", "comparator", "measure"):
            if getattr(terms, field) not in (None, ""):
                raise StandardRefused(f"/{field}", Fault.NO_MEASURE)
        return
    if terms.value is None or not is_number(terms.value):
        raise StandardRefused("/value", Fault.NEEDS_MEASURE)
    if terms.scale is None or not is_number(terms.scale) or terms.scale <= 0:
        raise StandardRefused("/scale", Fault.NEEDS_MEASURE)
    if terms.comparator not in (">=", "<="):
        raise StandardRefused("/comparator", Fault.NEEDS_MEASURE)


def _check_period(terms: Terms) -> None:
    if terms.kind != "quality":
        raise StandardRefused("/kind", Fault.ONLY_QUALITY)
    if terms.period not in ("month", "week"):
        raise StandardRefused("/period", Fault.UNKNOWN_WORD, "month, week")
    for field in (
        "event_type", "conditions", "segment", "team", "touchpoint", "tags", "amount", "unit",
        "calendar", "same_time", "date_field", "reference",
    ):  # fmt: skip
        if getattr(terms, field) not in (None, "", (), False):
            raise StandardRefused(f"/{field}", Fault.NOT_PERIOD)


def _check_trigger(terms: Terms, event_fields: Mapping[str, Sequence[str]]) -> Sequence[str]:
    """The fields of its event. Raises: StandardRefused."""
    kind = terms.event_type
    if kind == "event.retracted" or kind not in event_fields:
        raise StandardRefused("/event_type", Fault.UNKNOWN_TYPE, kind[:60])
    for field in ("period", "customer"):
        if getattr(terms, field):
            raise StandardRefused(f"/{field}", Fault.UNKNOWN_WORD, "")
    if terms.cycle is Cycle.REPLY and kind != RECEIVED:
        raise StandardRefused("/event_type", Fault.ONLY_CUSTOMER, RECEIVED)
    if terms.cycle is Cycle.UPDATE and (
        kind.startswith("promise.") or kind in (ANSWERED, CONTACTED, NOTICED, RESOLVED)
    ):
        raise StandardRefused("/event_type", Fault.ONLY_CUSTOMER, RECEIVED)
    if terms.cycle is not Cycle.REPLY and terms.turn is not Turn.EVERY:
        raise StandardRefused("/turn", Fault.UNKNOWN_WORD, "every")
    if terms.cycle is not Cycle.EVENT and terms.reference:
        raise StandardRefused("/reference", Fault.ONLY_EVENT)
    _check_filters(terms, event_fields[kind])
    known = (*event_fields[kind], "source", "subject")
    if len(terms.conditions) > MOST_CONDITIONS:
        raise StandardRefused("/conditions", Fault.TOO_MANY, str(MOST_CONDITIONS))
    for number, condition in enumerate(terms.conditions):
        _check_condition(condition, known, f"/conditions/{number}")
    return event_fields[kind]


def _check_filters(terms: Terms, known: Sequence[str]) -> None:
    """What an event of the type never has is refused: such a standard would never promise."""
    if terms.tags and "tags" not in known:
        raise StandardRefused("/tags", Fault.UNKNOWN_FIELD, "tags")
    if terms.event_type.startswith("promise."):
        return
    for field in ("team", "touchpoint"):
        if getattr(terms, field) and field not in known:
            raise StandardRefused(f"/{field}", Fault.UNKNOWN_FIELD, field)


def check_endless(terms: Terms) -> None:
    """Whether a standard would promise again for each of its own promises.

    Raises: StandardRefused unless a condition leaves these out.
    """
    if terms.event_type != MADE:
        return
    own = {
        "source": SOURCE,
        "claim_source": "standard",
        "kind": terms.kind,
        "stake": terms.stake,
        "explicit": terms.explicit,
        "confidence": terms.confidence,
        "made_by": "",
        "repeat_of": "",
        "paid_in_advance": False,
    }
    if terms.promise_team:
        own["team"] = terms.promise_team
        if terms.team not in ("", terms.promise_team):
            return
    told = [condition for condition in terms.conditions if condition.field in own]
    if all(holds(condition, own) for condition in told):
        raise StandardRefused("/event_type", Fault.ENDLESS)


def _check_condition(condition: Condition, known: Sequence[str], pointer: str) -> None:
    if not check_path(condition.field, known):
        raise StandardRefused(f"{pointer}/field", Fault.UNKNOWN_FIELD, condition.field[:60])
    if len(condition.value) > MOST_TEXT:
        raise StandardRefused(f"{pointer}/value", Fault.TOO_LONG, str(MOST_TEXT))
    if "\0" in condition.value:
        raise StandardRefused(f"{pointer}/value", Fault.CONTROL)
    if condition.operator.compares and not is_number(condition.value):
        raise StandardRefused(f"{pointer}/value", Fault.NOT_A_NUMBER)


def _check_target(terms: Terms, known: Sequence[str]) -> None:
    if terms.date_field:
        if terms.amount is not None or terms.unit:
            raise StandardRefused("/amount", Fault.TWO_TARGETS)
        if terms.cycle is not Cycle.EVENT:
            raise StandardRefused("/date_field", Fault.ONLY_EVENT)
        if not check_path(terms.date_field, known):
            raise StandardRefused("/date_field", Fault.UNKNOWN_FIELD, terms.date_field[:60])
        return
    if terms.amount is None:
        raise StandardRefused("/amount", Fault.NEEDS_TARGET)
    if not is_number(terms.amount) or not 0 < terms.amount <= MOST_AMOUNT:
        raise StandardRefused("/amount", Fault.NEEDS_NUMBER, f"0 < {MOST_AMOUNT}")
    if terms.unit not in [unit.value for unit in Unit]:
        raise StandardRefused("/unit", Fault.UNKNOWN_WORD, ", ".join(unit.value for unit in Unit))
    if Unit(terms.unit) in WHOLE_UNITS and terms.amount != int(terms.amount):
        raise StandardRefused("/amount", Fault.WHOLE_DAYS)
    if terms.unit.startswith("business") and not terms.calendar:
        raise StandardRefused("/calendar", Fault.NEEDS_CALENDAR)


def _check_templates(terms: Terms, event_fields: Sequence[str]) -> None:
    for field, text in (("/statement", terms.statement), ("/reference", terms.reference)):
        known = template_fields(terms, event_fields)
        try:
            fields_of(text, known)
        except UnknownField as unknown:
            detail = f"{{{unknown.name[:60]}}}"
            raise StandardRefused(field, Fault.UNKNOWN_FIELD, detail) from None
        except ValueError:
            raise StandardRefused(field, Fault.BAD_TEMPLATE) from None
