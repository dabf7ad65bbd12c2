"""The dates of one promise: the first, the latest, and every change between them (R8, R16)."""

from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from promises.domain.clock import due_moment, parse_moment
from promises.domain.facts import Fact, NoteCode
from promises.domain.hours import CalendarsOf, hours_of
from promises.domain.pauses import NO_CREDIT, Credit, Pauses
from promises.domain.state import DateChange, DateKind
from promises.domain.targets import target_of

_NOTHING = timedelta(0)
# Two clocks of which one says when it was made, and the other when the customer asked or was told
# (R19).
CLOCKS_DIFFER: Final = timedelta(minutes=5)


class Dates:
    """First due (d0) and due of one promise while its facts are read in order.

    Shape: each is a date as given and the moment at which it was given; a pause moves it only by
    the parts after that moment, because whoever gives a date knows what was paused before, and by
    the hours of the calendar that was pinned then. Which parts count is decided once, on d0: those
    that begin by d0 + tau as pushed so far.
    """

    __slots__ = (
        "_calendars",
        "_earlier_paused",
        "_first",
        "_first_since",
        "_first_target",
        "_latest",
        "_latest_since",
        "_made_from",
        "_zone",
        "announced",
        "chain",
        "given",
        "pauses",
        "reckoned",
        "target",
        "tolerance",
        "unannounced",
    )

    def __init__(
        self, made: Fact, *, zone: ZoneInfo, tolerance_seconds: float, calendars: CalendarsOf
    ) -> None:
        customer_zone = made.data["customer"].get("zone")
        self._zone = ZoneInfo(customer_zone) if customer_zone else zone
        self.tolerance = timedelta(seconds=tolerance_seconds)
        self.given = due_moment(made.data["due_at"], self._zone)
        self._first = self._latest = self.given
        self._first_since = self._latest_since = made.occurred_at
        self._made_from = made.occurred_at - CLOCKS_DIFFER
        self._earlier_paused = _NOTHING
        self.pauses = Pauses(made.occurred_at)
        self.announced = self.unannounced = 0
        who = str(made.data.get("made_by") or "")
        self.chain = [_link(made, self.given, self.given, "first", who)]
        self.target = self._first_target = target_of(made.data)
        self.reckoned = self.target is not None
        self._calendars = calendars

    def credit(self, until: datetime | None) -> Credit:
        """What the pauses do for d0, a running one reckoned until the moment given."""
        if not self.pauses:
            return NO_CREDIT
        return self.pauses.credit(
            due=self._first,
            since=self._first_since,
            tolerance=self.tolerance,
            until=until,
            hours=hours_of(self._first_target, self._calendars),
        )

    def first_due(self, credit: Credit) -> datetime:
        """d0, pauses and the customer's own changes included."""
        if not credit.counted:
            return self._first
        hours = hours_of(self._first_target, self._calendars)
        return hours.after(self._first, credit.length(self._first_since, hours))

    def due(self, credit: Credit) -> datetime:
        """The latest date, pauses included."""
        if not credit.counted:
            return self._latest
        hours = hours_of(self.target, self._calendars)
        return hours.after(self._latest, credit.length(self._latest_since, hours))

    def paused(self, credit: Credit) -> timedelta:
        """All the time that was paused and counted, also for a d0 that has since been replaced: by
        so much its pauses moved d0, in the hours that count."""
        if not credit.counted:
            return self._earlier_paused
        hours = hours_of(self._first_target, self._calendars)
        return self._earlier_paused + credit.length(self._first_since, hours)

    def within(self, moment: datetime, at: datetime) -> bool:
        """Whether a moment lies at or before d0 + tau, as it stands at another: always while a
        pause holds it back."""
        credit = self.credit(at)
        return credit.running or moment <= self.first_due(credit) + self.tolerance

    def reschedule(self, fact: Fact) -> NoteCode | None:
        """Move the dates as one reschedule says; a note where it moves nothing, or where nobody can
        have asked for it, so that we moved it, or have been told of it (R8)."""
        new = due_moment(fact.data["due_at"], self._zone)
        credit = self.credit(fact.occurred_at)
        current = self.due(credit)
        request = fact.data.get("customer_request")
        too_early = request and parse_moment(request["at"]) < self._made_from
        if request and not too_early:
            return self._change_for_customer(fact, new, current, credit)
        if new == current:
            return NoteCode.SAME_DATE
        told_at = self._told_at(fact)
        kind: DateKind = "earlier"
        if new > current:
            if told_at is not None and told_at <= current:
                kind, self.announced = "slip_announced", self.announced + 1
            else:
                kind, self.unannounced = "slip_unannounced", self.unannounced + 1
        self.chain.append(_link(fact, new, current, kind, "", told_at))
        self._latest, self._latest_since = new, fact.occurred_at
        self._keep_target(fact)
        return NoteCode.CUSTOMER_CHANGE_BEFORE_MADE if too_early else self._note_of_told(fact)

    def _told_at(self, fact: Fact) -> datetime | None:
        """When the customer was told of another date; None where nobody can have been: before the
        promise was made there was no date to move (R8)."""
        told = fact.data.get("told_at")
        told_at = parse_moment(told) if told else None
        return None if told_at is None or told_at < self._made_from else told_at

    def _note_of_told(self, fact: Fact) -> NoteCode | None:
        too_early = fact.data.get("told_at") and self._told_at(fact) is None
        return NoteCode.TOLD_BEFORE_MADE if too_early else None

    def _keep_target(self, fact: Fact) -> None:
        """A date of its own leaves the calendar pinned, but no longer follows from it."""
        target = target_of(fact.data)
        self.reckoned = target is not None
        if target is not None:
            self.target = target

    def _change_for_customer(
        self, fact: Fact, new: datetime, current: datetime, credit: Credit
    ) -> NoteCode | None:
        request = fact.data["customer_request"]
        first_due = self.first_due(credit)
        if parse_moment(request["at"]) > first_due + self.tolerance:
            return NoteCode.CUSTOMER_CHANGE_TOO_LATE
        if new == current == first_due:
            return NoteCode.SAME_DATE
        told_at = self._told_at(fact)
        self.chain.append(_link(fact, new, current, "customer", str(request["who"]), told_at))
        self._earlier_paused = self.paused(credit)
        self._first = self._latest = new
        self._first_since = self._latest_since = fact.occurred_at
        self._keep_target(fact)
        self._first_target = self.target
        return self._note_of_told(fact)


def _link(
    fact: Fact,
    due: datetime,
    previous: datetime,
    kind: DateKind,
    who: str,
    told_at: datetime | None = None,
) -> DateChange:
    return DateChange(
        asked_at=fact.occurred_at,
        due=due,
        previous=previous,
        kind=kind,
        who=who,
        reason=str(fact.data.get("reason") or ""),
        told_at=told_at,
        source=fact.source,
        id=fact.id,
    )
