"""Promises of each month or week, made by the clock."""

from collections.abc import Iterator
from datetime import datetime

from interactions.decode import NewEvent, event_from_mapping
from interactions.ledger import record
from promises.domain.facts import MADE
from promises.domain.periods import Period, periods_between
from promises.domain.rulebook import Rule
from promises.domain.standards import SOURCE, Cycle
from promises.domain.statements import filled
from promises.projection.facts import installation_zone
from promises.projection.planning import MOST_STATEMENT, promise_data, term_words
from promises.projection.rules import Rules, rules


def make_periods(*, now: datetime) -> int:
    """Make the promises of the periods that have begun; answer how many were new.

    Shape: each is made once, whoever looks and however often; a clock that stood still is made up
    for.
    """
    found = rules()
    if Cycle.PERIOD not in found.book.cycles:
        return 0
    events = list(_events(found, now))
    return sum(record(events, recorded_at=now))


def period_promise(rule: Rule, period: Period, made_at: datetime) -> dict[str, object]:
    """The promise of one period, as an event."""
    reference = f"{rule.standard}/{period.name}"
    due_at = period.last.isoformat()
    data = promise_data(rule, period_statement(rule, period), due_at)
    data |= {"customer": {"id": rule.terms.customer}, "team": rule.terms.promise_team}
    return {
        "specversion": "1.0",
        "id": reference,
        "source": SOURCE,
        "type": MADE,
        "subject": reference,
        "time": made_at.isoformat(),
        "data": data,
    }


def _events(found: Rules, now: datetime) -> Iterator[NewEvent]:
    """The promises of all periods since each standard holds, in the version that held when the
    period began."""
    zone = installation_zone()
    starts = {
        (rule.standard, rule.starts_at)
        for rule in found.book.versions
        if rule.terms.cycle is Cycle.PERIOD
    }
    for standard, since in sorted(starts):
        for length in ("month", "week"):
            for period in periods_between(since, now, length, zone):
                begins_at = max(period.begins_at(zone), _first_moment(found, standard, since))
                rule = found.book.version_of(standard, begins_at, begins_at)
                if rule is None or rule.terms.period != length or begins_at > now:
                    continue
                yield event_from_mapping(
                    period_promise(rule, period, begins_at), now=now, ids_known=True
                )


def _first_moment(found: Rules, standard: str, since: datetime) -> datetime:
    """When the first version of a standard holds."""
    own = (rule.holds_from for rule in found.book.versions if rule.standard == standard)
    return min(own, default=since)


def period_statement(rule: Rule, period: Period) -> str:
    """What is promised for one period."""
    terms = rule.terms
    named = {
        "customer": terms.customer,
        "due": period.last.isoformat(),
        "standard": terms.name,
        "period": period.name,
        "value": term_words(terms, "value"),
        "measure": term_words(terms, "measure"),
    }
    return filled(terms.statement, lambda name: named.get(name, ""), MOST_STATEMENT)
