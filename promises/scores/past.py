"""The past, where a row does not tell it: promises folded from the ledger cut at as_of (R4)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from django.db import connection

from interactions.models import Customer, Team, Touchpoint
from interactions.models.party import Party
from promises.domain.clock import day_of
from promises.domain.lifecycle import PromiseState
from promises.domain.loss import LossTerms, loss_terms
from promises.domain.score import Sums
from promises.projection.facts import PromiseKey, folded_at, kind_parameters
from promises.projection.parties import party_reference
from promises.scores.question import Question, Scope
from promises.scores.relations import whose
from promises.scores.tally import Tally

_CHUNK = 2_000


@dataclass(frozen=True, slots=True)
class FoldedPromise:
    """One promise as it stood at as_of."""

    key: PromiseKey
    state: PromiseState


def folded_promises(question: Question) -> Iterator[FoldedPromise]:
    """Every promise that has to be folded for the question's as_of, as it stood then."""
    keys, asked_for = sorted(_keys(question)), _asked_for(question)
    for start in range(0, len(keys), _CHUNK):
        chunk = keys[start : start + _CHUNK]
        for key, state in folded_at(chunk, as_of=question.as_of).items():
            if asked_for(state):
                yield FoldedPromise(key, state)


def folded_tallies(question: Question, scope: Scope) -> dict[str, Tally]:
    """The tallies of the folded promises."""
    found: dict[str, Tally] = {}
    parameters = kind_parameters()
    for promise in folded_promises(question):
        state = promise.state
        if not in_window(question, state):
            continue
        terms = loss_terms(state, parameters(state.kind, state.made_at), question.as_of)
        tally = tally_of(question, state, terms)
        group = _group(question, scope, state)
        found[group] = found.get(group, Tally()) + tally
    return found


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


def _keys(question: Question) -> set[PromiseKey]:
    """Promises with something after as_of that a row cannot tell.

    A making taken back since has unmade its promise, or left it to a second making with another
    team, customer or kind: all of these are taken, and judged by what they were then.
    """
    conditions = whose(question, customers=True).add(
        "eventful_at > %(as_of)s", as_of=question.as_of
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT source_id, reference FROM promises_promise WHERE {conditions.sql}",  # noqa: S608 (our own names)
            conditions.parameters,
        )
        keys = set(cursor.fetchall())
        cursor.execute(
            "SELECT made.subject_source_id, made.subject FROM interactions_event r "
            "JOIN interactions_event made ON made.source_id = r.subject_source_id "
            "AND made.event_id = r.subject "
            "WHERE r.type = 'event.retracted' AND made.type = 'promise.made' "
            "AND r.occurred_at > %(as_of)s AND made.occurred_at <= %(as_of)s",
            {"as_of": question.as_of},
        )
        return keys | set(cursor.fetchall())


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
    rows = model._default_manager.filter(pk__in=ids)
    return set(rows.values_list("reference", flat=True))


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
