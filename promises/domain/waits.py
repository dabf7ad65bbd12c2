"""What follows from the events of one customer: which promises begin, and which of them are kept.

A pure function of the set of events, whatever the order of their arrival (R2). An answer that names
a conversation keeps the promise of that conversation; one that names none keeps the oldest of the
customer. What a machine says by itself (`automatic`) begins nothing and keeps nothing.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from promises.domain.rulebook import Trigger
from promises.domain.standards import (
    ANSWERED,
    CONTACTED,
    NOTICED,
    RECEIVED,
    RESOLVED,
    Cycle,
    Turn,
)

_UPDATES = (CONTACTED, NOTICED)


Plan = TypeVar("Plan")


@dataclass(slots=True)
class Planner(Generic[Plan]):
    """Who knows the standards. Shape: `first` answers with the promise of the first standard of a
    cycle that speaks of an event, `next` with the one after an update; None where there is none."""

    first: Callable[[Trigger, Cycle, Turn], Plan | None]
    next: Callable[[Plan, Trigger], Plan | None]


@dataclass(slots=True)
class Followed(Generic[Plan]):
    """The promises that begin, and which of them an event keeps."""

    made: list[Plan] = field(default_factory=list)
    kept: list[tuple[Plan, Trigger]] = field(default_factory=list)


def follow(events: Iterable[Trigger], planner: Planner[Plan]) -> Followed[Plan]:
    """What follows from all events of one customer."""
    following = _Following(planner)
    for event in sorted(events, key=_place):
        following.read(event)
    return following.found


def _place(event: Trigger) -> tuple[object, bool, bytes, bytes]:
    """Of two things at one moment, what the customer said comes first."""
    said = event.type != RECEIVED
    return event.occurred_at, said, event.source.encode(), event.id.encode()


class _Following(Generic[Plan]):
    def __init__(self, planner: Planner[Plan]) -> None:
        self._planner = planner
        self.found: Followed[Plan] = Followed()
        # Open promises by matter, the oldest first: dicts keep the order of their making.
        self._waits: dict[str, Plan] = {}
        self._chains: dict[str, Plan] = {}
        self._answered: set[str] = set()

    def read(self, event: Trigger) -> None:
        """Read the next event."""
        self._make(event, Cycle.EVENT, Turn.EVERY)
        if event.automatic:
            return
        if event.type == ANSWERED:
            kept = self._keep(self._waits, event)
            self._answered.add(kept if kept is not None else event.matter)
            self._keep(self._chains, event)
        elif event.type == RESOLVED:
            self._keep(self._chains, event)
        elif event.type in _UPDATES:
            self._go_on(event)
        self._start(event)

    def _start(self, event: Trigger) -> None:
        matter = event.matter
        if event.type == RECEIVED and matter not in self._waits:
            turn = Turn.NEXT if matter in self._answered else Turn.FIRST
            plan = self._make(event, Cycle.REPLY, turn)
            if plan is not None:
                self._waits[matter] = plan
        if matter not in self._chains:
            plan = self._make(event, Cycle.UPDATE, Turn.EVERY)
            if plan is not None:
                self._chains[matter] = plan

    def _make(self, event: Trigger, cycle: Cycle, turn: Turn) -> Plan | None:
        plan = self._planner.first(event, cycle, turn)
        if plan is not None:
            self.found.made.append(plan)
        return plan

    def _keep(self, among: dict[str, Plan], event: Trigger) -> str | None:
        """Which matter was open and is kept by an event, None where none was."""
        matter = event.matter or next(iter(among), "")
        plan = among.pop(matter, None)
        if plan is None:
            return None
        self.found.kept.append((plan, event))
        return matter

    def _go_on(self, event: Trigger) -> None:
        """An update keeps the promise of one, and starts the next."""
        matter = event.matter or next(iter(self._chains), "")
        plan = self._chains.get(matter)
        if plan is None:
            return
        self.found.kept.append((plan, event))
        following = self._planner.next(plan, event)
        if following is None:
            del self._chains[matter]
        else:
            self.found.made.append(following)
            self._chains[matter] = following
