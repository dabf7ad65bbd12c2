"""Which version of which standard speaks of an event: a function of the event alone (R2, R18).

An event is judged by the versions that held when it was heard, in the order in which they stood
then; a later edit does not judge it again. Whether a standard holds for the moment at which it
happened is for its dates of validity to say.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from promises.domain.clock import day_of
from promises.domain.conditions import holds
from promises.domain.standards import Terms


class Rule(NamedTuple):
    """One version of a standard. Shape: starts_at is when its standard began to hold, which counts
    where no date of validity is given; pk is the row's."""

    standard: str
    version: int
    pk: int
    terms: Terms
    holds_from: datetime
    starts_at: datetime


@dataclass(frozen=True, slots=True)
class Trigger:
    """An event as standards see it.

    Shape: name, segment and zone are the customer's as told at or before the event. seq is the
    ledger's own number.
    """

    seq: int
    type: str
    source: str
    id: str
    subject: str
    occurred_at: datetime
    recorded_at: datetime
    data: Mapping[str, Any]
    customer: str
    name: str = ""
    segment: str = ""
    zone: str = ""
    team: str = ""
    touchpoint: str = ""

    @property
    def automatic(self) -> bool:
        """Whether a machine said it: an auto-reply starts no wait and ends none."""
        return bool(self.data.get("automatic"))

    @property
    def matter(self) -> str:
        """What tells one matter of a customer from another, "" where nothing does."""
        return str(self.data.get("conversation") or self.data.get("escalation") or "")


class Rulebook:
    """All versions of all standards, and the orders in which these stood."""

    def __init__(
        self,
        versions: Sequence[Rule] = (),
        orders: Sequence[tuple[datetime, Sequence[str]]] = (),
        zone: ZoneInfo | None = None,
    ) -> None:
        self._zone = zone or ZoneInfo("UTC")
        self._versions = sorted(versions, key=lambda rule: (rule.holds_from, rule.version))
        self._orders = sorted(orders, key=lambda order: order[0])
        self._breaks = sorted(
            {rule.holds_from for rule in versions} | {moment for moment, _ in orders}
        )
        self._eras: dict[int, tuple[Rule, ...]] = {}
        self.types = frozenset(rule.terms.event_type for rule in versions) - {""}
        self.cycles = frozenset(rule.terms.cycle for rule in versions)

    def __bool__(self) -> bool:
        return bool(self._versions)

    @property
    def versions(self) -> Sequence[Rule]:
        """All of them, by when they hold."""
        return self._versions

    @property
    def since(self) -> datetime | None:
        """What was heard earlier concerns no standard."""
        return self._versions[0].holds_from if self._versions else None

    def at(self, heard: datetime) -> tuple[Rule, ...]:
        """The versions that are on for what is heard at a moment, first one first."""
        era = bisect_right(self._breaks, heard)
        found = self._eras.get(era)
        if found is None:
            found = self._eras[era] = self._in_force(heard)
        return found

    def version_of(self, standard: str, heard: datetime, at: datetime) -> Rule | None:
        """The version of one standard for what happens at a moment; None where it does not hold."""
        rule = next((rule for rule in self.at(heard) if rule.standard == standard), None)
        return rule if rule is not None and self.covers(rule, at) else None

    def matches(self, rule: Rule, trigger: Trigger) -> bool:
        """Whether a version speaks of an event."""
        terms = rule.terms
        return (
            terms.event_type == trigger.type
            and self.covers(rule, trigger.occurred_at)
            and terms.segment in ("", trigger.segment)
            and terms.team in ("", trigger.team)
            and terms.touchpoint in ("", trigger.touchpoint)
            and set(terms.tags) <= set(trigger.data.get("tags") or ())
            and _all_hold(terms, trigger)
        )

    def covers(self, rule: Rule, moment: datetime) -> bool:
        """Whether a version holds for what happened at a moment."""
        terms = rule.terms
        day = day_of(moment, self._zone)
        if terms.valid_until is not None and day > terms.valid_until:
            return False
        if terms.valid_from is None:
            return moment >= rule.starts_at
        return day >= terms.valid_from

    def _in_force(self, heard: datetime) -> tuple[Rule, ...]:
        newest: dict[str, Rule] = {}
        for rule in self._versions:
            if rule.holds_from <= heard:
                newest[rule.standard] = rule
        order: Sequence[str] = ()
        for moment, references in self._orders:
            if moment <= heard:
                order = references
        places = {reference: place for place, reference in enumerate(order)}
        return tuple(
            sorted(
                (rule for rule in newest.values() if rule.terms.is_on),
                key=lambda rule: (places.get(rule.standard, len(places)), rule.standard),
            )
        )


def _all_hold(terms: Terms, trigger: Trigger) -> bool:
    if not terms.conditions:
        return True
    told = {**trigger.data, "source": trigger.source, "subject": trigger.subject}
    return all(holds(condition, told) for condition in terms.conditions)
