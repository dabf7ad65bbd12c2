"""What a standard would have done to the last 90 days; nothing is written."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from operator import attrgetter
from typing import Any, TypeVar

from django.db import connection

from interactions.arrays import text_array
from promises.domain.periods import periods_between
from promises.domain.rulebook import Rule, Rulebook, Trigger
from promises.domain.standards import Cycle, Terms
from promises.domain.waits import Followed, follow
from promises.models import CalendarVersion
from promises.projection.facts import PromiseKey, installation_zone
from promises.projection.planning import Plan, planner
from promises.projection.rules import Rules, rules
from promises.projection.triggers import is_stated, of_customers, of_promises, types_read
from promises.services.standards.periods import period_statement

DAYS = 90
EXAMPLES = 50
# So much of the ledger is looked at, from its end back, and so many customers or promises.
MOST_EVENTS = 500_000
MOST_SUBJECTS = 20_000
_CHUNK = 1_000
_EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
_Item = TypeVar("_Item")
_DRAFT = "\N{MIDDLE DOT}"

_SUBJECTS = """
SELECT DISTINCT subject_source_id, subject FROM (
    SELECT subject_source_id, subject, type, occurred_at FROM interactions_event
    ORDER BY id DESC LIMIT %(most)s) AS latest
WHERE type = ANY(%(types)s::text[]) AND occurred_at >= %(since)s
LIMIT %(subjects)s
"""


@dataclass(frozen=True, slots=True)
class TrialExample:
    """One promise that would have been made. Shape: kept_at where an answer would have kept it."""

    made_at: datetime
    due: datetime
    customer: str
    statement: str
    trigger_type: str
    trigger_source: str
    trigger_id: str
    kept_at: datetime | None


@dataclass(frozen=True, slots=True)
class Trial:
    """What would have happened.

    Shape: in_time, late, overdue and waiting add up to made where answers keep the promises;
    elsewhere nobody knows and they are 0. taken are events that an earlier standard has, undated
    those without a date that can be read. is_whole says whether all of the 90 days were looked at.
    """

    since: datetime
    made: int
    in_time: int
    late: int
    overdue: int
    waiting: int
    taken: int
    undated: int
    is_whole: bool
    examples: tuple[TrialExample, ...]


def try_out(terms: Terms, *, reference: str = "", now: datetime) -> Trial:
    """Try a standard, in place of the one with its id, or as the last one.

    Shape: its own dates of validity, and whether it is on, do not count here.
    """
    since = now - timedelta(days=DAYS)
    draft = replace(terms, valid_from=None, valid_until=None, is_on=True)
    if terms.cycle is Cycle.PERIOD:
        return _periods(draft, reference or _DRAFT, since, now)
    found = _hypothetical(draft, reference or _DRAFT, now)
    trying = _Trying(found, reference or _DRAFT, since, now)
    subjects = _subjects(found.book, draft, since)
    for events in _by_subject(subjects[:MOST_SUBJECTS], found.book):
        trying.look(events)
    return trying.result(is_whole=len(subjects) <= MOST_SUBJECTS and _is_whole())


class _Trying:
    def __init__(self, found: Rules, standard: str, since: datetime, now: datetime) -> None:
        self._found, self._standard, self._since, self._now = found, standard, since, now
        self._rule = next(rule for rule in found.book.versions if rule.standard == standard)
        self._planner = planner(found, self._note)
        self._undated: set[int] = set()
        self._counts = dict.fromkeys(("in_time", "late", "overdue", "waiting", "made", "taken"), 0)
        self._examples: list[TrialExample] = []

    def look(self, events: Sequence[Trigger]) -> None:
        """Follow the events of one customer or promise."""
        followed: Followed[Plan] = follow(events, self._planner)
        answers = {plan.key: event.occurred_at for plan, event in followed.kept}
        for plan in followed.made:
            if plan.began.occurred_at < self._since:
                continue
            if plan.rule.standard == self._standard:
                self._add(plan, answers.get(plan.key))
            elif plan.rule.terms.cycle is self._rule.terms.cycle:
                self._counts["taken"] += self._found.book.matches(self._rule, plan.began)

    def result(self, *, is_whole: bool) -> Trial:
        """What was found."""
        examples = _latest(self._examples)
        return Trial(
            since=self._since,
            undated=len(self._undated),
            is_whole=is_whole,
            examples=tuple(examples),
            **self._counts,
        )

    def _note(self, trigger: Trigger) -> None:
        if trigger.occurred_at >= self._since:
            self._undated.add(trigger.seq)

    def _add(self, plan: Plan, kept_at: datetime | None) -> None:
        self._counts["made"] += 1
        if plan.rule.terms.cycle is not Cycle.EVENT:
            self._counts[_fate(plan.due, kept_at, self._now)] += 1
        self._examples.append(
            TrialExample(
                made_at=plan.began.occurred_at,
                due=plan.due,
                customer=plan.trigger.customer,
                statement=plan.data["statement"],
                trigger_type=plan.began.type,
                trigger_source=plan.began.source,
                trigger_id=plan.began.id,
                kept_at=kept_at,
            )
        )
        if len(self._examples) > 2 * MOST_SUBJECTS:
            self._examples = _latest(self._examples)


def _latest(examples: Iterable[TrialExample]) -> list[TrialExample]:
    place = attrgetter("made_at", "trigger_source", "trigger_id")
    return sorted(examples, key=place, reverse=True)[:EXAMPLES]


def _fate(due: datetime, kept_at: datetime | None, now: datetime) -> str:
    if kept_at is not None:
        return "in_time" if kept_at <= due else "late"
    return "overdue" if due < now else "waiting"


def _hypothetical(draft: Terms, reference: str, now: datetime) -> Rules:
    """The standards as they stand, always in force, with the draft among them."""
    known = rules().book.at(now)
    references = [rule.standard for rule in known]
    if reference not in references:
        references.append(reference)
    terms = {rule.standard: rule.terms for rule in known} | {reference: draft}
    versions = [Rule(name, 1, 0, terms[name], _EARLIEST, _EARLIEST) for name in references]
    book = Rulebook(versions, [(_EARLIEST, references)], installation_zone())
    named = {one.calendar for one in terms.values()} - {""}
    rows = CalendarVersion.objects.filter(calendar__reference__in=named).order_by("version")
    newest = dict(rows.values_list("calendar__reference", "version"))
    return Rules(book, {name: [(_EARLIEST, version)] for name, version in newest.items()})


def _subjects(book: Rulebook, draft: Terms, since: datetime) -> list[tuple[int | None, str]]:
    """Whose events of the last 90 days the draft may concern."""
    types = [draft.event_type]
    if draft.cycle is Cycle.UPDATE:
        types = sorted(types_read(book))
    values: dict[str, Any] = {
        "most": MOST_EVENTS,
        "subjects": MOST_SUBJECTS + 1,
        "types": text_array(types),
        "since": since,
    }
    with connection.cursor() as cursor:
        cursor.execute(_SUBJECTS, values)
        return [(source, subject) for source, subject in cursor.fetchall()]


def _is_whole() -> bool:
    """Whether the ledger is no longer than what is looked at."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT NOT EXISTS (SELECT FROM interactions_event OFFSET %s)", [MOST_EVENTS]
        )
        (whole,) = cursor.fetchone()
    return bool(whole)


def _by_subject(
    subjects: Sequence[tuple[int | None, str]], book: Rulebook
) -> Iterator[Sequence[Trigger]]:
    promises: Iterable[PromiseKey] = [(s, subject) for s, subject in subjects if s is not None]
    customers = [subject for source, subject in subjects if source is None and is_stated(subject)]
    for some in _chunks(customers):
        for _, events in of_customers(some, book):
            yield events
    for keys in _chunks(promises):
        yield from of_promises(keys, book).values()


def _chunks(items: Iterable[_Item]) -> Iterator[list[_Item]]:
    left = iter(items)
    while chunk := list(islice(left, _CHUNK)):
        yield chunk


def _periods(draft: Terms, reference: str, since: datetime, now: datetime) -> Trial:
    rule = Rule(reference, 1, 0, draft, _EARLIEST, _EARLIEST)
    zone = installation_zone()
    periods = periods_between(since, now, draft.period, zone)
    examples = [
        TrialExample(
            made_at=period.begins_at(zone),
            due=period.ends_at(zone),
            customer=draft.customer,
            statement=period_statement(rule, period),
            trigger_type="",
            trigger_source="",
            trigger_id=period.name,
            kept_at=None,
        )
        for period in reversed(periods)
    ]
    return Trial(since, len(periods), 0, 0, 0, 0, 0, 0, True, tuple(examples[:EXAMPLES]))
