"""The promise that a standard makes of an event: due when, said how, known by what."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from interactions.moments import moment_or_date
from interactions.rejection import EventRejected
from promises.domain.business_time import Unit, due
from promises.domain.calendars import WEEKDAYS, Calendar, calendar_from, parse_zone
from promises.domain.clock import day_of, due_moment
from promises.domain.conditions import text_of, value_at
from promises.domain.expansion import OutOfReach
from promises.domain.loss import LEAST_CONFIDENCE
from promises.domain.rulebook import Rule, Trigger
from promises.domain.standards import Cycle, Terms, Turn
from promises.domain.statements import filled
from promises.domain.waits import Planner
from promises.projection.facts import installation_zone
from promises.projection.rules import Rules

MOST_STATEMENT = 4_000
MOST_REFERENCE = 255


@dataclass(frozen=True, slots=True)
class Plan:
    """A promise that a version of a standard makes.

    Shape: trigger is the event that began the matter, at the one that began this promise; key says
    what it follows from, and is the id of its event.
    """

    rule: Rule
    trigger: Trigger
    began: Trigger
    reference: str
    key: str
    due: datetime
    data: Mapping[str, Any]


def planner(rules: Rules, noted: Callable[[Trigger], None] | None = None) -> Planner[Plan]:
    """The planner of a rulebook. Shape: `noted` is told of events that a standard speaks of, but
    whose date cannot be read."""

    def first(trigger: Trigger, cycle: Cycle, turn: Turn) -> Plan | None:
        if cycle not in rules.book.cycles:
            return None
        for rule in rules.book.at(trigger.recorded_at):
            wanted = rule.terms.cycle is cycle and rule.terms.turn in (Turn.EVERY, turn)
            if wanted and rules.book.matches(rule, trigger):
                plan = planned(rules, rule, trigger, trigger)
                if plan is not None:
                    return plan
                if noted is not None:
                    noted(trigger)
        return None

    def following(plan: Plan, event: Trigger) -> Plan | None:
        rule = rules.book.version_of(plan.rule.standard, event.recorded_at, event.occurred_at)
        if rule is None or rule.terms.cycle is not Cycle.UPDATE:
            return None
        return planned(rules, rule, plan.trigger, event)

    return Planner(first, following)


def planned(rules: Rules, rule: Rule, trigger: Trigger, began: Trigger) -> Plan | None:
    """The promise of a version; None where its date cannot be reckoned."""
    reckoned = _reckoned(rules, rule, trigger, began)
    if reckoned is None:
        return None
    given, moment, zone, target = reckoned
    named = _named(rule, trigger, given, moment, zone)
    mark = digest(began.source, began.id)
    reference = f"{rule.standard}/{mark[:20]}"
    if rule.terms.reference:
        told = filled(rule.terms.reference, named, MOST_REFERENCE)
        reference = told if told.isprintable() and told else reference
    data = promise_data(rule, filled(rule.terms.statement, named, MOST_STATEMENT), given)
    data |= {
        "customer": _without_empty(
            {"id": trigger.customer, "segment": trigger.segment, "zone": trigger.zone}
        ),
        "team": rule.terms.promise_team or trigger.team,
        "touchpoint": trigger.touchpoint,
        "attributes": {
            "trigger_type": began.type,
            "trigger_source": began.source,
            "trigger_id": began.id,
        },
    }
    if target is not None:
        data["target"] = target
    key = f"{rule.standard}-v{rule.version}-{mark}"
    return Plan(rule, trigger, began, reference, key, moment, data)


def promise_data(rule: Rule, statement: str, due_at: str) -> dict[str, Any]:
    """What every promise of a version carries."""
    terms = rule.terms
    data: dict[str, Any] = {
        "kind": terms.kind,
        "statement": statement or terms.name,
        "due_at": due_at,
        "stake": terms.stake,
        "explicit": terms.explicit,
        # A standard may be older than the least that is taken.
        "confidence": max(terms.confidence, LEAST_CONFIDENCE),
        "claim_source": "standard",
        "standard": rule.standard,
        "standard_version": rule.version,
    }
    if terms.tolerance_minutes is not None:
        data["tolerance_minutes"] = terms.tolerance_minutes
    if terms.kind == "quality":
        data["quality"] = {
            "target": terms.value,
            "comparator": terms.comparator,
            "scale": terms.scale,
            "unit": terms.measure,
        }
    return data


def digest(*texts: str) -> str:
    """The same short text for the same texts."""
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:32]


def _reckoned(
    rules: Rules, rule: Rule, trigger: Trigger, began: Trigger
) -> tuple[str, datetime, ZoneInfo, dict[str, Any] | None] | None:
    """The date as it is given, its moment, the zone of its words, and how it was reckoned."""
    terms = rule.terms
    zone = _zone(trigger)
    try:
        if terms.date_field:
            given = text_of(value_at(trigger.data, terms.date_field)).strip()
            moment_or_date(given, "/due_at")
            return given, due_moment(given, zone), zone, None
        assert terms.amount is not None  # noqa: S101 (checked when it was saved)
        target: dict[str, Any] = {"amount": terms.amount, "unit": terms.unit}
        calendar = _always_open(zone.key)
        if terms.calendar:
            number, calendar = rules.calendar(terms.calendar, trigger.recorded_at)
            target |= {"calendar": terms.calendar, "calendar_version": number}
            zone = calendar.zone_info if not trigger.zone else zone
        if terms.same_time:
            target["same_time"] = True
        moment = due(
            began.occurred_at, terms.amount, Unit(terms.unit), calendar, same_time=terms.same_time
        )
        given = moment.isoformat()
        moment_or_date(given, "/due_at")
    except (EventRejected, OutOfReach, OverflowError, ValueError):
        return None
    return given, moment, zone, target


def _zone(trigger: Trigger) -> ZoneInfo:
    return parse_zone(trigger.zone) if trigger.zone else installation_zone()


@lru_cache(maxsize=128)
def _always_open(zone: str) -> Calendar:
    return calendar_from(zone, {day: ["00:00-24:00"] for day in WEEKDAYS})


def _named(
    rule: Rule, trigger: Trigger, given: str, moment: datetime, zone: ZoneInfo
) -> Callable[[str], str]:
    """What the names of a template stand for."""
    terms = rule.terms

    def value_of(name: str) -> str:
        own: dict[str, str] = {
            "customer": trigger.name or trigger.customer,
            "due": _due_words(given, moment, zone),
            "standard": terms.name,
            "subject": trigger.subject,
            "type": trigger.type,
            "source": trigger.source,
        }
        if name in own:
            return own[name]
        if name in _TERM_NAMES:
            return term_words(terms, name)
        return text_of(value_at(trigger.data, name))

    return value_of


_TERM_NAMES = frozenset(("amount", "value", "measure"))


def term_words(terms: Terms, name: str) -> str:
    """An amount or a value of a standard, in words."""
    if name == "amount":
        if terms.amount is None:
            return ""
        unit = terms.unit.removesuffix("s") if terms.amount == 1 else terms.unit
        return f"{terms.amount:g} {unit}"
    return text_of(terms.value if name == "value" else terms.measure)


def _due_words(given: str, moment: datetime, zone: ZoneInfo) -> str:
    if len(given) == len("2026-03-06"):
        return date.fromisoformat(given).isoformat()
    return f"{day_of(moment, zone).isoformat()} {moment.astimezone(zone):%H:%M}"


def _without_empty(values: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in values.items() if value or name == "id"}
