"""The past, where a row does not tell it: promises folded from the ledger cut at as_of (R4)."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.db import connection

from interactions.known_parties import all_of
from interactions.models import Customer, Team, Touchpoint
from interactions.models.party import Party
from promises.domain.clock import day_of
from promises.domain.lifecycle import PromiseState
from promises.domain.loss import LossTerms, loss_terms
from promises.domain.score import Sums
from promises.projection.facts import PromiseKey, folded_at, kind_parameters
from promises.projection.parties import party_reference
from promises.scores.question import Question, Scope
from promises.scores.reading import is_reading, keep, kept, once
from promises.scores.relations import whose
from promises.scores.tally import Tally, together

_CHUNK = 2_000
# So many promises are held for the rest of a page.
MOST_KEPT = 20_000
# What was asked, grouped by what -> group -> its tally
Answers = dict[tuple[Question, Scope], dict[str, Tally]]


@dataclass(frozen=True, slots=True)
class FoldedPromise:
    """One promise as it stood at as_of."""

    key: PromiseKey
    state: PromiseState


def folded_promises(question: Question) -> Iterator[FoldedPromise]:
    """Every promise that has to be folded for the question's as_of, as it stood then.

    Shape: within one reading they are folded once for the whole company, to whose mean every score
    is drawn; where they are many, each time anew, so that they need not all be held.
    """
    asked_for = _asked_for(question)
    kept_ones = _folded_once(question) if is_reading() else None
    if kept_ones is not None:
        return (promise for promise in kept_ones if asked_for(promise.state))
    found = _fold(sorted(keys_to_fold(question)), question)
    return _open_counted(question, (promise for promise in found if asked_for(promise.state)))


def folded_open_counts(question: Question) -> tuple[int, int]:
    """How many of the folded promises were overdue at as_of, and how many were to mature in the
    rest of its day: whatever the question's window.

    Shape: where they are too many to be kept, they were counted when they were folded before.
    """
    known: tuple[int, int] | None = kept(_place_of_open(question))
    if known is not None:
        return known
    overdue = due_today = 0
    for promise in folded_promises(question):
        late, soon = _open_at(promise.state, question)
        overdue, due_today = overdue + late, due_today + soon
    return overdue, due_today


def _open_counted(question: Question, promises: Iterable[FoldedPromise]) -> Iterator[FoldedPromise]:
    overdue = due_today = 0
    for promise in promises:
        late, soon = _open_at(promise.state, question)
        overdue, due_today = overdue + late, due_today + soon
        yield promise
    keep(_place_of_open(question), (overdue, due_today))


def _place_of_open(question: Question) -> tuple[str, Question]:
    return ("open then", replace(question, window="all", since=None, until=None))


def _open_at(state: PromiseState, question: Question) -> tuple[bool, bool]:
    """Whether a promise was overdue, and whether it was to mature in the rest of the day."""
    matures_at = state.matures_at
    if matures_at is None or state.state != "open" or state.stopped_at is not None:
        return False, False
    overdue = matures_at < question.as_of
    return overdue, not overdue and matures_at < question.today_ends_at


def _folded_once(question: Question) -> Sequence[FoldedPromise] | None:
    """Those of everybody at the question's as_of; None where they are too many to be kept."""
    everybody = replace(
        question, team_ids=None, customer_ids=None, window="all", since=None, until=None
    )
    for wide in (replace(everybody, kind=""), everybody):
        known: Sequence[FoldedPromise] | None = kept(("folded", wide))
        if known is not None:
            return known
    return once(("folded", everybody), lambda: _folded_if_few(everybody))


def _folded_if_few(question: Question) -> Sequence[FoldedPromise] | None:
    keys = keys_to_fold(question)
    return list(_fold(sorted(keys), question)) if len(keys) <= MOST_KEPT else None


def _fold(keys: Sequence[PromiseKey], question: Question) -> Iterator[FoldedPromise]:
    for start in range(0, len(keys), _CHUNK):
        chunk = keys[start : start + _CHUNK]
        for key, state in folded_at(chunk, as_of=question.as_of).items():
            yield FoldedPromise(key, state)


def folded_tallies(question: Question, scope: Scope) -> dict[str, Tally]:
    """The tallies of the folded promises."""
    found: Answers = {(question, scope): {}}
    add_folded(question, found)
    return found[question, scope]


def add_folded(question: Question, answers: Answers) -> None:
    """Add the folded promises to answers to a question, all in one go.

    Shape: the answers are to the same question, some of them about one kind only.
    """
    parameters = kind_parameters()
    # (kind asked about, scope, group) -> what is to be added there
    parts: dict[tuple[str, Scope, str], list[Tally]] = defaultdict(list)
    wanted = {(asked.kind, scope) for asked, scope in answers}
    for promise in folded_promises(question):
        state = promise.state
        if not in_window(question, state):
            continue
        terms = loss_terms(state, parameters(state.kind, state.made_at), question.as_of)
        tally = tally_of(question, state, terms)
        for kind, scope in wanted:
            if kind in ("", state.kind):
                parts[kind, scope, _group(question, scope, state)].append(tally)
    for (asked, scope), groups in answers.items():
        for (kind, grouped_by, group), found in parts.items():
            if (kind, grouped_by) == (asked.kind, scope):
                groups[group] = together([groups.get(group, Tally()), *found])


def folded_sums(question: Question) -> Iterator[tuple[date, PromiseState, Sums]]:
    """The folded promises that had matured by as_of, with the local day on which each did."""
    parameters = kind_parameters()
    for promise in folded_promises(question):
        state = promise.state
        if state.matures_at is None or state.matures_at >= question.as_of:
            continue
        terms = loss_terms(state, parameters(state.kind, state.made_at), question.as_of)
        sums = tally_of(question, state, terms).sums
        yield day_of(state.matures_at, question.zone), state, sums


def keys_to_fold(question: Question) -> set[PromiseKey]:
    """Promises with something after as_of that a row cannot tell.

    A making taken back since has unmade its promise, or left it to a second making with another
    team, customer or kind: all of these are taken, and judged by what they were then.
    """
    conditions = whose(question, customers=True).add(
        "eventful_at > %(as_of)s AND made_at <= %(as_of)s", as_of=question.as_of
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT source_id, reference FROM promises_promise WHERE {conditions.sql} "  # noqa: S608 (our own names)
            "UNION SELECT made.subject_source_id, made.subject FROM interactions_event r "
            "JOIN interactions_event made ON made.source_id = r.subject_source_id "
            "AND made.event_id = r.subject "
            "WHERE r.type = 'event.retracted' AND made.type = 'promise.made' "
            "AND r.occurred_at > %(as_of)s AND made.occurred_at <= %(as_of)s",
            conditions.parameters,
        )
        return set(cursor.fetchall())


def _asked_for(question: Question) -> Callable[[PromiseState], bool]:
    """Whether a promise, as it stood, is one of those asked for."""
    teams = _references(Team, question.team_ids)
    customers = _references(Customer, question.customer_ids)
    touchpoints = _references(Touchpoint, question.touchpoint_ids)

    def asked_for(state: PromiseState) -> bool:
        return (
            question.kind in ("", state.kind)
            and (teams is None or party_reference(state.team) in teams)
            and (customers is None or party_reference(state.customer_id) in customers)
            and (touchpoints is None or party_reference(state.touchpoint) in touchpoints)
            and question.explicit in (None, state.explicit)
            and question.segment in (None, state.segment)
        )

    return asked_for


def _references(model: type[Party], ids: frozenset[int] | None) -> set[str] | None:
    if ids is None:
        return None
    if is_reading() and issubclass(model, Team | Touchpoint):
        return {party.reference for party in all_of(model) if party.pk in ids}
    rows = model._default_manager.filter(pk__in=ids).values_list("reference", flat=True)
    return once(("references", model, ids), lambda: set(rows))


def keep_references(model: type[Party], ids: frozenset[int], references: set[str]) -> None:
    """Keep the ids that senders use of some parties that were read already."""
    keep(("references", model, ids), references)


def in_window(question: Question, state: PromiseState) -> bool:
    starts_at, ends_at = question.starts_at, question.ends_at
    if state.matures_at is None:
        return ends_at is None
    return (starts_at is None or state.matures_at >= starts_at) and (
        ends_at is None or state.matures_at < ends_at
    )


def tally_of(question: Question, state: PromiseState, terms: LossTerms) -> Tally:
    """What one promise adds, as it stood at as_of."""
    matured = state.matures_at is not None and state.matures_at < question.as_of
    if not matured:
        return Tally(
            not_yet_due=int(state.state == "open" and state.stopped_at is None),
            kept_early=int(state.state == "kept"),
        )
    if state.state == "withdrawn":
        return Tally(Sums(withdrawn=1))
    sums = Sums(
        n=1,
        kept=int(state.state == "kept"),
        late=int(state.state == "late"),
        partial=int(state.state == "partial"),
        failed=int(state.state == "failed"),
        open=int(state.state == "open"),
        slips=state.slips,
        weight=terms.weight,
        weight_squared=terms.weight * terms.weight,
        loss=terms.weight * terms.loss,
        # What stopped loses no more.
        left=terms.weight * (1.0 - terms.loss) * (state.state == "open" and not state.stopped_at),
    )
    return Tally(sums, retro=int(state.retro), paused_seconds=round(state.paused_seconds))


def _group(question: Question, scope: Scope, state: PromiseState) -> str:
    match scope:
        case Scope.COMPANY:
            return ""
        case Scope.KIND:
            return state.kind
        case Scope.TEAM:
            return party_reference(state.team)
        case Scope.CUSTOMER:
            return party_reference(state.customer_id)
        case Scope.TOUCHPOINT:
            return party_reference(state.touchpoint)
        case Scope.DAY:
            moment = state.matures_at or question.as_of
            return day_of(moment, question.zone).isoformat()
